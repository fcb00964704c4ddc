"""The calendars that the tests of business time share."""

from datetime import UTC, datetime
from typing import Any

from routing.engine.business_time import CalendarSpec, CompiledCalendar, compile_calendar

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
NINE_TO_FIVE = (("09:00", "17:00"),)
LUNCH_BREAK = (("09:00", "12:00"), ("13:00", "17:00"))
ALWAYS = CalendarSpec.always_open()


def weekdays(
    zone: str = "Europe/London", day: tuple[tuple[str, str], ...] = NINE_TO_FIVE, **more: Any
) -> CalendarSpec:
    """Monday to Friday, the same hours each day."""
    return CalendarSpec.model_validate({"zone": zone, "windows": dict.fromkeys(WORKDAYS, day), **more})


def london(**more: Any) -> CompiledCalendar:
    """Monday to Friday 09-17 in London, with what is said beside."""
    return compile_calendar(weekdays(**more))


def utc(text: str) -> datetime:
    """An ISO instant; without an offset it is read as UTC, which is London time in winter."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
