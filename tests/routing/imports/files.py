"""What the tests of the import share: files made in memory, mappings, and a run from upload to end."""

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from django.core.files.base import ContentFile

from routing.engine.mapping import MappingSpec
from routing.engine.mapping_files import parse_mapping, parse_mapping_text
from routing.engine.sheets import Dialect
from routing.models import ImportBatch
from routing.services.imports.files import Upload, receive
from routing.services.imports.run import run_import
from routing.services.imports.start import Order, enqueue
from tests.support import NOW, ROOT

EXAMPLES = ROOT / "docs" / "examples" / "mappings"


def csv_bytes(*lines: str, encoding: str = "utf-8") -> bytes:
    """Lines as the bytes of a file."""
    return "".join(f"{line}\n" for line in lines).encode(encoding)


def xlsx_bytes(*rows: list[Any], sheets: dict[str, list[list[Any]]] | None = None) -> bytes:
    """A workbook whose first sheet holds `rows`, with further named sheets."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    for name, content in (sheets or {}).items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def example(name: str) -> MappingSpec:
    """A mapping file of the documentation."""
    return parse_mapping_text((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))


def history_mapping(**changes: Any) -> MappingSpec:
    """Leads with id, address, company and an MQL date."""
    columns = {
        "id": {"external_id": True},
        "email": {"field": "email"},
        "company": {"field": "company"},
        "mql": {"stage_entered": "mql"},
    }
    return parse_mapping({"mode": "leads", "external_system": "old_crm", "columns": columns} | changes)


def upload(data: bytes | Path, name: str = "leads.csv", dialect: Dialect | None = None) -> ImportBatch:
    """A file taken in, not started."""
    content = data if isinstance(data, bytes) else data.read_bytes()
    file = Upload(ContentFile(content, name=name), name, dialect or Dialect())
    return receive(file, acting_user=None, now=NOW)


def run(
    data: bytes | Path,
    spec: MappingSpec,
    *,
    now: datetime = NOW,
    dry_run: bool = False,
    name: str = "leads.csv",
) -> ImportBatch:
    """A file from upload to end."""
    batch = upload(data, name)
    enqueue(batch.pk, Order(spec, dry_run=dry_run), acting_user=None)
    return run_import(batch.pk, now=now)


def counts(batch: ImportBatch) -> tuple[int, int, int, int, int]:
    """(read, created, updated, unchanged, quarantined)."""
    return (
        batch.rows_read,
        batch.rows_created,
        batch.rows_updated,
        batch.rows_unchanged,
        batch.rows_quarantined,
    )
