"""The period: the last two full quarters by default, in days of the reporting zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from reporting.engine.win_loss.period import Period, asked_period, outcome_day, quarter_of

LONDON, TOKYO = ZoneInfo("Europe/London"), ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("as_of", "zone", "since", "until"),
    [
        (datetime(2026, 11, 23, 10, tzinfo=UTC), LONDON, date(2026, 4, 1), date(2026, 9, 30)),
        (datetime(2026, 2, 1, tzinfo=UTC), LONDON, date(2025, 7, 1), date(2025, 12, 31)),
        (datetime(2026, 5, 15, tzinfo=UTC), LONDON, date(2025, 10, 1), date(2026, 3, 31)),
        # A quarter is full once its last day is over where the report is read.
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), LONDON, date(2025, 10, 1), date(2026, 3, 31)),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), LONDON, date(2026, 1, 1), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 15, 0, tzinfo=UTC), TOKYO, date(2026, 1, 1), date(2026, 6, 30)),
    ],
)
def test_without_a_word_it_is_the_last_two_full_quarters(
    as_of: datetime, zone: ZoneInfo, since: date, until: date
) -> None:
    assert asked_period(None, None, as_of, zone) == Period(since, until)


def test_what_is_said_is_taken_as_it_is() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)

    assert asked_period(date(2026, 1, 1), None, now, LONDON) == Period(date(2026, 1, 1), None)
    assert asked_period(None, date(2026, 1, 31), now, LONDON) == Period(None, date(2026, 1, 31))


def test_both_ends_are_in_it_and_it_says_so() -> None:
    period = Period(date(2026, 4, 1), date(2026, 9, 30))

    days = [date(2026, 3, 31), date(2026, 4, 1), date(2026, 9, 30), date(2026, 10, 1)]
    assert [period.covers(day) for day in days] == [False, True, True, False]
    assert period.words == "from 1 Apr 2026 to 30 Sep 2026"
    assert Period(date(2026, 4, 1), None).words == "from 1 Apr 2026 on"
    assert Period(None, date(2026, 4, 1)).words == "until 1 Apr 2026"


def test_the_day_of_an_outcome_is_that_of_the_zone_unless_only_a_date_is_known() -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)

    assert outcome_day(late, LONDON, date_only=False) == date(2026, 7, 1)
    assert outcome_day(datetime(2026, 6, 30, tzinfo=UTC), TOKYO, date_only=True) == date(2026, 6, 30)


@pytest.mark.parametrize(("month", "first"), [(1, 1), (3, 1), (4, 4), (6, 4), (9, 7), (12, 10)])
def test_quarters_begin_in_january_april_july_october(month: int, first: int) -> None:
    assert quarter_of(date(2026, month, 28)) == date(2026, first, 1)
