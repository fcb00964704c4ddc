"""Durations as policies write them."""

import pytest

from routing.engine.business_time import BusinessTimeError, Duration, parse_duration

DAY = 8 * 3_600


@pytest.mark.parametrize(
    ("text", "duration", "seconds", "words"),
    [
        ("1 business hour", Duration(1, "hour", True), 3_600, "1 business hour"),
        ("5 business days", Duration(5, "day", True), 5 * DAY, "5 business days"),
        ("1 business day", Duration(1, "day", True), DAY, "1 business day"),
        ("90 business minutes", Duration(90, "minute", True), 5_400, "90 business minutes"),
        ("5 minutes", Duration(5, "minute", False), 300, "5 minutes"),
        ("30 minutes", Duration(30, "minute", False), 1_800, "30 minutes"),
        ("2 days", Duration(2, "day", False), 172_800, "2 days"),
        ("1 week", Duration(1, "week", False), 604_800, "1 week"),
        ("  2  Business   Hour ", Duration(2, "hour", True), 7_200, "2 business hours"),
        ("1 seconds", Duration(1, "second", False), 1, "1 second"),
    ],
)
def test_reads_counts_and_says(text: str, duration: Duration, seconds: int, words: str) -> None:
    """A duration is read, has its seconds on the calendar, and is said in words that read back the same."""
    assert parse_duration(text) == duration
    assert duration.seconds(DAY) == seconds
    assert duration.words() == words
    assert parse_duration(words) == duration


REFUSED = ["", "hour", "1", "business hour", "1.5 hours", "-1 hour", "1 fortnight", "1 business", "5minutes"]
REFUSED += [
    "٣ hours",
    "1 hourss",
    "1 business businesses",
    "0 minutes",
    "1 business week",
    "999999999999 days",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_duration_is_refused(text: str) -> None:
    """The error names what was written."""
    with pytest.raises(BusinessTimeError) as refused:
        parse_duration(text)
    assert f"'{text}'" in str(refused.value)


def test_business_days_need_a_day_length() -> None:
    """A calendar without a standard day cannot promise days, but hours are hours."""
    with pytest.raises(BusinessTimeError, match="day_seconds is 0"):
        Duration(1, "day", True).seconds(0)
    assert Duration(1, "hour", True).seconds(0) == 3_600
