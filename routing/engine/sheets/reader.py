"""The one door: bytes in, a sheet with headings and rows out, or a refusal that says what to do."""

import os
from collections.abc import Iterator
from typing import BinaryIO

from routing.engine.sheets.csv_reader import read_csv
from routing.engine.sheets.headings import name_headings
from routing.engine.sheets.model import Dialect, Limits, Row, Sheet, SheetRefused
from routing.engine.sheets.workbook import read_workbook

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_FORMATS = {b"%PDF": "a PDF document", b"\x1f\x8b": "a gzip archive", b"\x89PNG": "a picture"}


def open_sheet(stream: BinaryIO, wish: Dialect | None = None, limits: Limits | None = None) -> Sheet:
    """Read `stream` (seekable, binary) as CSV or XLSX, decided by its first bytes, not by its name.

    Args:
        stream: stays open; must not be touched until the rows are read.
        wish: what is stated of the dialect; the rest is detected.

    Raises:
        SheetRefused: at once, or from `rows` where the file breaks.
    """
    wish, limits = wish or Dialect(), limits or Limits()
    _check_size(stream, limits)
    stream.seek(0)
    head = stream.read(8)
    if head.startswith(_OLD_OFFICE):
        raise SheetRefused(
            "This is an old Excel file (.xls) or a workbook with a password. "
            "Save it as .xlsx without a password."
        )
    for magic, name in _OTHER_FORMATS.items():
        if head.startswith(magic):
            raise SheetRefused(f"The file is {name}. Upload a table as CSV or .xlsx.")
    read = read_workbook if head.startswith(_ZIP) else read_csv
    dialect, raw = read(stream, wish, limits)
    first = next((row for row in raw if any(cell.strip() for cell in row)), None)
    if first is None:
        raise SheetRefused("The file has no rows. The first row must hold the headings of the columns.")
    headings, notes = name_headings(first, limits)
    return Sheet(headings=headings, rows=_shaped(raw, len(headings), limits), dialect=dialect, notes=notes)


def _check_size(stream: BinaryIO, limits: Limits) -> None:
    size = stream.seek(0, os.SEEK_END)
    if size == 0:
        raise SheetRefused("The file is empty. Export it again and upload the new one.")
    if size > limits.file_bytes:
        raise SheetRefused(
            f"The file has {size:,} bytes; at most {limits.file_bytes:,} are taken. Split it into several."
        )


def _shaped(raw: Iterator[list[str]], width: int, limits: Limits) -> Iterator[Row]:
    number = 0
    for cells in raw:
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        yield Row(number, *_fit(cells, width, limits))


def _fit(cells: list[str], width: int, limits: Limits) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """Exactly `width` cells; too few are filled with blanks, too many are a problem and stay visible."""
    problem = ""
    extra = tuple(cell for cell in cells[width:] if cell.strip())
    if extra:
        problem = (
            f"The row has {len(cells)} cells but there are {width} headings; the first one too many is "
            f"{extra[0][:80]!r}. A delimiter inside a value must stand in quotes."
        )
    longest = max(len(cell) for cell in cells[:width])
    if longest > limits.cell:
        problem = f"A cell has {longest:,} characters; at most {limits.cell:,} are taken."
    fitted = tuple(cells[:width]) + ("",) * (width - len(cells))
    return fitted, problem, extra
