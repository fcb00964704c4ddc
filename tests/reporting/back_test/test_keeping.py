"""A back-test is written whole or not at all: cancelled, killed midway, computed twice, and never by two at once."""

import json
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import QuerySet

from glossary.choices import JobState
from glossary.models import BackTest, PolicyVersion
from glossary.services.measuring import cancel
from glossary.types import EditionInForce
from reporting.engine.back_test.totals import Totals
from reporting.models import BackTestLead
from reporting.queries.back_test import CohortLog
from reporting.services import leases
from reporting.services.back_testing import LEASE, compute, due
from reporting.services.leases import MOST_ATTEMPTS, PAUSE
from reporting.services.measuring import measure
from reporting.tasks import run_back_tests
from routing.queries.replay import cohort as cohorts
from tests.reporting.back_test.scene import NOW, asked, computed, crowd, lower_bar

pytestmark = pytest.mark.django_db
Told = Callable[[float], None]


@pytest.fixture
def waiting(playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> BackTest:
    """A back-test of 150 leads that is counted in three batches."""
    monkeypatch.setattr(cohorts, "IDS_AT_ONCE", 50)
    lower_bar(playbook)
    crowd(150, playbook)
    return asked()


def during(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[int]:
    """Act once, after the second batch; gives back the percentages that were told until then."""
    told: list[int] = []
    renew = leases.renew

    def watched(*args: Any, progress: int) -> Any:
        told.append(progress)
        if len(told) == 3:
            act()
        return renew(*args, progress=progress)

    monkeypatch.setattr(leases, "renew", watched)
    return told


def state(row: BackTest) -> tuple[str, Any, int]:
    row.refresh_from_db()
    return row.state, row.result, BackTestLead.objects.count()


def test_progress_is_told_batch_by_batch(waiting: BackTest, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []
    told = during(monkeypatch, lambda: seen.append(BackTest.objects.values_list("state", "progress").get()))

    computed(waiting)

    assert told == sorted(told)
    assert (told[0], told[-1], len(told)) == (0, 99, 4)
    assert seen == [(JobState.RUNNING, told[1])]
    assert (waiting.progress, waiting.attempts, waiting.leased_until) == (100, 1, None)


def test_a_cancelled_one_stops_and_leaves_nothing(waiting: BackTest, monkeypatch: pytest.MonkeyPatch) -> None:
    told = during(monkeypatch, lambda: cancel(waiting.pk, acting_user=None, now=NOW))

    assert not compute(waiting.pk, now=NOW)

    assert state(waiting) == (JobState.CANCELLED, None, 0)
    assert len(told) == 3, "it went on after it was cancelled"
    assert due(NOW + timedelta(days=1)) == []


def test_cancelled_at_the_very_end_it_is_not_written(
    waiting: BackTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured_then_cancelled(*args: Any, **kwargs: Any) -> Any:
        found = measure(*args, **kwargs)
        cancel(waiting.pk, acting_user=None, now=NOW)
        return found

    monkeypatch.setattr("reporting.services.back_testing.measure", measured_then_cancelled)

    assert not compute(waiting.pk, now=NOW)
    assert state(waiting) == (JobState.CANCELLED, None, 0)


class Killed(BaseException):
    """The worker is gone: nothing of it runs any more."""


def test_a_worker_killed_midway_leaves_it_to_another(
    waiting: BackTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise Killed

    with monkeypatch.context() as patch:
        during(patch, die)
        with pytest.raises(Killed):
            compute(waiting.pk, now=NOW)

    # Nothing partial is there, and nobody else begins while the lease may still be held
    assert state(waiting) == (JobState.RUNNING, None, 0)
    assert waiting.leased_until is not None
    assert due(NOW + timedelta(seconds=1)) == []
    assert not compute(waiting.pk, now=NOW + timedelta(seconds=1))

    # Then another takes over and says, to the byte, what an undisturbed one says
    later = waiting.leased_until + timedelta(seconds=1)
    assert due(later) == [waiting.pk]
    assert compute(waiting.pk, now=later)
    waiting.refresh_from_db()
    undisturbed = computed(asked())
    assert json.dumps(waiting.result) == json.dumps(undisturbed.result)
    assert moved(waiting) == moved(undisturbed) != []
    assert waiting.attempts == 2


def moved(row: BackTest) -> list[tuple[Any, ...]]:
    return list(row.leads.order_by("pk").values_list("lead", "stage", "kind", "opened_at", "outcome"))


def test_whoever_lost_the_lease_writes_nothing(waiting: BackTest, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a worker that was asleep for longer than its lease, while another finished the work
    def take_over() -> None:
        monkeypatch.undo()
        later = BackTest.objects.get(pk=waiting.pk).leased_until
        assert later is not None
        assert compute(waiting.pk, now=later + LEASE)

    during(monkeypatch, take_over)

    assert not compute(waiting.pk, now=NOW)

    done, result, kept = state(waiting)
    assert (done, waiting.attempts) == (JobState.DONE, 2)
    assert result is not None
    assert kept == len(moved(waiting)) > 0


def test_an_error_is_tried_again_and_given_up_after_three(
    waiting: BackTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr("reporting.services.back_testing.measure", broken)
    now = NOW
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert due(now) == [waiting.pk]
        assert not compute(waiting.pk, now=now)
        waiting.refresh_from_db()
        assert (waiting.attempts, waiting.error) == (attempt, "RuntimeError: no memory")
        assert due(now + timedelta(seconds=1)) == []
        now += PAUSE * 2

    assert state(waiting) == (JobState.FAILED, None, 0)


def test_leads_that_change_while_they_are_counted_are_counted_again(
    waiting: BackTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a lead that is not there any more when the cohort is counted as a whole
    with monkeypatch.context() as patch:
        patch.setattr(CohortLog, "total", lambda *_, **__: iter([Totals(0, 0, ({}, {}, {}), {"mql": 0})]))
        assert not compute(waiting.pk, now=NOW)
    assert state(waiting) == (JobState.QUEUED, None, 0)
    assert "changed while they were counted" in waiting.error

    assert compute(waiting.pk, now=NOW + PAUSE * 2)


def test_a_changed_version_is_refused_at_once(waiting: BackTest) -> None:
    forged: QuerySet[PolicyVersion] = QuerySet(PolicyVersion).filter(workstream="scoring", number=2)
    forged.update(content=forged.get().content.replace('"mql":40', '"mql":41'))

    assert not compute(waiting.pk, now=NOW)

    assert state(waiting) == (JobState.FAILED, None, 0)
    assert "not what was published" in waiting.error


def test_leads_are_listed_in_portions(waiting: BackTest, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a database that is written to by fives
    written: list[int] = []
    write = QuerySet.bulk_create

    def watched(rows: Any, objects: Any, **options: Any) -> Any:
        written.append(len(objects))
        return write(rows, objects, **options)

    monkeypatch.setattr("reporting.services.back_testing.ROWS_AT_ONCE", 5)
    monkeypatch.setattr(QuerySet, "bulk_create", watched)

    computed(waiting)

    # Then no more rows than that are in memory at once, and none is missing
    assert waiting.result is not None
    (stage,) = waiting.result["stages"]
    assert max(written) == 5
    assert sum(written) == stage["gained"]["n"] + stage["lost"]["n"] == BackTestLead.objects.count()


def test_the_sweep_computes_what_waits_once(waiting: BackTest) -> None:
    assert run_back_tests() == 1
    assert run_back_tests() == 0
    assert state(waiting)[0] == JobState.DONE


def test_computed_again_it_is_the_same_to_the_byte(
    waiting: BackTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = computed(waiting)
    monkeypatch.undo()

    second = computed(asked())

    assert first.pk != second.pk
    assert json.dumps(first.result) == json.dumps(second.result)
    assert moved(first) == moved(second) != []
