"""Numbers, rates, spans and instants in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from people.engine.words import (
    as_seconds,
    duration_words,
    exact_words,
    number_words,
    rate_words,
    relative_words,
)

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (45, "45 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (4800, "1 h 20 min"),
        (86_400, "1 d"),
        (183_600, "2 d 3 h"),
        (-4800, "-1 h 20 min"),
        (86_400 * 1200, "1,200 d"),
    ],
)
def test_a_span_shows_its_two_largest_units(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=-59), "just now"),
        (timedelta(minutes=20), "in 20 min"),
        (timedelta(minutes=-90), "1 h 30 min ago"),
        (timedelta(hours=-5, minutes=-40), "5 h ago"),
        (timedelta(days=12, hours=3), "in 12 d"),
    ],
)
def test_an_instant_is_told_relative_to_now(offset: timedelta, words: str) -> None:
    assert relative_words(NOW + offset, NOW) == words


def test_an_exact_instant_names_its_zone() -> None:
    assert exact_words(NOW.astimezone(ZoneInfo("Europe/London"))) == "23 Nov 2026, 10:00 GMT"
    assert exact_words(NOW.astimezone(ZoneInfo("America/New_York"))) == "23 Nov 2026, 05:00 EST"


def test_a_rate_has_one_decimal_and_none_is_a_dash() -> None:
    assert rate_words(0.123) == "12.3 %"
    assert rate_words(0) == "0.0 %"
    assert rate_words(None) == "–"


def test_numbers_have_thousands_separators_and_no_idle_decimals() -> None:
    assert number_words(1234567) == "1,234,567"
    assert number_words(1234.5) == "1,234.5"
    assert number_words(0.0) == "0"
    assert number_words(None) == "–"


def test_spans_are_read_from_timedelta_and_numbers_only() -> None:
    assert as_seconds(timedelta(minutes=2)) == 120
    assert as_seconds(3) == 3
    assert as_seconds(None) is None
    assert as_seconds(True) is None
    assert as_seconds("3") is None
