"""Forms of the glossary drafts: stages with what lies below them, moves, contract fields."""

from typing import Any, ClassVar

from django import forms

from glossary.engine.speech import MOVERS
from glossary.forms.draft_form import DraftForm
from glossary.forms.fields import LinesField, OfferedField, OfferedListField, PairsField, RolesField
from glossary.forms.formsets import DraftFormSet
from glossary.forms.row_form import RowForm
from glossary.models import Confirmation, ContractField, RequiredField, StageMove, Term


class TermForm(DraftForm):
    """A stage."""

    identity = ("key",)
    offers: ClassVar = {"kpis": "kpis"}

    owner_roles = RolesField(required=False, label="Owners")
    signals = LinesField(
        required=False, label="Signals", help_text="What people look at to judge it, in words; one per line."
    )
    kpis = OfferedListField(required=False, label="KPIs", help_text="Measured in the reports.")

    class Meta:
        model = Term
        fields = (
            "name", "key", "short", "kind", "step", "definition", "qualification", "owner_roles", "signals",
            "kpis", "exit",
        )  # fmt: skip


class StageMoveForm(DraftForm):
    """An allowed move."""

    identity = ("from_key", "to_key")
    offers: ClassVar = {"from_key": "stages", "to_key": "stages"}

    from_key = OfferedField(label="From")
    to_key = OfferedField(label="To")
    by = OfferedListField({mover.value: words for mover, words in MOVERS.items()}, label="Made by")

    class Meta:
        model = StageMove
        fields = ("from_key", "to_key", "by")


class ContractFieldForm(DraftForm):
    """A field of the data contract."""

    identity = ("key",)

    values = LinesField(required=False, label="Values", help_text="Of a choice: one per line.")
    aliases = PairsField(
        required=False,
        label="Other spellings",
        help_text="One per line, what comes in = what it means: U.S. = United States",
    )

    class Meta:
        model = ContractField
        fields = (
            "label", "key", "type", "values", "aliases", "strict", "store", "help", "personal", "keep_days",
            "after_outcome",
        )  # fmt: skip


class ConfirmationForm(RowForm):
    """What a rep confirms before the stage is entered."""

    class Meta:
        model = Confirmation
        fields = ("label", "key", "needs")


class ConfirmationFormSet(DraftFormSet):
    """Confirmations of a stage; a published one keeps its key."""

    once = "key"

    def add_fields(self, form: "forms.ModelForm[Any]", index: int | None) -> None:
        """Keep keys that a published version knows."""
        super().add_fields(form, index)
        form.fields["key"].disabled = form.instance.pk is not None and form.instance.key in self._published()

    def _published(self) -> set[str]:
        stages = self.drafting.base.get("stages", ()) if self.drafting else ()
        confirm = (s["entry"]["confirm"] for s in stages if s["key"] == self.instance.key)
        return {item["key"] for items in confirm for item in items}


class RequiredFieldForm(RowForm):
    """A field that the stage needs."""

    field = OfferedField(label="Field")

    class Meta:
        model = RequiredField
        fields = ("field",)


class RequiredFieldFormSet(DraftFormSet):
    """Required fields of a stage."""

    once = "field"
    offers: ClassVar = {"field": "fields"}
