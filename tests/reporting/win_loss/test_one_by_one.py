"""The counts against the plain way: each lead's facts asked for alone, each criterion judged by the evaluator."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from glossary.engine.conditions import FieldCriterion
from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import Op
from glossary.types import EditionInForce
from reporting.engine.win_loss.asked import Policies, criteria_of
from routing.engine.documents import ScoringDocument
from routing.engine.evaluate import Answer, Facts, answer_of
from routing.engine.scoring import grade, intent
from routing.models import Behaviour, Lead, LeadChange, StageEntry
from routing.queries.facts_then import facts_then
from tests.reporting.log import DAY_0, on_day
from tests.reporting.win_loss.decided import checked, entry, result_of

pytestmark = pytest.mark.django_db
NAMES = ("demo_request", "contact_sales", "pricing_page", "webinar", "whitepaper", "email_click")
STAGES = ("mql", "sal", "sql", "opportunity")
VALUES: dict[str, tuple[object, ...]] = {
    "industry": ("", "software", "education", "odd"),
    "employees": (None, 5, 60, 400),
    "region": ("", "emea", "apac"),
    "consent": ("", "granted", "denied"),
    "company": ("", "Acme"),
}


def a_lead(dice: Random, edition: EditionInForce, number: int) -> tuple[Lead, list[StageEntry]]:
    """A lead with a random path to an outcome, its entries not saved."""
    values = {key: dice.choice(options) for key, options in VALUES.items()}
    domain = dice.choice(("acme.example", "gmail.com"))
    lead = Lead.objects.create(captured_at=DAY_0, recorded_at=DAY_0, email=f"p{number}@{domain}", **values)
    days = sorted(dice.uniform(1, 60) for _ in STAGES)
    path = [(stage, day) for stage, day in zip(STAGES, days, strict=True) if dice.random() < 0.7]
    entries = [entry(lead, stage, day, edition) for stage, day in path]
    entries.append(entry(lead, dice.choice(("won", "lost")), dice.uniform(50, 80), edition))
    return lead, entries


def happenings(dice: Random, lead: Lead) -> tuple[list[Behaviour], list[LeadChange]]:
    """What the lead did, and values that changed on the way."""
    behaviours = []
    for _ in range(dice.randint(0, 6)):
        at = on_day(dice.uniform(0, 70))
        seen = at + timedelta(days=dice.choice((0, 0, 3)))
        name = dice.choice(NAMES)
        behaviours.append(Behaviour(lead=lead, name=name, occurred_at=at, recorded_at=seen, properties={}))
    changes = []
    for key, options in VALUES.items():
        if dice.random() < 0.4:
            at = on_day(dice.uniform(1, 70))
            changes.append(
                LeadChange(
                    lead=lead, field=key, before=dice.choice(options), after=getattr(lead, key), cause="enrich",
                    actor_name="x", occurred_at=at, recorded_at=at,
                )
            )  # fmt: skip
    return behaviours, changes


@pytest.mark.parametrize("seed", range(3))
def test_counts_agree_with_judging_one_lead_at_a_time(playbook: EditionInForce, seed: int) -> None:
    dice = Random(seed)
    made = [a_lead(dice, playbook, number) for number in range(80)]
    StageEntry.objects.bulk_create(item for _, entries in made for item in entries)
    stories = [happenings(dice, lead) for lead, _ in made]
    Behaviour.objects.bulk_create(item for behaviours, _ in stories for item in behaviours)
    LeadChange.objects.bulk_create(item for _, changes in stories for item in changes)

    result = result_of(checked())

    policies = Policies(playbook.document(GlossaryDocument), playbook.document(ScoringDocument))
    expected, unjudged = plain_counts(made, policies)
    names = ("won_met", "won_not_met", "won_unknown", "lost_met", "lost_not_met", "lost_unknown")
    for row in result["rows"]:
        assert [row[name] for name in names] == [expected[row["label"], name] for name in names], row["label"]
    assert result["total"]["unjudged"] == unjudged
    assert len(result["rows"]) == len(criteria_of(policies))


def plain_counts(
    made: list[tuple[Lead, list[StageEntry]]], policies: Policies
) -> tuple[Counter[tuple[str, str]], int]:
    """(words, cell) → leads, and how many could not be judged."""
    counted: Counter[tuple[str, str]] = Counter()
    unjudged = 0
    for lead, entries in made:
        *path, outcome = entries
        before = [item for item in path if item.occurred_at <= outcome.occurred_at]
        own = [item.occurred_at for item in before if item.to_stage == "mql"]
        moments = own or [item.occurred_at for item in before]
        if not moments:
            unjudged += 1
            continue
        now = min(moments)
        facts = facts_then(Lead.objects.get(pk=lead.pk), instant=now)
        scores = {
            "icp_grade": grade(facts, policies.scoring, now=now),
            "intent_score": intent(facts.behaviours, policies.scoring, now=now).total,
        }
        facts = Facts({**facts.values, **scores}, facts.behaviours)
        for item in criteria_of(policies):
            answer = answer_of(item.criterion, facts, now, policies.scoring.thresholds)
            if isinstance(item.criterion, FieldCriterion) and item.criterion.op is Op.IS_KNOWN:
                answer = Answer.MET if answer is Answer.MET else Answer.NOT_MET
            counted[item.words, f"{outcome.to_stage}_{answer.value}"] += 1
    return counted, unjudged
