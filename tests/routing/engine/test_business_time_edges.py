"""The edges of business time: closes, zero targets, pauses, changes of clocks, and what has no answer."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from routing.engine.business_time import (
    BusinessTimeError,
    CalendarSpec,
    compile_calendar,
    due_at,
    elapsed,
    is_open,
    last_met_at,
    next_open,
    point_at,
)
from tests.routing.engine.calendars_for_tests import ALWAYS, LUNCH_BREAK, WORKDAYS, london, utc, weekdays

HOUR = 3_600
MONDAY_TEN = utc("2026-11-23T10:00")


@pytest.mark.parametrize(
    ("instant", "open_then", "opens"),
    [
        ("2026-11-23T08:59:59", False, "2026-11-23T09:00"),
        ("2026-11-23T09:00", True, "2026-11-23T09:00"),
        ("2026-11-23T11:59:59.999999", True, "2026-11-23T11:59:59.999999"),
        ("2026-11-23T12:00", False, "2026-11-23T13:00"),
        ("2026-11-27T17:00", False, "2026-11-30T09:00"),
    ],
)
def test_windows_are_half_open(instant: str, open_then: bool, opens: str) -> None:
    """An opening belongs to its window, a close does not."""
    calendar = compile_calendar(weekdays(day=LUNCH_BREAK))
    assert is_open(calendar, utc(instant)) is open_then
    assert next_open(calendar, utc(instant)) == utc(opens)


def test_a_zero_target_is_due_at_once_and_met_until_the_calendar_opens() -> None:
    """Nothing has elapsed by Saturday's start, nor by Monday's opening."""
    saturday, monday = utc("2026-11-21T15:00"), utc("2026-11-23T09:00")
    assert due_at(london(), saturday, 0) == saturday
    assert last_met_at(london(), saturday, 0) == monday
    assert due_at(london(), MONDAY_TEN, 0) == last_met_at(london(), MONDAY_TEN, 0) == MONDAY_TEN


def test_due_at_close_but_met_until_the_next_opening() -> None:
    """A day used up at close is due then, and late only from the next opening on."""
    start = utc("2026-11-23T09:00")
    assert due_at(london(), start, 8 * HOUR) == utc("2026-11-23T17:00")
    assert last_met_at(london(), start, 8 * HOUR) == utc("2026-11-24T09:00")


def test_points_of_business_time() -> None:
    """Warnings fall on shares of the target in business time, beyond 100 % too."""
    start = utc("2026-11-20T16:30")
    points = [point_at(london(), start, HOUR, percent) for percent in (50, 75, 100, 200)]
    assert points == [utc(f"2026-11-{moment}") for moment in ("20T17:00", "23T09:15", "23T09:30", "23T10:30")]


def test_an_open_pause_stops_the_clock_for_good() -> None:
    """Given a pause without an end, then what it covers isn't counted and the rest is never due."""
    pause = [(utc("2026-11-23T11:00"), None)]
    assert elapsed(london(), MONDAY_TEN, utc("2026-12-23T10:00"), pause) == HOUR
    assert due_at(london(), MONDAY_TEN, HOUR + 1, pause) is None
    assert due_at(london(), MONDAY_TEN, HOUR, pause) == utc("2026-11-23T11:00")
    assert last_met_at(london(), MONDAY_TEN, HOUR, pause) is None
    assert due_at(london(), MONDAY_TEN, 0, pause) == MONDAY_TEN


def test_pauses_outside_the_clock_or_the_hours_cost_nothing() -> None:
    """Pauses before the start, after the stop, overnight, or of no length change no answer."""
    pauses = [
        (utc("2026-11-20T09:00"), utc("2026-11-20T12:00")),
        (utc("2026-11-20T16:00"), utc("2026-11-23T10:00")),
        (utc("2026-11-23T17:00"), utc("2026-11-24T09:00")),
        (utc("2026-11-24T10:00"), utc("2026-11-24T10:00")),
        (utc("2026-11-25T09:00"), utc("2026-11-25T12:00")),
    ]
    assert elapsed(london(), MONDAY_TEN, utc("2026-11-24T12:00"), pauses) == 10 * HOUR
    assert due_at(london(), MONDAY_TEN, 10 * HOUR, pauses) == utc("2026-11-24T12:00")


def test_a_paused_clock_too_is_due_at_close() -> None:
    """Given an hour's pause, then seven hours from opening are used up at close, not at the next opening."""
    pauses = [(utc("2026-11-23T10:00"), utc("2026-11-23T11:00"))]
    assert due_at(london(), utc("2026-11-23T09:00"), 7 * HOUR, pauses) == utc("2026-11-23T17:00")
    assert last_met_at(london(), utc("2026-11-23T09:00"), 7 * HOUR, pauses) == utc("2026-11-24T09:00")


def test_overlapping_pauses_are_united() -> None:
    """Given a pause that began before the clock and one inside it, then each minute is taken off once."""
    pauses = [
        (utc("2026-11-23T11:00"), utc("2026-11-23T13:00")),
        (utc("2026-11-23T09:00"), utc("2026-11-23T12:00")),
        (utc("2026-11-23T11:30"), utc("2026-11-23T11:45")),
    ]
    assert elapsed(london(), MONDAY_TEN, utc("2026-11-23T14:00"), pauses) == HOUR
    assert due_at(london(), MONDAY_TEN, HOUR, pauses) == utc("2026-11-23T14:00")


