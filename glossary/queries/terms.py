"""The glossary as people read it: each stage in words, from the documents in force."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from glossary.choices import Workstream
from glossary.engine.base import PolicyDocument
from glossary.engine.documents import GlossaryDocument, Move, Stage
from glossary.engine.speech import MOVERS
from glossary.engine.words import capitalised, confirmation_words, criterion_words, group_words
from glossary.models import PolicyVersion, VersionTouch
from glossary.types import EditionInForce
from people.choices import Role


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
        since: None = not noted.
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
    since: Since | None


def terms(edition: EditionInForce) -> list[Term]:
    """All stages: the funnel in order, then outcomes, then detours."""
    glossary = edition.document(GlossaryDocument)
    since = stages_since(edition)
    writer = _Writer(edition)
    stages = sorted(glossary.stages, key=lambda stage: stage.position)
    return [writer.term(stage, since.get(stage.key)) for stage in stages]


def thresholds(documents: Iterable[object]) -> dict[str, float]:
    """Every threshold that a document names."""
    found: dict[str, float] = {}
    for document in documents:
        if isinstance(document, PolicyDocument):
            found |= document.named_thresholds()
    return found


def stages_since(edition: EditionInForce) -> dict[str, Since]:
    """For each stage, the version since which its definition has stood word for word. Two queries.

    A stage of which no version was noted (the notes can be made anew, see services.touches) is left out.
    """
    touched = VersionTouch.objects.filter(
        is_direct=True,
        version__workstream=Workstream.GLOSSARY,
        version__number__lte=edition.versions[Workstream.GLOSSARY],
    )
    newest = dict(touched.order_by().values_list("stage").annotate(Max("version__number")))
    rows = PolicyVersion.objects.filter(workstream=Workstream.GLOSSARY, number__in=set(newest.values()))
    begun = dict(rows.values_list("number", "in_force_from"))
    return {key: Since(number, begun[number]) for key, number in newest.items()}


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

    def term(self, stage: Stage, since: Since | None) -> Term:
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
