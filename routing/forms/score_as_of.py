"""The question of the lead's page: its score as of when."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class ScoreAsOfForm(forms.Form):
    """An instant in the reader's zone; empty = now. `latest` is now: the future has no facts yet."""

    as_of = forms.DateTimeField(
        label="Score as of",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Enter a date and a time like 2026-11-22 14:30."},
    )

    def __init__(self, data: Any, *, latest: datetime) -> None:
        super().__init__(data)
        self.latest = latest

    def clean_as_of(self) -> datetime:
        """The instant asked for, or now."""
        asked: datetime | None = self.cleaned_data["as_of"]
        if asked is not None and asked > self.latest:
            raise ValidationError(
                "That lies in the future: a score rests on what has happened. Enter a past time."
            )
        return asked or self.latest
