"""Dates and times as files write them: one format per column, never guessed where it could be two."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class DateFormat(StrEnum):
    """Formats of a date column."""

    ISO = "iso"
    DAY_FIRST = "dd-mm-yyyy"
    MONTH_FIRST = "mm-dd-yyyy"
    EPOCH_SECONDS = "epoch_seconds"
    EPOCH_MILLIS = "epoch_millis"
    EXCEL = "excel_serial"


FORMAT_WORDS = {
    DateFormat.ISO: "2018-02-01, with or without a time",
    DateFormat.DAY_FIRST: "day first: 01-02-2018 is 1 February",
    DateFormat.MONTH_FIRST: "month first: 01/02/2018 is 2 January",
    DateFormat.EPOCH_SECONDS: "seconds since 1970",
    DateFormat.EPOCH_MILLIS: "milliseconds since 1970",
    DateFormat.EXCEL: "Excel day numbers",
}
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# Day 60 of Excel's calendar is a 29 February 1900 that never was; from 1900-03-01 on this origin is right.
_EXCEL_ORIGIN = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial is a wall time; the zone is applied after
_ISO = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}(?:$|[T ])")
_PARTS = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:,?[ T]+(.+))?$")
_TIME = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp])?\.?[Mm]?\.?$")
_NUMBER = re.compile(r"^\d{1,16}(?:\.\d+)?$")


class DateUnreadable(ValueError):
    """A text is no date in the format of its column. The message names the value and the way out."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in UTC; or, when `date_only`, a date as its midnight in UTC, never shifted by a zone."""

    at: datetime
    date_only: bool = False


def parse_moment(text: str, fmt: DateFormat, zone: ZoneInfo) -> Moment:
    """Read `text` in `fmt`; a time without a zone of its own is one in `zone`.

    Raises:
        DateUnreadable: not in that format, no such day, or outside 1970–2200.
    """
    text = text.strip()
    try:
        found = _READERS[fmt](text, zone)
    except (ValueError, OverflowError, OSError):
        message = f"{text[:60]!r} is no date of the form {FORMAT_WORDS[fmt]}."
        raise DateUnreadable(f"{message} Correct it or leave it empty.") from None
    if not EARLIEST <= found.at < LATEST:
        raise DateUnreadable(
            f"{text[:60]!r} lies outside the years 1970 to 2199. Correct it or leave it empty."
        )
    return found


def _from_wall(wall: datetime, zone: ZoneInfo) -> Moment:
    return Moment((wall if wall.tzinfo else wall.replace(tzinfo=zone)).astimezone(UTC))


def _from_day(day: date) -> Moment:
    return Moment(datetime.combine(day, time(0), UTC), date_only=True)


def _read_iso(text: str, zone: ZoneInfo) -> Moment:
    text = text.replace("/", "-", 2) if text[4:5] == "/" else text
    if not _ISO.match(text):
        raise ValueError(text)
    day, *rest = re.split(r"[T ]+", text, maxsplit=1)
    year, month, number = (int(part) for part in day.split("-"))
    if not rest:
        return _from_day(date(year, month, number))
    clock = re.sub(r"\s*(?:UTC|GMT|Z)$", "+00:00", rest[0]).replace(" ", "")
    if re.match(r"^\d:", clock):
        clock = f"0{clock}"
    return _from_wall(datetime.fromisoformat(f"{year:04}-{month:02}-{number:02}T{clock}"), zone)


def _read_parts(text: str, zone: ZoneInfo, *, day_first: bool) -> Moment:
    match = _PARTS.match(text)
    if match is None:
        raise ValueError(text)
    first, second, year = (int(match.group(i)) for i in (1, 2, 3))
    day = date(year, second, first) if day_first else date(year, first, second)
    if match.group(4) is None:
        return _from_day(day)
    return _from_wall(datetime.combine(day, _clock(match.group(4))), zone)


def _clock(text: str) -> time:
    match = _TIME.match(text.strip())
    if match is None:
        raise ValueError(text)
    hour = int(match.group(1))
    half = (match.group(4) or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, int(match.group(2)), int(match.group(3) or 0))


def _number(text: str) -> float:
    if not _NUMBER.match(text):
        raise ValueError(text)
    return float(text)


