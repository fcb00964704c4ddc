"""The one writer of stage entries made by the application: row, current-state columns, clock events together.

Callers hold the lead's lock and have decided that the move is right.
"""

from dataclasses import dataclass, field
from datetime import datetime

from glossary.types import EditionInForce
from people.access import name_of
from people.models import User
from routing.choices import Origin
from routing.models import Lead, StageEntry
from routing.services import clocks


@dataclass(frozen=True, slots=True)
class Step:
    """An entry to be written: where to, in which pass, when, on what evidence."""

    to_stage: str
    pass_number: int
    occurred_at: datetime
    verdict: dict[str, object] = field(default_factory=dict)
    reason: str = ""


def write_entry(
    lead: Lead, step: Step, *, edition: EditionInForce, acting_user: User | None, now: datetime
) -> StageEntry:
    """Write the entry and bring the lead's columns along; clocks that wait for this stage stop or start."""
    entry: StageEntry = StageEntry.objects.create(
        lead=lead,
        pass_number=step.pass_number,
        from_stage=lead.stage,
        to_stage=step.to_stage,
        occurred_at=step.occurred_at,
        recorded_at=now,
        edition_id=edition.id,
        origin=Origin.SYSTEM if acting_user is None else Origin.PERSON,
        actor=acting_user,
        actor_name=name_of(acting_user),
        verdict=step.verdict,
        reason=step.reason[:200],
    )
    lead.stage = step.to_stage
    lead.stage_entered_at = step.occurred_at
    lead.pass_number = step.pass_number
    lead.save(update_fields=["stage", "stage_entered_at", "pass_number"])
    clocks.on_event(lead, step.to_stage, occurred_at=step.occurred_at, now=now, edition=edition)
    return entry
