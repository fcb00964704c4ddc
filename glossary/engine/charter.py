"""The charter document: who proposes, who must approve, who is asked and told, and the rhythm."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from glossary.engine.base import Key, Line, Part, PolicyDocument, Prose, require_unique


class RaciLine(Part):
    """The four parts of one workstream; entries are role keys."""

    workstream: Key
    responsible: Annotated[tuple[Key, ...], Field(min_length=1)]
    accountable: Annotated[tuple[Key, ...], Field(min_length=1)]
    consulted: tuple[Key, ...] = ()
    informed: tuple[Key, ...] = ()


class Validation(Part):
    """Who must validate the reporting impact, for which workstreams."""

    role: Key
    workstreams: tuple[Key, ...]


class Emergency(Part):
    """The emergency path: how many people, and within how many days it must be ratified."""

    people: Annotated[int, Field(ge=2, le=9)] = 2
    ratify_days: Annotated[int, Field(ge=1, le=90)] = 5


class Every(StrEnum):
    """Cadences of the operating rhythm."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Beat(Part):
    """One recurring review."""

    every: Every
    on: Line
    focus: Prose
    produces: Prose = ""
    owners: tuple[Key, ...]


class CharterDocument(PolicyDocument):
    """RACI, validation, deadlines, emergency path and rhythm."""

    raci: Annotated[tuple[RaciLine, ...], Field(min_length=1)]
    validate_: Annotated[Validation, Field(alias="validate")]
    consult_days: Annotated[int, Field(ge=0, le=60)] = 3
    expire_days: Annotated[int, Field(ge=1, le=365)] = 30
    emergency: Emergency = Emergency()
    rhythm: tuple[Beat, ...] = ()

    @model_validator(mode="after")
    def _one_line_each(self) -> Self:
        require_unique([line.workstream for line in self.raci], "RACI lines")
        return self

    @cached_property
    def line_by_workstream(self) -> dict[str, RaciLine]:
        """RACI lines by workstream."""
        return {line.workstream: line for line in self.raci}
