"""Implication is sound: what is said to follow does follow, of every value and of random leads."""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glossary.engine.conditions import BehaviourCriterion, FieldCriterion, Gate, Group, Kind, When
from glossary.engine.grading import Grade, grade_when
from glossary.engine.implication import implies
from routing.engine.comparisons import is_met
from routing.engine.evaluate import Facts, evaluate, holds
from tests.glossary.engine.pairs import confirmations, facts, gates, related, thresholds, uniform_facts
from tests.routing.criteria.strategies import DATES, INSTANTS, NUMBERS, TEXTS
from tests.support import NOW

Implies = Callable[[When, When, Mapping[str, float], Mapping[str, float]], bool]
NO: dict[str, float] = {}
SEEN: tuple[object, ...] = (
    *TEXTS,
    *NUMBERS,
    *DATES,
    *INSTANTS,
    True,
    False,
    None,
    "",
    [],
    {},
    10**30,
    10**400,
    64.99,
    "acme.com",
)

POOL: list[dict[str, Any]] = [
    *({"op": op} for op in ("is_known", "is_unknown", "is_free_mail")),
    *({"op": op, "value": v} for op in ("is", "is_not") for v in ("A", "é", "e\u0301", 65, 65.0, 12, True, False)),
    *(
        {"op": op, "value": v}
        for op in ("in", "not_in")
        for v in (["A", "a"], ["A", "a", "50%"], ["A", 65], [65, 12], ["A", True], [True, False], [" A "])
    ),
    *({"op": op, "value": v} for op in ("at_least", "at_most") for v in (0, 12, 65, 65.0, -1, 12.5)),
    *({"op": "between", "value": v} for v in ([0, 12], [12, 12], [1, 65], ["2024-02-29", "2026-11-22"])),
    *({"op": "between", "value": v} for v in (["2026-11-22", "2026-11-22"], ["0001-01-01", "9999-12-31"])),
    *({"op": op, "value": v} for op in ("contains", "starts_with") for v in ("a", "A", "stra", "STRASS", "İ", "50")),
    *({"op": op, "value": v} for op in ("before", "after") for v in DATES),
    *({"op": op, "value": v} for op in ("within_days", "older_than_days") for v in (0.5, 1, 30, 3650)),
]  # fmt: skip
CRITERIA = [FieldCriterion.model_validate({"kind": "firmographic", "field": "x", **item}) for item in POOL]


def positive(criterion: FieldCriterion | BehaviourCriterion) -> When:
    return When(all=(Group(any=(criterion,)),))


def negative(criterion: FieldCriterion | BehaviourCriterion) -> When:
    return When(none=(criterion,))


def met_by(criterion: FieldCriterion) -> frozenset[int]:
    """Which of the values meet a criterion, by their place in the list."""
    return frozenset(n for n, value in enumerate(SEEN) if is_met(criterion, value, NOW, NO) is True)


def wrong_answers(says: Implies) -> list[str]:
    """Pairs of single criteria, for and against, that `says` follow and that a value shows do not."""
    every = frozenset(range(len(SEEN)))
    sides = [(positive(c), met_by(c)) for c in CRITERIA] + [
        (negative(c), every - met_by(c)) for c in CRITERIA
    ]
    return [
        f"{old} does not imply {new}"
        for (old, meets_old), (new, meets_new) in product(sides, sides)
        if not meets_old <= meets_new and says(old, new, NO, NO)
    ]


def test_no_value_refutes_what_is_said_of_two_criteria() -> None:
    assert wrong_answers(implies) == []


def test_an_answer_the_wrong_way_round_is_refuted() -> None:
    # Negative control: the same test with a wrong implication goes red
    assert len(wrong_answers(lambda old, new, a, b: implies(new, old, b, a))) > 100


