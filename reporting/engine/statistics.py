"""Statistics with their sources: Wilson interval, linear percentile, two-proportion test, Kaplan-Meier."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

Z_95 = 1.959964
_ROUNDING = 1e-9


class Interval(NamedTuple):
    """A confidence interval of a proportion; both ends lie in [0, 1]."""

    low: float
    high: float


class ProportionTest(NamedTuple):
    """The outcome of a two-proportion test: `z` is positive when the first share is the larger one."""

    z: float
    p: float


def wilson(successes: int, n: int, z: float = Z_95) -> Interval | None:
    """Return the Wilson score interval of `successes` out of `n`, or None when `n` is 0.

    Source: E. B. Wilson, JASA 22 (1927) 209-212. With p = successes / n:
    centre = (p + z^2 / 2n) / (1 + z^2 / n), half width = z / (1 + z^2 / n) * sqrt(p(1 - p) / n + z^2 / 4n^2).
    Raises ValueError unless 0 <= successes <= n.
    """
    require_share("successes", successes, n)
    if n == 0:
        return None
    share = successes / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Interval(low, high)


def two_proportion(successes_a: int, n_a: int, successes_b: int, n_b: int) -> ProportionTest | None:
    """Return z (share a minus share b) and the two-sided p, or None when either `n` is 0.

    The pooled z test: z = (a - b) / sqrt(p(1 - p)(1/n_a + 1/n_b)), p = pooled share; the two-sided p value is
    erfc(|z| / sqrt 2). Source: Fleiss, Levin, Paik, Statistical Methods for Rates and Proportions, 3rd ed.,
    3.1 (without continuity correction). Equal shares of 0 or 1 give z = 0, p = 1. Raises ValueError unless 0
    <= successes <= n on both sides.
    """
    require_share("successes_a", successes_a, n_a)
    require_share("successes_b", successes_b, n_b)
    if n_a == 0 or n_b == 0:
        return None
    pooled = (successes_a + successes_b) / (n_a + n_b)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b))
    if spread == 0:
        return ProportionTest(0.0, 1.0)
    z = (successes_a / n_a - successes_b / n_b) / spread
    return ProportionTest(z, math.erfc(abs(z) / math.sqrt(2)))


def percentile(values: Iterable[float], q: float) -> float | None:
    """Return the linear percentile of `values` at `q` in [0, 1], or None when there are none.

    As `percentile_cont` of SQL:2003 and type 7 of Hyndman and Fan (1996): the value at position q(n - 1) of
    the sorted values, interpolated between its neighbours. Raises ValueError when `q` is outside [0, 1].
    """
    return percentiles(values, (q,))[0]


def percentiles(values: Iterable[float], qs: Sequence[float]) -> tuple[float | None, ...]:
    """Return `percentile` at each of `qs`, sorting `values` once."""
    for q in qs:
        _require_quantile(q)
    ranked = sorted(values)
    return tuple(_at(ranked, q) if ranked else None for q in qs)


def _at(ranked: Sequence[float], q: float) -> float:
    position = q * (len(ranked) - 1)
    below = math.floor(position)
    above = math.ceil(position)
    return ranked[below] + (ranked[above] - ranked[below]) * (position - below)


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """A Kaplan-Meier curve; `steps` are (time, share still open just after), where something closed."""

    n: int
    closed: int
    steps: tuple[tuple[float, float], ...]

    @property
    def median(self) -> float | None:
        """The earliest time by which half are closed; None when that was not reached."""
        return self.quantile(0.5)

    def quantile(self, q: float) -> float | None:
        """Return the earliest time by which the share `q` is closed; None when not reached.

        "Not reached" is a valid answer: too many stays are still open to say. Raises ValueError when `q` is
        outside [0, 1].
        """
        _require_quantile(q)
        return next((time for time, open_share in self.steps if _is_reached(open_share, q)), None)


def kaplan_meier(durations: Sequence[tuple[float, bool]]) -> SurvivalCurve:
    """Return the product-limit curve of `durations`: pairs of (length, closed), in any one unit of time.

    A pair with closed False is a stay that was still open at that length (censored). Those censored at a time
    at which others close count as at risk there. Source: Kaplan and Meier, JASA 53 (1958) 457-481. Raises
    ValueError when a length is negative or not a number.
    """
    for length, _ in durations:
        if not length >= 0:
            message = f"durations: {length!r} is no length of time; count negative durations apart."
            raise ValueError(message)
    ended = [length for length, closed in durations if closed]
    censored = [length for length, closed in durations if not closed]
    return SurvivalCurve(n=len(durations), closed=len(ended), steps=tuple(_survival_steps(ended, censored)))


def survival_quantiles(
    closed: Iterable[float], still_open: Iterable[float], qs: Sequence[float]
) -> tuple[float | None, ...]:
    """Return the Kaplan-Meier quantile at each of `qs` without building the curve; for millions of stays.

    `closed` and `still_open` are lengths of time in one unit, none negative; None means not reached.
    """
    for q in qs:
        _require_quantile(q)
    found: dict[float, float] = {}
    for time, open_share in _survival_steps(closed, still_open):
        found.update({q: time for q in qs if q not in found and _is_reached(open_share, q)})
        if len(found) == len(set(qs)):
            break
    return tuple(found.get(q) for q in qs)


def _survival_steps(closed: Iterable[float], still_open: Iterable[float]) -> Iterator[tuple[float, float]]:
    ended, censored = sorted(closed), sorted(still_open)
    gone, open_share = 0, 1.0
    for time, group in groupby(ended):
        events = sum(1 for _ in group)
        at_risk = len(ended) - gone + len(censored) - bisect_left(censored, time)
        open_share *= (at_risk - events) / at_risk
        gone += events
        yield time, open_share


def _is_reached(open_share: float, q: float) -> bool:
    # The product of many ratios carries rounding: 5/6 * 4/5 * 3/4 must count as one half.
    return open_share <= 1 - q + _ROUNDING


def require_share(name: str, successes: int, n: int) -> None:
    """Raise ValueError, naming what was given, unless 0 <= successes <= n."""
    if not 0 <= successes <= n:
        message = f"{name}: {successes} of {n} is no share; give 0 <= {name} <= n."
        raise ValueError(message)


def _require_quantile(q: float) -> None:
    if not 0 <= q <= 1:
        message = f"q: {q!r} is no quantile; give a number from 0 to 1, such as 0.75."
        raise ValueError(message)
