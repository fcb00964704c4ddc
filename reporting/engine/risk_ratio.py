"""The risk ratio of two shares with its log interval (Katz and others); in the style of `statistics`."""

from __future__ import annotations

import math
from typing import NamedTuple

from reporting.engine.statistics import Z_95, Interval, require_share


class RiskRatio(NamedTuple):
    """How many times as large the first share is as the second one.

    `value` is None where the second share is 0: the ratio has no bound. `interval` is None where it cannot be
    had: a share of 0 on either side has no logarithm, and two shares of 1 no spread.
    """

    value: float | None
    interval: Interval | None


def risk_ratio(successes_a: int, n_a: int, successes_b: int, n_b: int, z: float = Z_95) -> RiskRatio | None:
    """Return (successes_a / n_a) / (successes_b / n_b) with its interval, or None when either `n` is 0.

    The interval is exp(ln r +- z * sqrt(1/a - 1/n_a + 1/b - 1/n_b)). Source: Katz, Baptista, Azen, Pike,
    Obtaining confidence intervals for the risk ratio in cohort studies, Biometrics 34 (1978) 469-474.
    Raises ValueError unless 0 <= successes <= n on both sides. Where both shares are 0 there is no ratio.
    """
    require_share("successes_a", successes_a, n_a)
    require_share("successes_b", successes_b, n_b)
    if n_a == 0 or n_b == 0:
        return None
    if successes_b == 0:
        return RiskRatio(None, None)
    # Of whole numbers: shares would bring rounding of their own into equal ones.
    value = (successes_a * n_b) / (successes_b * n_a)
    if successes_a == 0:
        return RiskRatio(value, None)
    if successes_a == n_a and successes_b == n_b:
        return RiskRatio(value, None)
    variance = 1 / successes_a - 1 / n_a + 1 / successes_b - 1 / n_b
    factor = math.exp(z * math.sqrt(variance))
    return RiskRatio(value, Interval(value / factor, value * factor))
