"""Disposition: a rep's decision on a lead, with its reason and evidence. Append-only."""

from django.conf import settings
from django.db import models

from dispositions.choices import DispositionKind
from glossary.models import Edition
from glossary.models.append_only import AppendOnlyQuerySet
from routing.models import Lead, StageEntry


class Disposition(models.Model):
    """One decision. The stage entry it caused, if any, carries the verdict."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="dispositions")
    kind = models.CharField(max_length=10, choices=DispositionKind.choices)
    reason = models.CharField(max_length=40, blank=True, help_text="Reason key. Empty = needs none.")
    stage = models.CharField(max_length=40, help_text="Stage in which it was decided.")
    confirmations = models.JSONField(default=dict, help_text="Confirmation key → evidence given.")
    note = models.TextField(blank=True)
    next_touch_on = models.DateField(null=True, blank=True, help_text="Empty = none agreed.")
    stage_entry = models.OneToOneField(
        StageEntry,
        null=True,
        on_delete=models.PROTECT,
        related_name="disposition",
        help_text="Empty = the lead stayed in its stage.",
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the system.",
    )
    actor_name = models.CharField(max_length=200)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    token = models.UUIDField(unique=True, help_text="From the form: the same submit twice is one decision.")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["occurred_at", "id"]
        indexes = [
            models.Index(fields=["lead", "occurred_at"], name="disposition_lead"),
            models.Index(fields=["reason", "occurred_at"], name="disposition_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.kind} {self.reason}"
