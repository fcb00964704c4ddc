"""The order of stages that funnels are counted along: which stages count as having reached which."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from reporting.engine.errors import CountingError

FUNNEL, DETOUR, OUTCOME = "funnel", "detour", "outcome"
_KINDS = frozenset({FUNNEL, DETOUR, OUTCOME})


class StageLike(Protocol):
    """What the line needs of a stage; the stages of the glossary document have it."""

    @property
    def key(self) -> str:
        """The stage's key, which never changes."""

    @property
    def kind(self) -> str:
        """One of funnel, detour, outcome."""

    @property
    def position(self) -> int | None:
        """The place on the line; a detour needs none."""


class Stage(NamedTuple):
    """A stage as the line keeps it."""

    key: str
    kind: str
    position: int | None


class StageLine:
    """The stages of the glossary in force, in order.

    Stage B is *reached* by an entry into B itself or into any funnel stage or outcome of a higher position.
    Detours stand beside the line: they reach nothing but themselves and nothing passes them. Outcomes share a
    position, so that a won lead never counts as lost, nor a lost one as won; both have passed the funnel
    stages before them.
    """

    def __init__(
        self, stages: Iterable[StageLike], *, recycled: str = "recycled", disqualified: str = "disqualified"
    ) -> None:
        """Take the stages in any order; `recycled` and `disqualified` are the keys of those two detours.

        Raises CountingError for a key given twice, an unknown kind, or a funnel stage or outcome without a
        position.
        """
        self.recycled = recycled
        self.disqualified = disqualified
        self._stages: dict[str, Stage] = {}
        for given in stages:
            stage = Stage(str(given.key), str(given.kind), given.position)
            _check(stage, self._stages)
            self._stages[stage.key] = stage

    def __contains__(self, key: object) -> bool:
        """Tell whether the line has a stage of this key."""
        return key in self._stages

    @property
    def keys(self) -> tuple[str, ...]:
        """All stage keys, in the order given."""
        return tuple(self._stages)

    def stage(self, key: str, field: str = "stage") -> Stage:
        """Return the stage of this key; raises CountingError, naming `field`, when there is none."""
        try:
            return self._stages[key]
        except KeyError:
            known = ", ".join(self._stages)
            raise CountingError(field, key, f"Give one of the stages of the glossary: {known}.") from None

    def is_detour(self, key: str) -> bool:
        """Tell whether the stage stands beside the line."""
        return self.stage(key).kind == DETOUR

    def is_outcome(self, key: str) -> bool:
        """Tell whether the stage is an end of the line."""
        return self.stage(key).kind == OUTCOME

    def passing(self, key: str) -> frozenset[str]:
        """Return the stages an entry into which passes `key` without entering it."""
        target = self.stage(key)
        if target.kind == DETOUR or target.position is None:
            return frozenset()
        return frozenset(
            stage.key
            for stage in self._stages.values()
            if stage.kind != DETOUR and stage.position is not None and stage.position > target.position
        )

    def reaching(self, key: str) -> frozenset[str]:
        """Return the stages an entry into which counts as having reached `key`: itself and those beyond."""
        return self.passing(key) | {key}


def _check(stage: Stage, seen: dict[str, Stage]) -> None:
    if stage.key in seen:
        raise CountingError("stages.key", stage.key, "Give each stage once.")
    if stage.kind not in _KINDS:
        raise CountingError(
            "stages.kind", stage.kind, f"Stage {stage.key} must be a funnel, detour or outcome."
        )
    if stage.kind != DETOUR and stage.position is None:
        raise CountingError(
            "stages.position", None, f"Stage {stage.key} is on the line and needs a position."
        )
