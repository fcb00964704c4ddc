"""Forms that ask for a back-test: of a change request over a window, or of versions against versions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from glossary.exceptions import RequestRefused
from glossary.models import PolicyVersion
from glossary.queries.measured import SIDES
from glossary.services.measuring import Window, check_window, default_window


def day_field(label: str, help_text: str = "") -> forms.DateField:
    """A day of the reporting zone."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget)


class WindowForm(forms.Form):
    """Which leads to replay: those captured in a window."""

    since = day_field("Leads captured from")
    until = day_field("Until", "Both days count.")

    def __init__(
        self, data: Any = None, *, now: datetime, window: Window | None = None, **kwargs: Any
    ) -> None:
        self.now = now
        initial = {**(window or default_window(now))._asdict(), **kwargs.pop("initial", {})}
        super().__init__(data, auto_id="back_test_%s", initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Refuse a window that cannot be measured at the field where it was written."""
        clean = super().clean() or {}
        if clean.get("since") and clean.get("until"):
            try:
                check_window(self.window(), self.now)
            except RequestRefused as refused:
                self.add_error("until", str(refused))
        return clean

    def window(self) -> Window:
        """What a valid form says."""
        return Window(self.cleaned_data["since"], self.cleaned_data["until"])


class VersionsForm(WindowForm):
    """Any versions of glossary and scoring against any others."""

    def __init__(self, data: Any = None, *, now: datetime, **kwargs: Any) -> None:
        super().__init__(data, now=now, **kwargs)
        for when, words in (("before", "Before"), ("after", "After")):
            for side in SIDES:
                self.fields[f"{side.value}_{when}"] = _version_field(f"{words}: {side.label}", side.value)
        self.order_fields([f"{side.value}_{when}" for when in ("before", "after") for side in SIDES])

    def clean(self) -> dict[str, Any]:
        """Refuse two sides that are the same."""
        clean = super().clean()
        if not self.errors and self.side("before") == self.side("after"):
            self.add_error(None, "Both sides are the same. Choose another version on one of them.")
        return clean

    def side(self, when: str) -> Mapping[str, int]:
        """Version numbers by workstream of the side `before` or `after` of a valid form."""
        return {side.value: self.cleaned_data[f"{side.value}_{when}"] for side in SIDES}


def _version_field(label: str, workstream: str) -> forms.TypedChoiceField:
    versions = PolicyVersion.objects.filter(workstream=workstream).order_by("-number")
    choices = [(number, f"v{number} {title}") for number, title in versions.values_list("number", "title")]
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int)
