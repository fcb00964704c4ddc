"""The glossary as people read it: each stage in words, from the documents in force."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from glossary import registry
from glossary.choices import Workstream
from glossary.engine.base import PolicyDocument
from glossary.engine.documents import GlossaryDocument, Move, Mover, Stage
from glossary.engine.words import capitalised, confirmation_words, criterion_words, group_words
from glossary.models import PolicyVersion
from glossary.queries.chain import check_version
from glossary.types import EditionInForce
from people.choices import Role

CHUNK = 8
MOVERS = {
    Mover.SYSTEM: "the rules",
    Mover.OWNER: "the owner",
    Mover.MANAGER: "the owner's manager",
    Mover.REVOPS: "RevOps",
}


@dataclass(frozen=True, slots=True)
class Since:
    """The version that brought a definition as it stands."""

    number: int
    in_force_from: datetime


@dataclass(frozen=True, slots=True)
class Way:
    """A move to or from a stage: the other stage, and who may make it."""

    stage: Stage
    by: str


@dataclass(frozen=True, slots=True)
class Term:
    """A stage in words.

    Attributes:
        must: one line per group; every line must hold.
        none: disqualifiers; none may hold.
        confirm: what a rep confirms.
    """

    stage: Stage
    must: list[str]
    none: list[str]
    confirm: list[str]
    owners: list[str]
    kpis: list[str]
    required: list[str]
    arrives: list[Way]
    leaves: list[Way]
    since: Since


def terms(edition: EditionInForce) -> list[Term]:
    """All stages: the funnel in order, then outcomes, then detours."""
    glossary = edition.document(GlossaryDocument)
    since = stages_since(edition)
    writer = _Writer(edition)
    stages = sorted(glossary.stages, key=lambda stage: stage.position)
    return [writer.term(stage, since[stage.key]) for stage in stages]


def thresholds(documents: Iterable[object]) -> dict[str, float]:
    """Every threshold that a document names."""
    found: dict[str, float] = {}
    for document in documents:
        if isinstance(document, PolicyDocument):
            found |= document.named_thresholds()
    return found


def stages_since(edition: EditionInForce) -> dict[str, Since]:
    """For each stage, the version since which its definition has stood word for word.

    Reads versions from the one in force backwards, only as far as some stage is still unchanged.
    """
    open_stages = {stage.key: stage for stage in edition.document(GlossaryDocument).stages}
    number = edition.versions[Workstream.GLOSSARY]
    found: dict[str, Since] = {}
    for row in _backwards(number):
        check_version(row)
        document = registry.parse(Workstream.GLOSSARY, row.content)
        then = document.stage_by_key if isinstance(document, GlossaryDocument) else {}
        open_stages = {key: stage for key, stage in open_stages.items() if then.get(key) == stage}
        if not open_stages:
            break
        found |= dict.fromkeys(open_stages, Since(row.number, row.in_force_from))
    return found


def _backwards(number: int) -> Iterator[PolicyVersion]:
    """Glossary versions from `number` down to the first, read a few at a time."""
    rows = PolicyVersion.objects.filter(workstream=Workstream.GLOSSARY)
    while number > 0:
        yield from rows.filter(number__lte=number, number__gt=number - CHUNK).order_by("-number")
        number -= CHUNK


class _Writer:
    """Puts the stages of one edition in words."""

    def __init__(self, edition: EditionInForce) -> None:
        self.glossary = edition.document(GlossaryDocument)
        self.fields = self.glossary.field_by_key
        self.thresholds = thresholds(edition.documents)
        self.kpis: dict[str, str] = {}
        for document in edition.documents:
            if isinstance(document, PolicyDocument):
                self.kpis |= document.named_kpis()

    def term(self, stage: Stage, since: Since) -> Term:
        roles = dict(Role.choices)
        moves = self.glossary.moves
        return Term(
            stage=stage,
            must=[group_words(group, self.fields, self.thresholds) for group in stage.entry.all],
            none=[criterion_words(item, self.fields, self.thresholds) for item in stage.entry.none],
            confirm=[confirmation_words(item) for item in stage.entry.confirm],
            owners=[str(roles.get(key, capitalised(key))) for key in stage.owner_roles],
            kpis=[self.kpis.get(key, capitalised(key)) for key in stage.kpis],
            required=[self.fields[key].label for key in stage.required_fields],
            arrives=self._ways([(move.from_, move) for move in moves if move.to == stage.key]),
            leaves=self._ways([(move.to, move) for move in moves if move.from_ == stage.key]),
            since=since,
        )

    def _ways(self, moves: Sequence[tuple[str, Move]]) -> list[Way]:
        stages = self.glossary.stage_by_key
        return [Way(stages[key], " or ".join(MOVERS[mover] for mover in move.by)) for key, move in moves]
