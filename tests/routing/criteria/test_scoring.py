"""Scores: fit from what is known, intent from dated behaviours with half-life and caps."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.engine.documents.scoring import ScoringDocument
from routing.engine.evaluate import BehaviourFact, Facts
from routing.engine.scoring import grade, intent
from tests.support import NOW

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def scoring(*rules: dict[str, Any], **rest: Any) -> ScoringDocument:
    rules_with_keys = [{"key": f"r{n}", **rule} for n, rule in enumerate(rules)]
    return ScoringDocument.model_validate({"fit": [], "intent": rules_with_keys, "thresholds": {}, **rest})


def did(name: str, days_ago: float = 0, recorded_days_ago: float | None = None) -> BehaviourFact:
    recorded = days_ago if recorded_days_ago is None else recorded_days_ago
    return BehaviourFact(name, NOW - days_ago * DAY, NOW - recorded * DAY)


DECAY = scoring({"behaviour": "demo", "points": 40, "half_life_days": 30})


def rule(behaviour: str, points: float, **rest: Any) -> dict[str, Any]:
    return {"behaviour": behaviour, "points": points, **rest}


CAPPED = scoring(rule("p", 15, cap=30))
DEDUCTION = scoring(rule("p", -15, cap=30), rule("q", 50))
GROUP = scoring(rule("p", 15, group="web"), rule("q", 15, group="web"), rule("d", 5), group_caps={"web": 20})
CASES: list[tuple[str, ScoringDocument, list[BehaviourFact], float]] = [
    ("nothing done", DECAY, [], 0),
    ("fresh points count in full", DECAY, [did("demo")], 40),
    ("40 points with a 30-day half-life are 20 after 30 days", DECAY, [did("demo", 30)], 20),
    ("and 10 after 60", DECAY, [did("demo", 60)], 10),
    ("the future does not count", DECAY, [did("demo", -1)], 0),
    ("nor what was recorded later", DECAY, [did("demo", 1, -1)], 0),
    ("without half-life nothing fades", scoring(rule("demo", 40)), [did("demo", 3000)], 40),
    ("each time counts", scoring(rule("demo", 0.1)), [did("demo", days) for days in range(300)], 30),
    ("each time fades", scoring(rule("p", 8, half_life_days=1)), [did("p", days) for days in range(4)], 15),
    ("a rule's cap", CAPPED, [did("p")] * 3, 30),
    ("a cap bounds deductions too", DEDUCTION, [did("p")] * 3 + [did("q")], 20),
    ("never below zero", scoring(rule("p", -15)), [did("p")], 0),
    ("the total cap", scoring(rule("p", 90)), [did("p")] * 2, 100),
    ("a group's cap", GROUP, [did("p"), did("q"), did("d")], 25),
    ("a group without a cap adds up", scoring(rule("p", 15, group="web")), [did("p")] * 2, 30),
    ("two rules may look at one behaviour", scoring(rule("p", 1), rule("p", 2)), [did("p")], 3),
]


@pytest.mark.parametrize(
    ("document", "done", "total"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_intent(document: ScoringDocument, done: list[BehaviourFact], total: float) -> None:
    assert intent(done, document, now=NOW).total == pytest.approx(total, abs=0.005)


def test_a_past_score_can_be_had_again() -> None:
    # Given a score of a month ago
    then = NOW - 30 * DAY
    before = intent([did("demo", 40)], DECAY, now=then)
    # When more has happened since, Then the score at that moment is still the same
    assert intent([did("demo", 40), did("demo", 1)], DECAY, now=then) == before


def test_every_line_is_explained() -> None:
    document = scoring(
        {"behaviour": "pricing_page", "points": 15, "cap": 30, "group": "web"},
        {"behaviour": "demo_request", "points": 40, "half_life_days": 30},
        {"behaviour": "webinar", "points": 20},
        group_caps={"web": 25},
    )
    done = [did("pricing_page")] * 3 + [did("demo_request", 30)]
    assert intent(done, document, now=NOW).explanation() == [
        "pricing page 3 times at 15 points: 45, capped at 30",
        "demo request once at 40 points, halving every 30 days: 20",
        "group web: 30, capped at 25",
        "total: 45",
    ]


names = st.sampled_from(("p", "q", "r"))
rules = st.fixed_dictionaries(
    {
        "behaviour": names,
        "points": st.floats(0, 50),
        "cap": st.none() | st.floats(1, 60),
        "half_life_days": st.none() | st.floats(0.5, 400),
        "group": st.none() | st.sampled_from(("web", "mail")),
    }
)


@st.composite
def documents(draw: st.DrawFn) -> ScoringDocument:
    """Rules that give points, with caps of every kind."""
    drawn: list[dict[str, Any]] = draw(st.lists(rules, max_size=5))
    used = sorted({item["group"] for item in drawn if item["group"]})
    caps = {group: draw(st.floats(1, 80)) for group in used if draw(st.booleans())}
    return scoring(*drawn, group_caps=caps, total_cap=90)


histories = st.lists(st.builds(did, names, st.floats(-5, 800)), max_size=8)


@given(document=documents(), done=histories)
def test_caps_hold_on_every_level(document: ScoringDocument, done: list[BehaviourFact]) -> None:
    score = intent(done, document, now=NOW)
    assert 0 <= score.total <= document.total_cap
    caps = {rule.key: rule.cap for rule in document.intent}
    for line in score.lines:
        cap = caps[line.key]
        assert cap is None or line.points <= cap
    assert all(group.points <= document.group_caps[group.key] for group in score.groups)


@given(document=documents(), done=histories, more=st.builds(did, names, st.floats(0, 800)))
def test_doing_more_never_lowers_a_score_of_positive_rules(
    document: ScoringDocument, done: list[BehaviourFact], more: BehaviourFact
) -> None:
    assert intent([*done, more], document, now=NOW).total >= intent(done, document, now=NOW).total


@given(document=documents(), done=histories, days=st.floats(0, 400))
def test_time_alone_never_raises_a_score_of_positive_rules(
    document: ScoringDocument, done: list[BehaviourFact], days: float
) -> None:
    done = [fact for fact in done if fact.is_seen_at(NOW)]
    assert intent(done, document, now=NOW + days * DAY).total <= intent(done, document, now=NOW).total


@given(document=documents(), done=histories, order=st.randoms(use_true_random=False))
def test_the_order_of_behaviours_does_not_matter(
    document: ScoringDocument, done: list[BehaviourFact], order: Any
) -> None:
    shuffled = list(done)
    order.shuffle(shuffled)
    assert intent(shuffled, document, now=NOW).total == intent(done, document, now=NOW).total


FIT = ScoringDocument.model_validate(
    {
        "fit": [
            {"grade": g, "when": {"all": [{"any": [
                {"kind": "firmographic", "field": "employees", "op": "at_least", "value": size}
            ]}]}}
            for g, size in (("A", 200), ("B", 50), ("C", 10))
        ],
        "intent": [],
        "thresholds": {},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("employees", "expected"),
    [(200, "A"), (199, "B"), (50, "B"), (10, "C"), (9, "D"), (None, "D"), ("many", "D")],
)
def test_the_first_tier_that_holds_gives_the_grade(employees: object, expected: str) -> None:
    assert grade(Facts({"employees": employees}), FIT, now=NOW) == expected
