"""Forms of the decisions that lead on: accept, qualify (from the gate in force), and the deal."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime

from dispositions.engine.acts import asked_fields
from dispositions.forms.base import DecisionForm, Setting, day_field, moment_field, note_field
from dispositions.types import Decision
from glossary.engine.conditions import Confirmation, Needs
from glossary.engine.documents import GlossaryDocument, Stage
from glossary.engine.fields import FieldType
from people.engine.words import exact_words
from routing.queries.facts import field_values

GIVEN, AT = "confirm_", "confirm_at_"


class ForwardForm(DecisionForm):
    """What the target stage asks of a person: its confirmations, and the fields that become known with it."""

    def __init__(self, setting: Setting, key: str, data: Any = None, *, target: Stage) -> None:
        super().__init__(setting, key, data)
        self.confirmations = target.entry.confirm
        self.asked = asked_fields(target, setting.edition.document(GlossaryDocument))
        for item in self.confirmations:
            self.fields |= _fields_for(item)
        known = field_values(setting.lead)
        for field in self.asked:
            number = {"inputmode": "decimal"} if field.type is FieldType.NUMBER else {}
            self.fields[field.key] = forms.CharField(
                label=field.label, help_text=field.help, max_length=200, widget=forms.TextInput(attrs=number)
            )
            self.initial[field.key] = _plain(known.get(field.key))
        if not self.confirmations:
            self.fields["note"] = note_field()

    def clean(self) -> dict[str, Any]:
        """A meeting is given by its time or by what was agreed, or both."""
        clean = super().clean() or self.cleaned_data
        for item in self.confirmations:
            blank = not clean.get(f"{GIVEN}{item.key}") and not clean.get(f"{AT}{item.key}")
            if item.needs is Needs.MEETING and blank and f"{AT}{item.key}" not in self.errors:
                self.add_error(f"{GIVEN}{item.key}", "Give the time of the meeting, or say what was agreed.")
        return clean

    def decision(self) -> Decision:
        """The decision, with the evidence given for each confirmation."""
        clean = self.cleaned_data
        return replace(
            super().decision(),
            given={item.key: self._evidence(item) for item in self.confirmations},
            facts={field.key: clean[field.key] for field in self.asked},
        )

    def _evidence(self, item: Confirmation) -> object:
        value = self.cleaned_data[f"{GIVEN}{item.key}"]
        at: datetime | None = self.cleaned_data.get(f"{AT}{item.key}")
        if at is None:
            return value
        moment = exact_words(localtime(at))
        return f"{moment}: {value}" if value else moment


def _plain(value: object) -> object:
    """A known value as it is typed: 12500, not 12500.0."""
    if value is None:
        return ""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class AcceptForm(ForwardForm):
    """One click, unless the definition in force asks for confirmations: the gate looks at owner and first touch."""

    def __init__(self, setting: Setting, key: str, data: Any = None, *, target: Stage) -> None:
        super().__init__(setting, key, data, target=target)
        self.fields.pop("note", None)


def _fields_for(item: Confirmation) -> dict[str, forms.Field]:
    name = f"{GIVEN}{item.key}"
    if item.needs is Needs.NOTE:
        return {name: note_field(item.label, required=True, rows=3)}
    if item.needs is Needs.DATE:
        return {name: day_field(item.label, required=True)}
    if item.needs is Needs.MEETING:
        said = forms.CharField(
            label=item.label,
            required=False,
            max_length=500,
            help_text="What was agreed, or a link to the meeting.",
        )
        return {name: said, f"{AT}{item.key}": moment_field("Time of the meeting")}
    missing = {"required": "Not confirmed yet. Tick it once it is, or recycle the lead."}
    return {name: forms.BooleanField(label=item.label, error_messages=missing)}
