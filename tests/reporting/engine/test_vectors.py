"""The machine-readable worked cases of the funnel; each has a check here, and none may be left out."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from reporting.engine.attainment import Clock, ClockState, count_attainment
from reporting.engine.funnel import count_conversion
from reporting.engine.inflation import Cohort, inflation
from reporting.engine.passes import count_by_pass
from reporting.engine.rows import NOT_ENOUGH
from reporting.engine.stays import time_in_stage
from reporting.engine.steps import count_steps
from tests.reporting.engine.stories import LINE, olist_entries, on_day, rule, story
from tests.reporting.engine.test_olist import AS_OF_MAY, at_end_of_may, whole
from tests.support import design_vectors, reference_data

CASES = 6


def present(folder: Any, variable: str) -> bool:
    """Whether the folder is there; one that was named in the environment must be."""
    if variable in os.environ:
        assert folder.is_dir(), f"{variable} names {folder}, which is no folder"
    return bool(folder.is_dir())


def skip(expect: dict[str, Any]) -> None:
    leads = [story(n, ("mql", 0), ("sal", 1), ("sql", 2)) for n in range(24)]
    leads += [story(n, ("mql", 0), ("sal", 1)) for n in range(24, 40)]
    leads += [story(n, ("mql", 0), ("sql", 2)) for n in range(40, 50)]
    leads += [story(n, ("mql", 0)) for n in range(50, 100)]
    entries = [entry for lead in leads for entry in lead]

    mql, sal, sql = count_steps(entries, LINE, rule("mql", "sql"))

    assert mql.reached == expect["mql"]
    assert (sal.reached, sal.observed, sal.skipped) == (
        expect["sal_reached_or_passed"],
        expect["sal_observed"],
        expect["sal_skipped"],
    )
    assert sql.reached == expect["sql"]
    assert (sal.rate, sql.rate, sql.from_first) == (
        expect["mql_to_sal"],
        expect["sal_to_sql"],
        expect["mql_to_sql"],
    )
    assert sql.strict_rate == expect["strict_in_order_sal_to_sql"]
    # The dated conversion from SAL knows the same leads: 40 entered, 10 skipped it.
    row = count_conversion(entries, LINE, rule("sal", "sql")).total
    assert (row.rate, row.reached_rate) == (expect["strict_in_order_sal_to_sql"], expect["sal_to_sql"])
    assert (row.entered, row.skipped, row.skip_rate) == (40, 10, 0.2)


def reentry(expect: dict[str, Any]) -> None:
    steps = (("mql", 0), ("sal", 1), ("recycled", 10), ("mql", 60), ("sal", 61), ("sql", 65))
    entries = story(1, *steps)

    lead = count_conversion(entries, LINE, rule()).total
    by_pass = count_by_pass(entries, LINE, rule()).total
    recovery = count_conversion(entries, LINE, rule("recycled", "sql", window_days=90)).total
    in_mql = next(row for row in time_in_stage(entries, LINE, on_day(365)) if row.stage == "mql")

    assert (lead.entered, lead.converted) == (expect["unique_lead_mql"], expect["unique_lead_sql"])
    assert (by_pass.entered, by_pass.converted) == (expect["mql_passes"], expect["passes_reaching_sql"])
    assert (lead.rate, by_pass.rate) == (expect["mql_to_sql_by_lead"], expect["mql_to_sql_by_pass"])
    assert by_pass.median_days == expect["days_mql_to_sql_pass2"]
    assert lead.median_days == expect["days_first_mql_to_first_sql"]
    assert recovery.median_days == expect["days_recycle_to_sql"]
    assert recovery.rate == expect["recycle_to_sql_recovery"]
    assert in_mql.total_days == expect["time_in_mql_days_total"]


def period_vs_cohort(expect: dict[str, Any]) -> None:
    assert present(reference_data(), "CONCORD_REFERENCE_DATA"), "this case needs the real data"
    april = count_conversion(olist_entries(reference_data() / "olist"), LINE, whole(by="month")).row(
        "2018-04"
    )
    assert april.rate is not None
    assert april.activity_ratio is not None
    assert f"{april.converted}/{april.mature}={april.rate:.2%}" == expect["cohort"]
    ratio = f"{april.activity}/{april.from_entries}={april.activity_ratio:.2%}"
    assert expect["activity_ratio"].startswith(ratio)


def immature(expect: dict[str, Any]) -> None:
    assert present(reference_data(), "CONCORD_REFERENCE_DATA"), "this case needs the real data"
    result = count_conversion(olist_entries(reference_data() / "olist"), LINE, at_end_of_may(by="month"))
    total, may = result.total, result.row("2018-05")
    assert result.rule.as_of == AS_OF_MAY
    assert (total.mature, total.immature, total.converted) == (
        expect["mature_n"],
        expect["immature_n"],
        expect["converted"],
    )
    assert total.rate == pytest.approx(expect["rate"], abs=0.00005)
    assert (may.mature, may.rate, may.why_not) == (25, None, NOT_ENOUGH)


def mql_inflation(expect: dict[str, Any]) -> None:
    found = inflation(Cohort(400, 400, 120), Cohort(600, 600, 126))

    assert (found.rate_a, found.rate_b) == (expect["rate_a"], expect["rate_b"])
    assert found.interval_a == pytest.approx(tuple(expect["wilson_a"]), abs=0.00005)
    assert found.interval_b == pytest.approx(tuple(expect["wilson_b"]), abs=0.00005)
    assert found.test is not None
    assert found.test.z == pytest.approx(expect["z"], abs=0.0005)
    assert found.test.p == pytest.approx(expect["p_two_sided"], abs=0.00005)
    assert found.flagged is expect["flag"]
    assert f"{found.converted_change:+.0%}" == expect["sql_change"]
    assert f"{found.volume_change:+.0%}" == expect["mql_change"]


def sla_attainment(expect: dict[str, Any]) -> None:
    numbers = {
        ClockState.MET: 80,
        ClockState.LATE: 15,
        ClockState.OVERDUE: 5,
        ClockState.PENDING: 20,
        ClockState.VOID: 3,
    }
    _, total = count_attainment(Clock(state) for state, n in numbers.items() for _ in range(n))

    assert f"{total.met}/{total.counted}={total.rate:.1%}" == expect["attainment"]
    assert (total.pending, total.void, total.clocks) == (expect["pending"], expect["void"], 123)


CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "F01-skip": skip,
    "F02-reentry": reentry,
    "F03-period-vs-cohort": period_vs_cohort,
    "F04-immature": immature,
    "F06-inflation": mql_inflation,
    "F08-sla-attainment": sla_attainment,
}


def test_every_worked_case_passes() -> None:
    folder = design_vectors()
    if not present(folder, "CONCORD_DESIGN_VECTORS"):
        pytest.skip(f"no design vectors at {folder}")
    cases = json.loads((folder / "funnel.json").read_text(encoding="utf-8"))

    # A case without a check, or a check without its case, is a failure.
    assert {case["id"] for case in cases} == set(CHECKS)
    assert len(cases) == len(CHECKS) == CASES
    for case in cases:
        CHECKS[case["id"]](case["expect"])
