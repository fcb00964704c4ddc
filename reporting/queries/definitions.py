"""Which policies a report is counted with and which it covers; what a question may name."""

from collections.abc import Iterable
from datetime import datetime

from glossary.engine.documents import GlossaryDocument
from glossary.exceptions import NoPolicyInForce
from glossary.models import Edition
from glossary.queries.editions import edition_at
from glossary.types import EditionInForce
from reporting.engine.document import ReportingDocument
from reporting.engine.reading import Vocabulary
from reporting.engine.stage_line import StageLine
from reporting.queries.what_if import gates_of
from routing.engine.documents.routing import RoutingDocument


def edition_for(as_of: datetime, now: datetime) -> EditionInForce:
    """The edition to count with: in force at the as-of instant, or today's where that is before the first.

    Raises NoPolicyInForce when nothing is published at all.
    """
    try:
        return edition_at(as_of)
    except NoPolicyInForce:
        return edition_at(now)


def line_of(edition: EditionInForce) -> StageLine:
    """The stages of an edition, in order."""
    return StageLine(edition.document(GlossaryDocument).stages)


def vocabulary(edition: EditionInForce, now: datetime) -> Vocabulary:
    """What questions may name under an edition."""
    return Vocabulary(
        line=line_of(edition),
        dimensions=edition.document(ReportingDocument).dimensions,
        promises=edition.document(RoutingDocument).sla_by_key,
        now=now,
        gates=gates_of(edition),
        fields=edition.document(GlossaryDocument).field_by_key,
    )


def versions_of(workstream: str, editions: Iterable[int]) -> dict[int, int]:
    """Edition number → version of `workstream` in it."""
    rows = Edition.objects.filter(number__in=list(editions)).values_list("number", "versions")
    return {number: versions[workstream] for number, versions in rows}
