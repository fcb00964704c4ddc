"""Counting openings as they stream by: who opens a stage under both definitions, under one, and where they are from.

What is kept grows with the number of different values, never with the number of leads; only the leads that the
change would move are listed, up to a limit.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import IntEnum
from typing import NamedTuple, TypeVar

from reporting.engine.back_test.stages import Stages

MOST_KEPT = 50_000
DIMENSIONS = ("source", "region", "segment")
GAINED, LOST = "gained", "lost"


class Cell(IntEnum):
    """Which of both definitions open a stage for a lead. Neither is what is left of the cohort."""

    BOTH = 0
    GAINED = 1
    LOST = 2


class Opening(NamedTuple):
    """A lead that opens a stage under one of the definitions at least.

    Attributes:
        before, after: when it opens under the definition in force and under the proposed one; None = never.
        values: of the lead by dimension, as in DIMENSIONS.
        team: whose work it is, in words.
        entered: the bits of the stages that it entered by the log.
    """

    lead: int
    before: datetime | None
    after: datetime | None
    values: Sequence[str]
    team: str
    entered: int


class Kept(NamedTuple):
    """A lead that the change would move."""

    lead: int
    kind: str
    opened_at: datetime
    became: str


Key = TypeVar("Key")
Counts = list[int]  # leads by cell, then the won ones by cell


@dataclass(slots=True)
class StageTally:
    """The counts of one stage."""

    stage: str
    stages: Stages
    zone: tzinfo
    most_kept: int = MOST_KEPT
    # By cell: bits of what was entered → leads.
    ends: tuple[Counter[int], ...] = field(default_factory=lambda: tuple(Counter() for _ in Cell))
    by: tuple[dict[str | None, Counts], ...] = field(default_factory=lambda: tuple({} for _ in DIMENSIONS))
    teams: dict[str, Counts] = field(default_factory=dict)
    months: dict[tuple[int, int], Counts] = field(default_factory=dict)
    kept: dict[str, list[Kept]] = field(default_factory=lambda: {GAINED: [], LOST: []})
    _became: dict[int, str] = field(default_factory=dict)

    def add(self, opening: Opening) -> None:
        """Count one lead; leads come in the order of their numbers, each once."""
        _, before, after, values, team, entered = opening
        cell = _cell(before, after)
        self.ends[cell][entered] += 1
        won = 3 + cell if entered & self.stages.won_bit else None
        for counts, value in zip(self.by, values, strict=True):
            row = counts.get(value)
            if row is None:
                row = counts[value] = [0] * 6
            row[cell] += 1
            if won is not None:
                row[won] += 1
        _count(self.teams, team, cell, 3)
        for place, at in enumerate((before, after)):
            if at is not None:
                there = at.astimezone(self.zone)
                _count(self.months, (there.year, there.month), place, 2)
        if cell != Cell.BOTH:
            self._keep(opening, cell)

    def leads(self, cell: Cell) -> int:
        """Leads of a cell."""
        return self.ends[cell].total()

    def won(self, cell: Cell) -> int:
        """Leads of a cell that were won."""
        return self.having(cell, self.stages.won_bit)

    def having(self, cell: Cell, bits: int) -> int:
        """Leads of a cell that entered any of the stages of `bits`."""
        return sum(count for entered, count in self.ends[cell].items() if entered & bits)

    def became(self, cell: Cell) -> Counter[str]:
        """What became of the leads of a cell: key of the furthest stage → leads; '' = nothing beyond."""
        found: Counter[str] = Counter()
        for entered, count in self.ends[cell].items():
            found[self._end(entered)] += count
        return found

    @property
    def kept_all(self) -> bool:
        """Whether every lead that the change would move is listed."""
        return len(self.kept[GAINED]) == self.leads(Cell.GAINED) and len(self.kept[LOST]) == self.leads(
            Cell.LOST
        )

    def _keep(self, opening: Opening, cell: Cell) -> None:
        kind, at = (GAINED, opening.after) if cell == Cell.GAINED else (LOST, opening.before)
        if at is not None and len(self.kept[kind]) < self.most_kept:
            self.kept[kind].append(Kept(opening.lead, kind, at, self._end(opening.entered)))

    def _end(self, entered: int) -> str:
        end = self._became.get(entered)
        if end is None:
            end = self._became[entered] = self.stages.became(self.stage, entered)
        return end


def _cell(before: datetime | None, after: datetime | None) -> Cell:
    if before is None:
        return Cell.GAINED
    return Cell.LOST if after is None else Cell.BOTH


def _count(counts: dict[Key, Counts], key: Key, place: int, width: int) -> None:
    row = counts.get(key)
    if row is None:
        row = counts[key] = [0] * width
    row[place] += 1
