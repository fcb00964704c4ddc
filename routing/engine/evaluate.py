"""Criteria on one lead at one moment: the verdict with its explanation, and a fast yes or no.

The same in SQL, for many leads: routing.queries.criteria_sql. A property test holds that both always agree.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from glossary.engine.conditions import BehaviourCriterion, Criterion, FieldCriterion, Gate, When
from glossary.engine.fields import ContractField
from glossary.engine.words import criterion_words
from routing.engine.comparisons import CriterionError, are_enough, is_met, matching
from routing.engine.facts import BehaviourFact, Facts
from routing.engine.requirements import confirmed, required_problems
from routing.engine.verdict import Answer, ConfirmationResult, CriterionResult, GroupResult, Verdict

__all__ = [
    "Answer",
    "BehaviourFact",
    "ConfirmationResult",
    "CriterionError",
    "CriterionResult",
    "Facts",
    "GroupResult",
    "Verdict",
    "evaluate",
    "holds",
]
NOTHING_GIVEN: Mapping[str, object] = {}


def evaluate(  # noqa: PLR0913 - the gate, the lead, the moment, and what the documents and the rep say
    gate: Gate | When,
    facts: Facts,
    *,
    now: datetime,
    fields: Mapping[str, ContractField],
    thresholds: Mapping[str, float],
    given: Mapping[str, object] = NOTHING_GIVEN,
    required: Sequence[str] = (),
) -> Verdict:
    """Judge a lead by a gate, criterion by criterion.

    Args:
        gate: criteria; a `Gate` also asks for confirmations.
        facts: what is known of the lead.
        now: what happened or was recorded later does not count.
        fields: contract and derived fields by key, for the words and the validity of required fields.
        thresholds: of the scoring document.
        given: confirmation key → evidence (routing.engine.requirements.confirmed).
        required: keys of fields that must be known and valid.

    Raises:
        CriterionError: a criterion names a threshold that is not defined.
    """
    explain = _Explainer(facts, now, fields, thresholds)
    groups = tuple(GroupResult(tuple(explain(item) for item in group.any)) for group in gate.all)
    none = tuple(explain(item) for item in gate.none)
    asked = gate.confirm if isinstance(gate, Gate) else ()
    confirmations = tuple(confirmed(item, given) for item in asked)
    missing, invalid = required_problems(required, facts.values, fields)
    opened = (
        all(group.answer is Answer.MET for group in groups)
        and not any(result.answer is Answer.MET for result in none)
        and all(item.given for item in confirmations)
        and not missing
        and not invalid
    )
    return Verdict(opened, groups, none, confirmations, missing, invalid)


def holds(when: When, facts: Facts, *, now: datetime, thresholds: Mapping[str, float]) -> bool:
    """Whether all groups and no disqualifier are met. Confirmations and required fields are not asked for."""
    return all(
        any(answer_of(item, facts, now, thresholds) is Answer.MET for item in group.any) for group in when.all
    ) and not any(answer_of(item, facts, now, thresholds) is Answer.MET for item in when.none)


def answer_of(criterion: Criterion, facts: Facts, now: datetime, thresholds: Mapping[str, float]) -> Answer:
    """Met, not met or unknown. The log of behaviours is complete: what it does not hold did not happen."""
    if isinstance(criterion, BehaviourCriterion):
        seen = matching(criterion, facts.behaviours_by_name.get(criterion.behaviour, []), now)
        return Answer.MET if are_enough(criterion, seen, now) else Answer.NOT_MET
    met = is_met(criterion, facts.values.get(criterion.field), now, thresholds)
    return Answer.UNKNOWN if met is None else Answer.MET if met else Answer.NOT_MET


class _Explainer:
    """Judges criteria of one lead and remembers what each judgement rests on."""

    def __init__(
        self,
        facts: Facts,
        now: datetime,
        fields: Mapping[str, ContractField],
        thresholds: Mapping[str, float],
    ) -> None:
        self.facts, self.now, self.fields, self.thresholds = facts, now, fields, thresholds

    def __call__(self, criterion: Criterion) -> CriterionResult:
        words = criterion_words(criterion, self.fields, self.thresholds)
        if isinstance(criterion, BehaviourCriterion):
            return self._of_behaviour(criterion, words)
        return self._of_field(criterion, words)

    def _of_behaviour(self, criterion: BehaviourCriterion, words: str) -> CriterionResult:
        seen = matching(criterion, self.facts.behaviours_by_name.get(criterion.behaviour, []), self.now)
        return CriterionResult(
            words,
            criterion.kind.value,
            Answer.MET if are_enough(criterion, seen, self.now) else Answer.NOT_MET,
            len(seen),
            max((fact.recorded_at for fact in seen), default=None),
            "behaviour" if seen else "",
            counted=True,
            about=criterion.behaviour,
        )

    def _of_field(self, criterion: FieldCriterion, words: str) -> CriterionResult:
        recorded_at, recorded_from = self.facts.recorded.get(criterion.field, (None, ""))
        return CriterionResult(
            words,
            criterion.kind.value,
            answer_of(criterion, self.facts, self.now, self.thresholds),
            self.facts.values.get(criterion.field),
            recorded_at,
            recorded_from,
            about=criterion.field,
        )
