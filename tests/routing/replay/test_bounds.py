"""Where a threshold lies exactly on a score that a lead once had, and where several gates share one score."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from glossary.engine.documents import GlossaryDocument
from routing.engine.documents import ScoringDocument
from routing.engine.facts import BehaviourFact, by_name
from routing.engine.replay.arriving import arrivals
from routing.engine.replay.definition import Definition
from routing.engine.replay.history import LeadHistory, ValueChange
from routing.engine.replay.judge import Judge
from routing.engine.scoring import intent_total
from tests.routing.replay.chance import DAY, FIELDS, NAMES, STAGE, UNTIL, past

BEGAN = UNTIL - timedelta(days=121)
INTENT = {"kind": "trigger", "field": "intent_score", "op": "at_least", "threshold": "mql"}


def side(scoring: ScoringDocument, groups: list[list[dict[str, Any]]], *required: str) -> Definition:
    stages = [
        {"key": "inquiry", "name": "Inquiry", "short": "INQ", "kind": "funnel", "position": 1, "definition": "x"},
        {"key": STAGE, "name": "MQL", "short": "MQL", "kind": "funnel", "position": 2, "definition": "x",
         "entry": {"all": [{"any": group} for group in groups]}, "required_fields": required},
    ]  # fmt: skip
    moves = [{"from": "inquiry", "to": STAGE, "by": ["system"]}]
    return Definition(
        GlossaryDocument.model_validate({"stages": stages, "moves": moves, "fields": FIELDS}), scoring
    )


def scored(
    rules: list[dict[str, Any]], caps: dict[str, float], total_cap: float, bound: float
) -> ScoringDocument:
    software = {"kind": "firmographic", "field": "industry", "op": "is", "value": "software"}
    fit = [{"grade": "A", "when": {"all": [{"any": [software]}]}}]
    document = {"fit": fit, "intent": rules, "group_caps": caps, "total_cap": total_cap}
    return ScoringDocument.model_validate({**document, "thresholds": {"mql": bound}})


def scoring(dice: Random) -> ScoringDocument:
    rules = [
        {
            "key": f"rule_{place}",
            "behaviour": dice.choice(NAMES),
            "points": dice.choice((0, 0.1, 3.335, 10, 15, 30)),
            "cap": dice.choice((None, 12.5, 45)),
            "group": dice.choice((None, "web")),
            "half_life_days": dice.choice((None, 0.5, 7, 30)),
        }
        for place in range(dice.randint(1, 4))
    ]
    caps = {"web": 20.0} if any(rule["group"] for rule in rules) and dice.random() < 0.5 else {}
    return scored(rules, caps, dice.choice((40, 100)), 1)


def history(dice: Random) -> LeadHistory:
    facts = []
    for _ in range(dice.randint(0, 12)):
        at = past(dice)
        late = at + DAY * dice.choice((0, 0, 0, 3))
        facts.append(BehaviourFact(dice.choice(NAMES), at, min(late, UNTIL)))
    return LeadHistory(1, BEGAN, UNTIL, {"country": "DE"}, facts=facts)


def scores(lead: LeadHistory, document: ScoringDocument) -> list[float]:
    """The score after each arrival."""
    found, seen = [], list[BehaviourFact]()
    arrived = arrivals(lead.facts)
    for place, (at, fact) in enumerate(arrived):
        seen.append(fact)
        if place + 1 == len(arrived) or arrived[place + 1][0] > at:
            found.append(intent_total(by_name(seen), document, now=at))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_thresholds_on_a_score_that_was_reached(seed: int) -> None:
    # Given leads, and ways to score them in which points only fall
    dice = Random(seed)
    opened = shut = 0
    for _ in range(150):
        lead, document = history(dice), scoring(dice)
        deed = {"kind": "trigger", "behaviour": dice.choice(NAMES), "at_least": 2}
        shapes: list[list[list[dict[str, Any]]]] = [[[INTENT]], [[INTENT], [deed]], [[INTENT, deed]]]
        # When gates ask for just what a lead once had, a hundredth more and a hundredth less, all at once
        reached = scores(lead, document) or [0.0]
        bounds = [score + step for score in (max(reached), dice.choice(reached)) for step in (-0.01, 0, 0.01)]
        sides = [
            side(document.model_copy(update={"thresholds": {"mql": bound}}), shape)
            for bound in bounds
            for shape in shapes
        ]
        judge = Judge(sides, [STAGE])
        # Then each opens when judging it at every moment says so
        found = judge.on_news(lead)
        assert found == judge.at_moments(lead), (lead, document, bounds)
        assert judge.waits_for_news
        opened += sum(at is not None for at in found)
        shut += found.count(None)
    assert opened > 500
    assert shut > 500


def test_score_of_exactly_the_threshold_opens() -> None:
    # Given two deeds of 20 points each, and a third one of 0.006, which rounds up to a hundredth
    rules = [
        {"key": "a", "behaviour": "webinar", "points": 20},
        {"key": "b", "behaviour": "demo_request", "points": 0.006},
    ]
    days = [UNTIL - timedelta(days=day) for day in (9, 8, 7)]
    facts = [
        BehaviourFact(name, at, at)
        for name, at in zip(("webinar", "webinar", "demo_request"), days, strict=True)
    ]
    lead = LeadHistory(1, BEGAN, UNTIL, {}, facts=facts)
    bounds = (20.0, 20.01, 40.0, 40.01, 40.02)
    # When gates ask for this much
    sides = [side(scored(rules, {}, 100, bound), [[INTENT]]) for bound in bounds]
    # Then each opens with the deed that reaches it
    assert Judge(sides, [STAGE]).on_news(lead) == [days[0], days[1], days[1], days[2], None]


@pytest.mark.parametrize("known", [None, 3])
def test_gate_that_requires_the_age_waits_for_the_capture(known: int | None) -> None:
    # Given two leads alike in all but when it became known when they were captured
    document = scored([], {}, 100, 1)
    deed = {"kind": "trigger", "behaviour": "webinar"}
    judge = Judge([side(document, [[deed]], "age_days"), side(document, [[deed]])], [STAGE])
    did = UNTIL - timedelta(days=9)
    at = None if known is None else UNTIL - timedelta(days=known)
    changes = [] if at is None else [ValueChange(at, "captured_at", BEGAN)]
    lead = LeadHistory(1, BEGAN, UNTIL, {}, changes, [BehaviourFact("webinar", did, did)])
    told = replace(lead, lead=2, values={"captured_at": BEGAN}, changes=[])
    # When both are judged, one after the other
    found: list[list[datetime | None]] = [judge.on_news(each) for each in (told, lead)]
    # Then only the gate that requires the age waits for it
    assert found == [[did, did], [at, did]]
    assert found == [judge.at_moments(each) for each in (told, lead)]
