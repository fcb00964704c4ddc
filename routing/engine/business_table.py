"""A calendar compiled for counting: when it is open in UTC, and how much open time lies before each window.

`BusinessTable` answers about a fixed range of years with binary searches; `CompiledCalendar` builds tables
from a `CalendarSpec`, lazily and wider as needed. Times are whole microseconds (see `instants`), and a
*position* is the open time between the beginning of a table and an instant, also in microseconds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from routing.engine.calendars import (
    FIRST_YEAR,
    LAST_YEAR,
    WEEKDAYS,
    CalendarSpec,
    clock_minutes,
    national_holidays,
)
from routing.engine.instants import BusinessTimeError, localised, moment

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class BusinessTable:
    """Open windows [opens, closes) in UTC order; touching ones are joined, so 24x7 is a single window.

    `through[i]` is the position at the end of window i; `shift[i]` turns an instant inside window i into its
    position by one addition. Entry 0 begins where the table begins (an empty window if that is not an
    opening), so every instant of the table has an entry at or before it.
    """

    first_year: int
    last_year: int
    start: int
    end: int
    opens: list[int]
    closes: list[int]
    through: list[int]
    shift: list[int]

    def position(self, at: int) -> int:
        """Open microseconds from the beginning of the table to `at`."""
        i = bisect_right(self.opens, at) - 1
        return at + self.shift[i] if at < self.closes[i] else self.through[i]

    def earliest(self, position: int) -> int | None:
        """The first instant that has this (positive) position; None if it lies beyond the table."""
        i = bisect_left(self.through, position)
        return position - self.shift[i] if i < len(self.through) else None

    def latest(self, position: int) -> int | None:
        """The last instant that has this position (at a close: the next opening); None as in `earliest`."""
        i = bisect_right(self.through, position)
        return position - self.shift[i] if i < len(self.through) else None

    def after(self, at: int, amount: int) -> int | None:
        """`earliest(position(at) + amount)` for a positive amount, in one step, as most clocks ask it."""
        i = bisect_right(self.opens, at) - 1
        through = self.through
        position = (at + self.shift[i] if at < self.closes[i] else through[i]) + amount
        if position > through[i]:
            i = bisect_left(through, position, i + 1)
        return position - self.shift[i] if i < len(through) else None

    def turn(self, at: int) -> int | None:
        """The next opening or close after `at`; None where the table ends first."""
        i = bisect_right(self.opens, at) - 1
        if at < self.closes[i]:
            return self.closes[i] if self.closes[i] < self.end else None
        return self.opens[i + 1] if i + 1 < len(self.opens) else None

    def is_open(self, at: int) -> bool:
        """Whether `at` lies in a window: at its opening yes, at its close no."""
        return at < self.closes[bisect_right(self.opens, at) - 1]


def build_table(years: tuple[int, int], limits: Span, windows: Iterable[Span]) -> BusinessTable:
    """Join touching windows (already in order, none overlapping) and accumulate their lengths."""
    opens, closes = [limits[0]], [limits[0]]
    for begin, end in windows:
        if begin == closes[-1]:
            closes[-1] = end
        else:
            opens.append(begin)
            closes.append(end)
    through: list[int] = []
    shift: list[int] = []
    total = 0
    for begin, end in zip(opens, closes, strict=True):
        shift.append(total - begin)
        total += end - begin
        through.append(total)
    return BusinessTable(*years, *limits, opens, closes, through, shift)


class CompiledCalendar:
    """A `CalendarSpec` ready for counting. Get it from `compile_calendar`, which keeps compiled ones.

    Threads may share it: a table never changes once built, and a wider one replaces it in one assignment.
    """

    def __init__(self, spec: CalendarSpec) -> None:
        """Prepare `spec`; years are laid out when they are first asked for."""
        self.spec = spec
        self._zone = ZoneInfo(spec.zone)
        self._weekly = [_minutes(spec.windows.get(day, ())) for day in WEEKDAYS]
        self._overrides = {day: _minutes(windows) for day, windows in spec.overrides.items()}
        self._years: dict[int, list[Span]] = {}
        self._table: BusinessTable | None = None

    def covering(self, first: int, last: int) -> BusinessTable:
        """A table that covers the instants `first` to `last` and at least a year after.

        Raises `BusinessTimeError` if they lie outside the years that calendars cover.
        """
        table = self._table
        if table is not None and table.start <= first and last < table.end:
            return table
        bounds = self._limits(FIRST_YEAR, LAST_YEAR)
        for at in (first, last):
            if not bounds[0] <= at < bounds[1]:
                raise BusinessTimeError(
                    f"{_shown(at)} lies outside the years {FIRST_YEAR} to {LAST_YEAR} that calendars cover"
                )
        first_year, last_year = moment(first).year - 1, moment(last).year + 1
        if table is not None:
            first_year, last_year = min(first_year, table.first_year), max(last_year, table.last_year)
        return self._built(max(first_year, FIRST_YEAR), min(last_year, LAST_YEAR))

    def later(self, table: BusinessTable) -> BusinessTable:
        """A table twice as long from the same beginning, so positions in `table` keep their meaning.

        Raises `BusinessTimeError` at the end of the years that calendars cover.
        """
        if table.last_year >= LAST_YEAR:
            raise BusinessTimeError(
                f"the calendar {self.spec.label or self.spec.zone!r} is not open long enough up to the end "
                f"of {LAST_YEAR}; give it weekly hours, or choose a smaller target"
            )
        longer = 2 * table.last_year - table.first_year + 1
        return self._built(table.first_year, min(longer, LAST_YEAR))

    def _built(self, first_year: int, last_year: int) -> BusinessTable:
        windows = (span for year in range(first_year, last_year + 1) for span in self._year(year))
        table = build_table((first_year, last_year), self._limits(first_year, last_year), windows)
        known = self._table
        if known is None or (first_year <= known.first_year and known.last_year <= last_year):
            self._table = table
        return table

    def _limits(self, first_year: int, last_year: int) -> Span:
        begin, end = datetime(first_year, 1, 1), datetime(last_year + 1, 1, 1)  # noqa: DTZ001 - wall times
        return localised(begin, self._zone), localised(end, self._zone)

    def _year(self, year: int) -> list[Span]:
        if year not in self._years:
            self._years[year] = list(self._laid_out(year))
        return self._years[year]

    def _laid_out(self, year: int) -> Iterator[Span]:
        """The open spans of one local year: hours localised per date, then converted to UTC."""
        spec = self.spec
        closed = set(spec.holidays) | national_holidays(spec.holiday_country, spec.holiday_subdivision, year)
        midnight = datetime(year, 1, 1)  # noqa: DTZ001 - a wall time
        while midnight.year == year:
            for opens, closes in self._hours(midnight.date(), closed):
                begin = localised(midnight + timedelta(minutes=opens), self._zone)
                end = localised(midnight + timedelta(minutes=closes), self._zone)
                yield begin, end  # an empty span if the clocks skip the whole window that day
            midnight += timedelta(days=1)

    def _hours(self, day: date, closed: set[date]) -> list[Span]:
        if day in self._overrides:
            return self._overrides[day]
        return [] if day in closed else self._weekly[day.weekday()]


def _minutes(windows: Iterable[tuple[str, str]]) -> list[Span]:
    return [(clock_minutes(opens), clock_minutes(closes)) for opens, closes in windows]


def _shown(at: int) -> str:
    try:
        return moment(at).isoformat()
    except OverflowError:  # pragma: no cover - no datetime reaches here, only a hand-made number
        return f"instant {at}"


@lru_cache(maxsize=512)
def compile_calendar(spec: CalendarSpec) -> CompiledCalendar:
    """The compiled calendar of `spec`, made once per process for equal specs."""
    return CompiledCalendar(spec)
