"""A rate as plain data: the counts, the per cent with its Wilson interval, or why there is no rate."""

from reporting.engine.conversion_result import Json
from reporting.engine.figures import percent
from reporting.engine.rows import NOT_APPLICABLE
from reporting.engine.shares import share_text
from reporting.engine.statistics import wilson

AT_LEAST = 20


def rate_json(part: int, whole: int, at_least: int = AT_LEAST, *, barred: str = "") -> Json:
    """`part` of `whole` with texts in per cent; below `at_least` the counts and no rate.

    `barred`: why there is no rate whatever the counts.

    Keys: n, of, percent, low, high (texts without the sign, None where no rate is shown), why_not (else "").
    Raises ValueError unless 0 <= part <= whole.
    """
    interval = None if barred else wilson(part, whole)
    why_not = barred or _too_few(whole, at_least)
    if why_not or interval is None:
        return {"n": part, "of": whole, "percent": None, "low": None, "high": None, "why_not": why_not}
    return {
        "n": part,
        "of": whole,
        "percent": share_text(part, whole),
        "low": percent(interval.low),
        "high": percent(interval.high),
        "why_not": "",
    }


def _too_few(whole: int, at_least: int) -> str:
    if whole >= at_least:
        return ""
    return f"fewer than {at_least}" if whole else NOT_APPLICABLE
