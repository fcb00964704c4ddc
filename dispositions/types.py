"""Plain values of the desk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rep states with a disposition.

    Attributes:
        token: from the form; the same token twice is one decision.
        reason: key of a reason code; empty where none is asked for.
        next_touch_on: the date agreed to come back, in the rep's zone.
        given: confirmation key → evidence (True, a note, a date).
        facts: contract field → value as entered, stated with the decision (opportunity id, amount).
        survivor_id: the lead that a duplicate is merged into.
        occurred_at: when it happened, if not now.
        edition_id: the definitions the form was rendered under; None = not a form.
        stage: the stage the form showed the lead in; empty = not a form.
    """

    token: UUID
    reason: str = ""
    note: str = ""
    next_touch_on: date | None = None
    given: Mapping[str, object] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    survivor_id: int | None = None
    occurred_at: datetime | None = None
    edition_id: int | None = None
    stage: str = ""
