"""A curve that takes long: the progress is told, the lease renewed, and who lost it writes nothing."""

from datetime import datetime, timedelta

import pytest

from glossary.types import EditionInForce
from reporting.choices import ReportKind, RunState
from reporting.models import ReportRun
from reporting.services import runs
from reporting.services.counting import Moment, Parameters
from reporting.services.curves import Tell
from reporting.services.leases import Holder, Stopped, claim
from tests.reporting.what_if.crowd import NOW, question

pytestmark = pytest.mark.django_db
LENGTH = timedelta(minutes=15)


def waiting() -> ReportRun:
    return runs.request_run(ReportKind.WHAT_IF, question(), acting_user=None, now=NOW)


def test_each_batch_renews_the_lease_and_tells_the_progress(playbook: EditionInForce) -> None:
    # Given a worker that holds a run, and a clock that it looks at
    run, seconds = waiting(), [0.0]
    lease = claim(ReportRun, run.pk, now=NOW, length=LENGTH)
    assert lease is not None
    holder = Holder(lease, NOW, clock=lambda: seconds[0])
    # When ten minutes have gone by
    seconds[0] = 600.0
    holder.go_on(0.4)
    # Then it is held for a whole lease from there on
    run.refresh_from_db()
    assert (run.progress, run.leased_until) == (40, NOW + timedelta(minutes=25))
    assert not ReportRun.objects.due_at(NOW + timedelta(minutes=20)).exists()
    # And all that is done is not yet written down
    holder.go_on(1.0)
    run.refresh_from_db()
    assert run.progress == 99


def test_who_lost_the_lease_stops_and_writes_nothing(
    playbook: EditionInForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, later = waiting(), NOW + timedelta(hours=1)
    heard: list[str] = []

    def slow(parameters: Parameters, moment: Moment, tell: Tell) -> dict[str, object]:
        take_over(run.pk, later)
        with pytest.raises(Stopped):
            tell(0.5)
        heard.append("stopped")
        tell(0.6)
        return {"kind": "what_if"}

    monkeypatch.setattr(runs, "count", slow)

    assert not runs.compute(run.pk, now=NOW)

    run.refresh_from_db()
    assert heard == ["stopped"]
    assert (run.state, run.result, run.leased_until) == (RunState.RUNNING, None, later + LENGTH)


def take_over(run_id: int, now: datetime) -> None:
    assert claim(ReportRun, run_id, now=now, length=LENGTH) is not None
