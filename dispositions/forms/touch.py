"""Logging a touch: two taps for what happens most, the rest on request."""

from typing import Any

from django import forms

from dispositions.forms.base import ActForm, Setting, moment_field, note_field
from routing.choices import TouchKind, TouchResult
from routing.types import TouchInput


class TouchForm(ActForm):
    """How the person was reached, and what came of it."""

    kind = forms.ChoiceField(label="How", choices=TouchKind.choices, widget=forms.RadioSelect)
    result = forms.ChoiceField(label="Result", choices=TouchResult.choices, widget=forms.RadioSelect)
    note = note_field()
    template = forms.CharField(
        label="Template",
        required=False,
        max_length=120,
        help_text="Name of the script or mail template used.",
    )
    occurred_at = moment_field("When", help_text="Only if it was not just now.")

    def __init__(self, setting: Setting, key: str, data: Any = None) -> None:
        super().__init__(setting, key, data)
        self.initial.update(kind=TouchKind.CALL, result=TouchResult.REACHED)

    def touch(self) -> TouchInput:
        """The touch that a valid form states."""
        clean = self.cleaned_data
        return TouchInput(
            kind=clean["kind"],
            result=clean["result"],
            token=clean["token"],
            note=clean["note"],
            template=clean["template"],
            occurred_at=clean["occurred_at"],
        )
