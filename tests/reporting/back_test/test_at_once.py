"""A back-test on connections of its own: read ahead, computed by two workers, cancelled while it ends."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import connection

from glossary.choices import JobState
from glossary.exceptions import RequestRefused
from glossary.models import BackTest
from glossary.services.measuring import cancel
from glossary.types import EditionInForce
from reporting.models import BackTestLead
from reporting.services.back_testing import compute
from routing.queries.replay import ahead
from routing.queries.replay import cohort as cohorts
from routing.queries.replay.ahead import Ahead
from tests.reporting.back_test.scene import NOW, asked, crowd, lower_bar
from tests.trust.races import Outcome, interleave

at_once = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="readers at once need PostgreSQL: set DATABASE_URL"
    ),
]


@pytest.fixture
def small_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohorts, "IDS_AT_ONCE", 40)


@pytest.fixture
def waiting(playbook: EditionInForce, cast: SimpleNamespace, small_spans: None) -> BackTest:
    lower_bar(playbook)
    crowd(220, playbook)
    return asked()


def told(row: BackTest) -> tuple[str, object, list[tuple[int, str, str]]]:
    row.refresh_from_db()
    leads = BackTestLead.objects.filter(back_test=row).order_by("lead_id", "kind")
    return row.state, row.result, list(leads.values_list("lead_id", "kind", "outcome"))


def cancelled_after(step: str, row: BackTest, patch: pytest.MonkeyPatch) -> Outcome:
    """It, computed, and cancelled by somebody else when that step of it is done."""
    return interleave(
        patch,
        f"reporting.services.back_testing:{step}",
        lambda: compute(row.pk, now=NOW),
        lambda: cancel(row.pk, acting_user=None, now=NOW),
    )


def readers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("ahead")]


class TestReadingAhead:
    pytestmark = at_once

    def test_gives_what_reading_in_turn_gives(
        self, waiting: BackTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # When it is read ahead, by two readers and beside the counting of the cohort
        left: list[str] = []
        leave = ahead._leave

        def noted() -> None:
            left.append(threading.current_thread().name)
            leave()

        monkeypatch.setattr(ahead, "_leave", noted)
        assert compute(waiting.pk, now=NOW)
        first = told(waiting)
        assert len(left) == 3
        # And once more, each batch when its turn comes
        BackTestLead.objects.all().delete()
        BackTest.objects.update(state=JobState.QUEUED, result=None, attempts=0, leased_until=None)
        monkeypatch.setattr(ahead, "others_see_it", lambda: False)
        assert compute(waiting.pk, now=NOW)
        # Then both tell the same, and list the same leads
        assert told(waiting) == first
        assert len(left) == 3
        assert first[0] == JobState.DONE
        assert len(first[2]) > 5
        # And no thread is left behind
        assert readers() == []

    def test_ends_with_the_error_of_who_reads(
        self, waiting: BackTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spans = cohorts.Cohort.spans

        def fewer(cohort: cohorts.Cohort) -> Iterator[cohorts.Span]:
            first, *_ = spans(cohort)
            yield first
            yield first._replace(first="x")  # type: ignore[arg-type]  # no number, so that reading it fails

        monkeypatch.setattr(cohorts.Cohort, "spans", fewer)

        assert not compute(waiting.pk, now=NOW)

        assert told(waiting) == (JobState.QUEUED, None, [])
        assert "ValueError" in waiting.error
        assert readers() == []


class TestTwoAtOnce:
    pytestmark = at_once

    def test_two_workers_compute_it_once(self, waiting: BackTest, monkeypatch: pytest.MonkeyPatch) -> None:
        outcome = interleave(
            monkeypatch,
            "reporting.services.back_testing:claim",
            lambda: compute(waiting.pk, now=NOW),
            lambda: compute(waiting.pk, now=NOW),
        )

        assert (outcome.first, outcome.second) == (True, False)
        state, result, leads = told(waiting)
        assert (state, waiting.attempts) == (JobState.DONE, 1)
        assert result is not None
        assert len(leads) == len(set(leads)) > 5

    def test_cancelled_while_it_is_counted_it_stays_cancelled(
        self, waiting: BackTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outcome = cancelled_after("measure", waiting, monkeypatch)

        assert outcome.met
        assert outcome.first is False
        assert told(waiting) == (JobState.CANCELLED, None, [])

    def test_cancelled_while_it_is_written_it_is_done(
        self, waiting: BackTest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        outcome = cancelled_after("finish", waiting, monkeypatch)

        assert outcome.first is True
        assert isinstance(outcome.second, RequestRefused)
        state, result, leads = told(waiting)
        assert state == JobState.DONE
        assert result is not None
        assert leads


@pytest.mark.django_db
def test_within_a_transaction_each_batch_is_read_in_its_turn() -> None:
    seen: list[str] = []

    def batches() -> Iterator[int]:
        for number in range(3):
            seen.append(threading.current_thread().name)
            yield number

    reading = Ahead(batches(), 2)

    assert seen == []
    assert list(reading) == [0, 1, 2]
    assert set(seen) == {threading.current_thread().name}
    reading.close()
