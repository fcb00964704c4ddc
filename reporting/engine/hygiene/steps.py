"""The next step of the leads in a stage: what it asks of them, in the order in which a profile answers.

A *profile* is a text with one sign per question: '0' or '1' for each criterion (met or not), then a letter for each
field (how it stands). The database writes it, one per lead, and counts how often each occurs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from glossary.engine.conditions import BehaviourCriterion, Criterion, FieldCriterion, When
from glossary.engine.documents import GlossaryDocument, Mover, Stage, StageKind
from glossary.engine.fields import DERIVED_FIELDS, ContractField, Op
from routing.engine.comparisons import is_met
from routing.engine.documents.scoring import ScoringDocument, Tier
from routing.engine.scoring import LOWEST_GRADE
from routing.engine.values import EARLIEST

GRADE = "icp_grade"
# What a field brings along: a new address is checked at the door and has its own domain.
BRINGS = {"email": frozenset({"email_domain", "email_status"})}


@dataclass(frozen=True, slots=True)
class Step:
    """From a stage to the next one.

    Attributes:
        by_rules: the system makes the move by itself once the entry definition holds.
        criteria: what is asked, of the entry definition and of the ICP tiers it rests on, each once.
        fields: the fields that it rests on, each with a gap that may stand in the way.
        required: keys of the fields that must be known and accepted. Fields known only after the outcome are
            stated with the move itself and are not among them.
        tiers: of the scoring document, where the entry definition asks for the grade.
    """

    stage: Stage
    target: Stage
    by_rules: bool
    criteria: tuple[Criterion, ...]
    fields: tuple[ContractField, ...]
    required: tuple[str, ...]
    tiers: tuple[Tier, ...]

    @property
    def mendable(self) -> frozenset[str]:
        """Keys of the fields that people or enrichment can fill."""
        return frozenset(field.key for field in self.fields if field.key not in DERIVED_FIELDS)


def next_steps(glossary: GlossaryDocument, scoring: ScoringDocument) -> tuple[Step, ...]:
    """One step per funnel stage from which a move leads onward: to the nearest stage that it may reach.

    Detours are not on the way and lead nowhere by data alone; of stages in one place (won, lost) the first counts.
    """
    found = []
    for stage in glossary.funnel():
        ways = [
            (glossary.stage_by_key[m.to], Mover.SYSTEM in m.by)
            for m in glossary.moves
            if m.from_ == stage.key
        ]
        onward = [
            way for way in ways if way[0].kind is not StageKind.DETOUR and way[0].position > stage.position
        ]
        if onward:
            target, by_rules = min(onward, key=lambda way: way[0].position)
            found.append(_step(stage, target, glossary, scoring, by_rules=by_rules))
    return tuple(found)


def could_be(criterion: FieldCriterion) -> frozenset[str]:
    """The grades that meet a criterion on the grade."""
    grades = ("A", "B", "C", LOWEST_GRADE)
    return frozenset(grade for grade in grades if is_met(criterion, grade, EARLIEST, {}))


def on_field(criterion: Criterion, key: str) -> bool:
    """Whether a criterion asks for the field, or for what the field brings along."""
    if isinstance(criterion, BehaviourCriterion):
        return False
    return criterion.field == key or criterion.field in BRINGS.get(key, ())


def asks_absence(criterion: Criterion) -> bool:
    """Whether a criterion is met by a field that is not known."""
    return isinstance(criterion, FieldCriterion) and criterion.op is Op.IS_UNKNOWN


def _step(
    stage: Stage, target: Stage, glossary: GlossaryDocument, scoring: ScoringDocument, *, by_rules: bool
) -> Step:
    asked = list(target.entry.criteria())
    graded = any(isinstance(item, FieldCriterion) and item.field == GRADE for item in asked)
    tiers = scoring.fit if graded else ()
    criteria = _each_once([*asked, *(item for tier in tiers for item in tier.when.criteria())])
    contract = {field.key: field for field in glossary.fields if not field.after_outcome}
    known = {**DERIVED_FIELDS, **contract}
    required = tuple(key for key in target.required_fields if key in known)
    wanted = [*required, *(key for key in contract if any(on_field(item, key) for item in criteria))]
    fields = tuple(known[key] for key in dict.fromkeys(wanted))
    return Step(stage, target, by_rules, criteria, fields, required, tiers)


def _each_once(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    # Criteria hold dictionaries and cannot be hashed; there are few.
    return tuple(item for place, item in enumerate(criteria) if item not in criteria[:place])


def as_when(criterion: Criterion) -> When:
    """A single criterion, for the evaluators."""
    return When.model_validate({"all": ({"any": (criterion,)},)})
