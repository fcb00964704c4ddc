"""Who has a lead, who may get one, and what went wrong on the way."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from glossary.models import Edition
from routing.choices import AssignmentCause
from routing.engine.choose_owner import is_away
from routing.models.leads import Lead


class Assignment(models.Model):
    """A lead was given to an owner or to a queue, with the trace of every rule tried.

    `ended_at` is set once, when the next assignment begins; nothing else changes.
    """

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="assignments")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="assignments",
        help_text="Empty = waits in the queue.",
    )
    queue = models.CharField(max_length=40)
    territory = models.CharField(max_length=40, blank=True)
    cause = models.CharField(max_length=10, choices=AssignmentCause.choices)
    trace = models.JSONField(default=list, help_text="Rules tried, in order: what matched and why.")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Empty = the active assignment.")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the system.",
    )
    actor_name = models.CharField(max_length=200)

    class Meta:
        ordering = ["occurred_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=Q(ended_at__isnull=True), name="one_active_assignment"
            )
        ]
        indexes = [models.Index(fields=["lead", "occurred_at"], name="assignment_lead")]

    def __str__(self) -> str:
        return f"{self.lead_id} → {self.owner or self.queue}"


class Pool(models.Model):
    """The lock of one queue: whoever chooses an owner holds this row."""

    queue = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.queue


class QueueMember(models.Model):
    """A person's place in a queue. The counter feeds the weighted round robin."""

    queue = models.CharField(max_length=40, help_text="Key of a queue of the routing policy.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="queue_memberships"
    )
    weight = models.PositiveSmallIntegerField(default=1)
    cap = models.PositiveIntegerField(
        null=True, blank=True, help_text="Most open leads at a time. Empty = no limit."
    )
    is_active = models.BooleanField(default=True)
    away_from = models.DateTimeField(null=True, blank=True, help_text="Empty = not planned to be away.")
    away_until = models.DateTimeField(null=True, blank=True, help_text="Empty = until further notice.")
    # Lifted to the pool's minimum on joining and on return, so that absence earns no catch-up burst.
    assigned_count = models.FloatField(default=0, help_text="Leads counted for the round robin.")
    was_away = models.BooleanField(default=True, help_text="Newcomer or back from absence: lift the counter.")
    last_assigned_at = models.DateTimeField(null=True, blank=True, help_text="Empty = never.")

    history = HistoricalRecords(excluded_fields=["assigned_count", "was_away", "last_assigned_at"])

    class Meta:
        ordering = ["queue", "user"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "user"], name="queue_member_once"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="queue_member_weight"),
            models.CheckConstraint(
                condition=Q(away_from__isnull=True)
                | Q(away_until__isnull=True)
                | Q(away_until__gt=models.F("away_from")),
                name="queue_member_absence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.queue}"

    def is_away_at(self, now: datetime) -> bool:
        """Whether the person is absent at `now`: [away_from, away_until)."""
        return is_away((self.away_from, self.away_until), now)


class NamedAccount(models.Model):
    """An account that belongs to a person, whatever the territory says."""

    domain = models.CharField(max_length=255, unique=True, help_text="E-mail domain of the company.")
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="named_accounts"
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RoutingError(models.Model):
    """A lead that no rule could place; it waits in the fallback queue for RevOps."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="routing_errors")
    message = models.CharField(max_length=300)
    trace = models.JSONField(default=list)
    occurred_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True, help_text="Empty = still open.")
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-occurred_at"]
        indexes = [
            models.Index(
                fields=["occurred_at"], condition=Q(resolved_at__isnull=True), name="routing_error_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.message}"
