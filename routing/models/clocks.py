"""SLA clocks: the lead's clock, each owner's attempt, pauses, and the alerts that were sent."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from glossary.models import Edition
from people.models import Team
from routing.choices import AttemptState, ClockState
from routing.models.calendars import CalendarRevision
from routing.models.leads import Lead


class SlaClockQuerySet(models.QuerySet["SlaClock"]):
    """Questions to the clocks."""

    def running(self) -> Self:
        """Clocks without a verdict."""
        return self.filter(state=ClockState.RUNNING)

    def overdue_at(self, now: datetime) -> Self:
        """Running, with more used than was promised: stopping now would be late.

        A target used up at close is due then, but late only from the next opening on. A paused clock is
        overdue if it was so before the pause.
        """
        beyond = Q(late_after__isnull=True) | Q(late_after__lt=now)
        unpaused = Q(paused_since__isnull=True) | Q(late_after__lt=F("paused_since"))
        return self.running().filter(beyond, unpaused, due_at__lt=now)

    def alert_due_at(self, now: datetime) -> Self:
        """Running clocks whose next warning or escalation is due. Served by a partial index."""
        return self.running().filter(next_alert_at__lte=now).order_by("next_alert_at", "id")


class SlaClock(models.Model):
    """A promise on one lead, pinned to the edition and calendar it started under.

    Reassigning never restarts it. The verdict is computed from business elapsed when it stops: met if and
    only if elapsed ≤ target. `due_at` is for showing, sorting and scanning.
    """

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="clocks")
    key = models.CharField(max_length=40, help_text="Key of the SLA target in the routing policy.")
    pass_number = models.PositiveSmallIntegerField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    calendar = models.ForeignKey(
        CalendarRevision,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty = runs round the clock.",
    )
    target_seconds = models.PositiveIntegerField()
    target_words = models.CharField(max_length=60, help_text="As the policy says it, e.g. 1 business hour.")
    started_at = models.DateTimeField()
    # Set by an edit of the calendar: the time used until then is kept, the rest counts on the new hours.
    counted_from = models.DateTimeField(null=True, blank=True, help_text="Empty = from the start.")
    used_seconds = models.FloatField(default=0, help_text="Business seconds used before `counted_from`.")
    due_at = models.DateTimeField()
    late_after = models.DateTimeField(
        null=True, blank=True, help_text="Last instant at which stopping is still met. Empty = as due."
    )
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="Empty = still running.")
    state = models.CharField(max_length=8, choices=ClockState.choices, default=ClockState.RUNNING)
    paused_since = models.DateTimeField(null=True, blank=True, help_text="Empty = not paused.")
    business_seconds = models.FloatField(null=True, blank=True, help_text="Elapsed when it stopped.")
    wall_seconds = models.FloatField(null=True, blank=True, help_text="Wall clock from start to stop.")
    # A touch before routing counts as met but says nothing about speed: it stays out of percentiles.
    stopped_before_start = models.BooleanField(default=False)
    breached_at = models.DateTimeField(
        null=True, blank=True, help_text="When the sweep marked the breach. Empty = not marked."
    )
    next_alert_at = models.DateTimeField(null=True, blank=True, help_text="Empty = no alert is left.")
    next_alert_level = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Percent of the target."
    )
    void_reason = models.CharField(max_length=200, blank=True)
    # Copied for the reports, so that they need no join.
    month = models.DateField(help_text="First day of the month of the start, in the reporting zone.")
    region = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=80, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = no owner.",
    )
    team = models.ForeignKey(
        Team, null=True, on_delete=models.SET_NULL, related_name="+", help_text="Empty = none."
    )

    objects = SlaClockQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "SLA clock", "SLA clocks"
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "key"], condition=Q(state="running"), name="one_running_clock_per_promise"
            ),
        ]
        indexes = [
            models.Index(fields=["next_alert_at"], condition=Q(state="running"), name="clock_alert_due"),
            models.Index(fields=["due_at"], condition=Q(state="running"), name="clock_due"),
            models.Index(fields=["lead", "key"], name="clock_lead"),
            models.Index(fields=["key", "month"], name="clock_month"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of lead {self.lead_id}: {self.state}"


class Attempt(models.Model):
    """One owner's own clock on a promise, on the owner's calendar; withdrawn when another takes over."""

    clock = models.ForeignKey(SlaClock, on_delete=models.PROTECT, related_name="attempts")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts")
    calendar = models.ForeignKey(CalendarRevision, null=True, on_delete=models.PROTECT, related_name="+")
    target_seconds = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    counted_from = models.DateTimeField(null=True, blank=True, help_text="Empty = from the start.")
    used_seconds = models.FloatField(default=0, help_text="Business seconds used before `counted_from`.")
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="Empty = still running.")
    state = models.CharField(max_length=10, choices=AttemptState.choices, default=AttemptState.RUNNING)
    business_seconds = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(state="running"), name="one_running_attempt"
            )
        ]

    def __str__(self) -> str:
        return f"attempt of {self.owner} on clock {self.clock_id}: {self.state}"


class ClockPause(models.Model):
    """Time that does not count, with its reason. Overlapping pauses are united when time is computed."""

    clock = models.ForeignKey(SlaClock, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Empty = still paused.")

    def __str__(self) -> str:
        return f"{self.reason} from {self.started_at:%Y-%m-%d %H:%M}"


class ClockAlert(models.Model):
    """A warning or escalation that was raised: once per clock and level, by constraint."""

    clock = models.ForeignKey(SlaClock, on_delete=models.PROTECT, related_name="alerts")
    level = models.PositiveSmallIntegerField(help_text="Percent of the target.")
    due_at = models.DateTimeField(help_text="When it should have been raised.")
    raised_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "level"], name="clock_alert_once")]

    def __str__(self) -> str:
        return f"{self.level} % of clock {self.clock_id}"
