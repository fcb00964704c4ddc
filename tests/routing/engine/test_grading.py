"""What only routing can grade: numbers of scoring and targets of promises."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glossary.engine.diff import diff
from glossary.engine.grading import Grade
from glossary.types import Documents
from routing.engine.documents import ScoringDocument
from routing.engine.evaluate import BehaviourFact
from routing.engine.grading import grade
from routing.engine.scoring import intent
from tests.glossary.amending import Change, amended, stage
from tests.glossary.engine.playbook_edits import playbook
from tests.support import NOW

T, L, C, W = Grade.TIGHTENED, Grade.LOOSENED, Grade.CHANGED, Grade.WORDING
Glossary = dict[str, Any]


def grades(workstream: str, change: Change, glossary: Change | None = None) -> list[Grade]:
    """The grades of a change to the playbook, whose glossary may say something else first."""
    documents = dict(playbook())
    if glossary:
        documents["glossary"] = amended(documents["glossary"], "glossary", glossary)
    old = documents[workstream]
    new = amended(old, workstream, change)
    before, after = Documents(documents.values()), Documents([*documents.values(), new])
    return [item.grade for item in diff(old, new, before=before, after=after, grader=grade)]


def rule(**values: Any) -> Change:
    return lambda d: d["intent"][3].update(values)


def target(text: str) -> Change:
    return lambda d: d["sla"][1].update(target=text)


CASES: list[tuple[str, str, Change, list[Grade]]] = [
    ("bar up", "scoring", lambda d: d["thresholds"].update(mql=70), [T]),
    ("bar down", "scoring", lambda d: d["thresholds"].update(mql=60), [L]),
    ("more points", "scoring", rule(points=20), [L]),
    ("fewer points", "scoring", rule(points=-5), [T]),
    ("cap lifted", "scoring", rule(cap=None), [L]),
    ("cap lowered", "scoring", rule(cap=20), [T]),
    ("slower decay", "scoring", rule(half_life_days=60), [L]),
    ("no decay", "scoring", rule(half_life_days=None), [L]),
    ("minus points decaying slower", "scoring", rule(points=-5, half_life_days=60), [T, T]),
    ("total cap up", "scoring", lambda d: d.update(total_cap=120), [L]),
    ("group cap down", "scoring", lambda d: d["group_caps"].update(web=30), [T]),
    ("group cap gone", "scoring", lambda d: d["group_caps"].pop("web"), [Grade.STRUCTURE]),
    ("another behaviour", "scoring", rule(behaviour="webinar"), [Grade.STRUCTURE]),
    ("sooner", "routing", target("30 business minutes"), [T]),
    ("later", "routing", target("2 business hours"), [L]),
    ("said otherwise", "routing", target("60 business minutes"), [W]),
    ("days for hours", "routing", target("1 business day"), [C]),
    ("round the clock", "routing", target("1 hour"), [C]),
    ("fewer days", "routing", lambda d: d["sla"][3].update(target="4 business days"), [T]),
    ("who is told", "routing", lambda d: d["sla"][1].update(warn=[50]), [Grade.STRUCTURE]),
]


@pytest.mark.parametrize(
    ("workstream", "change", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_a_number_is_graded(workstream: str, change: Change, expected: list[Grade]) -> None:
    assert grades(workstream, change) == expected


def disqualifying(document: dict[str, Any]) -> None:
    """Too much interest disqualifies, as robots show it."""
    bar = {"kind": "disqualifier", "field": "intent_score", "op": "at_least", "threshold": "mql"}
    stage(document, "lead")["entry"]["none"] = [bar]


def at_most(document: dict[str, Any]) -> None:
    bar = {"kind": "behaviour", "field": "intent_score", "op": "at_most", "value": 90}
    stage(document, "lead")["entry"]["all"].append({"any": [bar]})


def test_one_use_the_other_way_leaves_only_that_it_changed() -> None:
    up: Change = lambda d: d["thresholds"].update(mql=70)  # noqa: E731
    assert grades("scoring", up, glossary=disqualifying) == [C]
    assert grades("scoring", rule(points=20), glossary=at_most) == [C]
    # A threshold that is used upwards only is not concerned by other uses of the score
    assert grades("scoring", up, glossary=at_most) == [T]


def test_a_tier_by_a_threshold_passes_leads_on_to_the_next() -> None:
    def tier(document: dict[str, Any]) -> None:
        criterion = {"kind": "firmographic", "field": "employees", "op": "at_least", "threshold": "mql"}
        document["fit"][0]["when"]["all"].append({"any": [criterion]})
        document["thresholds"]["mql"] = 70

    assert grades("scoring", tier) == [T, C]


numbers: dict[str, st.SearchStrategy[Any]] = {
    "points": st.sampled_from((-20.0, -1.0, 0.0, 5.0, 40.0)),
    "cap": st.sampled_from((None, 5.0, 30.0)),
    "half_life_days": st.sampled_from((None, 1.0, 30.0)),
}
seen = st.lists(
    st.tuples(st.sampled_from(("pricing_page", "webinar")), st.integers(0, 90)).map(
        lambda item: BehaviourFact(item[0], NOW - timedelta(days=item[1]), NOW)
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    old=st.fixed_dictionaries(numbers), new=st.fixed_dictionaries(numbers), done=st.lists(seen, min_size=5, max_size=9)
)  # fmt: skip
def test_the_score_goes_where_the_grade_says(
    old: dict[str, Any], new: dict[str, Any], done: list[list[BehaviourFact]]
) -> None:
    # Given a rule that changes in up to three ways
    documents = playbook()
    was = amended(documents["scoring"], "scoring", rule(**old))
    now = amended(documents["scoring"], "scoring", rule(**new))
    assert isinstance(was, ScoringDocument)
    assert isinstance(now, ScoringDocument)
    after = Documents([*documents.values(), now])
    found = {item.grade for item in diff(was, now, before=after, after=after, grader=grade)}
    # When leads are scored before and after, Then no score rises that was tightened, or falls that was loosened
    for behaviours in done:
        before_, after_ = (intent(behaviours, document, now=NOW).total for document in (was, now))
        assert not (found <= {T} and after_ > before_)
        assert not (found <= {L} and after_ < before_)
