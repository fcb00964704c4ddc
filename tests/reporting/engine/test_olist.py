"""The reference numbers on the real leads, read straight from the files: 8,000 MQLs and 842 won deals."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reporting.engine.entries import Entry
from reporting.engine.figures import figure, percent
from reporting.engine.funnel import ConversionResult, count_conversion
from reporting.engine.rows import NOT_ENOUGH
from reporting.engine.rule import ConversionRule
from reporting.engine.stays import time_in_stage
from tests.reporting.engine.stories import LINE, olist_entries
from tests.support import reference_data

AS_OF_MAY = datetime(2018, 5, 31, 23, 59, 59, tzinfo=UTC)
YEAR_END = datetime(2018, 12, 31, tzinfo=UTC)
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def whole(**more: Any) -> ConversionRule:
    """MQL to won over everything there is, without a window."""
    given: dict[str, Any] = {"as_of": YEAR_END, "zone": SAO_PAULO} | more
    return ConversionRule(from_stage="mql", to_stage="won", **given)


def at_end_of_may(**more: Any) -> ConversionRule:
    """The cohorts January to May 2018 with a window of 30 days, as of the end of May."""
    given: dict[str, Any] = {"period_start": date(2018, 1, 1), "period_end": date(2018, 6, 1)} | more
    return whole(as_of=AS_OF_MAY, window_days=30, **given)


@pytest.fixture(scope="module")
def olist() -> list[Entry]:
    """Fails when the data is there but unread, or was named and isn't there; skips only without any."""
    folder: Path = reference_data()
    if not folder.exists() and "CONCORD_REFERENCE_DATA" not in os.environ:
        pytest.skip(f"no reference data at {folder}")
    return list(olist_entries(folder / "olist"))


def count(olist: list[Entry], rule: ConversionRule) -> ConversionResult:
    return count_conversion(olist, LINE, rule, ("source",))


def test_all_leads_were_read(olist: list[Entry]) -> None:
    assert len(olist) == 8842


def test_overall_conversion_and_durations(olist: list[Entry]) -> None:
    total = count(olist, whole()).total

    assert (total.converted, total.mature, total.immature) == (842, 8000, 0)
    assert percent(total.rate, 3) == "10.525"
    assert total.interval is not None
    assert [percent(end) for end in total.interval] == ["9.87", "11.22"]
    assert (total.negative_durations, total.timed) == (1, 841)
    assert (figure(total.median_days), figure(total.p75_days)) == ("14.72", "55.13")


def test_by_source_keeps_blank_apart_from_unknown(olist: list[Entry]) -> None:
    result = count(olist, whole(by="source"))

    rows = {row.key: (row.converted, row.mature, percent(row.rate)) for row in result.rows}
    assert rows["organic_search"] == (271, 2296, "11.80")
    assert rows["unknown"] == (179, 1099, "16.29")
    assert rows[""] == (14, 60, "23.33")
    assert result.row("").label == "(blank)"
    assert sum(row.entered for row in result.rows) == result.total.entered == 8000


def test_monthly_cohorts_and_their_truncation(olist: list[Entry]) -> None:
    result = count(olist, whole(by="month"))

    cohorts = [percent(result.row(f"2018-{month:02d}").rate) for month in range(1, 6)]
    assert cohorts == ["13.32", "14.49", "14.22", "13.54", "9.98"]
    assert result.first_outcome_on == date(2017, 12, 5)
    marked = {row.key for row in result.rows if row.left_truncated}
    assert marked == {"2017-06", "2017-07", "2017-08", "2017-09", "2017-10", "2017-11", "2017-12"}
    assert result.total_without_truncated.entered == 5998


def test_activity_ratio_is_beside_the_conversion(olist: list[Entry]) -> None:
    result = count(olist, whole(by="month"))
    april = result.row("2018-04")

    assert (april.activity, april.from_entries, percent(april.activity_ratio)) == (207, 1352, "15.31")
    assert (april.converted, percent(april.rate)) == (183, "13.54")
    assert sum(row.activity for row in result.rows) == 842


def test_a_window_as_of_the_end_of_may(olist: list[Entry]) -> None:
    result = count(olist, at_end_of_may(by="month"))

    total, may = result.total, result.row("2018-05")
    assert (total.converted, total.mature, total.immature) == (453, 4720, 1278)
    assert percent(total.rate) == "9.60"
    assert not total.left_truncated
    assert (may.entered, may.mature, may.shown, may.why_not) == (1303, 25, False, NOT_ENOUGH)


def test_all_cohorts_as_of_the_end_of_may_agree_without_the_truncated(olist: list[Entry]) -> None:
    result = count(olist, at_end_of_may(by="source", period_start=None, period_end=None))

    recent = result.total_without_truncated
    assert (recent.converted, recent.mature, recent.immature) == (453, 4720, 1278)
    assert result.total.entered == 8000
    assert result.total.left_truncated


def test_dates_are_not_shifted_by_the_zone(olist: list[Entry]) -> None:
    # In São Paulo 00:00 UTC is the evening before: shifted dates would move the first of each month.
    far = count(olist, whole(by="month", zone=ZoneInfo("Pacific/Kiritimati")))
    near = count(olist, whole(by="month", zone=ZoneInfo("UTC")))

    assert [(row.key, row.entered) for row in far.rows if row.entered] == [
        (row.key, row.entered) for row in near.rows if row.entered
    ]


def test_what_was_not_recorded_is_neither_dated_nor_shown_as_a_stay(olist: list[Entry]) -> None:
    by_sal = count_conversion(
        olist, LINE, ConversionRule(from_stage="sal", to_stage="won", as_of=YEAR_END, zone=SAO_PAULO)
    )

    assert (by_sal.total.entered, by_sal.total.skipped, by_sal.total.rate) == (0, 842, None)
    assert [row.stage for row in time_in_stage(olist, LINE, YEAR_END)] == ["mql"]
