"""The glossary document: stages, moves and the data contract."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from glossary.engine.base import Key, Line, Part, PolicyDocument, Prose, require_unique
from glossary.engine.conditions import Gate
from glossary.engine.fields import DERIVED_FIELDS, ContractField


class StageKind(StrEnum):
    """Funnel stages follow each other; detours leave the funnel and may come back; outcomes end it."""

    FUNNEL = "funnel"
    DETOUR = "detour"
    OUTCOME = "outcome"


class Qualification(StrEnum):
    """Who decides that a lead meets the entry definition."""

    RULES = "rules"
    REP = "rep"
    HYBRID = "hybrid"


class Mover(StrEnum):
    """Who may make a move."""

    SYSTEM = "system"
    OWNER = "owner"
    MANAGER = "manager"
    REVOPS = "revops"


class Stage(Part):
    """One stage of the lifecycle. Position orders funnel stages and outcomes; won and lost share one."""

    key: Key
    name: Line
    short: Line
    kind: StageKind
    position: Annotated[int, Field(ge=1, le=99)]
    definition: Prose
    owner_roles: tuple[Key, ...] = ()
    signals: tuple[Line, ...] = ()
    kpis: tuple[Key, ...] = ()
    qualification: Qualification = Qualification.RULES
    entry: Gate = Gate()
    exit: Prose = ""
    required_fields: tuple[Key, ...] = ()


class Move(Part):
    """An allowed transition and who may make it."""

    from_: Annotated[Key, Field(alias="from")]
    to: Key
    by: Annotated[tuple[Mover, ...], Field(min_length=1)]


class GlossaryDocument(PolicyDocument):
    """Stages, moves and fields: the lead language of the organisation."""

    stages: Annotated[tuple[Stage, ...], Field(min_length=2)]
    moves: tuple[Move, ...]
    fields: tuple[ContractField, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_unique([stage.key for stage in self.stages], "stages")
        require_unique([field.key for field in self.fields], "contract fields")
        clash = sorted({field.key for field in self.fields} & DERIVED_FIELDS.keys())
        if clash:
            raise ValueError(f"contract fields may not be called like derived ones: {', '.join(clash)}")
        known = {stage.key for stage in self.stages}
        for move in self.moves:
            for end in (move.from_, move.to):
                if end not in known:
                    raise ValueError(
                        f"the move {move.from_} → {move.to} names the stage {end!r}, which is not defined"
                    )
        return self

    @cached_property
    def stage_by_key(self) -> dict[str, Stage]:
        """Stages by key."""
        return {stage.key: stage for stage in self.stages}

    @cached_property
    def field_by_key(self) -> dict[str, ContractField]:
        """Contract and derived fields by key."""
        return {**DERIVED_FIELDS, **{field.key: field for field in self.fields}}

    @cached_property
    def moves_by_ends(self) -> dict[tuple[str, str], Move]:
        """Moves by (from, to)."""
        return {(move.from_, move.to): move for move in self.moves}

    def funnel(self) -> list[Stage]:
        """Funnel stages in order."""
        return sorted((s for s in self.stages if s.kind is StageKind.FUNNEL), key=lambda s: s.position)

    def reached_by(self, key: str) -> frozenset[str]:
        """Keys of the stages that show that `key` was reached or passed: itself and everything beyond."""
        position = self.stage_by_key[key].position
        beyond = {s.key for s in self.stages if s.kind is not StageKind.DETOUR and s.position > position}
        return frozenset(beyond | {key})
