"""Three-valued evaluation: a criterion is met by evidence only. Worked cases, edges to the microsecond."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from glossary.engine.conditions import BehaviourCriterion, FieldCriterion, When
from routing.engine.comparisons import CriterionError
from routing.engine.evaluate import Answer, BehaviourFact, Facts, answer_of, holds
from tests.support import NOW

MET, NOT_MET, UNKNOWN = Answer.MET, Answer.NOT_MET, Answer.UNKNOWN
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)

CASES: list[tuple[str, Any, Any, Answer]] = [
    ("is", "A", "A", MET),
    ("is", "A", "a", NOT_MET),
    ("is", "A", "", UNKNOWN),
    ("is", "A", None, UNKNOWN),
    ("is", "é", "e\u0301".replace("e\u0301", "é"), MET),
    ("is", "e\u0301", "é", MET),
    ("is", 12, 12.0, MET),
    ("is", 12, "12", UNKNOWN),
    ("is", 1, True, UNKNOWN),
    ("is", True, True, MET),
    ("is", True, False, NOT_MET),
    ("is_not", "A", "B", MET),
    ("is_not", "A", "", UNKNOWN),
    ("is_not", 12, "twelve", UNKNOWN),
    ("in", ["A", "B"], "B", MET),
    ("in", ["A", "B"], None, UNKNOWN),
    ("not_in", ["A", "B"], "C", MET),
    ("not_in", ["A", "B"], None, UNKNOWN),
    ("not_in", ["A", 1], 2, MET),
    ("not_in", ["A", "B"], 2, UNKNOWN),
    ("at_least", 65, 65, MET),
    ("at_least", 65, 64.99, NOT_MET),
    ("at_least", 65, "99", UNKNOWN),
    ("at_least", 65, float("nan"), UNKNOWN),
    ("at_least", 65, 10**400, UNKNOWN),
    ("at_most", 65, 65.0, MET),
    ("at_most", 65, True, UNKNOWN),
    ("between", [1, 3], 3, MET),
    ("between", [1, 3], 3.01, NOT_MET),
    ("between", ["2026-11-01", "2026-11-22"], "2026-11-22", MET),
    ("between", ["2026-11-01", "2026-11-22"], date(2026, 11, 23), NOT_MET),
    ("between", ["2026-11-01", "2026-11-22"], MIDNIGHT + DAY - TICK, MET),
    ("between", ["2026-11-01", "2026-11-22"], MIDNIGHT + DAY, NOT_MET),
    ("contains", "vp", "Group VP Sales", MET),
    ("contains", "STRASSE", "Hauptstraße 5", MET),
    ("contains", "50%", "500", NOT_MET),
    ("contains", "a_b", "axb", NOT_MET),
    ("contains", "vp", None, UNKNOWN),
    ("contains", "1", 12, UNKNOWN),
    ("starts_with", "vp ", "VP Sales", MET),
    ("starts_with", "vp ", "VPN", NOT_MET),
    ("is_known", None, "x", MET),
    ("is_known", None, 0, MET),
    ("is_known", None, False, MET),
    ("is_known", None, "", UNKNOWN),
    ("is_unknown", None, None, MET),
    ("is_unknown", None, "", MET),
    ("is_unknown", None, 0, NOT_MET),
    ("before", "2026-11-22", "2026-11-21", MET),
    ("before", "2026-11-22", "2026-11-22", NOT_MET),
    ("before", "2026-11-22", MIDNIGHT - TICK, MET),
    ("before", "2026-11-22", MIDNIGHT, NOT_MET),
    ("before", "2026-11-22", "2026-02-30", UNKNOWN),
    ("before", "2026-11-22", "2025-02-29", UNKNOWN),
    ("before", "2026-11-22", "2024-02-29", MET),
    ("before", "2026-11-22", "0000-02-29", UNKNOWN),
    ("before", "2026-11-22", "2026-11-21\n", UNKNOWN),
    ("before", "2026-11-22", "soon", UNKNOWN),
    ("before", "2026-11-22", datetime(2026, 11, 1), UNKNOWN),  # noqa: DTZ001 - a naive one is no instant
    ("after", "2026-11-22", MIDNIGHT + DAY, MET),
    ("after", "2026-11-22", MIDNIGHT + DAY - TICK, NOT_MET),
    ("after", "9999-12-31", NOW, NOT_MET),
    ("within_days", 30, NOW, MET),
    ("within_days", 30, NOW + TICK, NOT_MET),
    ("within_days", 30, NOW - 30 * DAY + TICK, MET),
    ("within_days", 30, NOW - 30 * DAY, NOT_MET),
    ("within_days", 1, "2026-11-23", MET),
    ("within_days", 1, "2026-11-22", NOT_MET),
    ("within_days", 1, "2026-11-24", NOT_MET),
    ("within_days", 1, "", UNKNOWN),
    ("older_than_days", 30, NOW - 30 * DAY, MET),
    ("older_than_days", 30, NOW - 30 * DAY + TICK, NOT_MET),
    ("older_than_days", 1, "2026-11-22", MET),
    ("is_free_mail", None, "gmail.com", MET),
    ("is_free_mail", None, "acme.com", NOT_MET),
    ("is_free_mail", None, "", UNKNOWN),
]


def criterion(op: str, value: Any) -> FieldCriterion:
    return FieldCriterion.model_validate({"kind": "firmographic", "field": "x", "op": op, "value": value})


@pytest.mark.parametrize(("op", "value", "seen", "expected"), CASES)
def test_one_value_by_one_operator(op: str, value: Any, seen: object, expected: Answer) -> None:
    assert answer_of(criterion(op, value), Facts({"x": seen}), NOW, {}) is expected


def test_a_value_that_is_absent_meets_nothing_but_is_unknown() -> None:
    met = {op for op, value, _, _ in CASES if answer_of(criterion(op, value), Facts({}), NOW, {}) is MET}
    assert met == {"is_unknown"}


def test_an_unknown_value_does_not_disqualify() -> None:
    # Given a disqualifier on a field
    when = When(none=(criterion("is_not", "GB"),))
    # When the value is unknown, or differs, Then only the evidence disqualifies
    assert holds(when, Facts({"x": ""}), now=NOW, thresholds={})
    assert not holds(when, Facts({"x": "FR"}), now=NOW, thresholds={})


def behaviour(at: datetime, recorded: datetime | None = None, **properties: object) -> BehaviourFact:
    return BehaviourFact("demo", at, recorded or at, properties)


BEHAVIOURS: list[tuple[dict[str, Any], list[BehaviourFact], bool]] = [
    ({}, [], False),
    ({}, [behaviour(NOW)], True),
    ({}, [behaviour(NOW + TICK)], False),
    ({}, [behaviour(NOW - DAY, NOW + TICK)], False),
    ({"within_days": 30}, [behaviour(NOW - 30 * DAY)], False),
    ({"within_days": 30}, [behaviour(NOW - 30 * DAY + TICK)], True),
    ({"at_least": 2}, [behaviour(NOW)], False),
    ({"at_least": 2}, [behaviour(NOW), behaviour(NOW)], True),
    ({"where": {"page": "/pricing"}}, [behaviour(NOW, page="/pricing")], True),
    ({"where": {"page": "/pricing"}}, [behaviour(NOW, page="/about")], False),
    ({"where": {"page": "5"}}, [behaviour(NOW, page=5)], False),
    ({"latest_before_days": 30}, [], False),
    ({"latest_before_days": 30}, [behaviour(NOW - 30 * DAY)], True),
    ({"latest_before_days": 30}, [behaviour(NOW - 30 * DAY + TICK)], False),
    ({"latest_before_days": 30}, [behaviour(NOW - 40 * DAY), behaviour(NOW - DAY)], False),
    ({"latest_before_days": 30}, [behaviour(NOW - 40 * DAY), behaviour(NOW - DAY, NOW + TICK)], True),
    (
        {"latest_before_days": 30, "where": {"page": "/a"}},
        [behaviour(NOW - 40 * DAY, page="/a"), behaviour(NOW - DAY, page="/b")],
        True,
    ),
    ({"latest_before_days": 1, "within_days": 30}, [behaviour(NOW - 40 * DAY)], False),
    ({"latest_before_days": 1, "within_days": 30}, [behaviour(NOW - DAY)], True),
    ({"latest_before_days": 1, "at_least": 2}, [behaviour(NOW - DAY), behaviour(NOW - DAY)], True),
    ({"latest_before_days": 1, "at_least": 2}, [behaviour(NOW - 2 * DAY), behaviour(NOW)], False),
]


@pytest.mark.parametrize(("rest", "seen", "expected"), BEHAVIOURS)
def test_a_behaviour_counts_when_it_had_happened_and_was_recorded(
    rest: dict[str, Any], seen: list[BehaviourFact], expected: bool
) -> None:
    item = BehaviourCriterion.model_validate({"kind": "trigger", "behaviour": "demo", **rest})
    assert (answer_of(item, Facts({}, seen), NOW, {}) is MET) == expected


def test_a_threshold_is_looked_up_and_a_missing_one_is_named() -> None:
    item = FieldCriterion.model_validate(
        {"kind": "behaviour", "field": "x", "op": "at_least", "threshold": "mql"}
    )
    assert answer_of(item, Facts({"x": 65}), NOW, {"mql": 65}) is MET
    with pytest.raises(CriterionError, match=r"no threshold 'mql' \(it has: sal\)"):
        answer_of(item, Facts({"x": 65}), NOW, {"sal": 65})


@pytest.mark.parametrize(
    ("op", "value"),
    [
        ("at_least", float("inf")),
        ("at_least", 10**16),
        ("before", "20261122"),
        ("before", "2026-W47-7"),
        ("contains", 5),
    ],
)
def test_values_that_cannot_be_compared_alike_everywhere_are_refused(op: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        criterion(op, value)


def test_what_nobody_could_meet_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"latest_before_days 30: .* nobody could ever meet it"):
        BehaviourCriterion.model_validate(
            {"kind": "trigger", "behaviour": "demo", "within_days": 30, "latest_before_days": 30}
        )
