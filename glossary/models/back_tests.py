"""BackTest: one measured comparison of two definitions over a window of history, and its result once computed."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from glossary.choices import WAITING_JOBS, JobState, Workstream
from glossary.models.requests import ChangeRequest

_WAITING = Q(state__in=["queued", "running"])


class BackTestQuerySet(models.QuerySet["BackTest"]):
    """Questions to the back-tests."""

    def waiting(self) -> Self:
        """Those that are still to end: waiting for a worker, or held by one."""
        return self.filter(state__in=WAITING_JOBS)

    def due_at(self, now: datetime) -> Self:
        """Those to be computed: waiting, or left by a worker that died."""
        return self.waiting().filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now))


class BackTest(models.Model):
    """What a change of the definitions would have done to the leads of a window.

    `content` is the proposed document as it was when this was asked, and `digest` its SHA-256: what a validation
    is bound to. `result` is written in one statement when it is complete; how it is laid out stands in
    docs/models/reporting.md.
    """

    request = models.ForeignKey(
        ChangeRequest,
        null=True,
        on_delete=models.CASCADE,
        related_name="back_tests",
        help_text="Empty = versions that were in force are compared.",
    )
    workstream = models.CharField(
        max_length=12,
        choices=Workstream.choices,
        blank=True,
        help_text="Whose content is proposed. Empty = versions are compared.",
    )
    content = models.TextField(blank=True, help_text="Canonical JSON of the proposed document.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the content, hex.")
    glossary_before = models.PositiveIntegerField(help_text="Number of the version.")
    scoring_before = models.PositiveIntegerField(help_text="Number of the version.")
    glossary_after = models.PositiveIntegerField(null=True, help_text="Empty = the proposed content.")
    scoring_after = models.PositiveIntegerField(null=True, help_text="Empty = the proposed content.")
    since = models.DateField("from", help_text="First day of capture, in the reporting zone.")
    until = models.DateField(help_text="Last day of capture, in the reporting zone.")
    as_of = models.DateTimeField(help_text="The moment up to which the log is read; fixed when asked.")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Percent.")
    result = models.JSONField(null=True, help_text="Null = not computed.")
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True, help_text="Empty = no worker holds it.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the system, or an account that is gone.",
    )
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not started.")
    finished_at = models.DateTimeField(null=True, blank=True, help_text="Empty = not ended.")
    ended_by_name = models.CharField(max_length=200, blank=True, help_text="Who cancelled it.")

    objects = BackTestQuerySet.as_manager()

    class Meta:
        verbose_name = "back-test"
        ordering = ["-requested_at", "-id"]
        constraints = [
            # Asking twice, even at the same instant, makes one job. Two rules, since NULLs never equal each other.
            models.UniqueConstraint(
                fields=["request", "digest", "since", "until", "glossary_before", "scoring_before"],
                condition=_WAITING & Q(request__isnull=False),
                name="back_test_request_waiting",
            ),
            models.UniqueConstraint(
                fields=[
                    "since",
                    "until",
                    "glossary_before",
                    "scoring_before",
                    "glossary_after",
                    "scoring_after",
                ],
                condition=_WAITING & Q(request__isnull=True),
                name="back_test_versions_waiting",
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="back_test_window"),
            # Whole or not at all: a validation may rest on whatever is done.
            models.CheckConstraint(
                condition=~Q(state="done") | Q(result__isnull=False), name="back_test_done_is_whole"
            ),
        ]
        indexes = [
            models.Index(fields=["state"], condition=_WAITING, name="back_test_due"),
        ]

    def __str__(self) -> str:
        return f"back-test #{self.pk}"

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to end."""
        return self.state in WAITING_JOBS
