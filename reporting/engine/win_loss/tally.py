"""Counting: how many of the won and of the lost met each criterion, and which values a chosen field had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from glossary.engine.conditions import BehaviourCriterion, Criterion
from glossary.engine.fields import Op
from reporting.engine.win_loss.asked import Asked
from routing.engine.comparisons import is_met
from routing.engine.evaluate import Answer, answer_of
from routing.engine.facts import Facts
from routing.engine.values import EARLIEST

Scalar = str | bool | int | float
# Named after the counts of Cells, so that a list of leads can be held against its number.
CELLS: dict[str, tuple[bool, Answer]] = {
    "won_met": (True, Answer.MET),
    "won_not_met": (True, Answer.NOT_MET),
    "won_unknown": (True, Answer.UNKNOWN),
    "lost_met": (False, Answer.MET),
    "lost_not_met": (False, Answer.NOT_MET),
    "lost_unknown": (False, Answer.UNKNOWN),
}
_NAMES = {pair: name for name, pair in CELLS.items()}


@dataclass(slots=True)
class Cells:
    """Decided leads by outcome and answer; every lead stands in one of them."""

    won_met: int = 0
    won_not_met: int = 0
    won_unknown: int = 0
    lost_met: int = 0
    lost_not_met: int = 0
    lost_unknown: int = 0

    def add(self, answer: Answer, *, won: bool, times: int = 1) -> None:
        """Count leads."""
        name = _NAMES[won, answer]
        setattr(self, name, getattr(self, name) + times)

    @property
    def met(self) -> int:
        """Decided leads that meet it."""
        return self.won_met + self.lost_met

    @property
    def not_met(self) -> int:
        """Decided leads that do not."""
        return self.won_not_met + self.lost_not_met

    @property
    def unknown(self) -> int:
        """Decided leads of which it is not known."""
        return self.won_unknown + self.lost_unknown

    @property
    def won(self) -> int:
        """Won leads of which it is known."""
        return self.won_met + self.won_not_met

    @property
    def lost(self) -> int:
        """Lost leads of which it is known."""
        return self.lost_met + self.lost_not_met


def side_of(criterion: Criterion, facts: Facts, now: datetime, thresholds: Mapping[str, float]) -> Answer:
    """On which side of a comparison a lead stands.

    As the evaluator says; but where the criterion asks whether a field is known, not known is the other side.
    """
    return _side(criterion, answer_of(criterion, facts, now, thresholds))


def _side(criterion: Criterion, answer: Answer) -> Answer:
    asks_presence = not isinstance(criterion, BehaviourCriterion) and criterion.op is Op.IS_KNOWN
    return Answer.NOT_MET if asks_presence and answer is Answer.UNKNOWN else answer


@dataclass(slots=True)
class Tally:
    """Counts of the lines asked for, and of the values of a field.

    Attributes:
        field_key: the chosen field, None for none.
        values: (value, won) → leads; None stands for not known.
    """

    asked: Sequence[Asked]
    thresholds: Mapping[str, float]
    field_key: str | None = None
    won: int = 0
    lost: int = 0
    cells: list[Cells] = field(init=False)
    values: Counter[tuple[Scalar | None, bool]] = field(default_factory=Counter, init=False)

    def __post_init__(self) -> None:
        """One set of counts per line."""
        self.cells = [Cells() for _ in self.asked]

    def add(self, facts: Facts, now: datetime, *, won: bool) -> None:
        """Count a decided lead with its facts at `now`."""
        self.won, self.lost = self.won + won, self.lost + (not won)
        for item, cells in zip(self.asked, self.cells, strict=True):
            cells.add(side_of(item.criterion, facts, now, self.thresholds), won=won)
        if self.field_key is not None:
            self.values[plain_value(facts.values.get(self.field_key)), won] += 1

    def rows(self) -> Iterator[tuple[Asked, Cells]]:
        """The lines with their counts."""
        return zip(self.asked, self.cells, strict=True)

    def of_values(self, lines: Iterable[Asked]) -> Iterator[tuple[Asked, Cells]]:
        """Lines on the values of the chosen field with their counts; they must not depend on the moment."""
        for line in lines:
            cells = Cells()
            for (value, won), times in self.values.items():
                cells.add(self._answer(line.criterion, value), won=won, times=times)
            yield line, cells

    def _answer(self, criterion: Criterion, value: Scalar | None) -> Answer:
        if isinstance(criterion, BehaviourCriterion):
            return Answer.UNKNOWN
        met = is_met(criterion, value, EARLIEST, self.thresholds)
        return Answer.UNKNOWN if met is None else Answer.MET if met else Answer.NOT_MET


def plain_value(value: object) -> Scalar | None:
    """A value that can be counted; anything else, and the empty text, is not known."""
    return value if isinstance(value, Scalar) and value != "" else None
