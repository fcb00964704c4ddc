"""Business time done slowly and obviously: step through UTC, ask the wall clock, count the open steps.

It never converts local time to UTC, so it shares no reasoning with the engine. An hour of the calendar has
been reached once the clocks have shown that time or a later one; hence the high-water mark of the wall clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.engine.business_time import CalendarSpec
from routing.engine.calendars import Weekday

Pauses = list[tuple[datetime, datetime | None]]
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
DAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


@dataclass(frozen=True)
class Oracle:
    """Counts on `spec` in steps of `step`, between the instants `first` and `last`."""

    spec: CalendarSpec
    first: datetime
    last: datetime
    step: timedelta = MINUTE

    def open_steps(self) -> Iterator[datetime]:
        """Every instant of the range, on the step, at which the calendar is open."""
        zone = ZoneInfo(self.spec.zone)
        at = self.first - timedelta(hours=26 if self.step == MINUTE else 3)
        reached = datetime.min  # noqa: DTZ901 - a wall time
        hours: dict[date, set[int]] = {}
        while at < self.last:
            reached = max(reached, at.astimezone(zone).replace(tzinfo=None))
            day = reached.date()
            if day not in hours:
                hours[day] = self._open_minutes(day)
            if at >= self.first and reached.hour * 60 + reached.minute in hours[day]:
                yield at
            at += self.step

    def _open_minutes(self, day: date) -> set[int]:
        spec = self.spec
        closed = () if day in spec.holidays else spec.windows.get(DAYS[day.weekday()], ())
        return {
            minute
            for opens, closes in spec.overrides.get(day, closed)
            for minute in range(_minute(opens), _minute(closes))
        }

    def counted(self, start: datetime, pauses: Pauses) -> list[datetime]:
        """The open steps from `start` on that no pause covers."""
        far = datetime.max.replace(tzinfo=UTC)
        return [
            at
            for at in self.open_steps()
            if at >= start and not any(since <= at < (until or far) for since, until in pauses)
        ]

    def elapsed(self, start: datetime, stop: datetime, pauses: Pauses) -> float:
        """Seconds of the counted steps before `stop`."""
        return sum(at < stop for at in self.counted(start, pauses)) * self.step.total_seconds()

    def due(self, start: datetime, target: timedelta, pauses: Pauses) -> datetime | None:
        """The end of the step that uses the target up; None if that lies beyond the range."""
        needed = target // self.step
        counted = self.counted(start, pauses)
        return counted[needed - 1] + self.step if needed <= len(counted) else None

    def last_met(self, start: datetime, target: timedelta, pauses: Pauses) -> datetime | None:
        """The beginning of the first step that would be too much; None if that lies beyond the range."""
        needed = target // self.step
        counted = self.counted(start, pauses)
        return counted[needed] if needed < len(counted) else None
