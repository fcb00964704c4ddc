"""The curve: how many leads each threshold lets in and how many of these were won, counted in one pass.

A lead has a limit: the highest threshold that would still let it in, infinite when it gets in whatever the threshold
(by a trigger, say). It is let in at a threshold exactly when its limit is at least the threshold, so each lead is
counted once, into the highest threshold that it reaches, and summed up at the end. Memory does not grow with leads.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf, isnan

from reporting.engine.errors import CountingError

MOST_POINTS = 101


@dataclass(frozen=True, slots=True)
class Point:
    """A threshold: `volume` leads would be let in, `won` of which were won."""

    at: float
    volume: int
    won: int


def grid(now: float, highest: float) -> tuple[float, ...]:
    """At most 101 thresholds from 0 to `highest`, evenly laid but for `now`, which is always among them.

    Where `now` lies between two of them, the nearest inner one makes room. Raises CountingError when `now` is no
    threshold from 0 to `highest`.
    """
    if not 0 <= now <= highest:
        raise CountingError("threshold", now, f"Give a threshold from 0 to {highest}, the cap of the score.")
    laid = [round(highest * place / (MOST_POINTS - 1), 2) for place in range(MOST_POINTS)]
    even = sorted(set(laid))
    if now in even:
        return tuple(even)
    inner = even[1:-1]
    if len(even) == MOST_POINTS and inner:
        even.remove(min(inner, key=lambda at: abs(at - now)))
    return tuple(sorted([*even, now]))


class CurveCount:
    """Counts leads into a curve over ascending thresholds."""

    def __init__(self, at: Sequence[float]) -> None:
        self.at = tuple(at)
        self._all = [0] * len(self.at)
        self._won = [0] * len(self.at)
        self.whatever = 0

    def add(self, leads: Iterable[tuple[float, bool]]) -> None:
        """Count leads as pairs of (limit, won). A limit below the lowest threshold gets in nowhere."""
        for limit, won in leads:
            if isnan(limit):
                raise CountingError("limit", limit, "A limit is a number, or infinite.")
            self.whatever += limit == inf
            place = bisect_right(self.at, limit) - 1
            if place >= 0:
                self._all[place] += 1
                self._won[place] += won

    def points(self) -> tuple[Point, ...]:
        """The curve so far, in ascending order of thresholds; volume and won never rise along it."""
        return tuple(map(Point, self.at, _from_the_top(self._all), _from_the_top(self._won)))


def _from_the_top(counts: Sequence[int]) -> list[int]:
    """For each place the sum of it and all above."""
    return list(accumulate(reversed(counts)))[::-1]


def nearest(at: Sequence[float], wanted: float) -> int:
    """The place of the threshold that lies nearest to `wanted`, the lower of two; raises ValueError of none."""
    return min(range(len(at)), key=lambda place: (abs(at[place] - wanted), at[place]))
