"""Which stages and KPIs a change reaches: directly, or by a field, a threshold, a score or a grade they use."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from glossary.engine.base import PolicyDocument
from glossary.engine.conditions import BehaviourCriterion, Kind
from glossary.engine.diff import Difference
from glossary.engine.documents import GlossaryDocument, Stage
from glossary.engine.identity import ARROW, REFERS, Plain, by_identity, is_list_of_parts, name_of
from glossary.types import Documents

# What scoring and routing make of a lead, by the section of the document that says how.
_MADE_BY = {
    "fit": "icp_grade",
    "intent": "intent_score",
    "group_caps": "intent_score",
    "total_cap": "intent_score",
    "territories": "territory",
}


@dataclass(frozen=True, slots=True)
class Affected:
    """What a change reaches.

    Attributes:
        stages: keys, in the order of the glossary.
        kpis: labels, in the order of the reporting document.
    """

    stages: tuple[str, ...]
    kpis: tuple[str, ...]


def affected(differences: Sequence[Difference], after: Documents) -> Affected:
    """Stages that differences reach, and the KPIs of those stages: theirs, or beginning or ending there.

    Args:
        differences: of one or several documents.
        after: all documents that would result.
    """
    glossary = after.get(GlossaryDocument)
    items = {difference.item for difference in differences}
    sections = _sections(after)
    named = {key for item in items for key in _stages_named(item, sections)}
    uses = {use for item in items for use in _uses_named(item)}
    stages = [stage for stage in glossary.stages if stage.key in named or uses & _uses_of(stage)]
    keys = {stage.key for stage in stages}
    wanted = {kpi for stage in stages for kpi in stage.kpis}
    kpis = [
        name_of(part)
        for key, part in by_identity(sections.get("kpis")).items()
        if key in wanted or f"kpis.{key}" in items or keys & {part.get("from"), part.get("to")}
    ]
    return Affected(tuple(stage.key for stage in stages), tuple(kpis))


def _sections(after: Documents) -> dict[str, object]:
    """The root values of all documents as plain data; no two documents share the name of one."""
    found: dict[str, object] = {}
    for document in after:
        if isinstance(document, PolicyDocument):
            found |= document.model_dump(mode="json", by_alias=True)
    return found


def _stages_named(item: str, sections: Mapping[str, object]) -> Iterator[str]:
    """Stages that an item is, or names: the ends of a move or a promise, the stages of a reason."""
    section, _, key = item.partition(".")
    if section == "stages":
        yield key
    if section == "moves":
        yield from key.split(ARROW)
    if section != "kpis" and is_list_of_parts(sections.get(section)):
        part = by_identity(sections[section]).get(key, {})
        yield from _references(part)


def _references(part: Plain) -> Iterator[str]:
    for attribute, value in part.items():
        if REFERS.get(attribute) == "stages":
            yield from [str(key) for key in value] if isinstance(value, list) else [str(value)]


def _uses_named(item: str) -> Iterator[tuple[str, str]]:
    """What a stage may use that an item defines: (kind of thing, key)."""
    section, _, key = item.partition(".")
    if section == "fields":
        yield "field", key
    if section == "thresholds":
        yield "threshold", key
    if section == "triggers":
        yield "trigger", ""
    if section in _MADE_BY:
        yield "field", _MADE_BY[section]


def _uses_of(stage: Stage) -> set[tuple[str, str]]:
    found = {("field", key) for key in stage.required_fields}
    for criterion in stage.entry.criteria():
        if isinstance(criterion, BehaviourCriterion):
            found |= {("trigger", "")} if criterion.kind is Kind.TRIGGER else set()
        else:
            found |= {("field", criterion.field), ("threshold", criterion.threshold or "")}
    return found
