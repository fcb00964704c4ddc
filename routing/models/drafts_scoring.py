"""Draft rows of scoring: ICP tiers, score rules, group caps, thresholds and triggers."""

from django.db import models

from glossary.models.draft_base import CriterionRow, DraftRow


class ScoringSettings(DraftRow):
    """What holds for the score as a whole. One row per draft."""

    total_cap = models.FloatField(help_text="Most points that a lead can have.")

    class Meta(DraftRow.Meta):
        verbose_name = verbose_name_plural = "scoring settings"

    def __str__(self) -> str:
        return "Scoring settings"


class IcpTier(DraftRow):
    """A grade and when it is given. The first match wins."""

    grade = models.CharField(max_length=1, choices=[(grade, grade) for grade in "ABC"])

    class Meta(DraftRow.Meta):
        verbose_name, verbose_name_plural = "ICP tier", "ICP tiers"

    def __str__(self) -> str:
        return f"Grade {self.grade}"


class TierCriterion(CriterionRow):
    """A criterion of an ICP tier."""

    parent = models.ForeignKey(IcpTier, on_delete=models.CASCADE, related_name="criteria")

    class Meta(CriterionRow.Meta):
        verbose_name, verbose_name_plural = "criterion", "criteria"

    def __str__(self) -> str:
        return self.field or self.behaviour


class ScoreRule(DraftRow):
    """Points for a behaviour."""

    key = models.CharField(max_length=40)
    behaviour = models.CharField(max_length=40)
    points = models.FloatField(help_text="For each time it happened, before decay.")
    cap = models.FloatField(null=True, blank=True, help_text="Most points of this rule. Empty = no cap.")
    group = models.CharField(max_length=40, blank=True, help_text="Rules of a group share a cap.")
    half_life_days = models.FloatField(
        "half-life (days)", null=True, blank=True, help_text="Empty = no decay."
    )

    class Meta(DraftRow.Meta):
        pass

    def __str__(self) -> str:
        return self.key


class GroupCap(DraftRow):
    """Most points of the rules of a group together."""

    group = models.CharField(max_length=40)
    cap = models.FloatField()

    class Meta(DraftRow.Meta):
        pass

    def __str__(self) -> str:
        return self.group


class ScoreThreshold(DraftRow):
    """A named score that criteria refer to."""

    key = models.CharField(max_length=40)
    score = models.FloatField()

    class Meta(DraftRow.Meta):
        verbose_name, verbose_name_plural = "threshold", "thresholds"

    def __str__(self) -> str:
        return f"{self.key}: {self.score:g}"


class Trigger(DraftRow):
    """A behaviour that counts whatever the points."""

    behaviour = models.CharField(max_length=40)

    class Meta(DraftRow.Meta):
        pass

    def __str__(self) -> str:
        return self.behaviour
