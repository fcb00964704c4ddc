"""The alarm clocks of routing: thin sweeps that may run late, twice or in two workers at once."""

from celery import shared_task
from django.utils import timezone

from routing.services.assign import drain_all
from routing.services.imports.run import due_imports, run_import
from routing.services.sweep import sweep_breaches

MOST_BATCHES = 50


@shared_task(name="routing.sweep_clocks")
def sweep_clocks() -> int:
    """Raise due warnings, breaches and escalations. Returns how many."""
    total = 0
    for _ in range(MOST_BATCHES):
        raised = sweep_breaches(timezone.now())
        total += raised
        if not raised:
            break
    return total


@shared_task(name="routing.drain_queues")
def drain_queues() -> int:
    """Hand out what waits in the queues to whoever is free now. Returns how many leads got an owner."""
    total = 0
    for _ in range(MOST_BATCHES):
        handed_out = drain_all(now=timezone.now())
        total += handed_out
        if not handed_out:
            break
    return total


@shared_task(name="routing.run_imports")
def run_imports() -> int:
    """Run the imports that wait, or whose worker was lost, oldest first. Returns how many."""
    waiting = due_imports(timezone.now())
    for batch_id in waiting:
        run_import(batch_id, now=timezone.now())
    return len(waiting)