def _read_excel(text: str, zone: ZoneInfo) -> Moment:
    days = _number(text)
    if not 61 <= days < 200_000:
        raise ValueError(text)
    if days.is_integer():
        return _from_day((_EXCEL_ORIGIN + timedelta(days=days)).date())
    return _from_wall(_EXCEL_ORIGIN + timedelta(seconds=round(days * 86_400)), zone)


_READERS: dict[DateFormat, Callable[[str, ZoneInfo], Moment]] = {
    DateFormat.ISO: _read_iso,
    DateFormat.DAY_FIRST: lambda text, zone: _read_parts(text, zone, day_first=True),
    DateFormat.MONTH_FIRST: lambda text, zone: _read_parts(text, zone, day_first=False),
    DateFormat.EPOCH_SECONDS: lambda text, zone: Moment(datetime.fromtimestamp(_number(text), UTC)),
    DateFormat.EPOCH_MILLIS: lambda text, zone: Moment(datetime.fromtimestamp(_number(text) / 1000, UTC)),
    DateFormat.EXCEL: _read_excel,
}


def _shape(text: str) -> DateFormat | str | None:
    """The format of one text; `either` where day and month could be swapped; None where there is none."""
    if _ISO.match(text) or re.match(r"^\d{4}/\d{1,2}/\d{1,2}", text):
        return DateFormat.ISO
    match = _PARTS.match(text)
    if match:
        first, second = int(match.group(1)), int(match.group(2))
        return _order(first, second)
    if not _NUMBER.match(text):
        return None
    return _number_shape(float(text))


def _order(first: int, second: int) -> DateFormat | str | None:
    if max(first, second) > 31 or min(first, second) > 12:
        return None
    if max(first, second) <= 12:
        return "either"
    return DateFormat.DAY_FIRST if second <= 12 else DateFormat.MONTH_FIRST


def _number_shape(value: float) -> DateFormat | None:
    if 20_000 <= value < 80_000:
        return DateFormat.EXCEL
    if 1e8 <= value < 1e10:
        return DateFormat.EPOCH_SECONDS
    return DateFormat.EPOCH_MILLIS if 1e11 <= value < 1e13 else None


@dataclass(slots=True)
class DateSurvey:
    """Collects how the texts of one column look, then names the one format they share.

    All of the column is looked at, not a sample: one 25-03-2018 in the last row settles what 01-02-2018 is.
    """

    heading: str
    counts: Counter[DateFormat | str | None] = field(default_factory=Counter)
    example: dict[DateFormat | str | None, str] = field(default_factory=dict)

    def add(self, texts: Iterable[str]) -> None:
        """Look at further texts; empty ones say nothing."""
        for text in texts:
            if stripped := text.strip():
                shape = _shape(stripped)
                self.counts[shape] += 1
                self.example.setdefault(shape, stripped)

    def verdict(self) -> tuple[DateFormat | None, str]:
        """(format, "") or (None, why none can be named). A column without any text is ISO.

        Texts that are no date at all don't decide; they become errors of their rows.
        """
        found = {shape for shape in self.counts if shape is not None}
        days: set[DateFormat | str] = found & {DateFormat.DAY_FIRST, DateFormat.MONTH_FIRST}
        rest = found - {"either", DateFormat.DAY_FIRST, DateFormat.MONTH_FIRST}
        if not found:
            return (None, self._no_date()) if self.counts else (DateFormat.ISO, "")
        if not rest and len(days) == 1:
            return DateFormat(next(iter(days))), ""
        if len(rest) == 1 and len(found) == 1:
            return DateFormat(next(iter(rest))), ""
        return None, self._unclear(found, days, rest)

    def _no_date(self) -> str:
        example = self.example[None]
        return (
            f"Column {self.heading!r}: {example[:60]!r} is no date, and no other value of the column is one."
        )

    def _unclear(
        self, found: set[DateFormat | str], days: set[DateFormat | str], rest: set[DateFormat | str]
    ) -> str:
        state = f"State its date format: {', '.join(fmt.value for fmt in DateFormat)}."
        if not rest and not days:
            example = self.example["either"]
            return (
                f"Column {self.heading!r}: {example!r} could be day-month or month-day, and no value of the "
                f"column tells which. {state}"
            )
        examples = " and ".join(repr(self.example[shape]) for shape in sorted(map(str, found)))
        return f"Column {self.heading!r} mixes formats, for example {examples}. {state}"
