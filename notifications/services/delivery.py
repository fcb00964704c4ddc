"""Delivery: due rows of the outbox go out, each claimed by a conditional update.

At least once: a worker that dies between the mail server's yes and our commit leaves the row to the next one,
which sends it again under the same Message-ID.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q

from notifications.choices import Channel, DeliveryState
from notifications.models import Notification

logger = logging.getLogger(__name__)

MOST_TRIES = 5
# Longer than a batch of the task takes when every mail runs into its timeout; a dead worker's rows are free then.
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=30)


def deliver_due(now: datetime, limit: int = 200) -> int:
    """Send what is due at `now`, oldest first, at most `limit` rows. Returns how many went out.

    1. Rows whose last try never came back are parked.
    2. Each due row is claimed by a conditional update with a lease; a row that another worker took is left.
    3. Sent rows are marked; failed ones wait 30 s, 1, 2, 4 min, and are parked with their error after five tries.
    """
    _park_lost(now)
    sent = 0
    due = Notification.objects.due_at(now).select_related("recipient").order_by("not_before", "id")[:limit]
    for row in due:
        if _claimed(row, now):
            sent += _delivered(row, now)
    return sent


def _park_lost(now: datetime) -> None:
    """A row that takes its worker down every time must not do so for ever."""
    Notification.objects.due_at(now).filter(attempts__gte=MOST_TRIES).update(
        state=DeliveryState.PARKED,
        leased_until=None,
        last_error=f"Tried {MOST_TRIES} times; the last try never came back.",
    )


def _claimed(row: Notification, now: datetime) -> bool:
    """Take the row, unless somebody else holds it or has sent it meanwhile."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    return (
        Notification.objects.filter(
            free, pk=row.pk, state=DeliveryState.PENDING, attempts=row.attempts
        ).update(leased_until=now + LEASE, attempts=F("attempts") + 1)
        == 1
    )


def _delivered(row: Notification, now: datetime) -> bool:
    try:
        _send(row)
    except (OSError, SMTPException, ValueError, LookupError) as error:
        _failed(row, row.attempts + 1, error, now)
        return False
    Notification.objects.filter(pk=row.pk).update(
        state=DeliveryState.SENT, sent_at=now, leased_until=None, last_error=""
    )
    return True


def _send(row: Notification) -> None:
    if row.channel != Channel.MAIL:
        return  # the inbox shows the row as soon as it is marked as sent
    if not row.recipient.is_active:
        raise ValueError(f"the account {row.recipient.username} is deactivated")
    link = f"\n\n{settings.SITE_URL.rstrip('/')}{row.url}" if row.url else ""
    EmailMessage(
        subject=row.subject,
        body=f"{row.body or row.subject}{link}\n",
        to=[row.recipient.email],
        headers={"Message-ID": row.message_id, "Auto-Submitted": "auto-generated"},
    ).send()


def _failed(row: Notification, tries: int, error: Exception, now: datetime) -> None:
    parked = tries >= MOST_TRIES
    logger.warning("notification %s failed, try %s of %s: %s", row.pk, tries, MOST_TRIES, error)
    Notification.objects.filter(pk=row.pk).update(
        state=DeliveryState.PARKED if parked else DeliveryState.PENDING,
        last_error=f"{type(error).__name__}: {error}",
        leased_until=None,
        not_before=row.not_before if parked else now + FIRST_WAIT * 2 ** (tries - 1),
    )
