"""Refused rows: fixed and tried again, or discarded. Nothing is deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from glossary.engine.documents import GlossaryDocument
from glossary.queries.editions import edition_at
from people.models import User
from routing.choices import QuarantineState
from routing.engine.import_rows import RowReader
from routing.engine.moments import DateFormat
from routing.engine.sheets import Row
from routing.exceptions import Conflict
from routing.models import ImportBatch, QuarantinedRow
from routing.services.imports.chunks import process
from routing.services.imports.context import ImportContext, Outcome
from routing.services.imports.prepare import mapping_of


@dataclass(frozen=True, slots=True)
class Retry:
    """What came of a retry; `errors` is what is still wrong when it was not taken."""

    row: QuarantinedRow
    taken: bool
    errors: tuple[dict[str, str], ...] = ()


@transaction.atomic
def retry_row(row_id: int, corrected: Mapping[str, str], *, acting_user: User | None, now: datetime) -> Retry:
    """Try a row again with the corrected cells (heading → text; others stay as they came).

    When it is still refused its errors and corrections are kept and it stays open.

    Raises:
        Conflict: somebody has fixed or discarded it already.
    """
    row = _open_row(row_id)
    changed = {h: text for h, text in corrected.items() if text != row.raw.get(h, "")}
    context = _context(row.batch, row, acting_user, now)
    cells = row.raw | changed
    given = Row(row.row_number, tuple(cells.get(h, "") for h in context.reader.headings))
    (result,) = process([given], context)
    row.corrected = changed
    if result.outcome is Outcome.QUARANTINED:
        row.errors = [error.as_json() for error in result.errors]
        row.save(update_fields=["corrected", "errors"])
        return Retry(row, taken=False, errors=tuple(row.errors))
    _close(row, QuarantineState.FIXED, acting_user, now)
    _recount(row.batch, result.outcome)
    return Retry(row, taken=True)


@transaction.atomic
def discard_row(row_id: int, *, acting_user: User | None, now: datetime) -> QuarantinedRow:
    """Decide that a row is not wanted; it stays readable. Raises Conflict when it is not open any more."""
    row = _open_row(row_id)
    _close(row, QuarantineState.DISCARDED, acting_user, now)
    return row


def _open_row(row_id: int) -> QuarantinedRow:
    row = QuarantinedRow.objects.select_for_update(of=("self",)).select_related("batch").get(pk=row_id)
    if row.state != QuarantineState.OPEN:
        by = f" by {row.resolved_by}" if row.resolved_by else ""
        raise Conflict(
            f"Row {row.row_number} of {row.batch.file_name} is {row.get_state_display().lower()} already{by}."
        )
    return row


def _close(row: QuarantinedRow, state: QuarantineState, acting_user: User | None, now: datetime) -> None:
    row.state, row.resolved_at, row.resolved_by = state, now, acting_user
    row.save(update_fields=["state", "resolved_at", "resolved_by", "corrected"])


def _context(
    batch: ImportBatch, row: QuarantinedRow, acting_user: User | None, now: datetime
) -> ImportContext:
    """As the batch was run, under the policy in force now."""
    spec = mapping_of(batch)
    edition = edition_at(now)
    formats = {h: DateFormat(value) for h, value in batch.dialect.get("dates", {}).items()}
    fields = {field.key: field for field in edition.document(GlossaryDocument).fields}
    headings = tuple(h for h in row.raw if not h.startswith("(cell "))
    reader = RowReader(spec, headings, fields, formats, now)
    return ImportContext(spec, reader, edition, acting_user, now)


def _recount(batch: ImportBatch, outcome: Outcome) -> None:
    """Move one row from quarantined to what came of it, where it was counted as quarantined."""
    column = f"rows_{outcome.value}"
    ImportBatch.objects.filter(pk=batch.pk, rows_quarantined__gt=0).update(
        **{column: F(column) + 1, "rows_quarantined": F("rows_quarantined") - 1}
    )
