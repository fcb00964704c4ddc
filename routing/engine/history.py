"""A lead's path from its stage dates: order, pass numbers, where each entry came from, where it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from glossary.engine.documents import Stage, StageKind


@dataclass(frozen=True, slots=True)
class Fact:
    """One stage entry. `order` is its place in the log; None = not written yet."""

    stage: str
    occurred_at: datetime
    date_only: bool = False
    order: int | None = None
    pass_number: int = 1


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be written."""

    fact: Fact
    from_stage: str


@dataclass(frozen=True, slots=True)
class Path:
    """What to write, and where the lead stands then."""

    new: tuple[NewEntry, ...]
    stage: str
    entered_at: datetime | None
    pass_number: int


def same_fact(known: Fact, stated: Fact) -> bool:
    """Whether both say the same: one stage at one instant, or on one day where only a day is known."""
    if known.stage != stated.stage:
        return False
    if known.date_only or stated.date_only:
        return known.occurred_at.date() == stated.occurred_at.date()
    return known.occurred_at == stated.occurred_at


def lay_out(known: Sequence[Fact], stated: Sequence[Fact], stages: Mapping[str, Stage]) -> Path:
    """Put `stated` facts (not in the log yet) among the `known` standing ones.

    The order is by `occurred_at`, then by place in the log, then by position of the stage. Going from a
    detour back into the funnel opens the next pass. Written pass numbers stay: the log is append-only.
    """
    ordered = sorted([*known, *stated], key=lambda fact: _place(fact, stages))
    new: list[NewEntry] = []
    before = ""
    current = 1
    for fact in ordered:
        if fact.order is None:
            current += _reopens(before, fact.stage, stages)
            fact = Fact(fact.stage, fact.occurred_at, fact.date_only, None, current)  # noqa: PLW2901 - numbered
            new.append(NewEntry(fact, before))
        else:
            current = fact.pass_number
        before = fact.stage
    last = ordered[-1] if ordered else None
    return Path(tuple(new), before, last.occurred_at if last else None, current)


def _place(fact: Fact, stages: Mapping[str, Stage]) -> tuple[datetime, bool, int, int]:
    position = stages[fact.stage].position if fact.stage in stages else 0
    return (fact.occurred_at, fact.order is None, fact.order or 0, position)


def _reopens(before: str, after: str, stages: Mapping[str, Stage]) -> int:
    left_detour = before in stages and stages[before].kind is StageKind.DETOUR
    return int(left_detour and after in stages and stages[after].kind is not StageKind.DETOUR)
