"""The conversion count on random logs: it reconciles, ignores order, and agrees with a naive count."""

import random
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.engine.entries import Entry
from reporting.engine.funnel import ConversionResult, count_conversion, follow
from reporting.engine.passes import count_by_pass
from reporting.engine.rule import ConversionRule
from reporting.engine.steps import count_steps
from tests.reporting.engine.stories import LINE, on_day, rule, story

STAGES = LINE.keys
BEYOND = {
    "mql": {"sal", "sql", "opportunity", "won", "lost"},
    "sal": {"sql", "opportunity", "won", "lost"},
    "sql": {"opportunity", "won", "lost"},
    "won": set(),
    "disqualified": set(),
}

entry_parts = st.tuples(
    st.sampled_from(STAGES),
    st.integers(0, 120),
    st.booleans(),
    st.integers(1, 3),
    st.sampled_from([False] * 5 + [True]),
)
lead_logs = st.lists(st.lists(entry_parts, min_size=1, max_size=7), max_size=8)
rules = st.builds(
    lambda pair, window, as_of, since, by: rule(
        *pair,
        window_days=window,
        as_of=on_day(as_of),
        period_start=on_day(since).date() if since else None,
        by=by,
    ),
    st.sampled_from(
        [("mql", "sql"), ("mql", "won"), ("sal", "won"), ("sal", "sql"), ("mql", "disqualified")]
    ),
    st.sampled_from([None, 10, 30]),
    st.integers(0, 150),
    st.sampled_from([0, 31, 40]),
    st.sampled_from(["total", "month", "source"]),
)


def entries_of(logs: list[list[tuple[str, int, bool, int, bool]]]) -> list[list[Entry]]:
    """One list of entries per lead; hours tell entries of a day apart unless they are dates."""
    return [
        [
            Entry(
                lead,
                stage,
                on_day(day) + timedelta(hours=0 if date_only else 9, minutes=0 if date_only else place),
                date_only,
                number,
                (f"source {lead % 3}",),
                voided=voided,
            )
            for place, (stage, day, date_only, number, voided) in enumerate(log)
        ]
        for lead, log in enumerate(logs)
    ]


def count(leads: list[list[Entry]], given_rule: ConversionRule) -> ConversionResult:
    return count_conversion([entry for lead in leads for entry in lead], LINE, given_rule, ("source",))


def naive(leads: list[list[Entry]], given_rule: ConversionRule) -> dict[str, object]:
    """The rule written down as plainly as it can be said, lead by lead, in UTC, for the total."""
    entered = mature = converted = early = skipped = negative = 0
    days = []
    for lead in leads:
        seen = [e for e in lead if not e.voided and e.occurred_at <= given_rule.as_of]
        starts = [e.occurred_at for e in seen if e.stage == given_rule.from_stage]
        direct = [e for e in seen if e.stage == given_rule.to_stage]
        ends = direct + [e for e in seen if e.stage in BEYOND[given_rule.to_stage]]
        past = [e.occurred_at for e in seen if e.stage in BEYOND[given_rule.from_stage]]
        if not starts and not past:
            continue
        start = min(starts or past)
        if given_rule.period_start and start.date() < given_rule.period_start:
            continue
        if not starts:
            skipped += 1
            continue
        entered += 1
        deadline = start + timedelta(days=given_rule.window_days or 0)
        is_mature = given_rule.window_days is None or deadline <= given_rule.as_of
        mature += is_mature
        if not ends:
            continue
        end = min(e.occurred_at for e in ends)
        in_time = given_rule.window_days is None or end <= deadline
        before = end < start and not (end.date() == start.date() and end.hour == 0)
        negative += before
        converted += is_mature and in_time
        early += in_time and not is_mature
        if is_mature and in_time and not before and end in [e.occurred_at for e in direct]:
            days.append(max((end - start) / timedelta(days=1), 0.0))
    return {
        "entered": entered,
        "mature": mature,
        "converted": converted,
        "immature_converted": early,
        "skipped": skipped,
        "negative_durations": negative,
        "median_days": pytest.approx(median(days)) if days else None,
    }


@given(lead_logs, rules)
def test_a_naive_count_agrees(
    logs: list[list[tuple[str, int, bool, int, bool]]], given_rule: ConversionRule
) -> None:
    leads = entries_of(logs)

    total = count(leads, given_rule).total

    expected = naive(leads, given_rule)
    assert {name: getattr(total, name) for name in expected} == expected


@given(lead_logs, rules)
def test_rows_and_totals_reconcile(
    logs: list[list[tuple[str, int, bool, int, bool]]], given_rule: ConversionRule
) -> None:
    result = count(entries_of(logs), given_rule)

    for row in (*result.rows, result.total, result.total_without_truncated):
        detours = row.recycled + row.disqualified + row.other_detour
        assert row.entered == row.advanced + detours + row.other_outcome + row.still_open
        assert row.entered == row.mature + row.immature
    for name in (
        "entered",
        "mature",
        "converted",
        "skipped",
        "voided",
        "advanced",
        "to_entries",
        "from_entries",
    ):
        assert sum(getattr(row, name) for row in result.rows) == getattr(result.total, name)
    assert result.total_without_truncated.entered <= result.total.entered


@given(lead_logs, rules, st.randoms())
def test_the_order_of_leads_and_of_a_lead_s_entries_changes_nothing(
    logs: list[list[tuple[str, int, bool, int, bool]]], given_rule: ConversionRule, chance: random.Random
) -> None:
    leads = entries_of(logs)
    shuffled = chance.sample(leads, len(leads))

    assert count(shuffled, given_rule) == count(leads, given_rule)
    total = count(leads, given_rule).total
    mixed = count([chance.sample(lead, len(lead)) for lead in leads], given_rule).total
    # Of entries at the same instant the last of the stream says where the lead stands; all else is the same.
    for name in ("entered", "mature", "converted", "late", "advanced", "skipped", "voided", "median_days"):
        assert getattr(mixed, name) == getattr(total, name)


@given(lead_logs, rules)
def test_drill_down_and_steps_and_passes_agree_with_the_count(
    logs: list[list[tuple[str, int, bool, int, bool]]], given_rule: ConversionRule
) -> None:
    leads = entries_of(logs)
    entries = [entry for lead in leads for entry in lead]

    result = count(leads, given_rule)

    journeys = [journey for _, journey in follow(entries, LINE, given_rule, ("source",))]
    assert sum(one.membership == "cohort" for one in journeys) == result.total.entered
    assert sum(one.converted and one.mature for one in journeys) == result.total.converted
    by_pass = count_by_pass(entries, LINE, given_rule, ("source",))
    assert by_pass.units >= result.units
    assert by_pass.total.from_entries == result.total.from_entries
    if given_rule.window_days is None and given_rule.to_stage != "disqualified":
        first, *_, last = count_steps(entries, LINE, given_rule)
        assert last.reached <= first.reached
        if given_rule.period_start is None:
            assert first.reached == result.total.entered + result.total.skipped
            assert last.reached == result.total.advanced + result.total.skipped_advanced


def test_memory_does_not_grow_with_the_number_of_leads() -> None:
    def stream(leads: int) -> Iterator[Entry]:
        for lead in range(leads):
            yield from story(lead, ("lead", lead % 90), ("mql", lead % 90 + 1), values=("web",))

    def peak(leads: int) -> int:
        tracemalloc.start()
        try:
            count_conversion(stream(leads), LINE, rule(by="source"), ("source",))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(500)  # first use fills caches
    assert peak(20_000) < 2 * peak(2_000) + 50_000
