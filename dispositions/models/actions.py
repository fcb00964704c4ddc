"""ActionItem: a next action with a due time; a row, so that no lost message can lose it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from dispositions.choices import ActionKind, ActionState
from dispositions.models.dispositions import Disposition
from routing.models import Lead


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    """Questions to the actions."""

    def due_at(self, now: datetime) -> Self:
        """Pending rows whose time has come and that no worker holds."""
        return self.filter(state=ActionState.PENDING, due_at__lte=now).filter(
            Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        )


class ActionItem(models.Model):
    """What happens next because of a disposition."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="actions")
    disposition = models.ForeignKey(
        Disposition,
        null=True,
        on_delete=models.PROTECT,
        related_name="actions",
        help_text="Empty = not from one.",
    )
    kind = models.CharField(max_length=10, choices=ActionKind.choices)
    payload = models.JSONField(default=dict, help_text="E.g. the nurture track, the survivor's id.")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ActionState.choices, default=ActionState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True, help_text="Empty = no worker holds it.")
    last_error = models.TextField(blank=True)
    outcome = models.CharField(max_length=300, blank=True, help_text="What was done, in words.")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not done.")

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="action_due"),
            models.Index(fields=["lead", "state"], name="action_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for lead {self.lead_id}: {self.state}"
