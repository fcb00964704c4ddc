"""Date formats: settled by the whole column, never guessed; zones only where there is a time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.engine.moments import DateFormat, DateSurvey, DateUnreadable, Moment, parse_moment

LONDON = ZoneInfo("Europe/London")


def survey(*texts: str) -> tuple[DateFormat | None, str]:
    """The verdict over a column of `texts`."""
    found = DateSurvey("won on")
    found.add(texts)
    return found.verdict()


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2018-02-01", "2018-02-01 19:58:54", "", "no date"], DateFormat.ISO),
        (["01-02-2018", "20-10-2017"], DateFormat.DAY_FIRST),
        (["01/02/2018", "10/20/2017 3:05 PM"], DateFormat.MONTH_FIRST),
        (["1517443200"], DateFormat.EPOCH_SECONDS),
        (["1517443200000"], DateFormat.EPOCH_MILLIS),
        (["43132", "43132.5"], DateFormat.EXCEL),
        ([""], DateFormat.ISO),
    ],
)
def test_format_of_a_column(texts: list[str], expected: DateFormat) -> None:
    assert survey(*texts) == (expected, "")


def test_a_column_that_could_be_either_is_not_guessed() -> None:
    found, why = survey("01-02-2018", "03-04-2018")
    assert found is None
    assert "'01-02-2018' could be day-month or month-day" in why
    assert "dd-mm-yyyy" in why


def test_the_last_row_may_settle_it() -> None:
    assert survey(*["01-02-2018"] * 9_999, "25-02-2018") == (DateFormat.DAY_FIRST, "")


def test_mixed_formats_are_refused_with_examples() -> None:
    found, why = survey("25-02-2018", "02-25-2018")
    assert found is None
    assert "'25-02-2018'" in why
    assert "'02-25-2018'" in why


def test_a_column_without_any_date() -> None:
    found, why = survey("soon", "later")
    assert found is None
    assert "'soon' is no date" in why


@pytest.mark.parametrize(
    ("text", "fmt", "expected"),
    [
        ("2018-02-01", DateFormat.ISO, Moment(datetime(2018, 2, 1, tzinfo=UTC), date_only=True)),
        ("2018-07-01 12:00", DateFormat.ISO, Moment(datetime(2018, 7, 1, 11, tzinfo=UTC))),
        ("2018-07-01T12:00:00+05:00", DateFormat.ISO, Moment(datetime(2018, 7, 1, 7, tzinfo=UTC))),
        ("2018-07-01T12:00:00Z", DateFormat.ISO, Moment(datetime(2018, 7, 1, 12, tzinfo=UTC))),
        ("2018-07-01 12:00:00 UTC", DateFormat.ISO, Moment(datetime(2018, 7, 1, 12, tzinfo=UTC))),
        ("01.07.2018", DateFormat.DAY_FIRST, Moment(datetime(2018, 7, 1, tzinfo=UTC), date_only=True)),
        ("07/01/2018 12:30 AM", DateFormat.MONTH_FIRST, Moment(datetime(2018, 6, 30, 23, 30, tzinfo=UTC))),
        ("43132", DateFormat.EXCEL, Moment(datetime(2018, 2, 1, tzinfo=UTC), date_only=True)),
        ("43132.5", DateFormat.EXCEL, Moment(datetime(2018, 2, 1, 12, tzinfo=UTC))),
        ("1517443200", DateFormat.EPOCH_SECONDS, Moment(datetime(2018, 2, 1, tzinfo=UTC))),
        (
            "1517443200500",
            DateFormat.EPOCH_MILLIS,
            Moment(datetime(2018, 2, 1, microsecond=500_000, tzinfo=UTC)),
        ),
    ],
)
def test_reading(text: str, fmt: DateFormat, expected: Moment) -> None:
    assert parse_moment(text, fmt, LONDON) == expected


@pytest.mark.parametrize(
    "text", ["2018-02-30", "31-12-2018", "yesterday", "2018", "1850-01-01", "9999-01-01", "²"]
)
def test_no_date_names_the_value(text: str) -> None:
    with pytest.raises(DateUnreadable, match=text):
        parse_moment(text, DateFormat.ISO, LONDON)


@given(st.text(max_size=30), st.sampled_from(DateFormat))
def test_any_text_is_a_moment_or_unreadable(text: str, fmt: DateFormat) -> None:
    try:
        said = str(parse_moment(text, fmt, LONDON).at.tzinfo)
    except DateUnreadable as error:
        said = str(error)
    assert said == "UTC" or said.endswith("Correct it or leave it empty.")
