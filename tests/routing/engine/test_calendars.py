"""A calendar as it is stored: what it accepts, how it refuses, how long its business day is."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from routing.engine.business_time import CalendarSpec, compile_calendar, is_open
from tests.routing.engine.calendars_for_tests import LUNCH_BREAK, utc, weekdays


def test_a_calendar_survives_json() -> None:
    """What is stored as JSON reads back equal, with its windows in order."""
    spec = weekdays(
        day=(("13:00", "17:00"), ("09:00", "12:00")),
        overrides={"2026-12-24": [["09:00", "13:00"]], "2026-12-31": []},
        holidays=["2026-12-28", "2026-12-25", "2026-12-28"],
        holiday_country="GB",
        holiday_subdivision="ENG",
        label="London desk",
    )
    assert CalendarSpec.model_validate_json(spec.model_dump_json()) == spec
    assert CalendarSpec.model_validate(spec.model_dump(mode="json")) == spec
    assert spec.windows["mon"] == LUNCH_BREAK
    assert spec.holidays == (date(2026, 12, 25), date(2026, 12, 28))


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("unknown zone", {"zone": "Europe/Lodon"}, "not an IANA time zone; did you mean Europe/London"),
    ("zone by path", {"zone": "../etc/passwd"}, "not an IANA time zone"),
    ("unknown weekday", {"windows": {"monday": [["09:00", "17:00"]]}}, "'mon', 'tue'"),
    ("short clock", {"windows": {"mon": [["9:00", "17:00"]]}}, "'9:00' is not a time of day"),
    ("impossible clock", {"windows": {"mon": [["09:00", "24:30"]]}}, "'24:30' is not a time of day"),
    ("over midnight", {"windows": {"mon": [["22:00", "06:00"]]}}, "hours over midnight are two windows"),
    ("no length", {"windows": {"mon": [["09:00", "09:00"]]}}, "not after it opens at 09:00"),
    ("overlap", {"windows": {"mon": [["09:00", "13:00"], ["12:00", "17:00"]]}}, "12:00-17:00 overlap"),
    ("half a window", {"windows": {"mon": [["09:00"]]}}, "windows.mon.0.1"),
    ("override overlap", {"overrides": {"2026-12-24": [["09:00", "13:00"], ["12:00", "14:00"]]}}, "overlap"),
    ("no date", {"holidays": ["Christmas"]}, "'Christmas' is not a date; write YYYY-MM-DD"),
    ("impossible date", {"holidays": ["2026-02-30"]}, "holidays.0"),
    ("a number for a date", {"holidays": [20261225]}, "20261225 is not a date"),
    ("a slipped year", {"holidays": ["0206-12-25"]}, "outside the years 1970 to 2199"),
    ("never open", {"windows": {"mon": []}, "overrides": {"2026-12-24": []}}, "the calendar never opens"),
    ("unknown country", {"holiday_country": "Atlantis"}, "'Atlantis' is not known"),
    ("unknown part", {"holiday_country": "GB", "holiday_subdivision": "XX"}, "known are: ENG, NIR, SCT, WLS"),
    ("part without country", {"holiday_subdivision": "ENG"}, "needs a holiday_country"),
    ("unknown field", {"timezone": "UTC"}, "timezone"),
]


@pytest.mark.parametrize(("change", "message"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED])
def test_a_bad_calendar_is_refused(change: dict[str, Any], message: str) -> None:
    """Given a good calendar with one thing wrong, then the error names it and the way out."""
    good = weekdays().model_dump(mode="json")
    assert CalendarSpec.model_validate(good)
    with pytest.raises(ValidationError) as refused:
        CalendarSpec.model_validate({**good, **change})
    assert message in str(refused.value)


def test_a_spec_cannot_be_changed() -> None:
    """A stored revision stays what it is."""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(weekdays(), "zone", "UTC")  # noqa: B010 - the type checker would refuse the plain assignment


@pytest.mark.parametrize(
    ("hours", "seconds"),
    [
        ({day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}, 28_800),
        ({"mon": [["09:00", "12:00"], ["13:00", "17:00"]]}, 25_200),
        ({"mon": [["09:00", "17:00"]], "tue": [["08:00", "16:00"]], "fri": [["09:00", "13:00"]]}, 28_800),
        ({"mon": [["09:00", "17:00"]], "fri": [["09:00", "13:00"]], "sat": []}, 28_800),  # a tie: the longer
        ({"sat": [["00:00", "24:00"]], "sun": [["00:00", "24:00"]]}, 86_400),
    ],
)
def test_the_standard_day(hours: dict[str, Any], seconds: int) -> None:
    """The most common daily total among the days that open."""
    assert CalendarSpec.model_validate({"zone": "UTC", "windows": hours}).day_seconds == seconds


def test_the_standard_day_of_a_calendar_of_single_dates() -> None:
    """Without weekly hours the overrides decide."""
    days = {
        "2026-11-24": [["09:00", "15:00"]],
        "2026-11-25": [["09:00", "15:00"]],
        "2026-11-26": [["09:00", "10:00"]],
    }
    assert CalendarSpec.model_validate({"zone": "UTC", "overrides": days}).day_seconds == 6 * 3_600


def test_always_open() -> None:
    """Machine time: every instant, and a business day of 24 hours."""
    spec = CalendarSpec.always_open()
    assert spec.day_seconds == 86_400
    assert is_open(compile_calendar(spec), utc("2026-12-25T03:00"))


@pytest.mark.parametrize(
    ("part", "day", "open_then"),
    [("ENG", "2026-11-30", True), ("SCT", "2026-11-30", False), ("ENG", "2026-12-28", False)],
)
def test_national_holidays_know_their_part_of_the_country(part: str, day: str, open_then: bool) -> None:
    """St Andrew's day closes Scotland alone; a bank holiday observed on another day closes both."""
    calendar = compile_calendar(weekdays(holiday_country="GB", holiday_subdivision=part))
    assert is_open(calendar, utc(f"{day}T10:00")) is open_then


def test_an_override_outranks_a_holiday() -> None:
    """Given extra hours on Christmas day, then those hours are worked."""
    spec = weekdays(
        holiday_country="GB", holidays=["2026-12-25"], overrides={"2026-12-25": [["10:00", "12:00"]]}
    )
    assert is_open(compile_calendar(spec), utc("2026-12-25T11:00"))
    assert not is_open(compile_calendar(spec), utc("2026-12-25T12:00"))
