"""Business calendars: a name to edit, and immutable revisions that clocks pin."""

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from glossary.models.append_only import AppendOnlyQuerySet


class BusinessCalendar(models.Model):
    """A calendar that queues refer to by key. Its hours live in the latest revision."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CalendarRevision(models.Model):
    """The hours of a calendar as they were laid down at one moment; never changed.

    `spec` is a `routing.engine.business_time.CalendarSpec` as JSON.
    """

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    spec = models.JSONField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty = the system.",
    )

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["calendar", "number"]
        constraints = [models.UniqueConstraint(fields=["calendar", "number"], name="calendar_revision_once")]

    def __str__(self) -> str:
        return f"{self.calendar} r{self.number}"
