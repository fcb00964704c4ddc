"""Leads that were won or lost, with what was known of them when they became MQL."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from glossary.types import EditionInForce
from people.models import User
from reporting.choices import ReportKind
from reporting.engine.parameters import WinLossParameters
from reporting.models import ReportRun
from reporting.services.runs import compute, request_run
from routing.choices import Origin
from routing.models import Behaviour, Lead, StageEntry
from tests.reporting.log import DAY_0, on_day

# In June 2026: the last two full quarters are October 2025 to March 2026, and day 0 is 5 January.
NOW = on_day(150)
MQL_DAY, OUTCOME_DAY = 10.0, 40.0


def decided(edition: EditionInForce, won: int, lost: int, *behaviours: str, **values: Any) -> list[Lead]:
    """So many won and lost leads: MQL on day 10, decided on day 40; they did `behaviours` on day 9."""
    leads = [Lead(captured_at=DAY_0, recorded_at=DAY_0, **values) for _ in range(won + lost)]
    Lead.objects.bulk_create(leads)
    ends = ["won"] * won + ["lost"] * lost
    entries = []
    for lead, end in zip(leads, ends, strict=True):
        entries += [entry(lead, "mql", MQL_DAY, edition), entry(lead, end, OUTCOME_DAY, edition)]
    StageEntry.objects.bulk_create(entries)
    Behaviour.objects.bulk_create(acts(leads, behaviours, MQL_DAY - 1))
    return leads


def acts(leads: Iterable[Lead], names: Iterable[str], day: float) -> Iterator[Behaviour]:
    """Behaviours of a day, not saved."""
    at = on_day(day)
    names = list(names)
    for lead in leads:
        for name in names:
            yield Behaviour(lead=lead, name=name, occurred_at=at, recorded_at=at, properties={})


def entry(lead: Lead, stage: str, day: float, edition: EditionInForce, **more: Any) -> StageEntry:
    """A stage entry of a day, not saved."""
    at = on_day(day)
    columns: dict[str, Any] = {"recorded_at": at, "origin": Origin.PERSON, "pass_number": 1} | more
    return StageEntry(
        lead=lead, to_stage=stage, occurred_at=at, actor_name="x", edition_id=edition.id, **columns
    )


def checked(user: User | None = None, now: datetime = NOW, **asked: Any) -> ReportRun:
    """A finished run of the question."""
    parameters = WinLossParameters(**asked)
    run = request_run(ReportKind.WIN_LOSS, parameters, acting_user=user, now=now)
    compute(run.pk, now=now + timedelta(seconds=1))
    run.refresh_from_db()
    return run


def result_of(run: ReportRun) -> dict[str, Any]:
    """The result of a run that was finished."""
    assert run.result is not None, run.error
    found: dict[str, Any] = run.result
    return found


def line(run: ReportRun, words: str) -> dict[str, Any]:
    """The line that reads like this."""
    found: dict[str, Any] = next(row for row in result_of(run)["rows"] if row["label"] == words)
    return found
