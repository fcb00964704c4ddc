"""What people did: behaviours of the lead, touches by us. Append-only."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from glossary.models import Edition
from glossary.models.append_only import AppendOnlyQuerySet
from routing.choices import TouchKind, TouchResult
from routing.models.leads import Lead


class Behaviour(models.Model):
    """Something the lead did: a page seen, a demo requested."""

    # An index below begins with it, and tells names and instants without the rows.
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="behaviours", db_index=False)
    name = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    properties = models.JSONField(default=dict, blank=True)
    external_key = models.CharField(max_length=200, blank=True, help_text="Empty = the sender gave none.")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["occurred_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "name", "external_key"], condition=~Q(external_key=""), name="behaviour_once"
            )
        ]
        indexes = [
            models.Index(fields=["lead", "name", "occurred_at"], name="behaviour_lead"),
            models.Index(fields=["name", "occurred_at"], name="behaviour_name"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.name} at {self.occurred_at:%Y-%m-%d %H:%M}"


class Touch(models.Model):
    """An attempt by us to reach the person. Automatic ones are kept but never count as first touch."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="touches")
    kind = models.CharField(max_length=8, choices=TouchKind.choices)
    result = models.CharField(max_length=10, choices=TouchResult.choices)
    template = models.CharField(max_length=120, blank=True, help_text="Template or sequence used.")
    note = models.TextField(blank=True)
    automatic = models.BooleanField(default=False)
    inbound = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the system.",
    )
    by_name = models.CharField(max_length=200)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    edition = models.ForeignKey(
        Edition, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty = imported history."
    )
    token = models.UUIDField(unique=True, help_text="From the form: the same submit twice is one touch.")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["occurred_at", "id"]
        indexes = [models.Index(fields=["lead", "occurred_at"], name="touch_lead")]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.kind} by {self.by_name}"
