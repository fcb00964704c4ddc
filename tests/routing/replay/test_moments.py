"""Nothing opens between the moments: whatever holds at any instant held at the last moment before it."""

from collections.abc import Iterator
from random import Random
from typing import Any, TypeGuard

import pytest

from glossary.engine.conditions import Criterion, FieldCriterion
from glossary.engine.fields import Op
from glossary.types import EditionInForce
from routing.engine.replay.definition import Definition
from routing.engine.replay.history import LeadHistory
from routing.engine.replay.judging import Gatekeeper
from routing.engine.replay.moments import moments, turning
from routing.engine.scoring import intent, intent_total
from routing.queries.replay.cohort import Cohort
from routing.queries.replay.histories import histories
from tests.routing.replay.chance import NAMES, STAGE, UNTIL, Chance, definition, windows

pytestmark = pytest.mark.django_db


def fades_only(side: Definition) -> bool:
    """Whether time without news can only shut the gate as far as points go: they fade and none are taken off."""
    entry = side.glossary.stage_by_key[STAGE].entry
    wanted = [item for group in entry.all for item in group.any]
    most = [item for item in wanted if _on_points(item) and item.op is Op.AT_MOST]
    barred = [item for item in entry.none if _on_points(item)]
    return not most and not barred and all(rule.points > 0 for rule in side.scoring.intent)


def _on_points(item: Criterion) -> TypeGuard[FieldCriterion]:
    return isinstance(item, FieldCriterion) and item.field == "intent_score"


def all_histories(dice: Random, edition: int, side: Definition) -> Iterator[LeadHistory]:
    Chance(dice).leads(60, edition)
    since, until = next(windows())
    return histories(Cohort(since, until, UNTIL).leads(), side.reads([STAGE]), until=UNTIL)


@pytest.mark.parametrize("seed", range(6))
def test_what_holds_at_any_instant_held_at_the_last_moment_before(
    playbook: EditionInForce, seed: int
) -> None:
    # Given leads, and definitions whose points only fade
    dice = Random(seed)
    sides = [side for side in (definition(dice) for _ in range(60)) if fades_only(side)][:20]
    reads = sides[0].reads([STAGE])
    for side in sides:
        reads |= side.reads([STAGE])
    Chance(dice).leads(60, playbook.id)
    since, until = next(windows())
    cohort = Cohort(since, until, UNTIL).leads()
    opened = 0
    for history in histories(cohort, reads, until=UNTIL):
        for side in sides:
            # When the gate is asked at random instants
            when = moments(history, turning([side], [STAGE]))
            keeper = Gatekeeper(side, STAGE)
            for _ in range(3):
                at = history.began + dice.random() * (UNTIL - history.began)
                last = [moment for moment in when if moment <= at][-1:]
                holds = keeper.opens_at(history, [at]) is not None
                opened += holds
                # Then a gate that is open then was open at the last moment
                assert not holds or keeper.opens_at(history, last) is not None, (history, at)
    assert opened > 100


def test_the_quick_total_is_the_explained_one(playbook: EditionInForce) -> None:
    # Given random rules, and what random leads did
    dice = Random(3)
    side = definition(dice)
    for history in all_histories(dice, playbook.id, side):
        for _ in range(10):
            scoring = definition(dice).scoring
            at = history.began + dice.random() * (UNTIL - history.began)
            facts = [fact for name in NAMES for fact in history.behaviours.get(name, ())]
            seen: dict[str, Any] = {
                name: [fact for fact in history.behaviours.get(name, ()) if fact.is_seen_at(at)]
                for name in NAMES
            }
            # When both totals are taken, then they are equal to the digit
            assert intent_total(seen, scoring, now=at) == intent(facts, scoring, now=at).total
