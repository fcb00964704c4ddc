"""The alarm clock of the outbox: a thin sweep that may run late, twice or in two workers at once."""

from celery import shared_task
from django.utils import timezone

from notifications.services.outbox import deliver_due

# Few rows a time, so that a batch ends before the leases it took run out.
BATCH = 10
MOST_BATCHES = 100


@shared_task(name="notifications.deliver")
def deliver() -> int:
    """Deliver what is due. Returns how many messages went out."""
    total = 0
    for _ in range(MOST_BATCHES):
        sent = deliver_due(timezone.now(), limit=BATCH)
        total += sent
        if not sent:
            break
    return total