def test_of_what_follows_on_all_values_most_is_shown() -> None:
    sides = [(positive(c), met_by(c)) for c in CRITERIA if met_by(c)]
    follow = [(old, new) for (old, a), (new, b) in product(sides, sides) if a <= b]
    shown = [pair for pair in follow if implies(*pair, NO, NO)]
    assert len(shown) / len(follow) > 0.6


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    pair=related(), leads=st.lists(facts | uniform_facts, min_size=12, max_size=16), before=thresholds, after=thresholds
)  # fmt: skip
def test_a_grade_keeps_its_word_on_random_leads(
    pair: tuple[When, When], leads: list[Facts], before: dict[str, float], after: dict[str, float]
) -> None:
    old, new = pair
    # Given a change and its grade
    grade = grade_when(old, new, before, after)
    # When leads are judged before and after
    was = [holds(old, lead, now=NOW, thresholds=before) for lead in leads]
    now = [holds(new, lead, now=NOW, thresholds=after) for lead in leads]
    # Then tightening gains none, loosening loses none, wording changes nothing
    if grade in {Grade.TIGHTENED, Grade.WORDING}:
        assert not any(b and not a for a, b in zip(was, now, strict=True))
    if grade in {Grade.LOOSENED, Grade.WORDING}:
        assert not any(a and not b for a, b in zip(was, now, strict=True))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    old=gates, new=gates,
    given_=st.dictionaries(
        st.sampled_from(("need", "budget")), st.sampled_from((True, "a note", "2026-11-22", NOW, NOW.date(), "", None))
    ),
)  # fmt: skip
def test_confirmations_keep_the_word_of_the_grade(old: Gate, new: Gate, given_: dict[str, object]) -> None:
    was, now = (
        evaluate(gate, Facts({}), now=NOW, fields={}, thresholds=NO, given=given_).holds
        for gate in (old, new)
    )
    grade = grade_when(old, new, NO, NO)
    assert not (grade in {Grade.TIGHTENED, Grade.WORDING} and now and not was)
    assert not (grade in {Grade.LOOSENED, Grade.WORDING} and was and not now)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(pair=related(), values=thresholds, confirm=confirmations)
def test_every_set_implies_itself_in_any_order(
    pair: tuple[When, When], values: dict[str, float], confirm: Any
) -> None:
    when = pair[0]
    gate = Gate(all=when.all, none=when.none, confirm=confirm)
    turned = Gate(
        all=tuple(Group(any=group.any[::-1]) for group in when.all[::-1]), none=when.none[::-1], confirm=confirm[::-1]
    )  # fmt: skip
    assert grade_when(gate, turned, values, values) is Grade.WORDING


def field(op: str, value: Any = None, key: str = "x", **rest: Any) -> dict[str, Any]:
    return {"kind": "firmographic", "field": key, "op": op, "value": value, **rest}


def done(**rest: Any) -> dict[str, Any]:
    return {"kind": "behaviour", "behaviour": "demo", **rest}


def gate(*all_: list[dict[str, Any]], none: Any = (), confirm: Any = ()) -> Gate:
    return Gate.model_validate({"all": [{"any": group} for group in all_], "none": none, "confirm": confirm})


