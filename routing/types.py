"""Plain values that travel into the services of routing; no ORM here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from routing.exceptions import FieldError

__all__ = ["FROM_FILE", "BehaviourInput", "Capture", "Evidence", "FieldError", "TouchInput"]

FROM_FILE = "import"
"""The cause of everything that a file brought."""


@dataclass(frozen=True, slots=True)
class BehaviourInput:
    """Something the lead did. `external_key` is the sender's id of it: the same twice is one behaviour."""

    name: str
    occurred_at: datetime
    properties: Mapping[str, object] = field(default_factory=dict)
    external_key: str = ""


@dataclass(frozen=True, slots=True)
class Capture:
    """How a lead came in.

    Attributes:
        captured_at: when the interest was shown; None = now.
        cause: what the change log says: intake, import, form, …
        external: (system, id in that system).
        behaviours: what the lead did, known together with it.
    """

    captured_at: datetime | None = None
    cause: str = "intake"
    external: tuple[str, str] | None = None
    behaviours: tuple[BehaviourInput, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a person brings along for a stage.

    Attributes:
        occurred_at: when it happened; None = now.
        given: confirmation key → evidence (True, a note, a date, a meeting).
        reason: reason key or free words.
    """

    occurred_at: datetime | None = None
    given: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TouchInput:
    """An attempt to reach the person. `kind` and `result` are keys of choices.TouchKind and TouchResult."""

    kind: str
    result: str
    token: UUID
    note: str = ""
    template: str = ""
    occurred_at: datetime | None = None
