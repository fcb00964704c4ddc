"""The dispositions document: reason codes, what each asks for, and what happens next."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from glossary.engine.base import Key, Line, Part, PolicyDocument, Prose, require_unique


class Outcome(StrEnum):
    """What becomes of the lead."""

    RECYCLED = "recycled"
    DISQUALIFIED = "disqualified"
    STAYS = "stays"


class Do(StrEnum):
    """What the system does next."""

    NURTURE = "nurture"
    ENRICH = "enrich"
    SUPPRESS = "suppress"
    REROUTE = "reroute"
    MERGE = "merge"


class Requirement(StrEnum):
    """What a reason asks the rep for."""

    NEXT_TOUCH_ON = "next_touch_on"
    NOTE = "note"
    SURVIVOR = "survivor"


class NextAction(Part):
    """The action, with its parameters."""

    do: Do
    track: Key | None = None
    after_days: Annotated[int, Field(ge=1, le=730)] | None = None
    queue: Key | None = None

    @model_validator(mode="after")
    def _nurture_comes_back(self) -> Self:
        if self.do is Do.NURTURE and not self.track:
            raise ValueError("a nurture action names its track")
        return self


class Reason(Part):
    """One reason code."""

    key: Key
    label: Line
    outcome: Outcome
    stages: Annotated[tuple[Key, ...], Field(min_length=1)]
    requires: tuple[Requirement, ...] = ()
    action: NextAction
    help: Prose = ""

    @model_validator(mode="after")
    def _action_fits(self) -> Self:
        action = self.action
        if (
            action.do is Do.NURTURE
            and not action.after_days
            and Requirement.NEXT_TOUCH_ON not in self.requires
        ):
            raise ValueError(
                f"{self.key!r} nurtures without a date: give after_days or require next_touch_on"
            )
        if (action.do is Do.MERGE) != (Requirement.SURVIVOR in self.requires):
            raise ValueError(f"{self.key!r}: merging and asking for the survivor go together")
        return self


class DispositionsDocument(PolicyDocument):
    """All reason codes."""

    reasons: Annotated[tuple[Reason, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _keys_differ(self) -> Self:
        require_unique([reason.key for reason in self.reasons], "reasons")
        return self

    @cached_property
    def reason_by_key(self) -> dict[str, Reason]:
        """Reasons by key."""
        return {reason.key: reason for reason in self.reasons}

    def offered(self, stage: str, outcome: Outcome) -> list[Reason]:
        """Reasons of one outcome that may be used in a stage, in the document's order."""
        return [r for r in self.reasons if r.outcome is outcome and stage in r.stages]
