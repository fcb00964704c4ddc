"""Writing to the outbox: one row per person and channel, in the transaction of the cause."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from notifications.choices import Channel, DeliveryState
from notifications.models import Notification, Subscription
from notifications.nudges import on_commit_nudge
from notifications.services.delivery import deliver_due
from notifications.types import Message
from people.models import User

__all__ = ["deliver_due", "notify", "notify_roles"]

LONGEST_SUBJECT = 200


def notify(recipients: Iterable[User], message: Message, *, now: datetime) -> None:
    """Tell `message` to each of `recipients` over each of its channels, unless they muted that.

    Rows whose dedupe key exists are left as they are: telling the same thing twice tells it once. Deactivated
    accounts are passed over. Inbox rows are sent at once; mail waits for `message.not_before`.
    """
    people = {person.pk: person for person in recipients if person.is_active}
    muted = set(
        Subscription.objects.filter(user__in=people, kind=message.kind, muted=True).values_list(
            "user", "channel"
        )
    )
    rows = [
        row for row in _rows(people.values(), message, now) if (row.recipient_id, row.channel) not in muted
    ]
    if not rows:
        return
    Notification.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    if Channel.MAIL in message.channels:
        on_commit_nudge("notifications.deliver")


def notify_roles(roles: Iterable[str], message: Message, *, now: datetime) -> None:
    """Tell `message` to everyone active who holds any of `roles`, each once."""
    notify(User.objects.filter(groups__name__in=list(roles), is_active=True).distinct(), message, now=now)


def _rows(people: Iterable[User], message: Message, now: datetime) -> Iterator[Notification]:
    subject, body = _fitted(message)
    for person in people:
        for channel in message.channels:
            at_once = channel == Channel.INBOX
            yield Notification(
                recipient=person,
                channel=channel,
                kind=message.kind,
                dedupe_key=f"{message.dedupe_key}:{person.pk}:{channel}",
                subject=subject,
                body=body,
                url=message.url,
                state=DeliveryState.SENT if at_once else DeliveryState.PENDING,
                not_before=now if at_once else max(now, message.not_before or now),
                created_at=now,
                sent_at=now if at_once else None,
            )


def _fitted(message: Message) -> tuple[str, str]:
    """Subject as one line that fits, and the body; what the subject loses is kept in the body."""
    subject = " ".join(message.subject.split())
    if len(subject) <= LONGEST_SUBJECT:
        return subject, message.body
    return f"{subject[: LONGEST_SUBJECT - 1]}…", f"{subject}\n\n{message.body}".rstrip()
