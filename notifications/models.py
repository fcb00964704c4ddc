"""The outbox: one row per message, person and channel; a message is sent because its row is due."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.choices import Channel, DeliveryState


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Questions to the outbox."""

    def due_at(self, now: datetime) -> Self:
        """Pending rows whose time has come and that no worker holds."""
        return self.filter(state=DeliveryState.PENDING, not_before__lte=now).filter(
            Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        )

    def inbox_of(self, user_id: int) -> Self:
        """What the in-app inbox of one person shows, newest first."""
        return self.filter(recipient_id=user_id, channel=Channel.INBOX, state=DeliveryState.SENT).order_by(
            "-created_at", "-id"
        )


class Notification(models.Model):
    """A message to one person over one channel."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    channel = models.CharField(max_length=8, choices=Channel.choices)
    kind = models.CharField(max_length=40, help_text="What happened, e.g. clock_breached.")
    dedupe_key = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True, help_text="Path of the page it is about.")
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True, help_text="Empty = no worker holds it.")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not sent yet.")
    read_at = models.DateTimeField(null=True, blank=True, help_text="Empty = unread.")
    last_error = models.TextField(blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="pending"), name="notification_due"),
            models.Index(fields=["recipient", "channel", "-created_at"], name="notification_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient} ({self.channel})"

    @property
    def message_id(self) -> str:
        """The Message-ID of the mail: the same on every attempt, so a repeated send can be recognised."""
        return f"<concord-{self.pk}@concord.invalid>"


class Subscription(models.Model):
    """A person's wish not to get one kind of message over one channel. No row = wants it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    muted = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="subscription_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} by {self.channel} {'off' if self.muted else 'on'}"
