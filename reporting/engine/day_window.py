"""A window of whole days in the reporting zone: which leads history is replayed for."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reporting.engine.errors import CountingError

DAYS = 365


@dataclass(frozen=True, slots=True)
class DayWindow:
    """The first and the last day, both included, and the zone that they are days of."""

    since: date
    until: date
    zone: ZoneInfo

    @property
    def begins(self) -> datetime:
        """The first instant."""
        return datetime.combine(self.since, time.min, self.zone)

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.until + timedelta(days=1), time.min, self.zone)

    @property
    def weeks(self) -> float:
        """Its length in weeks of 7 days."""
        return ((self.until - self.since).days + 1) / 7


def window_of(since: date | None, until: date | None, as_of: datetime, zone: ZoneInfo) -> DayWindow:
    """The window asked for, cut at the day of the aware instant `as_of`.

    Without `until`: up to the day before `as_of`; without `since`: 365 days. Raises CountingError when nothing is left.
    """
    today = as_of.astimezone(zone).date()
    last = min(until, today) if until else today - timedelta(days=1)
    first = since or last - timedelta(days=DAYS - 1)
    if first > last:
        raise CountingError("since", first.isoformat(), f"Give a day up to {last.isoformat()}.")
    return DayWindow(first, last, zone)
