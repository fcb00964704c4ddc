"""What one value of a lead is: unknown, text, number, yes or no, day or instant; and nothing in between.

A value of another kind than the criterion asks for is no evidence: it counts as unknown, never as "differs".
The SQL side (routing.queries) draws the same lines; change both together.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

# Numbers beyond are refused by PostgreSQL's double precision and mean nothing here.
LARGEST_NUMBER = 1e300
# A day that exists, as text. Also used as a regular expression in SQL, hence written out and without \d.
_LEAP_YEAR = r"([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
DAY_PATTERN = (
    r"^(?!0000)("
    r"[0-9]{4}-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|"
    r"[0-9]{4}-(0[469]|11)-(0[1-9]|[12][0-9]|30)|"
    r"[0-9]{4}-02-(0[1-9]|1[0-9]|2[0-8])|"
    rf"{_LEAP_YEAR}-02-29"
    r")\Z"
)
_DAY = re.compile(DAY_PATTERN)
EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


def is_known(value: object) -> bool:
    """Whether there is a value at all: None and the empty text are none."""
    return value is not None and value != ""


def as_text(value: object) -> str | None:
    """The value if it is a text, else None."""
    return value if isinstance(value, str) and value else None


def as_number(value: object) -> float | None:
    """The value as a float if it is a finite number (yes and no are none), else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) < LARGEST_NUMBER else None  # also False for NaN


def as_truth(value: object) -> bool | None:
    """The value if it is yes or no, else None."""
    return value if isinstance(value, bool) else None


def as_time(value: object) -> date | datetime | None:
    """The value as a day (a date, or a text like 2026-11-22) or as an instant in UTC, else None."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else None
    if isinstance(value, str):
        return date.fromisoformat(value) if _DAY.match(value) else None
    return value if isinstance(value, date) else None


def utc_day(moment: date | datetime) -> date:
    """The day of a moment in UTC; a day is itself and is never shifted."""
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment


def instant_of(moment: date | datetime) -> datetime:
    """The instant of a moment; a day counts from its midnight in UTC."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(0), UTC)


def days_before(now: datetime, days: float) -> datetime:
    """The instant `days` × 24 h before `now`, held within the years that datetimes know."""
    try:
        return now - timedelta(days=days)
    except OverflowError:
        return EARLIEST if days > 0 else LATEST


def whole_days(since: datetime, now: datetime) -> int | None:
    """Full days of 24 h from `since` to `now`; None when `since` is still to come."""
    return (now - since) // timedelta(days=1) if since <= now else None


def as_json(value: object) -> object:
    """The value as JSON can hold it: dates and instants as ISO text, anything foreign as its text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else str(value)
