"""Taking a file in: its bytes are kept as they came, then opened as often as needed."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from people.models import User
from routing.engine.sheets import Dialect, Limits, Sheet, SheetRefused, open_sheet
from routing.exceptions import ImportRefused
from routing.models import ImportBatch


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and what is stated about it. `dialect`: what is empty in it is detected."""

    file: "File[Any]"
    name: str
    dialect: Dialect = field(default_factory=Dialect)


def limits() -> Limits:
    """The bounds that the settings give."""
    return Limits(file_bytes=settings.IMPORT_MAX_BYTES)


def receive(upload: Upload, *, acting_user: User | None, now: datetime) -> ImportBatch:
    """Keep the file and open it once, so that what is no table is refused at the door. Nothing is imported.

    Raises:
        ImportRefused: too large, empty, no table; the message names the way out.
    """
    try:
        sheet = open_sheet(cast("BinaryIO", upload.file), upload.dialect, limits())
        if next(sheet.rows, None) is None:
            raise SheetRefused("The file has headings but no rows below them. Export it again with its rows.")
    except SheetRefused as refusal:
        raise ImportRefused(f"{upload.name}: {refusal}") from None
    batch = ImportBatch(
        file_name=upload.name[:255],
        file_digest=_digest(upload.file),
        dialect=sheet.dialect.as_json(),
        created_by=acting_user,
        created_at=now,
    )
    upload.file.seek(0)
    with transaction.atomic():
        batch.file.save(_stored_name(upload.name, now), upload.file, save=False)
        batch.save()
    return batch


@contextmanager
def opened(batch: ImportBatch) -> Iterator[Sheet]:
    """The batch's sheet, with the dialect of the batch; closed afterwards.

    Raises:
        ImportRefused: the file is gone, or it breaks; also while rows are read inside.
    """
    stated = batch.dialect
    wish = Dialect(stated.get("encoding", ""), stated.get("delimiter", ""), stated.get("sheet", ""))
    try:
        with batch.file.open("rb") as stream:
            yield open_sheet(cast("BinaryIO", stream), wish, limits())
    except SheetRefused as refusal:
        raise ImportRefused(f"{batch.file_name}: {refusal}") from None
    except FileNotFoundError:
        raise ImportRefused(f"{batch.file_name}: the stored file is gone. Upload it again.") from None


def _digest(file: "File[Any]") -> str:
    found = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        found.update(chunk)
    return found.hexdigest()


def _stored_name(name: str, now: datetime) -> str:
    suffix = ".xlsx" if name.lower().endswith(".xlsx") else ".csv"
    return f"{now:%Y%m%d-%H%M%S}{suffix}"
