"""What happens to leads that come round again: conversion by pass, time in stage, steps on the way."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reporting.engine.entries import Entry, histories, passes
from reporting.engine.errors import CountingError
from reporting.engine.passes import count_by_pass
from reporting.engine.stays import stays, time_in_stage
from reporting.engine.steps import count_steps
from tests.reporting.engine.stories import DAY_0, LINE, on_day, rule, story

AROUND = (("mql", 0), ("sal", 1), ("recycled", 10), ("mql", 60), ("sal", 61), ("sql", 65))


def test_a_pass_is_counted_by_its_own_entries_and_ends_where_it_was_recycled() -> None:
    result = count_by_pass(story(1, *AROUND), LINE, rule())

    total = result.total
    assert (result.units, total.entered, total.advanced, total.recycled) == (2, 2, 1, 1)
    assert total.median_days == 5


def test_a_recycling_ends_its_pass_whichever_number_it_was_stored_with() -> None:
    entries = [
        entry._replace(pass_number=2) if entry.stage == "recycled" else entry for entry in story(1, *AROUND)
    ]

    parts = [[entry.stage for entry in part] for part in passes(entries, "recycled")]

    assert parts == [["mql", "sal", "recycled"], ["mql", "sal", "sql"]]
    assert count_by_pass(entries, LINE, rule()).total.recycled == 1


def test_passes_have_their_own_cohort_window() -> None:
    total = count_by_pass(story(1, *AROUND), LINE, rule(window_days=30, as_of=on_day(70))).total

    assert (total.mature, total.converted, total.immature, total.immature_converted) == (1, 0, 1, 1)


def test_counting_passes_from_a_detour_is_refused_with_the_way_out() -> None:
    with pytest.raises(CountingError, match=r"from_stage: 'recycled' .* count from it by lead"):
        count_by_pass([], LINE, rule("recycled", "sql"))


def test_histories_hold_one_lead_at_a_time() -> None:
    entries = [*story(1, *AROUND), *story(2, ("mql", 0))]

    assert [len(history) for history in histories(iter(entries))] == [6, 1]


def test_stays_run_to_the_next_entry_and_the_last_is_open() -> None:
    found = list(stays(story(1, *AROUND), LINE, on_day(70)))

    assert [(stay.stage, stay.pass_number, stay.days, stay.closed) for stay in found] == [
        ("mql", 1, 1, True),
        ("sal", 1, 9, True),
        ("recycled", 1, 50, True),
        ("mql", 2, 1, True),
        ("sal", 2, 4, True),
        ("sql", 2, 5, False),
    ]


def test_an_outcome_is_an_end_and_no_stay() -> None:
    rows = time_in_stage(story(1, ("sql", 0), ("won", 7)), LINE, on_day(70))

    assert [(row.stage, row.completed, row.still_open, row.total_days) for row in rows] == [("sql", 1, 0, 7)]


def test_time_in_stage_keeps_completed_stays_apart_from_the_estimate_with_open_ones() -> None:
    closed = [entry for n in range(1, 5) for entry in story(n, ("mql", 20 - n), ("sal", 20), ("won", 20))]
    still_open = [*story(5, ("mql", 10)), *story(6, ("mql", 8))]

    mql, sal = time_in_stage([*closed, *still_open], LINE, on_day(20))

    assert (mql.completed, mql.still_open, mql.median_days, mql.p75_days) == (4, 2, 2.5, 3.25)
    assert (mql.survival_median, mql.survival_p75) == (3, None)
    assert (sal.completed, sal.median_days) == (4, 0)


def test_stays_see_neither_the_future_nor_mistakes_and_measure_real_time() -> None:
    london = ZoneInfo("Europe/London")
    entries = [
        Entry(1, "mql", datetime(2026, 3, 29, 0, tzinfo=london)),
        Entry(1, "sal", datetime(2026, 3, 29, 1, tzinfo=ZoneInfo("UTC")), voided=True),
        Entry(1, "sal", datetime(2026, 3, 30, 0, tzinfo=london)),
        Entry(1, "sql", datetime(2026, 5, 1, tzinfo=london)),
    ]

    found = list(stays(entries, LINE, datetime(2026, 4, 1, tzinfo=london)))

    # The clocks went forward: the night between was 23 hours long.
    assert [(stay.stage, stay.closed) for stay in found] == [("mql", True), ("sal", False)]
    assert [stay.days for stay in found] == pytest.approx([23 / 24, 2])


def test_stays_refuse_a_naive_instant_and_an_unknown_stage() -> None:
    with pytest.raises(CountingError, match="as_of"):
        list(stays([], LINE, DAY_0.replace(tzinfo=None)))
    with pytest.raises(CountingError, match="stage: 'demo'"):
        list(stays(story(1, ("demo", 0)), LINE, on_day(1)))


def test_steps_know_observed_skipped_and_small_numbers() -> None:
    entries = [
        *story(1, ("mql", 0), ("sal", 1), ("sql", 2), ("won", 3)),
        *story(2, ("sal", 1), ("lost", 2)),
        *story(3, ("mql", 0), ("recycled", 5)),
        *story(4, ("lead", 0)),
    ]

    steps = count_steps(entries, LINE, rule("mql", "won"))

    assert [(s.stage, s.reached, s.observed, s.skipped) for s in steps] == [
        ("mql", 3, 2, 1),
        ("sal", 2, 2, 0),
        ("sql", 2, 1, 1),
        ("opportunity", 2, 0, 2),
        ("won", 1, 1, 0),
    ]
    assert [s.rate for s in steps] == pytest.approx([None, 2 / 3, 1.0, 1.0, 0.5])
    assert steps[-1].from_first == pytest.approx(1 / 3)
    small = count_steps(entries, LINE, rule("mql", "won", at_least=3))
    assert [s.rate for s in small] == pytest.approx([None, 2 / 3, None, None, None])


def test_in_order_needs_the_step_before_to_have_come_before() -> None:
    entries = [*story(1, ("sql", 1), ("sal", 2)), *story(2, ("sal", 1), ("sql", 2))]

    sql = count_steps(entries, LINE, rule("sal", "sql"))[-1]

    assert (sql.observed, sql.observed_before, sql.in_order, sql.strict_rate) == (2, 2, 1, 0.5)


def test_steps_count_the_period_in_which_the_first_step_was_reached_or_passed() -> None:
    entries = [*story(1, ("lead", 0), ("sal", 40)), *story(2, ("mql", 0), ("sal", 40))]

    steps = count_steps(entries, LINE, rule("mql", "sal", period_start=on_day(30).date()))

    assert [(s.reached, s.skipped) for s in steps] == [(1, 1), (1, 0)]


@pytest.mark.parametrize(
    ("through", "given", "field"),
    [
        (("sql", "sal"), {}, "through"),
        (("demo",), {}, "through"),
        (("recycled",), {}, "through"),
        ((), {"window_days": 30}, "window_days"),
        ((), {"to_stage": "lead"}, "to_stage"),
    ],
)
def test_steps_out_of_order_or_with_a_window_are_refused(
    through: tuple[str, ...], given: dict[str, Any], field: str
) -> None:
    with pytest.raises(CountingError) as refusal:
        count_steps([], LINE, replace(rule("mql", "won"), **given), through)

    assert refusal.value.field == field


def test_a_lead_that_came_round_counts_once_in_each_step() -> None:
    twice = story(1, ("mql", 0), ("recycled", 5), ("mql", 9))
    unsorted = [twice[2], twice[0], twice[1]]

    (mql, sal) = count_steps(unsorted, LINE, rule("mql", "sal"), ())

    assert (mql.reached, sal.reached) == (1, 0)
    assert [stay.days for stay in stays(unsorted, LINE, DAY_0 + timedelta(days=10))] == [5, 4, 1]
