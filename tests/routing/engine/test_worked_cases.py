"""The worked cases of business time: our own always run, the design vectors where they lie beside us."""

import json
from datetime import datetime
from typing import Any

import pytest

from routing.engine.business_time import CompiledCalendar, compile_calendar, due_at, elapsed
from tests.routing.engine.calendars_for_tests import ALWAYS, LUNCH_BREAK, london, utc, weekdays
from tests.support import design_vectors

HOUR = 3_600
DAY = 8 * HOUR
CHRISTMAS = {"holidays": ["2026-12-25", "2026-12-28"]}
HALF_DAY = {"overrides": {"2026-12-24": [["09:00", "13:00"]]}}
NEW_YORK = compile_calendar(weekdays("America/New_York"))
SPLIT = compile_calendar(weekdays(day=LUNCH_BREAK))

DUE = [
    ("Friday late runs on into Monday", london(), "2026-11-20T16:30", HOUR, "2026-11-23T09:30"),
    ("a weekend start counts from Monday", london(), "2026-11-21T15:00", HOUR, "2026-11-23T10:00"),
    ("before opening counts from opening", london(), "2026-11-23T08:10", HOUR, "2026-11-23T10:00"),
    ("exactly at close is the next day", london(), "2026-11-23T17:00:00", HOUR, "2026-11-24T10:00"),
    ("one business day is the same time tomorrow", london(), "2026-11-23T14:20", DAY, "2026-11-24T14:20"),
    ("five business days are a week", london(), "2026-11-23T14:20", 5 * DAY, "2026-11-30T14:20"),
    ("a whole day from opening ends at close", london(), "2026-11-23T09:00", DAY, "2026-11-23T17:00"),
    ("own holidays are skipped", london(**CHRISTMAS), "2026-12-24T16:00", DAY, "2026-12-29T16:00"),
    (
        "national holidays are skipped, observed ones too",
        london(holiday_country="GB", holiday_subdivision="ENG"),
        "2026-12-24T16:00",
        DAY,
        "2026-12-29T16:00",
    ),
    (
        "a half day closes early",
        london(**CHRISTMAS, **HALF_DAY),
        "2026-12-24T12:30",
        HOUR,
        "2026-12-29T09:30",
    ),
    ("clocks go forward over the weekend", NEW_YORK, "2027-03-12T16:30-05:00", HOUR, "2027-03-15T13:30"),
    ("a lunch break is skipped", SPLIT, "2026-11-23T11:30", HOUR, "2026-11-23T13:30"),
    ("a clock keeps the target it started under", london(), "2026-11-23T10:00", HOUR, "2026-11-23T11:00"),
]


@pytest.mark.parametrize(
    ("calendar", "start", "target", "due"), [c[1:] for c in DUE], ids=[c[0] for c in DUE]
)
def test_due(calendar: CompiledCalendar, start: str, target: int, due: str) -> None:
    """The worked deadlines, and that the time up to each of them is exactly the target."""
    assert due_at(calendar, utc(start), target) == utc(due)
    assert elapsed(calendar, utc(start), utc(due)) == target


VERDICTS = [
    ("touched on the last second", "2026-11-20T16:30", "2026-11-23T09:30:00", HOUR, True),
    ("touched one second late", "2026-11-20T16:30", "2026-11-23T09:30:01", HOUR, False),
    ("touched one microsecond late", "2026-11-20T16:30", "2026-11-23T09:30:00.000001", HOUR, False),
    ("done in the evening of the last day", "2026-11-23T09:00", "2026-11-23T19:30", DAY, True),
    ("done as the next day opens", "2026-11-23T09:00", "2026-11-24T09:00:00", DAY, True),
    ("done a second after the next day opens", "2026-11-23T09:00", "2026-11-24T09:00:01", DAY, False),
    ("the lead's clock runs on when it is re-routed", "2026-11-23T15:00", "2026-11-23T16:20", HOUR, False),
    ("the new owner's attempt has its own clock", "2026-11-23T15:50", "2026-11-23T16:20", HOUR, True),
    ("a touch outside hours has elapsed nothing", "2026-11-21T11:00", "2026-11-21T11:20", 0, True),
]


@pytest.mark.parametrize(
    ("start", "stop", "target", "met"), [c[1:] for c in VERDICTS], ids=[c[0] for c in VERDICTS]
)
def test_verdict(start: str, stop: str, target: int, met: bool) -> None:
    """Met exactly when the business time elapsed is at most the target."""
    assert (elapsed(london(), utc(start), utc(stop)) <= target) is met


def test_a_paused_day_resumes_where_it_stopped() -> None:
    """One business day from Monday 10:00, paused Monday 12:00 to Wednesday 10:00, is due Wednesday 16:00."""
    pause = (utc("2026-11-23T12:00"), utc("2026-11-25T10:00"))
    due = due_at(london(), utc("2026-11-23T10:00"), DAY, [pause])
    assert due == utc("2026-11-25T16:00")
    assert elapsed(london(), utc("2026-11-23T10:00"), utc("2026-11-25T16:00"), [pause]) == DAY


def test_rerouting_counts_both_clocks() -> None:
    """Routed 15:00, re-routed 15:50, touched 16:20: 80 minutes for the lead, 30 for the second owner."""
    touched = utc("2026-11-23T16:20")
    assert elapsed(london(), utc("2026-11-23T15:00"), touched) == 80 * 60
    assert elapsed(london(), utc("2026-11-23T15:50"), touched) == 30 * 60


VECTOR_CALENDARS = {
    "London Mon-Fri 09-17": london(),
    "London Mon-Fri 09-17, holidays 2026-12-25 and 2026-12-28": london(**CHRISTMAS),
    "London Mon-Fri 09-17, holidays 2026-12-25 and 2026-12-28, 2026-12-24 half day 09-13": london(
        **CHRISTMAS, **HALF_DAY
    ),
    "New York 24x7": compile_calendar(ALWAYS.always_open("America/New_York")),
    "London Mon-Fri 09-12,13-17": SPLIT,
}


def check_vector(case: dict[str, Any]) -> None:
    """One machine-readable case: a deadline (both ways) or an elapsed time beside its wall-clock time."""
    calendar = VECTOR_CALENDARS[case["calendar"]]
    start = datetime.fromisoformat(case["start_utc"])
    if case["kind"] == "due":
        due = datetime.fromisoformat(case["due_utc"])
        assert due_at(calendar, start, case["target_s"]) == due, case
        assert due_at(calendar, datetime.fromisoformat(case["start_local"]), case["target_s"]) == due, case
        assert elapsed(calendar, start, due) == case["target_s"], case
    else:
        stop = datetime.fromisoformat(case["end_utc"])
        assert elapsed(calendar, start, stop) == case["business_s"], case
        assert (stop - start).total_seconds() == case["wall_s"], case


@pytest.mark.skipif(not design_vectors().is_dir(), reason="the design vectors are not on this machine")
def test_every_design_vector() -> None:
    """All machine-readable cases hold, and there were some of each kind."""
    cases = json.loads((design_vectors() / "sla.json").read_text(encoding="utf-8"))
    assert {case["kind"] for case in cases} == {"due", "elapsed"}
    for case in cases:
        check_vector(case)
