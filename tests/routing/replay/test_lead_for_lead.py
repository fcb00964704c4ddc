"""Replay in bulk says of every lead what replaying it alone through evaluate() says, moment by moment."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from random import Random

import pytest
from django.db import connection

from glossary.types import EditionInForce
from routing.engine.evaluate import Facts, evaluate
from routing.engine.replay.definition import Definition, all_reads
from routing.engine.replay.judge import Judge
from routing.engine.replay.moments import moments, turning
from routing.engine.scoring import grade, intent
from routing.models import Lead
from routing.queries.facts_then import facts_then
from routing.queries.replay.cohort import Cohort
from routing.queries.replay.histories import histories
from routing.queries.replay.openings import openings
from tests.routing.replay.chance import DAY, STAGE, UNTIL, Chance, definition, windows

pytestmark = pytest.mark.django_db
Opening = tuple[datetime | None, ...]
LEADS, CHANGES = 200, 25  # 5,000 leads in all; half of them on PostgreSQL


def scored(facts: Facts, side: Definition, now: datetime) -> Facts:
    score = intent(facts.behaviours, side.scoring, now=now).total
    values = {**facts.values, "icp_grade": grade(facts, side.scoring, now=now), "intent_score": score}
    return dataclasses.replace(facts, values=values)


def holds(facts: Facts, side: Definition, now: datetime) -> bool:
    stage = side.glossary.stage_by_key[STAGE]
    return evaluate(
        stage.entry,
        scored(facts, side, now),
        now=now,
        fields=side.glossary.field_by_key,
        thresholds=side.scoring.thresholds,
        required=stage.required_fields,
    ).holds


def opens_alone(lead: Lead, sides: Sequence[Definition], when: Sequence[datetime]) -> Opening:
    """For each definition the first moment at which the verdict on this one lead is yes."""
    first: list[datetime | None] = [None] * len(sides)
    for now in when:
        left = [place for place, at in enumerate(first) if at is None]
        facts = facts_then(lead, instant=now) if left else None
        for place in left:
            if facts is not None and holds(facts, sides[place], now):
                first[place] = now
    return tuple(first)


def in_bulk(cohort: Cohort, sides: Sequence[Definition]) -> dict[int, Opening]:
    found = openings(cohort, sides, [STAGE])
    return {row.lead: row.at for batch in found for row in batch.opened}


def change(dice: Random, *, on_news: bool) -> tuple[Definition, Definition]:
    """A random change of a random definition; `on_news`: of thresholds and gates that ask for points and wait for news.

    Gates of the usual definitions do, and such are judged in a way of their own, all with one score.
    """
    while True:
        before = definition(dice)
        after = definition(dice, like=before)
        if not on_news:
            return before, after
        scoring = before.scoring.model_copy(update={"thresholds": after.scoring.thresholds})
        after = dataclasses.replace(after, scoring=scoring)
        asks = before.scores_intent(STAGE) and after.scores_intent(STAGE)
        if asks and Judge((before, after), [STAGE]).waits_for_news:
            return before, after


TODAY = [(seed, 0) for seed in range(CHANGES if connection.vendor == "sqlite" else CHANGES // 2)]
EARLIER = [(seed, 20) for seed in range(100, 103)]


@pytest.mark.parametrize(("seed", "ago"), TODAY + EARLIER)
def test_replay_in_bulk_agrees_with_evaluate_lead_by_lead(
    playbook: EditionInForce, seed: int, ago: int
) -> None:
    # Given leads with histories of every kind, and a random change of a random definition
    dice = Random(seed)
    Chance(dice).leads(LEADS, playbook.id)
    sides = change(dice, on_news=seed % 2 == 1)
    turns, reads = turning(sides, [STAGE]), all_reads(sides, [STAGE])
    (start, end), (since, until) = windows()
    as_of = UNTIL - ago * DAY
    # When each lead is replayed alone, and all of them in bulk
    alone = {}
    for history in histories(Cohort(start, end, as_of).leads(), reads, until=as_of):
        lead = Lead.objects.get(pk=history.lead)
        at = opens_alone(lead, sides, moments(history, turns))
        if any(at):
            alone[lead.pk] = at
    # Then both say the same, to the microsecond, under both definitions, for all time and for a part of it
    assert in_bulk(Cohort(start, end, as_of), sides) == alone
    captured = Lead.objects.filter(captured_at__gte=since, captured_at__lt=until)
    within = set(captured.values_list("pk", flat=True))
    assert in_bulk(Cohort(since, until, as_of), sides) == {
        lead: at for lead, at in alone.items() if lead in within
    }


@pytest.mark.parametrize("on_news", [False, True])
def test_the_random_changes_let_in_and_shut_out(playbook: EditionInForce, *, on_news: bool) -> None:
    # Given the leads of one seed and many random changes
    dice = Random(1)
    Chance(dice).leads(LEADS, playbook.id)
    start, end = next(windows())
    counts = Counter[tuple[bool, ...]]()
    for _ in range(12):
        found = in_bulk(Cohort(start, end, UNTIL), change(dice, on_news=on_news))
        counts.update(tuple(at is not None for at in opened) for opened in found.values())
    # Then there is enough of each to be wrong about: in both, lost and gained
    assert min(counts[True, True], counts[True, False], counts[False, True]) > 100, counts
