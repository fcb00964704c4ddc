"""Durations as policies write them: '1 business hour', '5 business days', '30 minutes'."""

import re
from dataclasses import dataclass
from typing import Literal, get_args

from routing.engine.instants import BusinessTimeError

Unit = Literal["second", "minute", "hour", "day", "week"]

_SECONDS: dict[Unit, int] = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_LONGEST = 10 * 366 * 86_400
_WRITTEN = re.compile(r"([0-9]+)\s+(?:(business)\s+)?([a-z]+?)s?", re.IGNORECASE)
_HELP = "write a whole number and a unit, for example '1 business hour', '5 business days' or '30 minutes'"


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount` units of business time (`business`) or of wall-clock time.

    Raises `BusinessTimeError` when made with an amount below 1 or beyond ten years, an unknown unit, or
    business weeks (their length would depend on which days open; business days say it).
    """

    amount: int
    unit: Unit
    business: bool

    def __post_init__(self) -> None:
        """Refuse what has no clear length."""
        if self.unit not in get_args(Unit):
            raise BusinessTimeError(f"unknown unit {self.unit!r} in a duration; {_HELP}")
        if self.business and self.unit == "week":
            raise BusinessTimeError(f"'{self.words()}' is unclear; say it in business days")
        if self.amount < 1:
            raise BusinessTimeError(
                f"'{self.words()}' is no duration: the amount must be at least 1; {_HELP}"
            )
        if self.amount * _SECONDS[self.unit] > _LONGEST:
            raise BusinessTimeError(f"'{self.words()}' is longer than ten years; choose a smaller amount")

    def seconds(self, day_seconds: int) -> int:
        """Length in seconds; a business day is `day_seconds` long, the calendar's standard day in seconds.

        Raises `BusinessTimeError` for business days on a day length that is not positive.
        """
        if not (self.business and self.unit == "day"):
            return self.amount * _SECONDS[self.unit]
        if day_seconds <= 0:
            raise BusinessTimeError(
                f"day_seconds is {day_seconds}; '{self.words()}' needs a positive day length"
            )
        return self.amount * day_seconds

    def words(self) -> str:
        """The duration in words, as `parse_duration` reads it back: '5 business days'."""
        kind = "business " if self.business else ""
        return f"{self.amount} {kind}{self.unit}{'' if self.amount == 1 else 's'}"


def parse_duration(text: str) -> Duration:
    """Read a duration in words; case and extra spaces don't matter, nor does a missing or extra plural s.

    Raises `BusinessTimeError` naming the text and the way out.
    """
    written = _WRITTEN.fullmatch(text.strip())
    unit = next((known for known in get_args(Unit) if written and known == written[3].lower()), None)
    if written is None or unit is None:
        raise BusinessTimeError(f"{text!r} is not a duration; {_HELP}")
    return Duration(int(written[1]), unit, written[2] is not None)