T, L, C, W = Grade.TIGHTENED, Grade.LOOSENED, Grade.CHANGED, Grade.WORDING
GRADES: list[tuple[str, Gate, Gate, Grade]] = [
    ("bar up", gate([field("at_least", 65)]), gate([field("at_least", 70)]), T),
    ("bar down", gate([field("at_most", 65)]), gate([field("at_most", 70)]), L),
    ("value dropped", gate([field("in", ["A", "B"])]), gate([field("is", "A")]), T),
    ("value swapped", gate([field("in", ["A", "B"])]), gate([field("in", ["A", "C"])]), C),
    ("exclusion longer", gate([field("not_in", ["A"])]), gate([field("not_in", ["A", "B"])]), T),
    ("list as alternatives", gate([field("in", ["A", "B"])]), gate([field("is", "B"), field("is", "A")]), W),
    ("group added", gate(), gate([field("is_known")]), T),
    ("group dropped", gate([field("is_known")], [field("is", 1, "y")]), gate([field("is", 1, "y")]), L),
    ("disqualifier added", gate(), gate(none=[field("is_free_mail")]), T),
    ("disqualifier dropped", gate(none=[field("is_free_mail")]), gate(), L),
    ("disqualifier wider", gate(none=[field("is", "A")]), gate(none=[field("in", ["A", "B"])]), T),
    ("alternative added", gate([field("is", "A")]), gate([field("is", "A"), field("is", "B", "y")]), L),
    ("one up, one down", gate([field("at_least", 1)]), gate([field("at_least", 0)], [field("is", 1, "y")]), C),
    ("not x is not unknown x", gate(none=[field("is", "A")]), gate([field("is_not", "A")]), T),
    ("not unknown is known", gate(none=[field("is_unknown")]), gate([field("is_known")]), W),
    ("another field", gate([field("is", "A")]), gate([field("is", "A", "y")]), C),
    ("number and text", gate([field("is", 1)]), gate([field("is", "1")]), C),
    ("whole and real", gate([field("is", 1)]), gate([field("is", 1.0)]), W),
    ("yes and not no", gate([field("is", True)]), gate([field("is_not", False)]), W),
    ("between narrower", gate([field("between", [0, 9])]), gate([field("between", [1, 9])]), T),
    ("from a value to a range", gate([field("is", 5)]), gate([field("at_least", 5)]), L),
    ("days fewer", gate([field("within_days", 30)]), gate([field("within_days", 7)]), T),
    ("older", gate([field("older_than_days", 30)]), gate([field("older_than_days", 7)]), L),
    ("later", gate([field("after", "2026-01-01")]), gate([field("after", "2026-02-01")]), T),
    ("dates to a range", gate([field("between", ["2026-01-02", "2026-02-01"])]),
     gate([field("after", "2026-01-01")]), L),
    ("a longer beginning", gate([field("starts_with", "VP")]), gate([field("starts_with", "vp sales")]), T),
    ("beginning to anywhere", gate([field("starts_with", "Straße")]), gate([field("contains", "STRASS")]), L),
    ("more often", gate([done()]), gate([done(at_least=2)]), T),
    ("no period", gate([done(within_days=30)]), gate([done()]), L),
    ("on a page", gate([done()]), gate([done(where={"page": "/pricing"})]), T),
    ("often but longer ago", gate([done(within_days=7)]), gate([done(at_least=2, within_days=30)]), C),
    ("the latest longer ago", gate([done(latest_before_days=7)]), gate([done(latest_before_days=30)]), T),
    ("the latest of any age", gate([done(latest_before_days=7)]), gate([done()]), L),
    ("less counted, the latest may be older", gate([done(latest_before_days=7)]),
     gate([done(latest_before_days=7, where={"page": "/pricing"})]), C),
    ("further back, the latest the same", gate([done(within_days=30, latest_before_days=7)]),
     gate([done(within_days=90, latest_before_days=7)]), L),
    ("confirmation added", gate(), gate(confirm=[{"key": "need", "label": "A need"}]), T),
    ("confirmation with a note", gate(confirm=[{"key": "need", "label": "A"}]),
     gate(confirm=[{"key": "need", "label": "A", "needs": "note"}]), T),
    ("a note becomes a meeting", gate(confirm=[{"key": "need", "label": "A", "needs": "note"}]),
     gate(confirm=[{"key": "need", "label": "A", "needs": "meeting"}]), C),
    ("confirmation renamed", gate(confirm=[{"key": "need", "label": "A"}]),
     gate(confirm=[{"key": "need", "label": "B"}]), W),
    ("what is ruled out anyway", gate([field("in", ["A", "B"])], none=[field("is", "B")]), gate([field("is", "A")]), W),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected"), [case[1:] for case in GRADES], ids=[case[0] for case in GRADES]
)
def test_a_change_is_graded(old: Gate, new: Gate, expected: Grade) -> None:
    opposite = {T: L, L: T}
    assert grade_when(old, new, NO, NO) is expected
    assert grade_when(new, old, NO, NO) is opposite.get(expected, expected)


def test_a_threshold_counts_by_its_number() -> None:
    item = gate([{"kind": "behaviour", "field": "x", "op": "at_least", "threshold": "mql"}])
    assert grade_when(item, item, {"mql": 65}, {"mql": 70}) is T
    assert grade_when(item, gate([field("at_least", 65)]), {"mql": 65}, NO) is W
    # One that is not defined says nothing
    assert grade_when(item, item, NO, NO) is C


def test_a_behaviour_is_no_field_of_the_same_name() -> None:
    behaviour = BehaviourCriterion(kind=Kind.TRIGGER, behaviour="x")
    assert not implies(positive(behaviour), positive(CRITERIA[0]), NO, NO)
