"""A rate as a back-test says it: with its counts and its interval, or why there is none."""

from reporting.engine.conversion_result import Json
from reporting.engine.rates import rate_json


def rate(part: int, whole: int, why_not: str = "") -> Json:
    """`part` of `whole` in per cent with its Wilson 95 % interval; below 20 the counts alone.

    Args:
        why_not: there is no rate, for this reason, whatever the counts.
    """
    if why_not:
        return {"n": part, "of": whole, "percent": None, "low": None, "high": None, "why_not": why_not}
    return rate_json(part, whole)
