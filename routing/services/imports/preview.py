"""A first look at an uploaded file: headings, some rows, a proposed mapping, what its date columns look like."""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from glossary.engine.documents import GlossaryDocument
from glossary.queries.editions import edition_at
from routing.choices import ImportState
from routing.engine.mapping import MappingSpec
from routing.engine.mapping_files import MappingRefused, parse_mapping
from routing.engine.moments import DateSurvey
from routing.engine.propose import Proposal, propose
from routing.engine.sheets import Dialect
from routing.exceptions import Conflict
from routing.models import ImportBatch
from routing.services.imports.files import opened

SHOWN = 20
_SAMPLE = 1_000


@dataclass(frozen=True, slots=True)
class Preview:
    """What the preview page shows.

    Attributes:
        rows: the first rows, one text per heading.
        dated: heading → what its dates look like, for columns of which some value is a date.
        spec: the mapping chosen before, where there is one.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    dialect: Dialect
    proposal: Proposal
    dated: dict[str, str]
    spec: MappingSpec | None
    glossary: GlossaryDocument


def preview(batch: ImportBatch, *, now: datetime) -> Preview:
    """Look at the beginning of the batch's file. Raises ImportRefused when it breaks there."""
    glossary = edition_at(now).document(GlossaryDocument)
    with opened(batch) as sheet:
        sample = [row.cells for row in islice(sheet.rows, _SAMPLE)]
        headings, notes, dialect = sheet.headings, tuple(sheet.notes), sheet.dialect
    return Preview(
        headings=headings,
        rows=tuple(sample[:SHOWN]),
        notes=notes,
        dialect=dialect,
        proposal=propose(headings, glossary.fields, glossary.stages),
        dated=_dated(headings, sample),
        spec=_chosen(batch),
        glossary=glossary,
    )


@transaction.atomic
def restate_dialect(batch_id: int, dialect: Dialect) -> ImportBatch:
    """State anew how the file is written. Raises ImportRefused when it cannot be read so, Conflict when too late."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state in {ImportState.QUEUED, ImportState.RUNNING}:
        raise Conflict("The import is running; how the file is read can no longer be changed.")
    batch.dialect = dialect.as_json()
    with opened(batch) as sheet:
        batch.dialect = sheet.dialect.as_json()
    batch.save(update_fields=["dialect"])
    return batch


def _chosen(batch: ImportBatch) -> MappingSpec | None:
    try:
        return parse_mapping(batch.mapping) if batch.mapping else None
    except MappingRefused:
        return None


def _dated(headings: tuple[str, ...], sample: list[tuple[str, ...]]) -> dict[str, str]:
    found = {}
    for i, heading in enumerate(headings):
        survey = DateSurvey(heading)
        survey.add(cells[i] for cells in sample)
        fmt, why = survey.verdict()
        if any(shape is not None for shape in survey.counts):
            found[heading] = f"looks like {fmt.value}" if fmt else why
    return found
