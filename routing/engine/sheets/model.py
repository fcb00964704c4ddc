"""What a table in a file is: dialect, limits, headings and rows; and the refusal to read one."""

from collections.abc import Iterator
from dataclasses import dataclass, field

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (little endian)",
    "utf-16-be": "UTF-16 (big endian)",
    "cp1252": "Windows-1252 (Western Europe)",
    "latin-1": "ISO 8859-1",
    "iso8859-15": "ISO 8859-15",
    "cp1250": "Windows-1250 (Central Europe)",
    "mac-roman": "Mac Roman",
}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


class SheetRefused(ValueError):
    """The file cannot be read as a table. The message says why, where, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is to be read. Empty = to be detected; after reading nothing that applies is empty.

    Attributes:
        encoding: a key of `ENCODINGS`; CSV only.
        delimiter: a key of `DELIMITERS`; CSV only.
        sheet: name of the sheet; XLSX only, empty = the first one.
        kind: `csv` or `xlsx`, as found.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    kind: str = ""

    def as_json(self) -> dict[str, str]:
        """The parts that are known, for storage."""
        parts = {
            "kind": self.kind,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheet": self.sheet,
        }
        return {key: value for key, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep memory small whatever the file is.

    Attributes:
        file_bytes: size of the file.
        cell: characters of one cell; a row with a longer one is set aside.
        line: characters of one row; a longer one means that the file is broken.
        columns: number of columns.
        unzipped_bytes: sum of the parts of a workbook when unpacked.
        ratio: unpacked over packed size of a part of more than 1 MiB.
    """

    file_bytes: int = 200 * 1024 * 1024
    cell: int = 32_768
    line: int = 1_048_576
    columns: int = 500
    unzipped_bytes: int = 300 * 1024 * 1024
    ratio: int = 150


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data: its number (the first is 1), one text per heading, and what is wrong with its shape.

    `extra` holds the cells beyond the last heading, so that a broken row can be kept whole.
    """

    number: int
    cells: tuple[str, ...]
    problem: str = ""
    extra: tuple[str, ...] = ()


@dataclass(slots=True)
class Sheet:
    """An open table. `rows` is read once and raises `SheetRefused` where the file breaks.

    Attributes:
        headings: unique and never empty; see `notes` for those that had to be named anew.
        notes: what was noticed about the headings, in words.
    """

    headings: tuple[str, ...]
    rows: Iterator[Row]
    dialect: Dialect
    notes: list[str] = field(default_factory=list)
