"""The form of one criterion, the same for stages, tiers, territories and SLA targets."""

from collections.abc import Mapping
from typing import Any

from django import forms
from pydantic import ValidationError
from unfold.widgets import UnfoldAdminExpandableTextareaWidget, UnfoldAdminIntegerFieldWidget

from glossary.engine.conditions import BehaviourCriterion, FieldCriterion
from glossary.engine.criteria_checks import COMPARING, check_criteria, value_problem
from glossary.engine.fields import ContractField, Op
from glossary.engine.words import criterion_words, humanised, number_words
from glossary.forms.criterion_values import KIND_WORDS, op_problem, read_value, value_text
from glossary.forms.fields import OfferedField, PairsField
from glossary.forms.row_form import RowForm
from glossary.forms.sentences import sentence
from glossary.models.draft_base import CriterionRow
from glossary.queries.draft_names import Names
from glossary.registry.rows import criterion_data

COUNT_ATTRS = {"min": "1", "class": "c-draft-count"}


class ValueField(forms.CharField):
    """A value as text; what it means depends on the field and the operator, so the form reads it."""

    widget = UnfoldAdminExpandableTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        """A JSON value as text; what was typed stays as it is."""
        return value if isinstance(value, str) else value_text(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the texts; browsers send lines with carriage returns."""
        return (
            value_text(initial).split() != (data or "").split()
            or value_text(initial).strip() != (data or "").replace("\r", "").strip()
        )


class CriterionForm(RowForm):
    """A field compared with a value or a threshold, or a behaviour counted. The formset binds `names`."""

    field = OfferedField(label="Field", required=False)
    value = ValueField(
        label="Value",
        required=False,
        help_text="Several: one per line or with commas. Dates like 2026-11-22. Truths: yes or no.",
    )
    threshold = OfferedField(
        label="or threshold", required=False, help_text="A named score instead of a value."
    )
    behaviour = OfferedField(
        label="or behaviour", required=False, help_text="Something the person did, instead of a field."
    )
    at_least = forms.IntegerField(
        label="At least (times)",
        required=False,
        min_value=1,
        max_value=1000,
        widget=UnfoldAdminIntegerFieldWidget(attrs=dict(COUNT_ATTRS)),
    )
    within_days = forms.IntegerField(
        label="Within (days)",
        required=False,
        min_value=1,
        max_value=3650,
        widget=UnfoldAdminIntegerFieldWidget(attrs=dict(COUNT_ATTRS)),
        help_text="Empty = at any time.",
    )
    latest_before_days = forms.IntegerField(
        label="Latest before (days)",
        required=False,
        min_value=1,
        max_value=3650,
        widget=UnfoldAdminIntegerFieldWidget(attrs=dict(COUNT_ATTRS)),
        help_text="The most recent one lies so many days back or longer. Empty = of any age.",
    )
    where = PairsField(
        label="Where", required=False, help_text="Properties it must have, one per line: topic = pricing"
    )

    class Meta:
        fields = (
            "kind", "place", "group", "field", "op", "value", "threshold",
            "behaviour", "at_least", "within_days", "latest_before_days", "where",
        )  # fmt: skip

    def __init__(self, *args: Any, names: Names, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        offers = {
            "field": {key: f"{one.label} ({KIND_WORDS[one.type]})" for key, one in names.fields.items()},
            "threshold": {key: f"{key} ({number_words(score)})" for key, score in names.thresholds.items()},
            "behaviour": names.behaviours,
        }
        for name, offered in offers.items():
            field = self.fields[name]
            if isinstance(field, OfferedField):
                field.offer(offered, getattr(self.instance, name))

    def clean(self) -> dict[str, Any]:
        """Read the value for field and operator, and check the criterion as the language does."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "field" in self.errors or "behaviour" in self.errors:
            return cleaned
        field, behaviour = cleaned.get("field"), cleaned.get("behaviour")
        if field and behaviour:
            self.add_error("behaviour", "Give a field or a behaviour, not both. Make two criteria of it.")
        elif behaviour:
            self._clean_behaviour(cleaned)
        elif field:
            self._clean_field(cleaned, self.names.fields[field])
        else:
            self.add_error("field", "Choose a field to compare, or a behaviour.")
        return cleaned

    def _clean_behaviour(self, cleaned: dict[str, Any]) -> None:
        for name in ("op", "value", "threshold"):
            if cleaned.get(name):
                self.add_error(name, "A behaviour is counted, not compared. Leave this empty.")
        cleaned["value"] = None
        self._check(BehaviourCriterion, cleaned)

    def _clean_field(self, cleaned: dict[str, Any], field: ContractField) -> None:
        for name in ("at_least", "within_days", "latest_before_days", "where"):
            if cleaned.get(name):
                self.add_error(name, "This goes with a behaviour. Leave it empty for a field.")
        if not cleaned.get("op"):
            self.add_error("op", f"Choose how {field.label} is compared.")
            return
        op = Op(cleaned["op"])
        wrong = op_problem(field, op)
        if wrong:
            self.add_error("op", wrong)
            return
        try:
            cleaned["value"] = read_value(cleaned.get("value") or "", field, op)
        except ValueError as error:
            self.add_error("value", str(error))
            return
        self._check_values(cleaned["value"], field, op)
        if not self.errors:
            self._check(FieldCriterion, cleaned)

    def _check_values(self, value: object, field: ContractField, op: Op) -> None:
        if op not in COMPARING or value is None:
            return
        for one in value if isinstance(value, list) else [value]:
            problem = value_problem(field, one)
            if problem:
                self.add_error("value", f"{field.label}: “{value_text(one)}” does not fit: {problem}.")

    def _check(self, part: type[FieldCriterion | BehaviourCriterion], cleaned: Mapping[str, Any]) -> None:
        row = self._meta.model(
            **{name: cleaned.get(name) for name in self.Meta.fields if cleaned.get(name) is not None}
        )
        try:
            criterion = part.model_validate(criterion_data(row))
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                whole = "value" if part is FieldCriterion else "latest_before_days"
                place = str(problem["loc"][0]) if problem["loc"] else whole
                self.add_error(place if place in self.fields else None, self._said(problem, cleaned))
            return
        for finding in check_criteria("", [criterion], self.names.fields):
            self.add_error("field", f"{finding.message[:1].upper()}{finding.message[1:]}.")

    def _said(self, problem: Mapping[str, Any], cleaned: Mapping[str, Any]) -> str:
        """The sentence, with the field by its label and the operator in words instead of keys."""
        text = sentence(problem)
        field = self.names.fields.get(cleaned.get("field") or "")
        if field is None:
            return text
        return text.replace(
            f"{field.key[:1].upper()}{field.key[1:]} {cleaned.get('op')}:",
            f"{field.label} {humanised(str(cleaned.get('op')))}:",
        )


def line_of(row: CriterionRow, names: Names) -> str:
    """A criterion row as its English line; what cannot be read yet is said to be unfinished."""
    part: type[FieldCriterion | BehaviourCriterion] = BehaviourCriterion if row.behaviour else FieldCriterion
    try:
        words = criterion_words(part.model_validate(criterion_data(row)), names.fields, names.thresholds)
    except ValidationError:
        return "Unfinished criterion"
    return f"{words[:1].upper()}{words[1:]}"
