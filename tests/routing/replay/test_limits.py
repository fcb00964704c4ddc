"""The highest threshold that lets a lead in: the same set of leads as replaying with each threshold."""

import dataclasses
from random import Random
from typing import Any

import pytest

from glossary.types import EditionInForce
from routing.engine.replay.definition import Definition
from routing.queries.replay.cohort import Cohort
from routing.queries.replay.limits import limits, movable
from routing.queries.replay.openings import openings
from tests.routing.replay.chance import STAGE, UNTIL, Chance, definition, windows

pytestmark = pytest.mark.django_db


def with_threshold(side: Definition, key: str, value: float) -> Definition:
    thresholds = {**side.scoring.thresholds, key: value}
    return dataclasses.replace(side, scoring=side.scoring.model_copy(update={"thresholds": thresholds}))


@pytest.mark.parametrize("seed", range(6))
def test_a_lead_comes_in_up_to_its_limit_and_not_beyond(playbook: EditionInForce, seed: int) -> None:
    # Given leads with histories, and a definition with a threshold that can be moved
    dice = Random(seed)
    Chance(dice).leads(150, playbook.id)
    cohort = Cohort(*next(windows()), UNTIL)
    side = next(side for side in (definition(dice) for _ in range(500)) if movable(side))
    (_, key) = dice.choice(movable(side))
    # When the limits are taken once
    found = {lead: at for batch in limits(cohort, side, STAGE, key) for lead, at in batch.limits}
    values = {0.5, 8.0, 15.0, 33.33, 60.0, *list(found.values())[:10]}
    for value in sorted(value for value in values if 0 < value < 10_000):
        # Then with any threshold the same leads come in as when history is replayed with it
        batches = openings(cohort, [with_threshold(side, key, value)], [STAGE])
        opened = {row.lead for batch in batches for row in batch.opened}
        assert {lead for lead, at in found.items() if at >= value} == opened, value


def test_a_threshold_that_also_works_the_other_way_round_has_no_curve() -> None:
    # Given the same threshold asked for in a group, and barred by a disqualifier
    dice = Random(0)
    side = next(side for side in (definition(dice) for _ in range(500)) if (STAGE, "mql") in movable(side))
    data: dict[str, Any] = side.glossary.model_dump(by_alias=True)
    data["stages"][1]["entry"]["none"] = [
        {"kind": "disqualifier", "field": "employees", "op": "at_least", "threshold": "mql"}
    ]
    barred = dataclasses.replace(side, glossary=type(side.glossary).model_validate(data))
    # When it is asked what can be moved, then this one cannot, and drawing its curve is refused by name
    assert (STAGE, "mql") not in movable(barred)
    with pytest.raises(ValueError, match="no curve for the threshold 'mql'"):
        next(limits(Cohort(*next(windows()), UNTIL), barred, STAGE, "mql"))


def test_the_playbook_offers_its_threshold(playbook: EditionInForce) -> None:
    from_playbook = Definition(*playbook_documents(playbook))
    assert movable(from_playbook) == [("mql", "mql")]


def playbook_documents(playbook: EditionInForce) -> Any:
    from_edition = {document.__class__.__name__: document for document in playbook.documents}
    return from_edition["GlossaryDocument"], from_edition["ScoringDocument"]
