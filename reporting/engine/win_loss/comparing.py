"""One line compared: how often leads that meet a criterion were won, against those that do not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reporting.engine.risk_ratio import RiskRatio, risk_ratio
from reporting.engine.statistics import ProportionTest, two_proportion
from reporting.engine.win_loss.tally import Cells

SIGNIFICANCE = 0.05
# "Almost nobody": at most one in ten of those of whom it is known.
_FEW = 10


class Finding(StrEnum):
    """What a line says."""

    MORE = "won more often"
    LESS = "won less often"
    ALIKE = "no clear difference"
    NOBODY_LACKS = "almost nobody lacks it"
    NOBODY_HAS = "almost nobody has it"
    TOO_FEW = "too few to say"
    ONE_SIDED = "nothing to compare"
    NOT_KNOWN = "not known"

    @property
    def is_clear(self) -> bool:
        """Whether the line separates won from lost."""
        return self in {Finding.MORE, Finding.LESS}

    @property
    def is_compared(self) -> bool:
        """Whether there were enough leads on both sides."""
        return self.is_clear or self is Finding.ALIKE


@dataclass(frozen=True, slots=True)
class Comparison:
    """A line with what follows from its counts; no ratio and no test where it is not compared."""

    cells: Cells
    finding: Finding
    ratio: RiskRatio | None = None
    test: ProportionTest | None = None


def compare(cells: Cells, at_least: int) -> Comparison:
    """Compare the share won among leads that meet a criterion with that among those that do not.

    With fewer than `at_least` decided leads on either side there is no ratio. A difference is clear when the
    95 % interval of the ratio leaves out 1; where a share of 0 or two shares of 1 give no interval, when the
    two-proportion test gives p < 0.05.
    """
    why_not = _why_not(cells, at_least)
    if why_not is not None:
        return Comparison(cells, why_not)
    sides = (cells.won_met, cells.met, cells.won_not_met, cells.not_met)
    ratio, test = risk_ratio(*sides), two_proportion(*sides)
    return Comparison(cells, _finding(ratio, test), ratio, test)


def _why_not(cells: Cells, at_least: int) -> Finding | None:
    if not cells.met + cells.not_met:
        return Finding.NOT_KNOWN
    if not cells.won or not cells.lost:
        return Finding.ONE_SIDED
    return None if min(cells.met, cells.not_met) >= at_least else _too_few(cells, at_least)


def _too_few(cells: Cells, at_least: int) -> Finding:
    known = cells.met + cells.not_met
    if known < 2 * at_least or min(cells.met, cells.not_met) * _FEW > known:
        return Finding.TOO_FEW
    return Finding.NOBODY_LACKS if cells.not_met < cells.met else Finding.NOBODY_HAS


def _finding(ratio: RiskRatio | None, test: ProportionTest | None) -> Finding:
    if test is None or ratio is None:
        return Finding.TOO_FEW
    bounds = ratio.interval
    clear = test.p < SIGNIFICANCE if bounds is None else not bounds.low <= 1 <= bounds.high
    if not clear:
        return Finding.ALIKE
    return Finding.MORE if test.z > 0 else Finding.LESS
