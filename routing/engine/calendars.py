"""What a business calendar is: the validated content of one stored calendar revision.

Which instants that makes open is computed in `business_table`; how time is counted on it, in `business_time`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal, Self, get_args
from zoneinfo import available_timezones

import holidays as holiday_library
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""The years that calendars cover; a date outside them is a typing error, not a plan."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
"""In the order of `date.weekday()`."""

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOT_PLACES = {"localtime", "posixrules", "Factory"}


def clock_minutes(clock: str) -> int:
    """Minutes since midnight of 'HH:MM'; '24:00' is 1440."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


@cache
def zone_names() -> frozenset[str]:
    """Every IANA zone that this machine knows."""
    return frozenset(available_timezones() - _NOT_PLACES)


def _known_zone(name: str) -> str:
    if name in zone_names():
        return name
    close = get_close_matches(name, zone_names(), n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else "write one such as Europe/London or UTC"
    raise ValueError(f"{name!r} is not an IANA time zone; {hint}")


def _one_window(window: tuple[str, str]) -> tuple[str, str]:
    opens, closes = window
    for clock in window:
        if not _CLOCK.fullmatch(clock):
            raise ValueError(
                f"{clock!r} is not a time of day; write HH:MM from 00:00 to 24:00, for example 09:00"
            )
    if clock_minutes(opens) >= clock_minutes(closes):
        raise ValueError(
            f"closes at {closes}, which is not after it opens at {opens}; hours over midnight are two "
            "windows, one up to 24:00 and one from 00:00 of the next day"
        )
    return window


Window = Annotated[tuple[str, str], AfterValidator(_one_window)]


def _one_day(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    ordered = tuple(sorted(windows))
    for (first, until), (second, closes) in pairwise(ordered):
        if second < until:
            raise ValueError(
                f"{first}-{until} and {second}-{closes} overlap; make them one window or let them touch"
            )
    return ordered


def _iso_date(value: object) -> object:
    """Refuse what pydantic would otherwise guess at: numbers and digit strings taken as Unix times."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        raise ValueError(f"{value!r} is not a date; write YYYY-MM-DD, for example 2026-12-25")
    return value


def _covered(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{day} lies outside the years {FIRST_YEAR} to {LAST_YEAR} that calendars cover")
    return day


DayWindows = Annotated[tuple[Window, ...], AfterValidator(_one_day)]
Day = Annotated[date, BeforeValidator(_iso_date), AfterValidator(_covered)]


class CalendarSpec(BaseModel):
    """One revision of a business calendar, as it is stored in JSON.

    A date is governed by its override if it has one (an empty list = closed), else closed if it is a holiday,
    else open as its weekday says. So an override also opens a holiday. A weekday not named is closed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = ""
    zone: Annotated[str, AfterValidator(_known_zone)]
    windows: dict[Weekday, DayWindows] = Field(default_factory=dict)
    overrides: dict[Day, DayWindows] = Field(default_factory=dict)
    holidays: Annotated[tuple[Day, ...], AfterValidator(lambda days: tuple(sorted(set(days))))] = ()
    holiday_country: str | None = None
    holiday_subdivision: str | None = None

    @model_validator(mode="after")
    def _opens_at_all(self) -> Self:
        if not any(self.windows.values()) and not any(self.overrides.values()):
            raise ValueError(
                "windows: the calendar never opens; give at least one weekday or override its hours"
            )
        return self

    @model_validator(mode="after")
    def _known_country(self) -> Self:
        country, part = self.holiday_country, self.holiday_subdivision
        if country is None:
            if part is not None:
                raise ValueError(f"holiday_subdivision {part!r} needs a holiday_country")
            return self
        known = holiday_library.list_supported_countries(include_aliases=False)
        if country not in known:
            raise ValueError(
                f"holiday_country {country!r} is not known; write its ISO 3166 code, for example GB"
            )
        if part is not None and part not in known[country]:
            choices = ", ".join(known[country]) or "none"
            raise ValueError(f"holiday_subdivision {part!r} is not a part of {country}; known are: {choices}")
        return self

    def __hash__(self) -> int:
        """Equal specs hash equally, whatever the order of their keys; the label decides equality only."""
        return hash(
            (
                self.zone,
                frozenset(self.windows.items()),
                frozenset(self.overrides.items()),
                self.holidays,
                self.holiday_country,
                self.holiday_subdivision,
            )
        )

    @property
    def day_seconds(self) -> int:
        """The standard day length in seconds, which is what "1 business day" means on this calendar.

        It is the most common daily total among the weekdays that open (on a tie the longer, the milder
        promise). A calendar that opens on dated overrides only takes the most common total of those.
        """
        totals = _day_totals(self.windows.values()) or _day_totals(self.overrides.values())
        return max(totals, key=lambda seconds: (totals[seconds], seconds))

    @classmethod
    def always_open(cls, zone: str = "UTC", label: str = "24x7") -> Self:
        """The calendar of machine time: open at every instant."""
        return cls(label=label, zone=zone, windows=dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),)))


def _day_totals(days: Iterable[tuple[tuple[str, str], ...]]) -> Counter[int]:
    totals = (sum(clock_minutes(closes) - clock_minutes(opens) for opens, closes in day) * 60 for day in days)
    return Counter(total for total in totals if total)


def national_holidays(country: str | None, subdivision: str | None, year: int) -> frozenset[date]:
    """The public holidays of `year` (those observed on another day included), none without a country.

    Source: the `holidays` library, which knows most countries up to about the year 2100.
    """
    if country is None:
        return frozenset()
    return frozenset(holiday_library.country_holidays(country, subdiv=subdivision, years=year))
