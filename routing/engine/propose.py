"""A first mapping from a file's headings: known exports by table, other headings by likeness of words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from glossary.engine.documents import Stage
from glossary.engine.fields import ContractField
from routing.engine import known_headings as known
from routing.engine.known_headings import KnownSystem, plain
from routing.engine.mapping import (
    CapturedTarget,
    ExternalIdTarget,
    FieldTarget,
    IgnoreTarget,
    MappingSpec,
    Mode,
    StageTarget,
    Target,
)

_SURE, _LIKELY = 1.0, 0.9
_ALIKE = 85


@dataclass(frozen=True, slots=True)
class HeadingProposal:
    """What one column probably means; `confidence` from 0 to 1, `reason` in words."""

    heading: str
    target: Target
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file probably is."""

    items: tuple[HeadingProposal, ...]
    system: KnownSystem | None

    def identifies(self) -> bool:
        """Whether some column tells which lead a row is about."""
        return any(
            isinstance(i.target, ExternalIdTarget)
            or (isinstance(i.target, FieldTarget) and i.target.field == "email")
            for i in self.items
        )

    def spec(self, mode: Mode = Mode.LEADS) -> MappingSpec:
        """The proposal as a mapping; raises pydantic's ValidationError when no column identifies a lead."""
        return MappingSpec(
            mode=mode,
            external_system=self.system.value if self.system else "file",
            columns={item.heading: item.target for item in self.items},
            blanks=known.BLANKS.get(self.system, ()) if self.system else (),
        )


def propose(headings: Sequence[str], fields: Sequence[ContractField], stages: Sequence[Stage]) -> Proposal:
    """For every heading what it probably means under this contract and these stages.

    Of two headings that mean the same, the surer one, then the first one, is taken; the other is ignored.
    """
    system = _system(headings)
    looked = [_look(heading, system, fields, stages) for heading in headings]
    best: dict[str, HeadingProposal] = {}
    for item in looked:
        key = _meaning(item.target)
        if key and (key not in best or item.confidence > best[key].confidence):
            best[key] = item
    return Proposal(tuple(_unless_taken(item, best) for item in looked), system)


def _unless_taken(item: HeadingProposal, best: dict[str, HeadingProposal]) -> HeadingProposal:
    winner = best.get(_meaning(item.target))
    if winner is None or winner is item:
        return item
    return _ignored(item.heading, f"{winner.heading!r} already gives the same")


def _meaning(target: Target) -> str:
    match target:
        case FieldTarget():
            return f"field {target.field}"
        case StageTarget():
            return f"stage {target.stage_entered}"
        case ExternalIdTarget():
            return "id"
        case CapturedTarget():
            return "captured"
        case _:
            return ""


def _system(headings: Sequence[str]) -> KnownSystem | None:
    signs = Counter(known.SIGNS[plain(h)] for h in headings if plain(h) in known.SIGNS)
    signs.update(KnownSystem.HUBSPOT for h in headings if h.startswith("hs_"))
    return signs.most_common(1)[0][0] if signs else None


def _ignored(heading: str, reason: str) -> HeadingProposal:
    return HeadingProposal(heading, IgnoreTarget(ignore=True), 0.0, reason)


def _look(
    heading: str, system: KnownSystem | None, fields: Sequence[ContractField], stages: Sequence[Stage]
) -> HeadingProposal:
    word = plain(heading)
    if word in known.NOT_TAKEN:
        return _ignored(heading, known.NOT_TAKEN[word])
    return (
        _stage_date(heading, stages)
        or _identity(heading, word, system)
        or _known_field(heading, word, fields)
        or _alike(heading, word, fields)
        or _ignored(heading, "nothing in the data contract is like it")
    )


def _stage_date(heading: str, stages: Sequence[Stage]) -> HeadingProposal | None:
    match = next((found for pattern in known.STAGE_HEADINGS if (found := pattern.match(heading))), None)
    if match is None:
        return None
    word = plain(match.group("stage"))
    wanted = {word, *known.STAGE_WORDS.get(word, ())}
    for stage in stages:
        if wanted & {stage.key, plain(stage.name), plain(stage.short)}:
            reason = f"the date on which the stage {stage.name} was entered"
            return HeadingProposal(heading, StageTarget(stage_entered=stage.key), _SURE, reason)
    return _ignored(heading, f"the glossary has no stage like {match.group('stage')!r}")


def _identity(heading: str, word: str, system: KnownSystem | None) -> HeadingProposal | None:
    if system is not None and known.EXTERNAL_IDS.get(word) is system:
        return HeadingProposal(
            heading, ExternalIdTarget(external_id=True), _SURE, f"the id in {system.value}"
        )
    if word in known.CAPTURED:
        return HeadingProposal(heading, CapturedTarget(captured_at=True), _LIKELY, "when the record was made")
    if system is None and (word in {"id", "leadid", "externalid"} or heading.casefold().endswith("_id")):
        reason = "looks like the id in another system; the first such column is taken"
        return HeadingProposal(heading, ExternalIdTarget(external_id=True), 0.6, reason)
    return None


def _known_field(heading: str, word: str, fields: Sequence[ContractField]) -> HeadingProposal | None:
    keys = {field.key for field in fields}
    if word in known.OPT_OUTS and "consent" in keys:
        target = FieldTarget(field="consent", values=known.OPT_OUT_VALUES)
        return HeadingProposal(heading, target, _SURE, "an opt-out is a consent that was taken back")
    key = known.FIELDS.get(word)
    if key in keys:
        return HeadingProposal(heading, FieldTarget(field=key), _SURE, "a heading known from other exports")
    for field in fields:
        if word in {plain(field.key), plain(field.label)}:
            return HeadingProposal(heading, FieldTarget(field=field.key), _SURE, "called like the field")
    return None


def _alike(heading: str, word: str, fields: Sequence[ContractField]) -> HeadingProposal | None:
    """The likeliest field by its label or key; likeness of the whole: `Lead Status` is no `status`."""
    best: tuple[float, ContractField] | None = None
    for field in fields:
        score = max(fuzz.ratio(word, plain(field.label)), fuzz.ratio(word, plain(field.key)))
        if best is None or score > best[0]:
            best = (score, field)
    if best is None or best[0] < _ALIKE:
        return None
    reason = f"spelled almost like {best[1].label!r}"
    return HeadingProposal(heading, FieldTarget(field=best[1].key), round(best[0] / 100 - 0.05, 2), reason)
