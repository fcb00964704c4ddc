"""Runs: asked for once, computed once, the same to the byte, and never lost with a worker."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from glossary.types import EditionInForce
from reporting.choices import ReportKind, RunState
from reporting.engine.parameters import SlaParameters
from reporting.models import ReportRun
from reporting.services import runs
from reporting.services.counting import count
from reporting.services.kpis import refresh_kpis, request_overview
from reporting.services.runs import compute, compute_now, request_run
from routing.models import Lead
from tests.reporting.log import cohort, computed, enter, new_lead, on_day, question, start_clock, void

pytestmark = pytest.mark.django_db
NOW = on_day(100)


def text(run: ReportRun) -> str:
    return json.dumps(run.result)


def killed(*_: object) -> None:
    raise SystemExit


def ask() -> ReportRun:
    return request_run(ReportKind.CONVERSION, question(), acting_user=None, now=NOW)


def test_a_double_click_is_one_run(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    first = request_run(ReportKind.CONVERSION, question(), acting_user=cast.cro, now=NOW)
    second = request_run(ReportKind.CONVERSION, question(), acting_user=cast.cmo, now=NOW)

    assert first == second
    assert ReportRun.objects.count() == 1


def test_the_database_lets_no_second_one_wait(playbook: EditionInForce) -> None:
    run = ask()
    run.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        run.save(force_insert=True)


def test_a_finished_run_holds_the_numbers(playbook: EditionInForce) -> None:
    cohort(playbook)

    run = computed(question(), NOW)

    assert run.state == RunState.DONE
    assert run.result is not None
    total = run.result["total"]
    assert (total["converted"], total["mature"], total["rate_percent"]) == (12, 30, "40.00")
    assert total["reconciliation"] == "30 entered = 12 advanced + 18 still open"
    assert run.result["definitions"]["seen"] == [{"edition": 1, "glossary": 1}]


def test_later_acts_change_no_digit_of_an_earlier_moment(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    leads = cohort(playbook, source="email", owner=cast.sdr)
    asked = [question(as_of=on_day(50), by=by) for by in ("total", "source", "team")]
    before = [text(computed(one, NOW)) for one in asked]

    void(enter(leads[20], "sql", 60, playbook), day=61)
    void(leads[0].stage_entries.get(to_stage="sql"), day=62)
    enter(new_lead(source="email"), "mql", 63, playbook)
    Lead.objects.filter(pk=leads[1].pk).update(merged_into=leads[2], merged_at=on_day(64))

    assert [text(computed(one, on_day(120))) for one in asked] == before


def test_a_killed_worker_loses_and_changes_nothing(
    playbook: EditionInForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort(playbook)
    expected = text(computed(question(), NOW))
    run = ask()
    # A worker claims the run and dies: no error is written, the lease stays.
    with monkeypatch.context() as dying:
        dying.setattr(runs, "count", killed)
        with pytest.raises(SystemExit):
            compute(run.pk, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.result) == (RunState.RUNNING, None)
    enter(new_lead(), "mql", 101, playbook)

    assert not compute(run.pk, now=NOW + timedelta(minutes=1))
    assert compute(run.pk, now=NOW + timedelta(minutes=16))

    run.refresh_from_db()
    assert text(run) == expected


def test_a_worker_that_lost_its_lease_writes_nothing(
    playbook: EditionInForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask()

    def slow(*given: object) -> object:
        ReportRun.objects.filter(pk=run.pk).update(leased_until=NOW + timedelta(hours=1))
        return count(*given)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(runs, "count", slow)

    assert not compute(run.pk, now=NOW)
    run.refresh_from_db()
    assert run.result is None


def test_an_error_is_kept_and_tried_three_times(
    playbook: EditionInForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask()

    def broken(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(runs, "count", broken)
    states = []
    for minutes in (0, 2, 4, 6):
        compute(run.pk, now=NOW + timedelta(minutes=minutes))
        run.refresh_from_db()
        states.append(run.state)

    assert states == [RunState.QUEUED, RunState.QUEUED, RunState.FAILED, RunState.FAILED]
    assert run.error == "RuntimeError: the disk is full"
    assert run.attempts == 3


def test_the_terminal_says_what_the_run_says(playbook: EditionInForce) -> None:
    cohort(playbook)
    asked = question(as_of=on_day(50))
    run = computed(asked, NOW)

    result = compute_now(ReportKind.CONVERSION, asked, NOW)

    assert json.dumps(result, sort_keys=True) == json.dumps(run.result, sort_keys=True)


def test_attainment_as_of_a_moment(playbook: EditionInForce) -> None:
    leads = [new_lead() for _ in range(4)]
    met: dict[str, Any] = {
        "state": "met",
        "stopped_at": on_day(1) + timedelta(minutes=30),
        "business_seconds": 1800.0,
    }
    late: dict[str, Any] = {"state": "late", "stopped_at": on_day(3), "business_seconds": 7200.0}
    every: list[dict[str, Any]] = [met, late, {}, {"due_at": on_day(200)}]
    for lead, columns in zip(leads, every, strict=True):
        start_clock(lead, playbook, wall_seconds=60.0, **columns)

    total = compute_now(ReportKind.SLA, SlaParameters(), NOW)["total"]
    earlier = compute_now(ReportKind.SLA, SlaParameters(as_of=on_day(2)), NOW)["total"]

    assert isinstance(total, dict)
    assert isinstance(earlier, dict)
    assert [total[name] for name in ("met", "late", "overdue", "pending", "void")] == [1, 1, 1, 1, 0]
    assert total["rate_percent"] is None  # three counted clocks say nothing
    assert [earlier[name] for name in ("met", "late", "overdue", "pending")] == [1, 0, 2, 1]


def test_the_overview_is_refreshed_when_it_is_old_and_something_happened(playbook: EditionInForce) -> None:
    cohort(playbook)
    assert refresh_kpis(NOW) == len(request_overview(acting_user=None, now=NOW))
    for run in ReportRun.objects.all():
        compute(run.pk, now=NOW)

    quiet = refresh_kpis(NOW + timedelta(hours=2))
    enter(new_lead(), "mql", 100.05, playbook)

    assert quiet == 0
    assert refresh_kpis(NOW + timedelta(minutes=30)) == 0
    assert refresh_kpis(NOW + timedelta(hours=2)) > 0
