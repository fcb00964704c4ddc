"""The log of a lead: stage entries and field changes, append-only, each with when it happened and was recorded."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from glossary.models import Edition
from glossary.models.append_only import AppendOnlyQuerySet
from routing.choices import Origin
from routing.models.leads import Lead


class StageEntry(models.Model):
    """A lead entered a stage; or, when `voids` is set, an earlier entry is declared a mistake.

    Written by `services.advance` and the import only. `occurred_at` may lie in the past, `recorded_at` never.
    """

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="stage_entries")
    pass_number = models.PositiveSmallIntegerField()
    from_stage = models.CharField(max_length=40, blank=True, help_text="Empty = the first stage.")
    to_stage = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    date_only = models.BooleanField(
        default=False, help_text="Only the date is known; occurred_at is its midnight in UTC."
    )
    recorded_at = models.DateTimeField()
    edition = models.ForeignKey(
        Edition,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty = imported history: it happened outside the definitions kept here.",
    )
    origin = models.CharField(max_length=8, choices=Origin.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the system.",
    )
    actor_name = models.CharField(max_length=200)
    verdict = models.JSONField(default=dict, help_text="The evidence of the day, criterion by criterion.")
    reason = models.CharField(max_length=200, blank=True, help_text="Reason key, or why an entry is voided.")
    voids = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="voided_by",
        help_text="Empty = an entry. Set = this row voids that entry.",
    )

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stage entries"
        ordering = ["occurred_at", "id"]
        constraints = [
            # The same fact imported twice is one fact.
            models.UniqueConstraint(
                fields=["lead", "to_stage", "occurred_at"],
                condition=Q(origin="import", voids__isnull=True),
                name="stage_entry_imported_once",
            )
        ]
        indexes = [
            models.Index(fields=["lead", "occurred_at"], name="stage_entry_lead"),
            models.Index(fields=["to_stage", "occurred_at"], name="stage_entry_stage"),
        ]

    def __str__(self) -> str:
        return (
            f"{self.lead_id}: {self.from_stage or '–'} → {self.to_stage} at {self.occurred_at:%Y-%m-%d %H:%M}"
        )


class LeadChange(models.Model):
    """One field of a lead got another value: who, when, from what to what, and why."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="changes")
    field = models.CharField(max_length=40)
    before = models.JSONField(null=True, help_text="Null = was not known.")
    after = models.JSONField(null=True, help_text="Null = is no longer known.")
    cause = models.CharField(max_length=40, help_text="intake, import, enrich, merge, scoring, …")
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

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["occurred_at", "id"]
        indexes = [models.Index(fields=["lead", "occurred_at"], name="lead_change_lead")]

    def __str__(self) -> str:
        return f"{self.lead_id}.{self.field}: {self.before!r} → {self.after!r}"
