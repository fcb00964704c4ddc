"""The conversion count on small stories: who is in the cohort, mature, converted, and where leads stand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reporting.engine.entries import Entry
from reporting.engine.errors import CountingError, ReconciliationError
from reporting.engine.funnel import count_conversion, follow
from reporting.engine.rows import NOT_APPLICABLE, NOT_ENOUGH, ConversionRow
from tests.reporting.engine.stories import LINE, on_day, rule, story


def total(*stories: list[Entry], **given: Any) -> ConversionRow:
    return count_conversion([entry for one in stories for entry in one], LINE, rule(**given)).total


def test_the_last_instant_of_the_window_converts_and_the_next_does_not() -> None:
    second = 1 / 86400

    row = total(
        story(1, ("mql", 0), ("sql", 30)),
        story(2, ("mql", 0), ("sql", 30 + second)),
        window_days=30,
    )

    assert (row.entered, row.mature, row.converted, row.late, row.advanced) == (2, 2, 1, 1, 2)


def test_a_lead_is_mature_at_the_very_end_of_its_window() -> None:
    stories = story(1, ("mql", 0)), story(2, ("mql", 1 / 86400))

    row = total(*stories, window_days=30, as_of=on_day(30))

    assert (row.mature, row.immature) == (1, 1)


def test_conversions_of_immature_leads_are_shown_apart() -> None:
    stories = story(1, ("mql", 0)), story(2, ("mql", 20), ("sql", 25))

    row = total(*stories, window_days=30, as_of=on_day(40))

    assert (row.converted, row.mature, row.rate) == (0, 1, 0.0)
    assert (row.immature_converted, row.immature, row.timed) == (1, 1, 0)


def test_nothing_after_the_as_of_instant_is_seen() -> None:
    stories = story(1, ("mql", 0), ("sql", 10)), story(2, ("mql", 11))

    row = total(*stories, as_of=on_day(9))

    assert (row.entered, row.converted, row.still_open) == (1, 0, 1)


def test_the_first_entry_decides_the_cohort_even_when_it_lies_before_the_period() -> None:
    again = story(1, ("mql", 0), ("recycled", 5), ("mql", 40))

    row = total(again, period_start=on_day(30).date())

    assert (row.entered, row.from_entries) == (0, 1)


def test_the_period_is_half_open() -> None:
    stories = story(1, ("mql", 0)), story(2, ("mql", 1)), story(3, ("mql", 2))

    row = total(*stories, period_start=on_day(0).date(), period_end=on_day(2).date())

    assert row.entered == 2


def test_the_month_is_that_of_the_reporting_zone_but_a_date_stays_a_date() -> None:
    instant = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    midnight = datetime(2026, 2, 1, tzinfo=UTC)
    entries = [
        Entry(1, "mql", instant),
        Entry(2, "mql", midnight, date_only=True),
        Entry(3, "mql", midnight),
    ]

    def months(zone: str) -> dict[str, int]:
        given = rule(by="month", zone=ZoneInfo(zone))
        return {row.key: row.entered for row in count_conversion(entries, LINE, given).rows}

    assert months("UTC") == {"2026-01": 1, "2026-02": 2}
    assert months("Asia/Tokyo") == {"2026-02": 3}
    assert months("America/New_York") == {"2026-01": 2, "2026-02": 1}


def test_elapsed_time_is_real_time_even_when_entries_carry_a_zone_whose_clocks_change() -> None:
    london = ZoneInfo("Europe/London")
    start, end = datetime(2026, 3, 28, 12, tzinfo=london), datetime(2026, 4, 27, 12, tzinfo=london)

    row = total([Entry(1, "mql", start), Entry(1, "sql", end)], window_days=30)

    assert row.median_days == pytest.approx(30 - 1 / 24)
    offset = timezone(timedelta(hours=2))
    assert total([Entry(1, "mql", datetime(2026, 3, 28, tzinfo=offset))]).entered == 1


def test_a_conversion_before_the_entry_counts_is_flagged_and_stays_out_of_the_percentiles() -> None:
    stories = story(1, ("sql", 3), ("mql", 4)), story(2, ("mql", 0), ("sql", 8))

    row = total(*stories, window_days=30)

    assert (row.converted, row.negative_durations, row.timed, row.median_days) == (2, 1, 1, 8)


def test_a_date_without_an_hour_is_not_before_an_hour_of_the_same_day() -> None:
    noon = on_day(0) + timedelta(hours=12)
    same = [Entry(1, "mql", noon), Entry(1, "sql", on_day(0), date_only=True)]
    before = [Entry(2, "mql", noon), Entry(2, "sql", on_day(-1), date_only=True)]

    row = total(same, before)

    assert (row.converted, row.negative_durations, row.timed, row.median_days) == (2, 1, 1, 0)


def test_a_passed_stage_counts_as_reached_but_has_no_date() -> None:
    row = total(story(1, ("mql", 0), ("opportunity", 9)), story(2, ("mql", 0), ("sql", 5), ("won", 6)))

    assert (row.converted, row.timed, row.median_days) == (2, 1, 5)


def test_won_is_not_lost_and_lost_is_not_won() -> None:
    stories = story(1, ("mql", 0), ("won", 5)), story(2, ("mql", 0), ("lost", 5))

    to_won, to_lost = total(*stories, to_stage="won"), total(*stories, to_stage="lost")

    assert (to_won.converted, to_won.other_outcome) == (1, 1)
    assert (to_lost.converted, to_lost.other_outcome) == (1, 1)


def test_every_lead_stands_in_exactly_one_column() -> None:
    row = total(
        story(1, ("mql", 0), ("sql", 1), ("disqualified", 2)),
        story(2, ("mql", 0), ("recycled", 1)),
        story(3, ("mql", 0), ("recycled", 1), ("mql", 9)),
        story(4, ("mql", 0), ("disqualified", 1)),
        story(5, ("mql", 0), ("partner", 1)),
        story(6, ("mql", 0), ("sal", 1)),
        story(7, ("mql", 0), ("sal", 1), ("mql", 2)),
    )

    columns = (
        row.advanced,
        row.recycled,
        row.disqualified,
        row.other_outcome,
        row.other_detour,
        row.still_open,
    )
    assert columns == (1, 1, 1, 0, 1, 3)
    assert sum(columns) == row.entered == 7


def test_a_row_that_does_not_add_up_is_refused() -> None:
    row = total(story(1, ("mql", 0), ("sql", 1)))

    with pytest.raises(ReconciliationError, match=r"'total' does not reconcile: entered is 2"):
        replace(row, entered=2)
    with pytest.raises(ReconciliationError, match="advanced is 1, its parts add up to 2"):
        replace(row, late=1)


def test_a_voided_entry_counts_nowhere_but_in_its_own_column() -> None:
    mistake = story(1, ("mql", 0), voided=True)
    corrected = [Entry(2, "mql", on_day(0), voided=True), Entry(2, "mql", on_day(40))]
    not_sql = [Entry(3, "mql", on_day(0)), Entry(3, "sql", on_day(1), voided=True)]
    later = story(4, ("mql", 400), voided=True)

    result = count_conversion([*mistake, *corrected, *not_sql, *later], LINE, rule(by="month"))

    assert {row.key: (row.entered, row.voided) for row in result.rows} == {
        "2026-01": (1, 1),
        "2026-02": (1, 0),
    }
    assert (result.total.converted, result.total.to_entries, result.total.from_entries) == (0, 0, 2)


def test_skipped_leads_are_in_no_dated_cohort() -> None:
    result = count_conversion(
        [*story(1, ("lead", 0), ("sql", 40)), *story(2, ("lead", 0), ("mql", 1)), *story(3, ("lead", 0))],
        LINE,
        rule(by="month"),
    )

    assert {row.key: (row.entered, row.skipped) for row in result.rows} == {
        "2026-01": (1, 0),
        "2026-02": (0, 1),
    }
    assert (result.total.converted, result.total.skipped_advanced) == (0, 1)
    assert (result.total.skip_rate, result.total.reached_rate) == (0.5, 0.5)
    assert result.units == 3


@pytest.mark.parametrize(
    ("mature", "immature", "reason"),
    [
        (0, 0, NOT_APPLICABLE),
        (0, 9, NOT_APPLICABLE),
        (19, 0, NOT_ENOUGH),
        (20, 0, ""),
        (20, 180, ""),
        (20, 181, NOT_ENOUGH),
    ],
)
def test_a_rate_needs_twenty_mature_leads_and_a_tenth_of_the_cohort(
    mature: int, immature: int, reason: str
) -> None:
    leads = [story(n, ("mql", 0), ("sql", 1)) for n in range(mature)]
    leads += [story(n, ("mql", 40)) for n in range(mature, mature + immature)]

    row = total(*leads, window_days=30, as_of=on_day(50), at_least=20, mature_percent=10)

    assert (row.why_not, row.shown, row.rate is None, row.interval is None) == (
        reason,
        not reason,
        *[bool(reason)] * 2,
    )
    assert (row.mature, row.converted) == (mature, mature)


def test_blank_and_unknown_and_spelling_variants_stay_separate() -> None:
    values = ["", "unknown", "Unknown", "web", "web"]
    entries = [
        entry for n, value in enumerate(values) for entry in story(n, ("mql", 0), values=("emea", value))
    ]

    result = count_conversion(entries, LINE, rule(by="source"), ("region", "source"))

    assert [(row.key, row.label, row.entered) for row in result.rows] == [
        ("web", "web", 2),
        ("", "(blank)", 1),
        ("Unknown", "Unknown", 1),
        ("unknown", "unknown", 1),
    ]


def test_cohorts_before_the_first_outcome_are_marked() -> None:
    entries = [*story(1, ("mql", 0)), *story(2, ("mql", 30), ("won", 31)), *story(3, ("mql", 60))]

    result = count_conversion(entries, LINE, rule(by="month"))

    # The first day of February is earlier than the first outcome on the 5th; March is not.
    assert [(row.key, row.left_truncated) for row in result.rows] == [
        ("2026-01", True),
        ("2026-02", True),
        ("2026-03", False),
    ]
    assert result.first_outcome_on == date(2026, 2, 5)
    assert (result.total.entered, result.total_without_truncated.entered) == (3, 1)
    assert (result.total.left_truncated, result.total_without_truncated.left_truncated) == (True, False)


def test_without_any_outcome_nothing_is_marked() -> None:
    result = count_conversion(story(1, ("mql", 0)), LINE, rule(by="month"))

    assert (result.first_outcome_on, result.row("2026-01").left_truncated) == (None, False)


def test_nothing_at_all_is_a_result_too() -> None:
    result = count_conversion([], LINE, rule(by="month"))

    assert (result.rows, result.units, result.total.entered, result.total.why_not) == (
        (),
        0,
        0,
        NOT_APPLICABLE,
    )


def test_the_editions_seen_are_named() -> None:
    entries = [
        Entry(1, "mql", on_day(0), edition=3),
        Entry(2, "mql", on_day(1), edition=2),
        Entry(3, "lead", on_day(1)),
    ]

    assert count_conversion(entries, LINE, rule()).editions == (2, 3)


def test_the_share_of_disqualified_is_a_conversion_to_disqualified() -> None:
    # Given 200 leads: 60 disqualified, 90 SQL or beyond, 20 recycled, 30 undecided of which 10 are immature
    ends = ["disqualified"] * 60 + ["sql"] * 90 + ["recycled"] * 20
    leads = [story(n, ("mql", 0), (stage, 5)) for n, stage in enumerate(ends)]
    leads += [story(n, ("mql", 0 if n < 190 else 50)) for n in range(170, 200)]

    row = total(*leads, to_stage="disqualified", window_days=30, as_of=on_day(60))

    assert (row.converted, row.mature, row.immature, row.entered) == (60, 190, 10, 200)
    assert row.rate == pytest.approx(0.316, abs=0.0005)


def test_recovery_counts_only_what_follows_the_recycling() -> None:
    row = total(
        story(1, ("mql", 0), ("sql", 2), ("recycled", 10)),
        story(2, ("mql", 0), ("recycled", 10), ("mql", 20), ("sql", 35)),
        story(3, ("mql", 0), ("recycled", 10), ("mql", 20), ("sql", 50)),
        from_stage="recycled",
        window_days=30,
    )

    assert (row.entered, row.converted, row.late, row.recycled, row.negative_durations) == (3, 1, 1, 1, 0)
    assert row.median_days == 25


def test_drilling_down_lists_the_leads_behind_the_numbers() -> None:
    entries = [
        *story(1, ("mql", 0), ("sql", 2)),
        *story(2, ("mql", 30)),
        *story(3, ("sql", 1)),
        *story(4, ("lead", 0)),
    ]

    listed = [
        (key, journey.lead, journey.membership, journey.advanced)
        for key, journey in follow(entries, LINE, rule(by="month"))
    ]

    assert listed == [
        ("2026-01", 1, "cohort", True),
        ("2026-02", 2, "cohort", False),
        ("2026-01", 3, "skipped", True),
    ]


def test_an_entry_that_cannot_be_counted_is_named() -> None:
    with pytest.raises(CountingError, match=r"stage: 'demo' cannot be counted\. .* Known are: lead, mql"):
        total(story(1, ("demo", 0)))
    with pytest.raises(CountingError, match=r"occurred_at: .* Lead 7: give an instant with a zone"):
        total([Entry(7, "mql", datetime(2026, 1, 1))])  # noqa: DTZ001 - the naive instant is the bad input
    with pytest.raises(CountingError, match="Lead 8: give one value for each of: region, source"):
        count_conversion(
            story(8, ("mql", 0), values=("emea",)), LINE, rule(by="source"), ("region", "source")
        )
