"""Business spans in words, and when a calendar next opens or closes."""

from datetime import UTC, datetime

import pytest

from dispositions.engine.spans import business_words
from routing.engine.business_time import CalendarSpec, compile_calendar, next_turn

WEEKDAYS = {day: [("09:00", "12:00"), ("13:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
LONDON = compile_calendar(CalendarSpec.model_validate({"zone": "Europe/London", "windows": WEEKDAYS}))


@pytest.mark.parametrize(
    ("seconds", "day", "words"),
    [
        (28_500, 28_800, "7 h 55 min"),
        (-60, 28_800, "1 min"),
        (28_800, 28_800, "1 business day"),
        (54_000, 28_800, "1 business day 7 h"),
        (28_800 * 4 + 7200, 28_800, "4 business days 2 h"),
        (28_800 * 24 + 7200, 28_800, "24 business days"),
        (90_000, 0, "1 d 1 h"),
    ],
)
def test_business_words(seconds: float, day: int, words: str) -> None:
    assert business_words(seconds, day) == words


@pytest.mark.parametrize(
    ("at", "turn"),
    [
        ("23 08:59", "23 09:00"),
        ("23 09:00", "23 12:00"),
        ("23 12:00", "23 13:00"),
        ("23 16:59", "23 17:00"),
        ("27 17:00", "30 09:00"),
    ],
)
def test_next_turn(at: str, turn: str) -> None:
    assert next_turn(LONDON, november(at)) == november(turn)


def november(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


def test_round_the_clock_never_turns() -> None:
    assert next_turn(compile_calendar(CalendarSpec.always_open()), datetime(2026, 11, 23, tzinfo=UTC)) is None
