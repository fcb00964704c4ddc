"""Where in the draft a finding lies: the row that its author has to mend."""

from collections.abc import Iterable
from dataclasses import dataclass

from glossary.engine.identity import by_identity
from glossary.models import ChangeRequest
from glossary.models.draft_base import DraftRow
from glossary.queries.draft_names import rows_of
from glossary.registry import Shape, Table, document_type
from glossary.registry.rows import item_data
from glossary.types import Finding


@dataclass(frozen=True, slots=True)
class Place:
    """A finding with its place.

    Attributes:
        model: of the draft row; None = it lies in another document.
        row: the row; None = not one row of that table.
        label: what the row is about, in words.
    """

    finding: Finding
    model: type[DraftRow] | None = None
    row: DraftRow | None = None
    label: str = ""


def places_of(request: ChangeRequest, findings: Iterable[Finding]) -> list[Place]:
    """Each finding with the draft row that it is about. One query per table that is named."""
    tables = document_type(request.workstream).tables
    by_path = {table.path: table for table in tables}
    root = next((table for table in tables if table.shape is Shape.ROOT), None)
    rows: dict[str, list[DraftRow]] = {}
    found = []
    for finding in findings:
        workstream, _, rest = finding.where.partition(".")
        section, _, item = rest.partition(".")
        table = by_path.get(section) or root
        if workstream != request.workstream or table is None:
            found.append(Place(finding))
            continue
        if table.path not in rows:
            rows[table.path] = list(rows_of(table.model, request).order_by("position", "pk"))
        row = _row(table, rows[table.path], item)
        found.append(Place(finding, table.model, row, str(row) if row else "it"))
    return found


def _row(table: Table, rows: list[DraftRow], item: str) -> DraftRow | None:
    """The row of an item, by its place in the list (`2.name`) or by what identifies it (`mql.entry`)."""
    if table.shape is Shape.ROOT:
        return rows[0] if rows else None
    first = item.partition(".")[0]
    if first.isascii() and first.isdecimal():
        return rows[int(first)] if int(first) < len(rows) else None
    if table.shape is Shape.LIST:
        known = dict(zip(by_identity([item_data(table, row) for row in rows]), rows, strict=True))
        return next((row for key, row in known.items() if item == key or item.startswith(f"{key}.")), None)
    return next(
        (row for row in rows if str(getattr(row, next(iter(table.columns.values())), "")) == first), None
    )
