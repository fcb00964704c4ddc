"""Calendars as they are stored: the latest revision of a key, and revisions compiled for counting."""

import json
from functools import lru_cache

from routing.engine.business_time import CalendarSpec, CompiledCalendar, compile_calendar
from routing.models import CalendarRevision


def latest_revision(key: str) -> CalendarRevision | None:
    """The newest revision of the calendar `key`; None when no hours were ever laid down for it."""
    newest = CalendarRevision.objects.filter(calendar__key=key).order_by("-number")[:1]
    return next(iter(newest), None)


def compiled(revision: CalendarRevision | None) -> CompiledCalendar:
    """The calendar of a revision, ready for counting; None runs round the clock."""
    if revision is None:
        return compile_calendar(CalendarSpec.always_open())
    return _compiled(json.dumps(revision.spec, sort_keys=True))


@lru_cache(maxsize=512)
def _compiled(spec: str) -> CompiledCalendar:
    """By content, not by id: what is cached can never be another calendar's hours."""
    return compile_calendar(CalendarSpec.model_validate_json(spec))


def spec_of(revision: CalendarRevision) -> CalendarSpec:
    """The hours of a revision as a validated spec."""
    return CalendarSpec.model_validate(revision.spec)
