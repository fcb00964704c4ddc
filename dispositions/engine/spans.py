"""Spans of business time in words. A day of it is the calendar's standard day, not 24 hours."""

from people.engine.words import duration_words

FEW_DAYS = 5


def business_words(seconds: float, day_seconds: int) -> str:
    """A span without its sign: '7 h 55 min', '1 business day 7 h', '24 business days'.

    Args:
        seconds: business seconds.
        day_seconds: length of a standard day; 0 = the clock runs round the clock.
    """
    span = abs(seconds)
    if not day_seconds or span < day_seconds:
        return duration_words(span)
    days, rest = divmod(round(span), day_seconds)
    words = f"{days:,} business day{'' if days == 1 else 's'}"
    hours = rest // 3600
    return f"{words} {hours} h" if hours and days < FEW_DAYS else words
