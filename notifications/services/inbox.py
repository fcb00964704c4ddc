"""Marking messages of the inbox as read."""

from datetime import datetime

from notifications.models import Notification
from people.models import User


def mark_read(ids: list[int] | None, *, acting_user: User, now: datetime) -> int:
    """Mark messages in the inbox of `acting_user` as read; None = all. Returns how many were unread.

    Ids of other people's messages change nothing and are not told apart from unknown ones.
    """
    unread = Notification.objects.inbox_of(acting_user.pk).filter(read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    return unread.order_by().update(read_at=now)
