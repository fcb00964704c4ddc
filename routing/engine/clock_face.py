"""One clock's face: how much has been used, when it is due, and which alert comes next. Pure counting.

A clock counts on one calendar from `counted_from` on. When its calendar was edited while it ran, the time used
until then is carried in `used_seconds` and the rest is counted on the new hours from there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.engine.business_time import CompiledCalendar, Pause, due_at, elapsed, last_met_at

BREACH = 100
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ClockFace:
    """What the counting of one clock rests on.

    Attributes:
        calendar: the calendar the clock runs on.
        counted_from: where counting on that calendar begins (UTC).
        target_seconds: business seconds promised.
        pauses: from and to; to is None while paused.
        used_seconds: business seconds used before `counted_from`, on an earlier revision.
    """

    calendar: CompiledCalendar
    counted_from: datetime
    target_seconds: float
    pauses: tuple[Pause, ...] = ()
    used_seconds: float = 0.0

    def elapsed(self, at: datetime) -> float:
        """Business seconds used at `at`."""
        # Whole microseconds: a sum of parts must not come out a rounding error above the target.
        return round(self.used_seconds + elapsed(self.calendar, self.counted_from, at, self.pauses), 6)

    def is_late(self, at: datetime) -> bool:
        """Whether stopping at `at` would be late: elapsed > target, and nothing else."""
        return self.elapsed(at) > self.target_seconds

    def point(self, percent: float = BREACH) -> datetime | None:
        """The earliest instant at which `percent` of the target is used; None while paused before it.

        Percents used up before `counted_from` are told as `counted_from`.
        """
        return due_at(self.calendar, self.counted_from, self._left(percent), self.pauses)

    def last_met(self, percent: float = BREACH) -> datetime | None:
        """The last instant at which no more than `percent` of the target is used; None while paused."""
        return last_met_at(self.calendar, self.counted_from, self._left(percent), self.pauses)

    def alert_at(self, level: int) -> datetime | None:
        """When the alert of `level` percent is due.

        A warning comes when its share is used. A breach and what follows comes one moment after the last
        instant that would still be met: a target used up at close is not broken overnight.
        """
        if level < BREACH:
            return self.point(level)
        last = self.last_met(level)
        return None if last is None else last + _MOMENT

    def next_alert(self, levels: Iterable[int], after: int) -> tuple[int, datetime] | None:
        """The lowest of `levels` above `after` percent and its instant; None when none is left or it is paused."""
        level = min((level for level in levels if level > after), default=None)
        at = None if level is None else self.alert_at(level)
        return None if level is None or at is None else (level, at)

    def _left(self, percent: float) -> float:
        return max(0.0, self.target_seconds * percent / 100 - self.used_seconds)
