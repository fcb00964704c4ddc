"""ReportRun: a report that was asked for, and its result once computed, whole or not at all."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from glossary.models import Edition
from reporting.choices import ReportKind, RunState


class ReportRunQuerySet(models.QuerySet["ReportRun"]):
    """Questions to the runs."""

    def due_at(self, now: datetime) -> Self:
        """Runs to be computed: waiting, or left by a worker that died."""
        return self.filter(state__in=[RunState.QUEUED, RunState.RUNNING]).filter(
            Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        )

    def latest_like(self, kind: str, digest: str) -> "ReportRun | None":
        """The newest finished run of the same question."""
        return (
            self.filter(kind=kind, parameters_digest=digest, state=RunState.DONE)
            .order_by("-finished_at", "-id")
            .first()
        )


class ReportRun(models.Model):
    """One computation of one report. `result` is written in one statement when it is complete."""

    kind = models.CharField(max_length=12, choices=ReportKind.choices)
    parameters = models.JSONField(help_text="What was asked, all defaults written out.")
    parameters_digest = models.CharField(max_length=64)
    as_of = models.DateTimeField(help_text="The moment that is reported on.")
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Percent.")
    result = models.JSONField(null=True, help_text="Null = not computed yet.")
    edition = models.ForeignKey(
        Edition,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The stages and zone it is counted with.",
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the system.",
    )
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not started.")
    finished_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not finished.")
    leased_until = models.DateTimeField(null=True, blank=True, help_text="Empty = no worker holds it.")
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-id"]
        constraints = [
            # Asking twice, even at the same instant, makes one run.
            models.UniqueConstraint(
                fields=["kind", "parameters_digest"],
                condition=Q(state__in=["queued", "running"]),
                name="report_run_one_waiting",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "parameters_digest", "-finished_at"], name="report_run_latest"),
            models.Index(
                fields=["state"], condition=Q(state__in=["queued", "running"]), name="report_run_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} as of {self.as_of:%Y-%m-%d %H:%M}: {self.state}"