@pytest.mark.parametrize(
    ("zone", "day", "window", "seconds"),
    [
        ("Europe/London", "2026-03-29", ("00:00", "06:00"), 5 * HOUR),
        ("Europe/London", "2026-10-25", ("00:00", "06:00"), 7 * HOUR),
        ("Europe/London", "2026-03-29", ("01:30", "09:00"), 7 * HOUR),  # opens when clocks jump to 02:00
        ("Europe/London", "2026-03-29", ("01:15", "01:45"), 0),  # never on the clock that day
        ("Europe/London", "2026-10-25", ("00:00", "01:30"), 1.5 * HOUR),  # up to the first 01:30
        ("Europe/London", "2026-10-25", ("01:30", "09:00"), 8.5 * HOUR),  # from the first 01:30
        ("Australia/Lord_Howe", "2026-10-04", ("00:00", "24:00"), 23.5 * HOUR),
        ("America/Santiago", "2026-04-04", ("22:00", "24:00"), 3 * HOUR),
        ("Pacific/Apia", "2011-12-30", ("00:00", "24:00"), 0),
    ],
)
def test_days_on_which_clocks_change(zone: str, day: str, window: tuple[str, str], seconds: float) -> None:
    """A window on a changing day is as long as it lasts: skipped edges move, doubled ones come first."""
    calendar = compile_calendar(CalendarSpec(zone=zone, overrides={date.fromisoformat(day): (window,)}))
    noon = utc(f"{day}T12:00")
    first, last = noon.replace(year=noon.year - 1), noon.replace(year=noon.year + 1)
    assert elapsed(calendar, first, last) == seconds


def test_elapsed_is_exact_to_the_microsecond_over_decades() -> None:
    """The verdict of a clock that ran for fifty years still turns on one microsecond."""
    calendar = compile_calendar(ALWAYS)
    start, target = utc("1975-06-01T00:00:00.000001"), 1_577_923_200
    due = due_at(calendar, start, target)
    assert elapsed(calendar, start, due) == target
    assert not elapsed(calendar, start, due.replace(microsecond=due.microsecond + 1)) <= target


@pytest.mark.parametrize("target", [-1, -0.5, float("nan"), float("inf"), 10**12])
def test_impossible_targets_are_refused(target: float) -> None:
    """A target that is negative, no number or beyond centuries is named."""
    with pytest.raises(BusinessTimeError, match=r"target_seconds is .*give seconds from 0"):
        due_at(london(), MONDAY_TEN, target)


def test_naive_datetimes_are_refused() -> None:
    """A datetime without a zone could be any of many instants, wherever it stands."""
    naive = datetime(2026, 11, 23, 10)  # noqa: DTZ001 - the point of the test
    for ask in (
        lambda: due_at(london(), naive, HOUR),
        lambda: elapsed(london(), MONDAY_TEN, naive),
        lambda: elapsed(london(), MONDAY_TEN, MONDAY_TEN, [(naive, None)]),
        lambda: next_open(london(), naive),
        lambda: is_open(london(), naive),
    ):
        with pytest.raises(BusinessTimeError, match="give a datetime with a time zone"):
            ask()


def test_a_pause_that_ends_before_it_starts_is_refused() -> None:
    """Both ends are named."""
    pause = (utc("2026-11-23T12:00"), utc("2026-11-23T11:00"))
    with pytest.raises(BusinessTimeError, match=r"ends at 2026-11-23 11:00.*starts at 2026-11-23 12:00"):
        elapsed(london(), MONDAY_TEN, utc("2026-11-23T13:00"), [pause])


@pytest.mark.parametrize("year", [1890, 2200, 9999])
def test_instants_beyond_the_calendar_are_refused(year: int) -> None:
    """A slipped date gives an error with the years that are possible, not a table of centuries."""
    with pytest.raises(BusinessTimeError, match=rf"{year}-.* lies outside the years 1970 to 2199"):
        due_at(london(), MONDAY_TEN.replace(year=year), HOUR)


def test_a_calendar_that_does_not_open_again_says_so() -> None:
    """Given one open day, then its last second is due, and one more is refused, not searched for."""
    calendar = compile_calendar(
        CalendarSpec(label="fair", zone="UTC", overrides={date(2026, 11, 24): (("09:00", "17:00"),)})
    )
    assert due_at(calendar, MONDAY_TEN, 8 * HOUR) == utc("2026-11-24T17:00")
    asks: tuple[Callable[[], object], ...] = (
        lambda: due_at(calendar, MONDAY_TEN, 8 * HOUR + 1),
        lambda: last_met_at(calendar, MONDAY_TEN, 8 * HOUR),
        lambda: next_open(calendar, utc("2026-11-25T00:00")),
    )
    for ask in asks:
        with pytest.raises(BusinessTimeError, match="'fair' is not open long enough"):
            ask()


def test_equal_specs_share_one_compiled_calendar() -> None:
    """Compiling is keyed by content, in whatever order it is written."""
    one = CalendarSpec.model_validate(
        {"zone": "UTC", "windows": {day: [["09:00", "10:00"]] for day in WORKDAYS}}
    )
    two = CalendarSpec.model_validate(
        {"windows": {day: [["09:00", "10:00"]] for day in reversed(WORKDAYS)}, "zone": "UTC"}
    )
    assert compile_calendar(one) is compile_calendar(two)
    assert compile_calendar(one) is not compile_calendar(two.model_copy(update={"zone": "Europe/London"}))
