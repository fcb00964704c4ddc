"""Questions to the inbox, for pages and badges."""

from django.contrib.auth.models import AnonymousUser

from notifications.models import Notification, NotificationQuerySet
from people.models import User


def inbox_of(user: User) -> NotificationQuerySet:
    """What the in-app inbox of `user` shows, newest first."""
    return Notification.objects.inbox_of(user.pk)


def unread_count(user: User | AnonymousUser) -> int:
    """How many messages in the inbox of `user` are unread; 0 for nobody."""
    if user.pk is None:
        return 0
    return Notification.objects.inbox_of(user.pk).filter(read_at__isnull=True).count()
