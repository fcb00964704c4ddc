"""Draft rows of reporting: its settings and the KPI definitions."""

from django.db import models

from glossary.models.draft_base import DraftRow


class ReportingSettings(DraftRow):
    """The reporting zone and the dimensions. One row per draft."""

    zone = models.CharField("time zone", max_length=200, help_text="An IANA name such as Europe/London.")
    dimensions = models.JSONField(default=list, help_text="What reports may be split by.")

    class Meta(DraftRow.Meta):
        verbose_name = verbose_name_plural = "reporting settings"

    def __str__(self) -> str:
        return "Reporting settings"


class KpiDefinition(DraftRow):
    """A conversion that the organisation steers by."""

    key = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    from_key = models.CharField("from", max_length=40)
    to_key = models.CharField("to", max_length=40)
    window_days = models.PositiveSmallIntegerField("window (days)", null=True, blank=True)
    target = models.FloatField(null=True, blank=True, help_text="Between 0 and 1. Empty = no target.")
    at_least = models.PositiveIntegerField("from this many leads on", default=20)

    class Meta(DraftRow.Meta):
        verbose_name, verbose_name_plural = "KPI", "KPIs"

    def __str__(self) -> str:
        return self.label
