"""One chunk of rows: history in bulk, live rows one by one, in the order of the file."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from routing.engine.import_rows import ReadRow, is_live
from routing.engine.sheets import Row
from routing.services.imports.context import ImportContext, Outcome, RowResult
from routing.services.imports.history import write_history
from routing.services.imports.live import take_in


def process(rows: Iterable[Row], context: ImportContext) -> list[RowResult]:
    """Write what can be taken and say of every row what came of it. The caller holds the transaction."""
    results: list[RowResult] = []
    read = [context.reader.read(row) for row in rows]
    for kind, group in groupby(read, key=lambda row: _kind(row, context)):
        results += _process_group(kind, list(group), context)
    return results


def _kind(row: ReadRow, context: ImportContext) -> str:
    if row.errors:
        return "refused"
    return "live" if is_live(row, context.spec.mode) else "history"


def _process_group(kind: str, rows: Sequence[ReadRow], context: ImportContext) -> list[RowResult]:
    if kind == "refused":
        return [RowResult(row, Outcome.QUARANTINED, tuple(row.errors)) for row in rows]
    if kind == "live":
        return [take_in(row, context) for row in rows]
    return write_history(rows, context)
