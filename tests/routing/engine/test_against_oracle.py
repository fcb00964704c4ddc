"""The engine agrees with a slow, obviously right count, above all on the days when clocks change."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.business_time import (
    CalendarSpec,
    compile_calendar,
    due_at,
    elapsed,
    is_open,
    last_met_at,
    next_open,
)
from tests.routing.engine.oracle import DAYS, MINUTE, SECOND, Oracle, Pauses

CHANGES = [
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("America/New_York", date(2027, 3, 14)),
    ("America/New_York", date(2026, 11, 1)),
    ("Pacific/Auckland", date(2026, 4, 5)),
    ("Pacific/Auckland", date(2026, 9, 27)),
    ("America/Santiago", date(2026, 4, 5)),  # back from 24:00 to 23:00
    ("America/Santiago", date(2026, 9, 6)),  # forward at 00:00
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # by half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Pacific/Apia", date(2011, 12, 30)),  # a date that never was
    ("Asia/Kolkata", date(2026, 6, 1)),  # never changes
]
CLOCKS = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 1441, 5)]
SPAN = timedelta(days=3)


@dataclass(frozen=True)
class Scene:
    """A calendar around a change of clocks, a range of UTC, and a clock with its pauses on it."""

    spec: CalendarSpec
    first: datetime
    start: datetime
    stop: datetime
    target: timedelta
    pauses: Pauses

    def oracle(self) -> Oracle:
        """The slow count over the whole range."""
        return Oracle(self.spec, self.first, self.first + SPAN)


def hours() -> st.SearchStrategy[list[tuple[str, str]]]:
    """Up to three windows of a day, some of them touching, often at the times when clocks change."""
    edges = st.one_of(st.sampled_from(CLOCKS), st.sampled_from(CLOCKS[:48] + CLOCKS[-13:]))
    chosen = st.sets(edges, max_size=4).map(sorted)
    return chosen.flatmap(
        lambda cuts: st.sampled_from([list(zip(cuts[::2], cuts[1::2], strict=False)), list(pairwise(cuts))])
    )


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Anything that a calendar can hold, on the days around a change."""
    zone, change = draw(st.sampled_from(CHANGES))
    nearby = [change + timedelta(days=offset) for offset in range(-2, 3)]
    spec = CalendarSpec.model_validate(
        {
            "zone": zone,
            "windows": {**{day: draw(hours()) for day in DAYS}, "wed": [("09:00", "17:00")]},
            "overrides": draw(st.dictionaries(st.sampled_from(nearby), hours(), max_size=2)),
            "holidays": draw(st.lists(st.sampled_from(nearby), max_size=2)),
        }
    )
    first = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=1, hours=12)
    minutes = st.integers(0, SPAN // MINUTE).map(lambda n: first + n * MINUTE)
    start, stop = sorted([draw(minutes), draw(minutes)])
    closed = st.tuples(minutes, minutes).map(lambda pair: (min(pair), max(pair)))
    pauses: Pauses = list(draw(st.lists(closed, max_size=3)))
    if draw(st.booleans()):
        pauses.append((draw(minutes), None))
    scene = Scene(spec, first, start, stop, timedelta(minutes=draw(st.integers(1, 1_200))), pauses)
    used = scene.oracle().elapsed(start, stop, pauses)
    # Half the targets are used up at `stop`, which is often outside hours, so that closes are hit exactly.
    return replace(scene, target=timedelta(seconds=used)) if used and draw(st.booleans()) else scene


@settings(max_examples=100, deadline=None)
@given(scenes())
def test_elapsed_is_what_stepping_counts(scene: Scene) -> None:
    """Elapsed, with pauses overlapping and open, equals the number of open minutes outside them."""
    counted = scene.oracle().elapsed(scene.start, scene.stop, scene.pauses)
    assert elapsed(compile_calendar(scene.spec), scene.start, scene.stop, scene.pauses) == counted


@settings(max_examples=100, deadline=None)
@given(scenes())
def test_due_is_the_first_step_that_uses_the_target_up(scene: Scene) -> None:
    """The deadline equals the stepped one; where stepping finds none in its range, neither do we."""
    due = due_at(compile_calendar(scene.spec), scene.start, scene.target.total_seconds(), scene.pauses)
    stepped = scene.oracle().due(scene.start, scene.target, scene.pauses)
    if stepped is None:
        assert due is None or due > scene.first + SPAN
    else:
        assert due == stepped


@settings(max_examples=100, deadline=None)
@given(scenes())
def test_last_met_is_where_the_next_step_would_be_too_much(scene: Scene) -> None:
    """Right after `last_met_at` an open, unpaused step begins."""
    last = last_met_at(compile_calendar(scene.spec), scene.start, scene.target.total_seconds(), scene.pauses)
    stepped = scene.oracle().last_met(scene.start, scene.target, scene.pauses)
    if stepped is None:
        assert last is None or last >= scene.first + SPAN
    else:
        assert last == stepped


@settings(max_examples=100, deadline=None)
@given(scenes())
def test_open_and_next_open(scene: Scene) -> None:
    """An instant is open when stepping says so, and the next opening is the next open step."""
    calendar = compile_calendar(scene.spec)
    steps = scene.oracle().counted(scene.start, [])
    assert is_open(calendar, scene.start) is (scene.start in steps[:1])
    if steps:
        assert next_open(calendar, scene.start) == steps[0]
    else:
        assert next_open(calendar, scene.start) >= scene.first + SPAN


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_to_the_second_around_the_change(zone: str, change: date) -> None:
    """Given windows that end inside the changing hours, when counted by seconds, then the sums agree."""
    windows = [("00:15", "01:20"), ("01:20", "01:50"), ("02:10", "02:40"), ("23:10", "23:45")]
    spec = CalendarSpec.model_validate({"zone": zone, "windows": dict.fromkeys(DAYS, windows)})
    midnight = datetime(change.year, change.month, change.day, tzinfo=UTC)
    for hour in (-14, -12, -2, 0, 4, 6, 10, 13, 15):
        first = midnight + timedelta(hours=hour, seconds=7)
        last = first + timedelta(hours=2, seconds=11)
        stepped = Oracle(spec, first, last, SECOND).elapsed(first, last, [])
        assert elapsed(compile_calendar(spec), first, last) == stepped
