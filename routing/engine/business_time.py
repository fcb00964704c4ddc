"""Counting business time: how much has elapsed, when a target is due, when a calendar next opens.

A clock runs on a `CompiledCalendar` (from `compile_calendar(spec)`). Windows are half-open [open, close), so
what starts exactly at close starts at the next opening; pauses are united before they are subtracted;
everything is computed in whole microseconds of UTC. A verdict is `elapsed(...) <= target_seconds` and nothing
else: `due_at` is for showing, sorting and scanning, and what is done after it but before the next open second
is still met.

This module is the door to the subject: it also offers the names of its inner rooms that callers need.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import overload

from routing.engine.business_table import BusinessTable, CompiledCalendar, compile_calendar
from routing.engine.calendars import CalendarSpec
from routing.engine.durations import Duration, parse_duration
from routing.engine.instants import MICROS, BusinessTimeError, micros, moment

__all__ = [
    "BusinessTimeError",
    "CalendarSpec",
    "CompiledCalendar",
    "Duration",
    "Pause",
    "compile_calendar",
    "due_at",
    "elapsed",
    "is_open",
    "last_met_at",
    "next_open",
    "next_turn",
    "parse_duration",
    "point_at",
]

Pause = tuple[datetime, datetime | None]
"""From (counted) to (not counted); None = still paused."""

_ENDLESS = micros(datetime.max.replace(tzinfo=UTC))
_LONGEST = 200 * 366 * 86_400


def elapsed(
    calendar: CompiledCalendar, start: datetime, stop: datetime, pauses: Iterable[Pause] = ()
) -> float:
    """Business seconds in [start, stop) outside the union of `pauses`; 0.0 if `stop` is not after `start`.

    The seconds are counted in whole microseconds and divided once, so comparing them with a target in whole
    seconds is exact. Raises `BusinessTimeError` for a naive datetime, a pause that ends before it starts, or
    an instant outside the years that calendars cover.
    """
    begin, end = micros(start), micros(stop)
    spans = _united(pauses, begin) if pauses else []
    if end <= begin:
        return 0.0
    table = calendar.covering(begin, end)
    counted = table.position(end) - table.position(begin)
    for since, until in spans:
        if since < end:
            counted -= table.position(min(until, end)) - table.position(since)
    return counted / MICROS


@overload
def due_at(calendar: CompiledCalendar, start: datetime, target_seconds: float) -> datetime: ...
@overload
def due_at(
    calendar: CompiledCalendar, start: datetime, target_seconds: float, pauses: Iterable[Pause]
) -> datetime | None: ...
def due_at(
    calendar: CompiledCalendar, start: datetime, target_seconds: float, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """The earliest instant (UTC) at which `elapsed` from `start` equals `target_seconds`.

    A target that is used up exactly at close is due at that close, not at the next opening. A target of 0 is
    due at `start` itself, open or not. None: a pause without an end begins before the target is used up.
    Raises `BusinessTimeError` for a negative target, a naive datetime, a pause that ends before it starts,
    and a calendar that is not open long enough to ever use the target up.
    """
    begin = micros(start)
    target = _target(target_seconds)
    if not target:
        return moment(begin)
    found = None if pauses else calendar.covering(begin, begin).after(begin, target)
    return _after_pauses(calendar, begin, target, pauses) if found is None else moment(found)


@overload
def point_at(
    calendar: CompiledCalendar, start: datetime, target_seconds: float, percent: float
) -> datetime: ...
@overload
def point_at(
    calendar: CompiledCalendar,
    start: datetime,
    target_seconds: float,
    percent: float,
    pauses: Iterable[Pause],
) -> datetime | None: ...
def point_at(
    calendar: CompiledCalendar,
    start: datetime,
    target_seconds: float,
    percent: float,
    pauses: Iterable[Pause] = (),
) -> datetime | None:
    """The earliest instant at which `percent` of the target has elapsed in business time; 100 is `due_at`.

    `percent` may exceed 100. None and errors as for `due_at`.
    """
    return due_at(calendar, start, target_seconds * percent / 100, pauses)


@overload
def last_met_at(calendar: CompiledCalendar, start: datetime, target_seconds: float) -> datetime: ...
@overload
def last_met_at(
    calendar: CompiledCalendar, start: datetime, target_seconds: float, pauses: Iterable[Pause]
) -> datetime | None: ...
def last_met_at(
    calendar: CompiledCalendar, start: datetime, target_seconds: float, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """The last instant (UTC) at which what stops then is still met: one moment later is late.

    It differs from `due_at` where the target is used up at a close or at the start of a pause: due Monday
    17:00, met until Tuesday 09:00:00. None: a pause without an end begins first. Errors as for `due_at`.
    """
    return _after_pauses(calendar, micros(start), _target(target_seconds), pauses, last=True)


def next_open(calendar: CompiledCalendar, instant: datetime) -> datetime:
    """The first open instant (UTC) at or after `instant`; `instant` itself if it is open.

    Raises `BusinessTimeError` for a naive datetime and for a calendar that does not open again.
    """
    return last_met_at(calendar, instant, 0)


def is_open(calendar: CompiledCalendar, instant: datetime) -> bool:
    """Whether `instant` lies in a window: at the opening yes, at the close no."""
    at = micros(instant)
    return calendar.covering(at, at).is_open(at)


def next_turn(calendar: CompiledCalendar, instant: datetime) -> datetime | None:
    """The next instant (UTC) after `instant` at which the calendar opens or closes; None if it never does.

    Raises `BusinessTimeError` for a naive datetime.
    """
    at = micros(instant)
    turn = calendar.covering(at, at).turn(at)
    return None if turn is None else moment(turn)


def _target(seconds: float) -> int:
    """Whole microseconds of a target; NaN fails the comparison as well."""
    if not 0 <= seconds <= _LONGEST:
        raise BusinessTimeError(
            f"target_seconds is {seconds!r}; give seconds from 0 to {_LONGEST} (200 years)"
        )
    return round(seconds * MICROS)


def _united(pauses: Iterable[Pause], begin: int) -> list[tuple[int, int]]:
    """The pauses as ordered spans that neither overlap nor touch, as far as they lie after `begin`."""
    spans: list[tuple[int, int]] = []
    for since, until in sorted(_checked(pause) for pause in pauses):
        if spans and since <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], until))
        elif until > begin:
            spans.append((max(since, begin), until))
    return spans


def _checked(pause: Pause) -> tuple[int, int]:
    start, stop = pause
    since, until = micros(start), _ENDLESS if stop is None else micros(stop)
    if until < since:
        raise BusinessTimeError(
            f"a pause ends at {stop}, before it starts at {start}; give its end after its start"
        )
    return since, until


def _after_pauses(
    calendar: CompiledCalendar, begin: int, target: int, pauses: Iterable[Pause], *, last: bool = False
) -> datetime | None:
    """The first (or `last`) instant at which `target` open microseconds outside the pauses have passed."""
    spans = _united(pauses, begin)
    edges = [edge for span in spans for edge in span if edge != _ENDLESS]
    table = calendar.covering(begin, max(edges, default=begin))
    position = table.position(begin) + target
    for since, until in spans:
        at_pause = table.position(since)
        if at_pause > position or (at_pause == position and not last):
            break
        if until == _ENDLESS:
            return None
        position += table.position(until) - at_pause
    return moment(_searched(calendar, table, position, last=last))


def _searched(calendar: CompiledCalendar, table: BusinessTable, position: int, *, last: bool = False) -> int:
    """Where `position` lies, in longer and longer tables of the same beginning."""
    while True:
        found = table.latest(position) if last else table.earliest(position)
        if found is not None:
            return found
        table = calendar.later(table)
