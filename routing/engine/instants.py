"""Instants as whole microseconds of UTC, and how a local wall time becomes one.

Business time is added and compared as integers, so that "elapsed <= target" is exact; datetimes appear only
at the edges. What is open when is the subject of `calendars` and `business_table`.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MICROS = 1_000_000
"""Microseconds in a second."""


class BusinessTimeError(ValueError):
    """A question about business time that has no answer; the message says why and what to give instead."""


def micros(instant: datetime) -> int:
    """Microseconds from 1970-01-01T00:00Z to `instant`; raises `BusinessTimeError` for a naive one."""
    try:
        since = instant - EPOCH
    except (TypeError, OverflowError):
        message = f"{instant!r} is no instant: give a datetime with a time zone, for example in UTC"
        raise BusinessTimeError(message) from None
    return (since.days * 86_400 + since.seconds) * MICROS + since.microseconds


def moment(at: int) -> datetime:
    """The aware UTC datetime of `at` microseconds since 1970-01-01T00:00Z."""
    return EPOCH + at * _MICROSECOND  # faster than making a timedelta of the parts, and as exact


def localised(wall: datetime, zone: ZoneInfo) -> int:
    """The instant (microseconds) at which clocks in `zone` first show the naive time `wall` or a later one.

    So a time that occurs twice (clocks go back) is its first occurrence, and a time that never occurs (clocks
    go forward) is the moment of the change. With this rule the order of wall times is kept in UTC: windows
    that touch on the wall still touch, none overlap, and no real second is counted twice.
    """
    offset = _offset(wall.replace(tzinfo=zone))
    offset_after = _offset(wall.replace(tzinfo=zone, fold=1))
    if offset >= offset_after:
        return micros((wall - offset).replace(tzinfo=UTC))
    # PEP 495: in a gap fold=0 answers with the offset before the change, fold=1 with the one after it, so the
    # change lies between the two readings. Offsets are whole seconds.
    before = micros((wall - offset_after).replace(tzinfo=UTC)) // MICROS
    after = micros((wall - offset).replace(tzinfo=UTC)) // MICROS
    steps = bisect_left(
        range(before, after), True, key=lambda second: _offset(datetime.fromtimestamp(second, zone)) != offset
    )
    return (before + steps) * MICROS


def _offset(aware: datetime) -> timedelta:
    offset = aware.utcoffset()
    if offset is None:  # pragma: no cover - a ZoneInfo always knows its offset
        raise BusinessTimeError(f"{aware!r} has no offset from UTC")
    return offset
