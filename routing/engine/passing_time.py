"""What time alone can change about a lead: which facts move scores, grades and gates without any news.

A nightly sweep reads from this which leads to look at again; all others would come out as they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from glossary.engine.conditions import BehaviourCriterion, Criterion, FieldCriterion
from glossary.engine.documents import GlossaryDocument, Mover
from glossary.engine.fields import Op
from routing.engine.comparisons import number_of, values_of
from routing.engine.documents import ScoringDocument

AGE = "age_days"
# After so many half-lives less than a hundredth of the most points a rule can give is left.
_FADED = 20


@dataclass(frozen=True, slots=True)
class Moving:
    """What moves under the policies in force.

    Attributes:
        decays: a score above 0 falls by itself.
        rising: (behaviour, days): for so long after it, the deduction for it fades, so that scores rise.
        behaviours: (behaviour, days): so many days after it, a criterion on it turns.
        fields: (date field, days): so many days after its value, a criterion on it turns.
        age: the days since capture up to which a criterion may turn; None = no criterion asks for them.
    """

    decays: bool
    rising: frozenset[tuple[str, float]]
    behaviours: frozenset[tuple[str, int]]
    fields: frozenset[tuple[str, float]]
    age: int | None


def moving(glossary: GlossaryDocument, scoring: ScoringDocument) -> Moving:
    """What moves the grades of `scoring`, its points, and the gates that the rules may open by themselves."""
    criteria = list(_criteria(glossary, scoring))
    fading = [(rule, rule.half_life_days) for rule in scoring.intent if rule.half_life_days is not None]
    ages = [_highest(item, scoring) for item in criteria if _asks_for(item, AGE)]
    return Moving(
        decays=any(rule.points > 0 for rule, _ in fading),
        rising=frozenset((rule.behaviour, _FADED * days) for rule, days in fading if rule.points < 0),
        behaviours=frozenset(edge for item in criteria for edge in _behaviour_edges(item)),
        fields=frozenset(edge for item in criteria for edge in _field_edges(item)),
        age=max(ages, default=None),
    )


def _criteria(glossary: GlossaryDocument, scoring: ScoringDocument) -> Iterable[Criterion]:
    for tier in scoring.fit:
        yield from tier.when.criteria()
    for key in {move.to for move in glossary.moves if Mover.SYSTEM in move.by}:
        yield from glossary.stage_by_key[key].entry.criteria()


def _asks_for(criterion: Criterion, field: str) -> bool:
    return isinstance(criterion, FieldCriterion) and criterion.field == field


def _highest(criterion: Criterion, scoring: ScoringDocument) -> int:
    """The highest number of full days that a criterion on the age distinguishes, and the day after it."""
    if not isinstance(criterion, FieldCriterion):
        return 0
    if criterion.op in {Op.AT_LEAST, Op.AT_MOST}:
        return ceil(number_of(criterion, scoring.thresholds)) + 1
    numbers = [value for value in values_of(criterion) if isinstance(value, int | float)]
    return max((ceil(value) + 1 for value in numbers), default=0)


def _behaviour_edges(criterion: Criterion) -> Iterable[tuple[str, int]]:
    if isinstance(criterion, BehaviourCriterion):
        for days in (criterion.within_days, criterion.latest_before_days):
            if days is not None:
                yield criterion.behaviour, days


def _field_edges(criterion: Criterion) -> Iterable[tuple[str, float]]:
    if isinstance(criterion, FieldCriterion) and criterion.op in {Op.WITHIN_DAYS, Op.OLDER_THAN_DAYS}:
        # The later of two edges: a date that lies ahead begins to be within the last days when it comes.
        yield criterion.field, number_of(criterion, {})
