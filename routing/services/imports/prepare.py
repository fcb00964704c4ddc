"""Before the first row is written: mapping checked, whole file read once, date formats settled."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from glossary.engine.documents import GlossaryDocument
from glossary.exceptions import NoPolicyInForce
from glossary.queries.editions import edition_at
from routing.engine.import_rows import RowReader
from routing.engine.mapping import MappingSpec
from routing.engine.mapping_files import MappingRefused, parse_mapping, problems
from routing.engine.moments import DateFormat, DateSurvey
from routing.engine.same_lead import SameLead
from routing.engine.sheets import Row
from routing.engine.text import clean
from routing.exceptions import ImportRefused
from routing.models import ImportBatch
from routing.services.imports.context import ImportContext
from routing.services.imports.files import opened


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over the whole file shows."""

    rows_total: int
    formats: dict[str, DateFormat]
    superseded: dict[str, int]


def prepare(batch: ImportBatch, *, now: datetime) -> tuple[ImportContext, int]:
    """Everything fixed for a run of `batch`, and the number of rows of its file.

    Raises:
        ImportRefused: mapping and file or policy don't fit, the file breaks somewhere, a date column is
            unclear. So a file that is refused is refused before any row of it was written.
    """
    spec = mapping_of(batch)
    try:
        edition = edition_at(now)
    except NoPolicyInForce as error:
        raise ImportRefused(str(error)) from None
    glossary = edition.document(GlossaryDocument)
    with opened(batch) as sheet:
        found = problems(spec, sheet.headings, glossary)
        if found:
            raise ImportRefused(found)
        survey = _survey(sheet.rows, sheet.headings, spec)
        headings = sheet.headings
    fields = {field.key: field for field in glossary.fields}
    reader = RowReader(spec, headings, fields, survey.formats, now)
    return ImportContext(spec, reader, edition, batch.created_by, now, survey.superseded), survey.rows_total


def mapping_of(batch: ImportBatch) -> MappingSpec:
    """The batch's frozen mapping; raises ImportRefused when it has none or an unusable one."""
    try:
        return parse_mapping(batch.mapping)
    except MappingRefused as refusal:
        raise ImportRefused(refusal.messages) from None


def _survey(rows: Iterable[Row], headings: tuple[str, ...], spec: MappingSpec) -> Survey:
    place = {heading: i for i, heading in enumerate(headings)}
    asked = {h: DateSurvey(h) for h, target in spec.dated.items() if target.date_format is None}
    identity = _identity_reader(spec, place)
    groups = SameLead()
    total = 0
    for row in rows:
        total += 1
        for heading, survey in asked.items():
            text = clean(row.cells[place[heading]])
            if text not in spec.blanks:
                survey.add([text])
        groups.add(row.number, identity(row))
    formats = {h: t.date_format for h, t in spec.dated.items() if t.date_format is not None}
    return Survey(total, formats | _settled(asked.values()), groups.repeated())


def _identity_reader(spec: MappingSpec, place: dict[str, int]) -> Callable[[Row], list[str]]:
    columns = []
    if spec.external_heading:
        columns.append(("x:", place[spec.external_heading], False))
    columns += [("e:", place[h], True) for h, key in spec.fields.items() if key == "email"]

    def identities(row: Row) -> list[str]:
        keys = []
        for mark, index, lowered in columns:
            text = clean(row.cells[index])
            if text and text not in spec.blanks:
                keys.append(mark + (text.lower() if lowered else text))
        return keys

    return identities


def _settled(surveys: Iterable[DateSurvey]) -> dict[str, DateFormat]:
    formats: dict[str, DateFormat] = {}
    unclear: list[str] = []
    for survey in surveys:
        found, why = survey.verdict()
        if found is None:
            unclear.append(why)
        else:
            formats[survey.heading] = found
    if unclear:
        raise ImportRefused(unclear)
    return formats
