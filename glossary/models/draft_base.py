"""What draft rows are made of: rows of a document, criteria rows, and rows below another row.

Draft rows are an editing surface. Nothing that enforces or counts reads them; publishing reads the content
that was frozen from them at submission.
"""

from django.db import models
from simple_history.models import HistoricalRecords

from glossary.engine.conditions import Kind
from glossary.engine.fields import Op


def words_of(key: str) -> str:
    """A key of the language as a choice label: at_least → at least."""
    return key.replace("_", " ")


class Place(models.TextChoices):
    """Where a criterion stands in its definition."""

    ALL = "all", "must hold"
    NONE = "none", "must not hold"


class DraftRow(models.Model):
    """A row of a draft: one item of the document of its change request."""

    request = models.ForeignKey(
        "glossary.ChangeRequest", on_delete=models.CASCADE, related_name="+", editable=False
    )
    position = models.PositiveIntegerField(default=0, help_text="Order in the document.")
    history = HistoricalRecords(inherit=True, history_id_field=models.BigAutoField())

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class ChildRow(models.Model):
    """A row below a draft row; a subclass has the foreign key `parent` to it."""

    position = models.PositiveIntegerField(default=0, help_text="Order below its parent.")
    history = HistoricalRecords(inherit=True, history_id_field=models.BigAutoField())

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class CriterionRow(ChildRow):
    """One criterion. Those of one group are alternatives; every group must hold.

    Either `field` and `op` are given, or `behaviour`.
    """

    place = models.CharField(max_length=4, choices=Place.choices, default=Place.ALL)
    group = models.PositiveSmallIntegerField(
        default=1, help_text="Criteria with the same number are alternatives: any one of them is enough."
    )
    kind = models.CharField(
        max_length=12,
        choices=[(kind.value, words_of(kind.value)) for kind in Kind],
        default=Kind.FIRMOGRAPHIC,
    )
    field = models.CharField(max_length=40, blank=True)
    op = models.CharField(
        "operator", max_length=16, blank=True, choices=[(op.value, words_of(op.value)) for op in Op]
    )
    value = models.JSONField(null=True, blank=True)
    threshold = models.CharField(max_length=40, blank=True, help_text="Of scoring, instead of a value.")
    behaviour = models.CharField(max_length=40, blank=True)
    at_least = models.PositiveSmallIntegerField("at least (times)", null=True, blank=True)
    within_days = models.PositiveSmallIntegerField("within (days)", null=True, blank=True)
    latest_before_days = models.PositiveSmallIntegerField(
        "latest before (days)", null=True, blank=True, help_text="Empty = the latest may be of any age."
    )
    where = models.JSONField(default=dict, blank=True)

    class Meta(ChildRow.Meta):
        abstract = True
