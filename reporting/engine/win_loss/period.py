"""The period of a win/loss check: days of outcomes, by default the last two full calendar quarters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from glossary.engine.words import date_words

QUARTERS = 2
_MONTHS = 3


class Period(NamedTuple):
    """The first and the last day, both included, in dates of the reporting zone; None leaves that side open."""

    since: date | None
    until: date | None

    def covers(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    @property
    def words(self) -> str:
        """The period in a sentence."""
        if self.since and self.until:
            return f"from {date_words(self.since)} to {date_words(self.until)}"
        if self.since:
            return f"from {date_words(self.since)} on"
        return f"until {date_words(self.until)}" if self.until else "at any time"


def asked_period(since: date | None, until: date | None, as_of: datetime, zone: ZoneInfo) -> Period:
    """The period that was asked for; where nothing was said, the last two full quarters before `as_of` (aware)."""
    if since is not None or until is not None:
        return Period(since, until)
    first = quarter_of(as_of.astimezone(zone).date())
    return Period(_months_before(first, QUARTERS * _MONTHS), first - timedelta(days=1))


def quarter_of(day: date) -> date:
    """The first day of the calendar quarter of a day."""
    return date(day.year, day.month - (day.month - 1) % _MONTHS, 1)


def outcome_day(occurred_at: datetime, zone: ZoneInfo, *, date_only: bool) -> date:
    """The day of an outcome in the reporting zone; where only a date is known it keeps that date."""
    return occurred_at.astimezone(UTC if date_only else zone).date()


def _months_before(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
