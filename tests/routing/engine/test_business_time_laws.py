"""Laws that business time keeps on any calendar, to the microsecond."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.business_time import (
    CalendarSpec,
    CompiledCalendar,
    Pause,
    compile_calendar,
    due_at,
    elapsed,
    last_met_at,
    point_at,
)
from routing.engine.calendars import WEEKDAYS
from tests.routing.engine.calendars_for_tests import ALWAYS, LUNCH_BREAK, london, weekdays

TICK = timedelta(microseconds=1)
NIGHTS = dict.fromkeys(WEEKDAYS, (("00:30", "02:30"), ("22:00", "24:00")))
CALENDARS = [
    london(holiday_country="GB", holiday_subdivision="ENG", overrides={"2026-12-24": [["09:00", "13:00"]]}),
    compile_calendar(weekdays("America/New_York", LUNCH_BREAK)),
    compile_calendar(CalendarSpec(zone="America/Santiago", windows=NIGHTS)),
    compile_calendar(CalendarSpec(zone="Australia/Lord_Howe", windows=NIGHTS)),
    compile_calendar(ALWAYS),
]
calendars = st.sampled_from(CALENDARS)
instants = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
targets = st.integers(1, 30 * 8 * 3_600)
closed_pauses = st.lists(
    st.tuples(instants, st.timedeltas(timedelta(0), timedelta(days=9))).map(lambda p: (p[0], p[0] + p[1])),
    max_size=4,
)


def ticks(seconds: float) -> int:
    """Whole microseconds, in which sums of elapsed times are compared."""
    return round(seconds * 1_000_000)


@settings(deadline=None)
@given(calendars, instants, targets, closed_pauses)
def test_elapsed_to_the_deadline_is_the_target(
    calendar: CompiledCalendar, start: datetime, target: int, pauses: list[Pause]
) -> None:
    """The target is used up at `due_at` and not one microsecond earlier."""
    due = due_at(calendar, start, target, pauses)
    assert due is not None
    assert elapsed(calendar, start, due, pauses) == target
    assert elapsed(calendar, start, due - TICK, pauses) == (ticks(target) - 1) / 1_000_000


@settings(deadline=None)
@given(calendars, instants, targets, closed_pauses)
def test_met_exactly_up_to_last_met_at(
    calendar: CompiledCalendar, start: datetime, target: int, pauses: list[Pause]
) -> None:
    """The verdict turns at `last_met_at`, which is never before the deadline."""
    last = last_met_at(calendar, start, target, pauses)
    due = due_at(calendar, start, target, pauses)
    assert last is not None
    assert due is not None
    assert due <= last
    assert elapsed(calendar, start, last, pauses) <= target
    assert elapsed(calendar, start, last + TICK, pauses) > target


@settings(deadline=None)
@given(calendars, st.lists(instants, min_size=3, max_size=3), closed_pauses)
def test_elapsed_adds_up(calendar: CompiledCalendar, moments: list[datetime], pauses: list[Pause]) -> None:
    """The way from a to c is the way to b and on, and nothing runs backwards or faster than the wall."""
    a, b, c = sorted(moments)
    first, second = elapsed(calendar, a, b, pauses), elapsed(calendar, b, c, pauses)
    whole = elapsed(calendar, a, c, pauses)
    assert ticks(whole) == ticks(first) + ticks(second)
    assert 0 <= first <= whole <= (c - a).total_seconds()
    assert elapsed(calendar, c, a, pauses) == 0


@settings(deadline=None)
@given(calendars, instants, instants, targets, targets, closed_pauses)
def test_deadlines_keep_order(
    calendar: CompiledCalendar, one: datetime, two: datetime, small: int, more: int, pauses: list[Pause]
) -> None:
    """A later start is never due earlier; a larger target is due later."""
    early, late = sorted([one, two])
    due, later = due_at(calendar, early, small, pauses), due_at(calendar, late, small, pauses)
    longer = due_at(calendar, early, small + more, pauses)
    assert due is not None
    assert later is not None
    assert longer is not None
    assert due <= later
    assert due < longer


@settings(deadline=None)
@given(calendars, instants, instants, closed_pauses, st.data())
def test_pauses_count_as_their_union(
    calendar: CompiledCalendar,
    one: datetime,
    two: datetime,
    pauses: list[Pause],
    data: st.DataObject,
) -> None:
    """Given pauses cut in two, doubled and shuffled, then nothing changes."""
    cut: list[Pause] = []
    for since, until in pauses:
        assert until is not None
        middle = since + (until - since) / 2
        cut += [(since, middle), (middle, until), (since, until)]
    shuffled = data.draw(st.permutations(cut))
    start, stop = sorted([one, two])
    assert elapsed(calendar, start, stop, shuffled) == elapsed(calendar, start, stop, pauses)
    assert due_at(calendar, start, 3_600, shuffled) == due_at(calendar, start, 3_600, pauses)


@settings(deadline=None)
@given(calendars, instants, targets, st.integers(1, 400))
def test_points_are_parts_of_the_target(
    calendar: CompiledCalendar, start: datetime, target: int, percent: int
) -> None:
    """At the point of n percent, n percent of the target have elapsed."""
    point = point_at(calendar, start, target, percent)
    assert ticks(elapsed(calendar, start, point)) == ticks(target * percent / 100)


@settings(deadline=None, max_examples=20)
@given(instants, targets, st.integers(2012, 2025), st.integers(2028, 2040))
def test_a_wider_table_gives_the_same_answers(start: datetime, target: int, before: int, after: int) -> None:
    """Given a calendar that was first asked about other years, then its answers are those of a fresh one."""
    spec = weekdays("America/New_York", LUNCH_BREAK, holiday_country="US")
    fresh, used = CompiledCalendar(spec), CompiledCalendar(spec)
    for year in (after, before):
        due_at(used, start.replace(year=year, day=1), target)
    assert due_at(used, start, target) == due_at(fresh, start, target)
