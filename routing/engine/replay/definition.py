"""A definition as it is replayed: the two documents that a stage's gate is judged by, and what they read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from glossary.engine.conditions import BehaviourCriterion, Criterion, FieldCriterion
from glossary.engine.documents import GlossaryDocument, Stage
from glossary.engine.fields import FieldType
from routing.engine.documents import ScoringDocument
from routing.engine.replay.history import Reads
from routing.engine.validity import status_key

GRADE, INTENT = "icp_grade", "intent_score"
_SOURCES = {"email_domain": "email", "age_days": "captured_at"}


@dataclass(frozen=True)
class Definition:
    """Stages and fields of a glossary, scores and thresholds of a scoring document."""

    glossary: GlossaryDocument
    scoring: ScoringDocument

    def stage(self, key: str) -> Stage | None:
        """The stage, None when this glossary has none of that key."""
        return self.glossary.stage_by_key.get(key)

    def criteria(self, key: str) -> Iterable[Criterion]:
        """What a stage's gate asks for, with the tiers behind a grade that it asks for."""
        stage = self.stage(key)
        own = list(stage.entry.criteria()) if stage else []
        yield from own
        if any(names(item, GRADE) for item in own):
            for tier in self.scoring.fit:
                yield from tier.when.criteria()

    def scores_intent(self, key: str) -> bool:
        """Whether the gate of a stage asks for the intent score."""
        return any(names(item, INTENT) for item in self.criteria(key))

    def reads(self, stages: Iterable[str]) -> Reads:
        """All that judging these stages reads of a lead."""
        fields, behaviours, properties = set[str](), set[str](), False
        for key in stages:
            for item in self.criteria(key):
                if isinstance(item, BehaviourCriterion):
                    behaviours.add(item.behaviour)
                    properties = properties or bool(item.where)
                else:
                    fields.add(item.field)
            fields |= self._required(key)
            if self.scores_intent(key):
                behaviours |= {rule.behaviour for rule in self.scoring.intent}
        # What derived fields are derived from.
        fields |= {source for derived, source in _SOURCES.items() if derived in fields}
        return Reads(frozenset(fields - {GRADE, INTENT}), frozenset(behaviours), properties)

    def _required(self, key: str) -> set[str]:
        stage, known = self.stage(key), self.glossary.field_by_key
        required = set(stage.required_fields) if stage else set()
        addresses = (
            known[name] for name in required if name in known and known[name].type is FieldType.EMAIL
        )
        return required | {status_key(field) for field in addresses}


def all_reads(definitions: Iterable[Definition], stages: Sequence[str]) -> Reads:
    """What judging these stages under any of the definitions reads of a lead."""
    reads = Reads(frozenset(), frozenset(), properties=False)
    for side in definitions:
        reads |= side.reads(stages)
    return reads


def names(item: Criterion, field: str) -> bool:
    """Whether a criterion is on this field."""
    return isinstance(item, FieldCriterion) and item.field == field


def stages_touched(before: Definition, after: Definition) -> list[str]:
    """Keys of the funnel stages whose gates may come out otherwise, in the order of the funnel.

    A stage is touched when its entry definition, its required fields or their contract, or a score that it
    asks for differs; a stage that one side lacks never opens there.
    """
    stages = {stage.key: stage for side in (before, after) for stage in side.glossary.funnel()}
    touched = [stage for key, stage in stages.items() if _says(before, key) != _says(after, key)]
    return [stage.key for stage in sorted(touched, key=lambda stage: stage.position)]


def _says(side: Definition, key: str) -> object:
    """Everything in the documents that the answer for a stage depends on, to be compared."""
    stage = side.stage(key)
    if stage is None:
        return None
    criteria, known = list(side.criteria(key)), side.glossary.field_by_key
    named = {item.threshold for item in criteria if isinstance(item, FieldCriterion) and item.threshold}
    intent = (side.scoring.intent, side.scoring.group_caps, side.scoring.total_cap)
    return (
        stage.entry.all,
        stage.entry.none,
        [known.get(name, name) for name in stage.required_fields],
        {name: side.scoring.thresholds.get(name) for name in named},
        side.scoring.fit if any(names(item, GRADE) for item in criteria) else None,
        intent if side.scores_intent(key) else None,
    )
