"""Channels and states of the outbox."""

from django.db.models import TextChoices


class Channel(TextChoices):
    """Where a notification goes."""

    INBOX = "inbox", "In-app inbox"
    MAIL = "mail", "E-mail"


class DeliveryState(TextChoices):
    """Life of an outbox row."""

    PENDING = "pending", "Pending"
    SENT = "sent", "Sent"
    PARKED = "parked", "Parked after repeated failure"
