"""The two definitions that a back-test compares, read from what was sealed and from what was proposed."""

from dataclasses import dataclass

from glossary import registry
from glossary.choices import Workstream
from glossary.engine.documents import GlossaryDocument
from glossary.engine.seal import digest
from glossary.exceptions import ForgedPolicy, NoPolicyInForce
from glossary.models import BackTest, PolicyVersion
from glossary.queries.chain import check_version
from reporting.engine.back_test.result import Side
from routing.engine.documents import ScoringDocument
from routing.engine.replay.definition import Definition

_LABELS = {Workstream.GLOSSARY: "Glossary", Workstream.SCORING: "Scoring"}


@dataclass(frozen=True, slots=True)
class Compared:
    """A definition, and how it is called."""

    definition: Definition
    side: Side


def side_before(back_test: BackTest) -> Compared:
    """The definition in force. Raises NoPolicyInForce for a version that is missing, ForgedPolicy for a changed one."""
    return _compared(back_test, back_test.glossary_before, back_test.scoring_before)


def side_after(back_test: BackTest) -> Compared:
    """The proposed definition. Raises as above, and DocumentRefused for content that does not read."""
    return _compared(back_test, back_test.glossary_after, back_test.scoring_after)


def label_of(back_test: BackTest, glossary: int | None, scoring: int | None) -> str:
    """What a side is called: its versions, or the change request whose content stands in for one of them."""
    numbers = ((Workstream.GLOSSARY, glossary), (Workstream.SCORING, scoring))
    parts = [f"{_LABELS[key]} v{number}" for key, number in numbers if number is not None]
    if len(parts) < len(numbers):
        parts.insert(0, f"Change request #{back_test.request_id} ({back_test.workstream})")
    return ", ".join(parts)


def _compared(back_test: BackTest, glossary: int | None, scoring: int | None) -> Compared:
    documents = [
        _document(back_test, Workstream.GLOSSARY, glossary),
        _document(back_test, Workstream.SCORING, scoring),
    ]
    found = registry.Documents(documents)
    definition = Definition(found.get(GlossaryDocument), found.get(ScoringDocument))
    return Compared(definition, Side(glossary, scoring, label_of(back_test, glossary, scoring)))


def _document(back_test: BackTest, workstream: str, number: int | None) -> object:
    if number is None:
        if digest(back_test.content) != back_test.digest:
            raise ForgedPolicy(str(back_test), "its content does not match its digest")
        return registry.parse(workstream, back_test.content)
    version = PolicyVersion.objects.filter(workstream=workstream, number=number).first()
    if version is None:
        raise NoPolicyInForce(f"There is no {_LABELS[Workstream(workstream)]} v{number} to compare with.")
    check_version(version)
    return registry.parse(workstream, version.content)
