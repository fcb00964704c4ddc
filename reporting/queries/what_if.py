"""Which thresholds a what-if curve can be drawn of under an edition."""

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from routing.engine.documents import ScoringDocument
from routing.engine.replay.definition import Definition
from routing.engine.replay.limits import movable


def definition_of(edition: EditionInForce) -> Definition:
    """The glossary and the scoring of an edition."""
    return Definition(edition.document(GlossaryDocument), edition.document(ScoringDocument))


def gates_of(edition: EditionInForce) -> list[tuple[str, str]]:
    """(stage, threshold) pairs of which a curve can be drawn under an edition."""
    return movable(definition_of(edition))
