"""CSV: delimiter, quotes, line ends and broken rows. The encoding is settled before."""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from routing.engine.sheets.encoding import find_encoding
from routing.engine.sheets.model import DELIMITERS, Dialect, Limits, SheetRefused

_SAMPLE_CHARACTERS = 65_536
_SEP_LINE = re.compile(r"^sep=(.)\r?\n?$")


def read_csv(stream: BinaryIO, wish: Dialect, limits: Limits) -> tuple[Dialect, Iterator[list[str]]]:
    """The dialect found and an iterator over the raw rows, headings first.

    Raises:
        SheetRefused: at once or while reading, with the line where the file breaks.
    """
    encoding = find_encoding(stream, wish.encoding)
    stream.seek(0)
    text = io.TextIOWrapper(_Kept(stream), encoding=encoding, errors="strict", newline="")
    sample = text.read(_SAMPLE_CHARACTERS)
    text.seek(0)
    hint = _SEP_LINE.match(sample.splitlines(keepends=True)[0]) if sample else None
    delimiter = _delimiter(wish.delimiter, hint.group(1) if hint else "", sample)
    if hint:
        text.readline()
    dialect = Dialect(encoding=encoding.removesuffix("-sig"), delimiter=delimiter, kind="csv")
    return dialect, _rows(text, delimiter, limits)


class _Kept(io.BufferedReader):
    """A view of the caller's stream that does not close it."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(_Raw(stream))


class _Raw(io.RawIOBase):
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # narrower buffer type than typeshed's
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()


def _delimiter(stated: str, hint: str, sample: str) -> str:
    wanted = {"tab": "\t", "\\t": "\t"}.get(stated.lower(), stated) or hint
    if wanted and wanted not in DELIMITERS:
        known = ", ".join(f"{DELIMITERS[key]}" for key in DELIMITERS)
        raise SheetRefused(f"The delimiter {wanted!r} is not known here. Known are: {known}.")
    return wanted or _likeliest(sample)


def _likeliest(sample: str) -> str:
    """The delimiter under which most rows have as many cells as the first; the comma where none splits."""
    best, best_score = ",", (0.0, 0)
    for candidate in DELIMITERS:
        try:
            widths = [
                len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=candidate) if row
            ]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        share = sum(1 for width in widths if width == widths[0]) / len(widths)
        score = (round(share, 1), widths[0])
        if score > best_score:
            best, best_score = candidate, score
    return best


def _lines(text: io.TextIOWrapper, limits: Limits) -> Iterator[str]:
    number = 0
    while line := text.readline(limits.line):
        number += 1
        if len(line) >= limits.line:
            raise SheetRefused(
                f"Line {number} is longer than {limits.line:,} characters. Most often a quote was opened and "
                "never closed, or the file has no line ends. Export it again and try once more."
            )
        yield line


def _rows(text: io.TextIOWrapper, delimiter: str, limits: Limits) -> Iterator[list[str]]:
    reader = csv.reader(_lines(text, limits), delimiter=delimiter, strict=True)
    started = 0
    try:
        for row in reader:
            started = reader.line_num
            yield row
    except csv.Error as error:
        raise SheetRefused(_broken(error, started + 1, reader.line_num)) from None


def _broken(error: csv.Error, first: int, last: int) -> str:
    where = f"line {first}" if last <= first else f"the row that begins in line {first}"
    reason = str(error)
    if "field larger" in reason:
        why = f"has a cell longer than {csv.field_size_limit():,} characters; a quote may never be closed"
    elif "end of data" in reason:
        why = "opens a quote that is never closed"
    elif "expected after" in reason:
        why = 'has text after a closing quote; a quote inside a cell must be doubled ("")'
    else:
        why = f"cannot be split into cells ({reason})"
    return f"The file is broken: {where} {why}. Nothing was taken in; mend that line and try again."
