"""The one writer of stage entries made by the application: row, current-state columns, clock events together.

Callers have decided that the move is right; saving the case writes it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from people.access import name_of
from people.models import User
from routing.choices import Origin
from routing.models import StageEntry
from routing.services import clocks
from routing.services.case import Case


@dataclass(frozen=True, slots=True)
class Step:
    """An entry to be written: where to, in which pass, when, on what evidence."""

    to_stage: str
    pass_number: int
    occurred_at: datetime
    verdict: dict[str, object] = field(default_factory=dict)
    reason: str = ""


def write_entry(case: Case, step: Step, *, acting_user: User | None) -> StageEntry:
    """Enter the stage and bring the lead's columns along; clocks that wait for this stage stop or start."""
    lead = case.lead
    entry = StageEntry(
        lead=lead,
        pass_number=step.pass_number,
        from_stage=lead.stage,
        to_stage=step.to_stage,
        occurred_at=step.occurred_at,
        recorded_at=case.now,
        edition_id=case.edition.id,
        origin=Origin.SYSTEM if acting_user is None else Origin.PERSON,
        actor=acting_user,
        actor_name=name_of(acting_user),
        verdict=step.verdict,
        reason=step.reason[:200],
    )
    case.enter(entry)
    lead.stage, lead.stage_entered_at, lead.pass_number = step.to_stage, step.occurred_at, step.pass_number
    clocks.happened(case, step.to_stage, step.occurred_at)
    return entry
