"""The MQL inflation flag: more MQLs than the month before, of which clearly fewer become SQLs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from reporting.engine.statistics import Interval, ProportionTest, two_proportion, wilson

SIGNIFICANCE = 0.05


class Cohort(NamedTuple):
    """A month's MQLs: all that entered, the mature among them, and how many of those converted in time."""

    entered: int
    mature: int
    converted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflation:
    """The comparison of two cohorts, earlier `a` and later `b`; `why_not` says why the flag is not up.

    `volume_change` (of MQLs entered) and `converted_change` are relative, 0.5 for half as many again; None
    when `a` has none. `test` compares the mature rates, its z positive when the rate fell.
    """

    rate_a: float | None
    interval_a: Interval | None
    rate_b: float | None
    interval_b: Interval | None
    volume_change: float | None
    converted_change: float | None
    test: ProportionTest | None
    why_not: str

    @property
    def flagged(self) -> bool:
        """Whether volume rose while the rate clearly fell."""
        return not self.why_not


def inflation(a: Cohort, b: Cohort, *, at_least: int = 20, significance: float = SIGNIFICANCE) -> Inflation:
    """Compare two cohorts, the earlier first; flagged when volume rose and the rate clearly fell.

    Below `at_least` mature leads on either side there is no rate and no flag. Raises ValueError when more
    converted than were mature.
    """
    enough = min(a.mature, b.mature) >= max(at_least, 1)
    test = two_proportion(a.converted, a.mature, b.converted, b.mature)
    return Inflation(
        rate_a=a.converted / a.mature if a.mature >= max(at_least, 1) else None,
        interval_a=wilson(a.converted, a.mature) if a.mature >= max(at_least, 1) else None,
        rate_b=b.converted / b.mature if b.mature >= max(at_least, 1) else None,
        interval_b=wilson(b.converted, b.mature) if b.mature >= max(at_least, 1) else None,
        volume_change=b.entered / a.entered - 1 if a.entered else None,
        converted_change=b.converted / a.converted - 1 if a.converted else None,
        test=test if enough else None,
        why_not=_why_not(a, b, test if enough else None, significance),
    )


def _why_not(a: Cohort, b: Cohort, test: ProportionTest | None, significance: float) -> str:
    if test is None:
        return "not enough mature leads"
    if b.entered <= a.entered:
        return "volume did not rise"
    if test.z <= 0:
        return "the rate did not fall"
    return "" if test.p < significance else "the fall may be chance"
