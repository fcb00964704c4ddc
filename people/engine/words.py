"""Numbers, rates, spans and instants as people read them. Pure: no request, no clock of its own."""

from datetime import datetime, timedelta
from typing import SupportsFloat

NOTHING = "–"
MINUTE, HOUR, DAY = 60, 3600, 86_400


def duration_words(seconds: float) -> str:
    """A span in its two largest units: 4800 -> '1 h 20 min', 183600 -> '2 d 3 h', 45 -> '45 s'.

    `seconds` may be negative (the sign leads). A day here is 24 hours, wall or business as the page says.
    """
    sign = "-" if seconds < 0 else ""
    whole = round(abs(seconds))
    if whole < MINUTE:
        return f"{sign}{whole} s"
    if whole < HOUR:
        return f"{sign}{whole // MINUTE} min"
    if whole < DAY:
        return f"{sign}{_two(whole // HOUR, 'h', whole % HOUR // MINUTE, 'min')}"
    return f"{sign}{_two(whole // DAY, 'd', whole % DAY // HOUR, 'h')}"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large:,} {large_unit}" + (f" {small} {small_unit}" if small else "")


def relative_words(instant: datetime, now: datetime) -> str:
    """How far `instant` lies from `now`: 'just now', '3 h ago', 'in 20 min', '12 d ago'; both aware."""
    seconds = (instant - now).total_seconds()
    if abs(seconds) < MINUTE:
        return "just now"
    words = _largest(abs(seconds))
    return f"in {words}" if seconds > 0 else f"{words} ago"


def _largest(seconds: float) -> str:
    """The largest unit alone, except that hours below a day carry their minutes up to three hours."""
    if 3 * HOUR <= seconds < DAY:
        return f"{int(seconds // HOUR)} h"
    if seconds >= DAY:
        return f"{int(seconds // DAY):,} d"
    return duration_words(seconds)


def exact_words(instant: datetime) -> str:
    """An aware instant in its own zone: '23 Nov 2026, 10:00 GMT'."""
    return f"{instant.day} {instant:%b %Y, %H:%M} {instant.tzname() or ''}".strip()


def rate_words(share: SupportsFloat | None) -> str:
    """A share of 1 as a percentage with one decimal: 0.123 -> '12.3 %'; None -> '–'."""
    return NOTHING if share is None else f"{float(share) * 100:.1f} %"


def number_words(value: SupportsFloat | None) -> str:
    """With thousands separators; whole numbers without decimals, others with at most two; None -> '–'."""
    if value is None:
        return NOTHING
    number = float(value)
    if number.is_integer():
        return f"{int(number):,}"
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def as_seconds(span: object) -> float | None:
    """Seconds of a timedelta or a number; None for anything else."""
    if isinstance(span, timedelta):
        return span.total_seconds()
    if isinstance(span, int | float) and not isinstance(span, bool):
        return float(span)
    return None
