"""What every form of the desk has: a token, and the edition and stage that it was rendered under."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from dispositions.types import Decision
from glossary.types import EditionInForce
from people.models import User
from routing.models import Lead

DATE_TIME = "%Y-%m-%dT%H:%M"
LONGEST_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class Setting:
    """Who sees a form of which lead under which policies; `today` is the date where the person is."""

    lead: Lead
    user: User
    edition: EditionInForce
    today: date


class ActForm(forms.Form):
    """A form of one act on one lead. The token makes a double submit one act."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, setting: Setting, key: str, data: Any = None) -> None:
        self.setting, self.key = setting, key
        super().__init__(data, auto_id=f"{key}_%s", initial={"token": uuid4()})


class DecisionForm(ActForm):
    """A form whose result is a decision."""

    edition = forms.IntegerField(widget=forms.HiddenInput)
    stage = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, setting: Setting, key: str, data: Any = None) -> None:
        super().__init__(setting, key, data)
        self.initial.update(edition=setting.edition.id, stage=setting.lead.stage)

    def decision(self) -> Decision:
        """The decision that a valid form states."""
        clean = self.cleaned_data
        return Decision(
            token=clean["token"],
            note=clean.get("note", ""),
            edition_id=clean["edition"],
            stage=clean["stage"],
        )


def note_field(label: str = "Note", *, required: bool = False, rows: int = 2) -> forms.CharField:
    """Plain text, as long as the log keeps it."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": "Write what was learnt; the stage asks for it."},
    )


def moment_field(label: str, *, required: bool = False, help_text: str = "") -> forms.DateTimeField:
    """Date and time in the reader's zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=DATE_TIME)
    return forms.DateTimeField(label=label, required=required, help_text=help_text, widget=widget)


def day_field(label: str, *, required: bool = False, earliest: date | None = None) -> forms.DateField:
    """A day where the reader is."""
    attrs = {"type": "date"} | ({"min": earliest.isoformat()} if earliest else {})
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs=attrs, format="%Y-%m-%d")
    )
