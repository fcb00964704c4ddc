"""XLSX: checked as a zip archive first, then read row by row."""

import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any, BinaryIO

import openpyxl
from defusedxml.common import DefusedXmlException

from routing.engine.sheets.model import Dialect, Limits, SheetRefused

_MIB = 1024 * 1024
_MAX_PARTS = 5_000
_MAX_EMPTY_ROWS = 10_000
_SAVE_AGAIN = "Open it in a spreadsheet, save it again as .xlsx or as CSV (UTF-8), and try once more."


def read_workbook(stream: BinaryIO, wish: Dialect, limits: Limits) -> tuple[Dialect, Iterator[list[str]]]:
    """The dialect found and an iterator over the raw rows as text, headings first.

    Raises:
        SheetRefused: no workbook, damaged, unpacks too large, or the sheet is not in it.
    """
    if not openpyxl.DEFUSEDXML:  # pragma: no cover - defusedxml is a pinned dependency
        raise SheetRefused("Workbooks cannot be read safely: the package defusedxml is missing. Use CSV.")
    _check_archive(stream, limits)
    stream.seek(0)
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # noqa: BLE001 - a damaged workbook makes openpyxl raise anything at all
        raise SheetRefused(_damaged(error)) from None
    names = [sheet.title for sheet in book.worksheets]
    if not names:
        raise SheetRefused("The workbook has no sheet with cells.")
    if wish.sheet and wish.sheet not in names:
        raise SheetRefused(f"The workbook has no sheet {wish.sheet!r}. It has: {', '.join(names)}.")
    sheet = book[wish.sheet] if wish.sheet else book.worksheets[0]
    return Dialect(sheet=sheet.title, kind="xlsx"), _rows(sheet)


def _damaged(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, DefusedXmlException):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        return "The workbook defines XML entities, which no spreadsheet does. It is not opened."
    return f"The workbook is damaged and cannot be read. {_SAVE_AGAIN}"


def _check_archive(stream: BinaryIO, limits: Limits) -> None:
    """Look at the directory of the archive only: nothing is unpacked before its size is known."""
    stream.seek(0)
    try:
        parts = zipfile.ZipFile(stream).infolist()
    except Exception:  # noqa: BLE001 - whatever zipfile finds in a damaged directory
        raise SheetRefused(
            f"The file begins like a workbook but is cut off or damaged. {_SAVE_AGAIN}"
        ) from None
    if not any(part.filename.lower() == "xl/workbook.xml" for part in parts):
        raise SheetRefused("The file is a zip archive, but no .xlsx workbook. Upload the table inside it.")
    total = sum(part.file_size for part in parts)
    if len(parts) > _MAX_PARTS or total > limits.unzipped_bytes:
        raise SheetRefused(
            f"The workbook unpacks to {total // _MIB:,} MiB in {len(parts):,} parts; at most "
            f"{limits.unzipped_bytes // _MIB:,} MiB are opened. Save the sheet as CSV instead."
        )
    for part in parts:
        if part.file_size > _MIB and part.file_size > limits.ratio * max(part.compress_size, 1):
            raise SheetRefused(
                f"The part {part.filename!r} of the workbook unpacks to more than {limits.ratio} times its "
                "size. It is not opened. Save the sheet as CSV instead."
            )


def _rows(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what the file says of its own size need not be true
    empty = 0
    try:
        for cells in sheet.iter_rows():
            row = [_text(cell) for cell in cells]
            while row and not row[-1]:
                row.pop()
            empty = 0 if row else empty + 1
            if empty > _MAX_EMPTY_ROWS:
                raise SheetRefused(f"More than {_MAX_EMPTY_ROWS:,} rows in a row are empty. {_SAVE_AGAIN}")
            yield row
    except SheetRefused:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        raise SheetRefused(_damaged(error)) from None


def _text(cell: Any) -> str:
    """A cell as text: numbers without a tail of zeros, dates as ISO; a date without hours stays a date."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, datetime):
        with_time = value.time() != time(0) or "h" in str(cell.number_format).lower()
        return value.isoformat(" ", "seconds") if with_time else value.date().isoformat()
    return str(value).upper() if isinstance(value, bool) else str(value).replace("\0", "")


def _number_text(value: float) -> str:
    """A number so that it reads as one number only: 1.25 and 1.2500, never 1.250, which could be 1250."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = repr(value)
    return f"{text}0" if len(text.partition(".")[2]) == 3 and text[-1].isdigit() and "e" not in text else text
