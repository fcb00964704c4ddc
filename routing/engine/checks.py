"""Cross-checks of the scoring and the routing documents against each other and the glossary."""

from glossary.engine.conditions import BehaviourCriterion, FieldCriterion, Kind
from glossary.engine.criteria_checks import check_criteria
from glossary.engine.documents import GlossaryDocument
from glossary.types import Documents, Finding
from routing.engine.columns import check_columns
from routing.engine.documents.routing import EVENTS, RoutingDocument
from routing.engine.documents.scoring import ScoringDocument

# Enough for any organisation; what every evaluation and every back-test has to go through.
MOST_CRITERIA = 2_000
# Made by scoring itself or later than it: a grade that asks for them would ask for itself.
NOT_BEFORE_SCORING = frozenset({"icp_grade", "intent_score"})


def check_scoring(documents: Documents) -> list[Finding]:
    """Tier criteria, and what the glossary takes from scoring: thresholds, triggers, behaviours."""
    scoring = documents.get(ScoringDocument)
    fields = documents.get(GlossaryDocument).field_by_key
    found = []
    for tier in scoring.fit:
        where = f"scoring.fit.{tier.grade}"
        criteria = list(tier.when.criteria())
        found += check_criteria(where, criteria, fields)
        found += [
            Finding(
                where,
                f"the field {c.field!r} comes out of scoring and cannot go into it; use firmographics",
            )
            for c in criteria
            if isinstance(c, FieldCriterion) and c.field in NOT_BEFORE_SCORING
        ]
    return found + _check_uses(documents)


def check_routing(documents: Documents) -> list[Finding]:
    """Territory and SLA criteria, and the two ends of every SLA."""
    routing = documents.get(RoutingDocument)
    glossary = documents.get(GlossaryDocument)
    ends = {*EVENTS, *glossary.stage_by_key}
    found = check_columns(documents)
    for territory in routing.territories:
        found += check_criteria(
            f"routing.territories.{territory.key}", territory.when.criteria(), glossary.field_by_key
        )
    for target in routing.sla:
        where = f"routing.sla.{target.key}"
        found += check_criteria(f"{where}.applies_to", target.applies_to.criteria(), glossary.field_by_key)
        found += [
            Finding(where, f"{end!r} is neither a stage nor an event ({', '.join(sorted(EVENTS))})")
            for end in (target.from_, target.to)
            if end not in ends
        ]
    return found


def _check_uses(documents: Documents) -> list[Finding]:
    """Thresholds, triggers and behaviours that criteria anywhere name and scoring does not have."""
    scoring = documents.get(ScoringDocument)
    everywhere = _criteria_everywhere(documents)
    if len(everywhere) > MOST_CRITERIA:
        message = (
            f"{len(everywhere):,} criteria in all policies together; at most {MOST_CRITERIA:,} are allowed"
        )
        return [Finding("criteria", message)]
    found = []
    for where, criterion in everywhere:
        if isinstance(criterion, BehaviourCriterion):
            found += _check_behaviour(where, criterion, scoring)
        elif criterion.threshold is not None and criterion.threshold not in scoring.thresholds:
            known = ", ".join(scoring.thresholds) or "none"
            found.append(Finding(where, f"scoring has no threshold {criterion.threshold!r}; it has {known}"))
    return found


def _check_behaviour(where: str, criterion: BehaviourCriterion, scoring: ScoringDocument) -> list[Finding]:
    if criterion.kind is Kind.TRIGGER and criterion.behaviour not in scoring.triggers:
        known = ", ".join(scoring.triggers) or "none"
        return [Finding(where, f"{criterion.behaviour!r} is no trigger of scoring; its triggers are {known}")]
    if criterion.behaviour not in {*scoring.triggers, *(rule.behaviour for rule in scoring.intent)}:
        return [
            Finding(
                where,
                f"scoring knows no behaviour {criterion.behaviour!r}; correct the key, or add an intent rule "
                "for it (0 points are allowed)",
            )
        ]
    return []


def _criteria_everywhere(documents: Documents) -> list[tuple[str, FieldCriterion | BehaviourCriterion]]:
    glossary = documents.get(GlossaryDocument)
    routing = documents.get(RoutingDocument)
    scoring = documents.get(ScoringDocument)
    places = [
        *((f"glossary.stages.{stage.key}.entry", stage.entry) for stage in glossary.stages),
        *((f"scoring.fit.{tier.grade}", tier.when) for tier in scoring.fit),
        *((f"routing.territories.{item.key}", item.when) for item in routing.territories),
        *((f"routing.sla.{item.key}.applies_to", item.applies_to) for item in routing.sla),
    ]
    return [(where, criterion) for where, when in places for criterion in when.criteria()]
