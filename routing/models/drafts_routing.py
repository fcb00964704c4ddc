"""Draft rows of routing: settings, territories, queues, SLA targets with their escalation ladders."""

from django.db import models

from glossary.models.draft_base import ChildRow, CriterionRow, DraftRow
from routing.engine.documents.routing import Escalate, Strategy, Tell


class RoutingSettings(DraftRow):
    """Fallback queue, re-routing and the kill-switch. One row per draft."""

    fallback = models.CharField("fallback queue", max_length=40)
    touch_attempts = models.PositiveSmallIntegerField("touch attempts before re-routing")
    reroute_over = models.CharField("within", max_length=200, help_text="For example: 10 business days.")
    error_rate = models.FloatField("kill-switch: share of errors", help_text="Between 0 and 1.")
    window_minutes = models.PositiveIntegerField("kill-switch: within (minutes)")
    at_least = models.PositiveIntegerField("kill-switch: from this many leads on")

    class Meta(DraftRow.Meta):
        verbose_name = verbose_name_plural = "routing settings"

    def __str__(self) -> str:
        return "Routing settings"


class Territory(DraftRow):
    """Whose ground a lead is on."""

    key = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    priority = models.PositiveSmallIntegerField(help_text="Of two that match alike, the lower number wins.")
    queue = models.CharField(max_length=40)

    class Meta(DraftRow.Meta):
        verbose_name_plural = "territories"

    def __str__(self) -> str:
        return self.name


class TerritoryCriterion(CriterionRow):
    """A criterion of a territory."""

    parent = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="criteria")

    class Meta(CriterionRow.Meta):
        verbose_name, verbose_name_plural = "criterion", "criteria"

    def __str__(self) -> str:
        return self.field or self.behaviour


class Queue(DraftRow):
    """A pool of people. Who is in it is daily business and stands elsewhere."""

    key = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    strategy = models.CharField(max_length=8, choices=[(item.value, item.value) for item in Strategy])
    fallback = models.CharField("fallback queue", max_length=40, blank=True)
    calendar = models.CharField(max_length=40)

    class Meta(DraftRow.Meta):
        pass

    def __str__(self) -> str:
        return self.name


class SlaTarget(DraftRow):
    """A promise between two events."""

    key = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    from_key = models.CharField("from", max_length=40)
    to_key = models.CharField("to", max_length=40)
    target = models.CharField(
        max_length=200, help_text="For example: 5 minutes, 1 business hour, 2 business days."
    )
    warn = models.JSONField("warn at (%)", default=list, blank=True)

    class Meta(DraftRow.Meta):
        verbose_name, verbose_name_plural = "SLA target", "SLA targets"

    def __str__(self) -> str:
        return self.name


class SlaCriterion(CriterionRow):
    """A criterion for the leads that a target applies to."""

    parent = models.ForeignKey(SlaTarget, on_delete=models.CASCADE, related_name="criteria")

    class Meta(CriterionRow.Meta):
        verbose_name, verbose_name_plural = "criterion", "criteria"

    def __str__(self) -> str:
        return self.field or self.behaviour


class SlaRung(ChildRow):
    """A rung of the escalation ladder."""

    parent = models.ForeignKey(SlaTarget, on_delete=models.CASCADE, related_name="ladder")
    at_percent = models.PositiveSmallIntegerField("at (%)")
    tell = models.CharField(max_length=8, blank=True, choices=[(item.value, item.value) for item in Tell])
    do = models.CharField(max_length=8, blank=True, choices=[(item.value, item.value) for item in Escalate])

    class Meta(ChildRow.Meta):
        verbose_name, verbose_name_plural = "rung", "rungs"

    def __str__(self) -> str:
        return f"at {self.at_percent} %"
