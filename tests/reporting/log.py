"""Short ways to write a log into the database: leads, entries on days, voids, clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any

from glossary.types import EditionInForce
from people.models import User
from reporting.choices import ReportKind
from reporting.engine.parameters import ConversionParameters
from reporting.models import ReportRun
from reporting.services.runs import compute, request_run
from routing.choices import Origin
from routing.models import Lead, SlaClock, StageEntry

DAY_0 = datetime(2026, 1, 5, 12, tzinfo=UTC)


def on_day(day: float) -> datetime:
    """Noon UTC so many days after 5 January 2026."""
    return DAY_0 + timedelta(days=day)


def new_lead(**values: Any) -> Lead:
    """A lead captured on day 0."""
    return Lead.objects.create(captured_at=DAY_0, recorded_at=DAY_0, **values)


def enter(lead: Lead, stage: str, day: float, edition: EditionInForce | None, **more: Any) -> StageEntry:
    """An entry on a day, recorded then; imported history when there is no edition."""
    given = {
        "pass_number": 1,
        "recorded_at": on_day(day),
        "origin": Origin.SYSTEM if edition else Origin.IMPORT,
        "actor_name": "Concord",
        "edition_id": edition.id if edition else None,
    } | more
    entry: StageEntry = StageEntry.objects.create(lead=lead, to_stage=stage, occurred_at=on_day(day), **given)
    return entry


def void(entry: StageEntry, day: float) -> StageEntry:
    """A later row that declares `entry` a mistake."""
    row: StageEntry = StageEntry.objects.create(
        lead_id=entry.lead_id,
        to_stage=entry.to_stage,
        pass_number=entry.pass_number,
        occurred_at=on_day(day),
        recorded_at=on_day(day),
        origin=Origin.PERSON,
        edition_id=entry.edition_id,
        actor_name="RevOps",
        voids=entry,
    )
    return row


def cohort(edition: EditionInForce, size: int = 30, converted: int = 12, **values: Any) -> list[Lead]:
    """So many leads that became MQL on day 1, of which some became SQL on day 5."""
    leads = [new_lead(**values) for _ in range(size)]
    for number, lead in enumerate(leads):
        enter(lead, "mql", 1, edition)
        if number < converted:
            enter(lead, "sql", 5, edition)
    return leads


def start_clock(lead: Lead, edition: EditionInForce, **columns: Any) -> SlaClock:
    """A first-touch clock of one hour that starts on day 1 and runs."""
    given = {
        "key": "first_touch",
        "pass_number": 1,
        "edition_id": edition.id,
        "target_seconds": 3600,
        "target_words": "1 hour",
        "started_at": on_day(1),
        "due_at": on_day(1) + timedelta(hours=1),
        "month": on_day(1).date().replace(day=1),
    } | columns
    return SlaClock.objects.create(lead=lead, **given)


def question(**more: Any) -> ConversionParameters:
    """MQL to SQL in total."""
    return ConversionParameters(**({"from_stage": "mql", "to_stage": "sql"} | more))


def computed(asked: ConversionParameters, now: datetime, user: User | None = None) -> ReportRun:
    """A finished run of a question."""
    run = request_run(ReportKind.CONVERSION, asked, acting_user=user, now=now)
    compute(run.pk, now=now)
    run.refresh_from_db()
    return run
