"""The form that lays down the hours of a calendar, in words a person writes; CalendarSpec has the last word."""

import json
from typing import TYPE_CHECKING, Any

from django import forms
from pydantic import ValidationError
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from routing.engine.business_time import CalendarSpec
from routing.engine.calendars import WEEKDAYS
from routing.models import BusinessCalendar
from routing.queries.calendars import latest_revision, spec_of

DAY_NAMES = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
HOURS_HELP = "For example 09:00-12:00, 13:00-17:00. Empty = closed."


def hours_words(windows: tuple[tuple[str, str], ...]) -> str:
    """Windows as the form shows them: `09:00-12:00, 13:00-17:00`."""
    return ", ".join(f"{opens}-{closes}" for opens, closes in windows)


def read_hours(text: str) -> list[list[str]]:
    """Windows from text; what is no pair is left to CalendarSpec to refuse by name."""
    parts = [part.strip() for part in text.replace(";", ",").split(",")]
    return [[end.strip() for end in part.replace("–", "-").split("-")] for part in parts if part]


def _line(rows: int = 1) -> forms.Widget:
    widget: forms.Widget = (
        UnfoldAdminTextInputWidget() if rows == 1 else UnfoldAdminTextareaWidget(attrs={"rows": rows})
    )
    return widget


if TYPE_CHECKING:
    CalendarModelForm = forms.ModelForm[BusinessCalendar]
else:  # Django's own class takes no type parameter when it runs
    CalendarModelForm = forms.ModelForm


class CalendarForm(CalendarModelForm):
    """Name and hours. Saving changed hours lays down a new revision; `spec` is the validated content."""

    zone = forms.CharField(label="Time zone", help_text="An IANA name such as Europe/London.", widget=_line())
    holiday_country = forms.CharField(
        label="Public holidays of",
        required=False,
        help_text="ISO code, e.g. GB. Empty = none.",
        widget=_line(),
    )
    holiday_subdivision = forms.CharField(
        label="Part of the country",
        required=False,
        help_text="E.g. ENG. Empty = national ones.",
        widget=_line(),
    )
    holidays = forms.CharField(
        label="Own holidays", required=False, help_text="One date a line: 2026-12-24.", widget=_line(3)
    )
    overrides = forms.CharField(
        label="Other hours on single dates",
        required=False,
        help_text="One a line: 2026-12-24: 09:00-13:00. Nothing after the colon = closed that day.",
        widget=_line(4),
    )
    relay = forms.BooleanField(
        label="Lay open clocks on the new hours",
        required=False,
        help_text="The time used so far is kept; the rest counts on the new hours. Each change is logged.",
        widget=UnfoldBooleanSwitchWidget(),
    )

    class Meta:
        model = BusinessCalendar
        fields = ["key", "name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec: CalendarSpec | None = None
        revision = latest_revision(self.instance.key) if self.instance.pk else None
        known = spec_of(revision) if revision is not None else None
        for day, name in DAY_NAMES.items():
            words = hours_words(known.windows.get(day, ())) if known else ""
            self.fields[f"hours_{day}"] = forms.CharField(
                label=name, required=False, help_text=HOURS_HELP, widget=_line(), initial=words
            )
        if known is not None:
            self._show(known)

    def _show(self, spec: CalendarSpec) -> None:
        shown = {
            "zone": spec.zone,
            "holiday_country": spec.holiday_country or "",
            "holiday_subdivision": spec.holiday_subdivision or "",
            "holidays": "\n".join(day.isoformat() for day in spec.holidays),
            "overrides": "\n".join(
                f"{day}: {hours_words(hours)}" for day, hours in sorted(spec.overrides.items())
            ),
        }
        self.initial.update(shown)

    def clean(self) -> dict[str, Any]:
        """Read the hours; every problem is told at the field it was written in."""
        cleaned = super().clean() or self.cleaned_data
        try:
            self.spec = CalendarSpec.model_validate_json(json.dumps(self._written(cleaned)))
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_context=False):
                said = problem["msg"].removeprefix("Value error, ")
                self.add_error(self._field_of(problem["loc"], said), said)
        return cleaned

    def _written(self, cleaned: dict[str, Any]) -> dict[str, object]:
        lines = [line.partition(":") for line in cleaned.get("overrides", "").splitlines() if line.strip()]
        hours = {day: read_hours(cleaned.get(f"hours_{day}", "")) for day in WEEKDAYS}
        return {
            "label": cleaned.get("name", ""),
            "zone": cleaned.get("zone", "").strip(),
            "windows": {day: windows for day, windows in hours.items() if windows},
            "overrides": {day.strip(): read_hours(text) for day, _, text in lines},
            "holidays": cleaned.get("holidays", "").split(),
            "holiday_country": cleaned.get("holiday_country", "").strip().upper() or None,
            "holiday_subdivision": cleaned.get("holiday_subdivision", "").strip().upper() or None,
        }

    def _field_of(self, place: tuple[int | str, ...], said: str) -> str | None:
        """The field a problem belongs to; what concerns the whole calendar begins with the name it is about."""
        first = str(place[0]) if place else said.partition(" ")[0]
        if first == "windows" and len(place) > 1:
            return f"hours_{place[1]}"
        return first if first in self.fields else None
