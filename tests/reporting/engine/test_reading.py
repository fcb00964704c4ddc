"""Questions read from texts: every problem is told, with the field, the value and the way out."""

from datetime import UTC, date, datetime

import pytest

from reporting.engine.parameters import Basis, SlaParameters
from reporting.engine.reading import Vocabulary, read_conversion, read_sla
from reporting.engine.shares import share_text
from reporting.exceptions import ParametersRefused
from tests.reporting.engine.stories import LINE

KNOWN = Vocabulary(LINE, ("source", "region"), ("first_touch",), datetime(2026, 11, 23, tzinfo=UTC))
ENDS = {"from": "mql", "to": "won"}


def test_defaults_are_written_out() -> None:
    asked = read_conversion(ENDS, KNOWN)

    assert (asked.by, asked.basis, asked.window_days, asked.as_of) == ("total", Basis.KNOWN, None, None)
    assert asked.digest() == read_conversion({**ENDS, "by": "total", "window": ""}, KNOWN).digest()


def test_months_are_whole_and_instants_are_utc() -> None:
    asked = read_conversion(
        {**ENDS, "since": "2018-02", "until": "2018-02", "as_of": "2018-05-31T20:59:59-03:00"}, KNOWN
    )

    assert (asked.since, asked.until, asked.period_end) == (
        date(2018, 2, 1),
        date(2018, 2, 28),
        date(2018, 3, 1),
    )
    same = {**ENDS, "since": "2018-02-01", "until": "2018-02-28", "as_of": "2018-05-31T23:59:59Z"}
    assert asked.digest() == read_conversion(same, KNOWN).digest()


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"from": "mqx"}, ("from", "'mqx'", "lead, mql, sal, sql")),
        ({"to": ""}, ("to", "''", "recycled, disqualified")),
        ({"from": "won", "to": "mql"}, ("to", "'mql'", "must lie beyond won")),
        ({"by": "colour"}, ("by", "'colour'", "total, month, source, region")),
        ({"window": "0"}, ("window", "'0'", "from 1 to 3650")),
        ({"window": "thirty"}, ("window", "'thirty'", "whole number")),
        ({"as_of": "2018-05-31T23:59:59"}, ("as_of", "no zone", "add Z")),
        ({"as_of": "2018-05-31"}, ("as_of", "no zone", "add Z")),
        ({"as_of": "yesterday"}, ("as_of", "'yesterday'", "2018-05-31T23:59:59Z")),
        ({"as_of": "2027-01-01T00:00:00Z"}, ("as_of", "future", "2026-11-23")),
        ({"since": "2018-13"}, ("since", "'2018-13'", "2018-01")),
        ({"since": "2018-05", "until": "2018-04"}, ("until", "'2018-04'", "2018-05")),
        ({"until": "0001-01"}, ("until", "'0001-01'", "1900-01-01")),
        ({"basis": "guess"}, ("basis", "'guess'", "known, recorded")),
    ],
)
def test_a_wrong_question_is_refused(texts: dict[str, str], said: tuple[str, ...]) -> None:
    with pytest.raises(ParametersRefused) as refusal:
        read_conversion({**ENDS, **texts}, KNOWN)

    message = str(refusal.value)
    assert message.startswith(f"{said[0]}: ")
    assert [part for part in said if part not in message] == []


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ParametersRefused) as refusal:
        read_conversion({"from": "x", "to": "y", "window": "z"}, KNOWN)

    assert [problem.field for problem in refusal.value.problems] == ["from", "to", "window"]


def test_sla_questions() -> None:
    assert read_sla({"key": "first_touch"}, KNOWN) == SlaParameters(key="first_touch")
    with pytest.raises(ParametersRefused, match=r"'lunch'.*first_touch"):
        read_sla({"key": "lunch"}, KNOWN)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(842, 8000, "10.525"), (271, 2296, "11.80"), (1, 3, "33.33"), (1, 8, "12.50"), (0, 0, "n/a")],
)
def test_ties_are_not_rounded_away(part: int, whole: int, text: str) -> None:
    assert share_text(part, whole) == text
