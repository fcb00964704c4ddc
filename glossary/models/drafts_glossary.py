"""Draft rows of the glossary: terms (stages) with criteria, confirmations and required fields; moves; fields."""

from django.db import models

from glossary.engine.conditions import Needs
from glossary.engine.documents import Qualification, StageKind
from glossary.engine.fields import FieldType, Store
from glossary.models.draft_base import ChildRow, CriterionRow, DraftRow, words_of


class Term(DraftRow):
    """A stage and its definition. The key is its identity and never changes; the name may."""

    key = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    short = models.CharField("short name", max_length=200)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in StageKind])
    step = models.PositiveSmallIntegerField(
        "place in the funnel", help_text="1 = the first; outcomes share one."
    )
    definition = models.TextField(help_text="For people, in your own words.")
    qualification = models.CharField(
        max_length=6,
        choices=[(item.value, item.value) for item in Qualification],
        help_text="Who decides: the rules, a rep, or the rules confirmed by a rep.",
    )
    owner_roles = models.JSONField(default=list, blank=True)
    signals = models.JSONField(default=list, blank=True)
    kpis = models.JSONField("KPIs", default=list, blank=True)
    exit = models.TextField("left when", blank=True)

    class Meta(DraftRow.Meta):
        verbose_name, verbose_name_plural = "stage", "stages"

    def __str__(self) -> str:
        return self.name


class Criterion(CriterionRow):
    """A criterion of a stage's entry definition."""

    parent = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="criteria")

    class Meta(CriterionRow.Meta):
        verbose_name_plural = "criteria"

    def __str__(self) -> str:
        return f"{self.field or self.behaviour} {words_of(self.op)}".strip()


class Confirmation(ChildRow):
    """What a rep confirms before the stage is entered."""

    parent = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="confirmations")
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    needs = models.CharField(
        max_length=8, choices=[(needs.value, needs.value) for needs in Needs], default=Needs.NOTHING
    )

    class Meta(ChildRow.Meta):
        pass

    def __str__(self) -> str:
        return self.label


class RequiredField(ChildRow):
    """A field that must be valid before the stage is entered."""

    parent = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="required")
    field = models.CharField(max_length=40)

    class Meta(ChildRow.Meta):
        pass

    def __str__(self) -> str:
        return self.field


class StageMove(DraftRow):
    """An allowed move and who may make it."""

    from_key = models.CharField("from", max_length=40)
    to_key = models.CharField("to", max_length=40)
    by = models.JSONField(default=list)

    class Meta(DraftRow.Meta):
        verbose_name, verbose_name_plural = "move", "moves"

    def __str__(self) -> str:
        return f"{self.from_key} → {self.to_key}"


class ContractField(DraftRow):
    """One field of the data contract."""

    key = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    type = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in FieldType])
    values = models.JSONField(default=list, blank=True)
    aliases = models.JSONField("other spellings", default=dict, blank=True)
    strict = models.BooleanField(default=True, help_text="Refuse values outside the list.")
    store = models.CharField(
        max_length=9, choices=[(store.value, store.value) for store in Store], default=Store.ATTRIBUTE
    )
    help = models.TextField(blank=True)
    personal = models.BooleanField("personal data", default=False)
    keep_days = models.PositiveIntegerField("keep for (days)", null=True, blank=True)
    after_outcome = models.BooleanField("only known after the outcome", default=False)

    class Meta(DraftRow.Meta):
        verbose_name, verbose_name_plural = "contract field", "contract fields"

    def __str__(self) -> str:
        return self.label
