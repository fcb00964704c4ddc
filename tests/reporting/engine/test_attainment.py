"""SLA attainment and the MQL inflation flag on worked numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from reporting.engine.attainment import Clock, ClockState, count_attainment, open_state
from reporting.engine.figures import figure, percent
from reporting.engine.inflation import Cohort, inflation

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_rows_and_total_hold_every_clock_once() -> None:
    clocks = [
        Clock(ClockState.MET, 600, 900, key="north"),
        Clock(ClockState.LATE, 7200, 90000, key="north"),
        Clock(ClockState.OVERDUE, key="south"),
        Clock(ClockState.PENDING, key="south"),
        Clock(ClockState.VOID, 60, 60, key="south"),
    ]

    (north, south), total = count_attainment(iter(clocks))

    assert (north.rate, north.clocks, north.counted) == (0.5, 2, 2)
    assert (south.rate, south.clocks, south.counted, south.timed) == (0.0, 3, 1, 0)
    assert (total.clocks, total.met, total.late, total.overdue, total.pending, total.void) == (
        5,
        1,
        1,
        1,
        1,
        1,
    )
    assert total.interval is not None
    assert total.interval.low < 1 / 3 < total.interval.high
    assert list(total.business) == pytest.approx([3900, 5550, 6540])
    assert total.wall.p50 == 45450


def test_touches_before_routing_are_met_and_stay_out_of_the_percentiles() -> None:
    clocks = [
        Clock(ClockState.MET, 0, 0, flagged=True),
        Clock(ClockState.MET, 0, 50),
        Clock(ClockState.MET, 80, 80),
    ]

    _, total = count_attainment(clocks)

    assert (total.met, total.flagged, total.rate) == (3, 1, 1.0)
    assert (total.timed, total.zero, total.zero_share, total.business.p50) == (2, 1, 0.5, 40)


def test_without_counted_clocks_there_is_no_rate() -> None:
    _, total = count_attainment([Clock(ClockState.PENDING), Clock(ClockState.VOID)])

    assert (total.rate, total.interval, total.zero_share, total.business.p50) == (None, None, None, None)


def test_small_numbers_can_be_asked_to_show_no_rate() -> None:
    clocks = [Clock(ClockState.MET)] * 19

    assert count_attainment(clocks, at_least=20)[1].rate is None
    assert count_attainment([*clocks, Clock(ClockState.LATE)], at_least=20)[1].rate == 0.95


@pytest.mark.parametrize(
    ("due_at", "state"),
    [
        (NOON - timedelta(seconds=1), ClockState.OVERDUE),
        (NOON, ClockState.PENDING),
        (NOON + timedelta(seconds=1), ClockState.PENDING),
        (None, ClockState.PENDING),
    ],
)
def test_a_running_clock_is_overdue_only_once_past_due(due_at: datetime | None, state: ClockState) -> None:
    assert open_state(due_at, NOON) is state


@pytest.mark.parametrize(
    ("a", "b", "why_not"),
    [
        (Cohort(400, 400, 120), Cohort(600, 600, 126), ""),
        (Cohort(400, 400, 120), Cohort(400, 400, 84), "volume did not rise"),
        (Cohort(400, 400, 84), Cohort(600, 600, 180), "the rate did not fall"),
        (Cohort(40, 40, 12), Cohort(60, 60, 15), "the fall may be chance"),
        (Cohort(400, 400, 120), Cohort(600, 19, 0), "not enough mature leads"),
        (Cohort(0, 0, 0), Cohort(600, 600, 126), "not enough mature leads"),
    ],
)
def test_inflation_is_flagged_only_when_volume_rose_and_the_rate_clearly_fell(
    a: Cohort, b: Cohort, why_not: str
) -> None:
    found = inflation(a, b)

    assert (found.flagged, found.why_not) == (not why_not, why_not)


def test_small_cohorts_show_no_rate() -> None:
    found = inflation(Cohort(0, 0, 0), Cohort(30, 19, 2))

    assert (found.rate_a, found.rate_b, found.interval_b, found.test) == (None, None, None, None)
    assert (found.volume_change, found.converted_change) == (None, None)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (figure(55.125), "55.13"),
        (figure(2.5, 0), "3"),
        (figure(14.722164), "14.72"),
        (figure(None), "n/a"),
        (percent(842 / 8000, 3), "10.525"),
        (percent(842 / 8000), "10.53"),
        (percent(0.0), "0.00"),
        (percent(None, missing="-"), "-"),
    ],
)
def test_figures_are_rounded_half_up(written: str, expected: str) -> None:
    assert written == expected
