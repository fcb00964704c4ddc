"""The curve counts what a plain loop over all thresholds counts, and never rises; thresholds, windows and rates."""

from datetime import UTC, date, datetime
from itertools import pairwise
from math import inf, nan
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.engine.day_window import window_of
from reporting.engine.errors import CountingError
from reporting.engine.rates import rate_json
from reporting.engine.what_if.curve import MOST_POINTS, CurveCount, Point, grid, nearest

POINTS = st.integers(0, 10_000).map(lambda cents: cents / 100)
LIMITS = st.one_of(POINTS, st.just(inf), st.just(-1.0))
LONDON = ZoneInfo("Europe/London")


def counted(at: tuple[float, ...], leads: list[tuple[float, bool]]) -> tuple[Point, ...]:
    count = CurveCount(at)
    for lead in leads:
        count.add([lead])
    return count.points()


@given(st.lists(st.tuples(LIMITS, st.booleans())), POINTS)
def test_it_says_what_a_plain_loop_says(leads: list[tuple[float, bool]], now: float) -> None:
    at = grid(now, 100)

    points = counted(at, leads)

    assert points == tuple(
        Point(x, sum(limit >= x for limit, _ in leads), sum(won for limit, won in leads if limit >= x))
        for x in at
    )


@given(st.lists(st.tuples(LIMITS, st.booleans())))
def test_a_higher_threshold_never_lets_in_more(leads: list[tuple[float, bool]]) -> None:
    points = counted(grid(65, 100), leads)

    assert all(low.volume >= high.volume and low.won >= high.won for low, high in pairwise(points))


def test_exactly_the_threshold_is_let_in() -> None:
    by_threshold = {
        point.at: point for point in counted(grid(65, 100), [(65.0, True), (64.99, False), (inf, False)])
    }

    assert (by_threshold[65.0].volume, by_threshold[65.0].won) == (2, 1)
    assert by_threshold[66.0].volume == 1
    assert by_threshold[64.0].volume == 3


def test_leads_let_in_whatever_the_threshold_are_told_apart() -> None:
    count = CurveCount((0.0, 50.0, 100.0))
    count.add([(inf, True), (100.0, True), (-inf, False)])

    assert count.whatever == 1
    assert [point.volume for point in count.points()] == [2, 2, 2]


def test_a_limit_that_is_no_number_is_refused() -> None:
    with pytest.raises(CountingError, match="limit: nan"):
        CurveCount((0.0,)).add([(nan, False)])


@given(st.integers(1, 1_000_000).map(lambda cents: cents / 100), st.floats(0.001, 1))
def test_the_thresholds_hold_the_one_in_force(highest: float, share: float) -> None:
    now = highest * share
    at = grid(now, highest)

    assert len(at) <= MOST_POINTS
    assert now in at
    assert (at[0], at[-1]) == (0, highest)
    assert list(at) == sorted(set(at))


def test_the_usual_thresholds_are_whole_points() -> None:
    assert grid(65, 100) == tuple(float(point) for point in range(101))
    assert 62.5 in grid(62.5, 100)
    assert grid(65, 50_000 / 100)[1] == 5


def test_a_threshold_above_the_cap_is_refused() -> None:
    with pytest.raises(CountingError, match=r"threshold: 101.*cap of the score"):
        grid(101, 100)


def test_the_nearest_threshold_is_the_lower_of_two() -> None:
    assert [nearest((0, 10, 20), wanted) for wanted in (-5, 4, 5, 6, 99)] == [0, 0, 0, 1, 2]


def test_a_rate_below_twenty_is_none() -> None:
    none = {"percent": None, "low": None, "high": None}
    assert rate_json(4, 19) == {"n": 4, "of": 19, **none, "why_not": "fewer than 20"}
    assert rate_json(0, 0)["why_not"] == "n/a"
    assert rate_json(5, 20) == {
        "n": 5,
        "of": 20,
        "percent": "25.00",
        "low": "11.19",
        "high": "46.87",
        "why_not": "",
    }


def test_without_days_it_is_the_year_before_the_day_of_the_moment() -> None:
    # 23:30 in UTC is the next day in London's summer
    window = window_of(None, None, datetime(2026, 6, 30, 23, 30, tzinfo=UTC), LONDON)

    assert (window.since, window.until) == (date(2025, 7, 1), date(2026, 6, 30))
    assert window.begins.astimezone(UTC) == datetime(2025, 6, 30, 23, tzinfo=UTC)
    assert window.ends.astimezone(UTC) == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert window.weeks == pytest.approx(365 / 7)


def test_days_yet_to_come_are_no_part_of_it() -> None:
    now = datetime(2026, 6, 10, 12, tzinfo=UTC)

    window = window_of(date(2026, 6, 1), date(2026, 6, 30), now, LONDON)

    assert window.until == date(2026, 6, 10)
    assert window.weeks == pytest.approx(10 / 7)
    with pytest.raises(CountingError, match="since: '2026-07-01'"):
        window_of(date(2026, 7, 1), None, now, LONDON)
