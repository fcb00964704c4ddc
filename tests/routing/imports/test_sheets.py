"""Opening files: every encoding, delimiter and shape comes in; everything else is refused in words."""

import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.sheets import Dialect, Limits, Row, Sheet, SheetRefused, open_sheet
from tests.routing.imports.files import csv_bytes, xlsx_bytes


def opened(data: bytes, wish: Dialect | None = None, limits: Limits | None = None) -> Sheet:
    """A sheet from bytes."""
    return open_sheet(io.BytesIO(data), wish, limits)


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    """The rows without their numbers."""
    return [row.cells for row in sheet.rows]


LINES = ("name;city", "Zoë;Köln", "André;Málaga")


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings_are_found(encoding: str, found: str) -> None:
    sheet = opened(csv_bytes(*LINES, encoding=encoding))
    assert sheet.headings == ("name", "city")
    assert cells(sheet) == [("Zoë", "Köln"), ("André", "Málaga")]
    assert (sheet.dialect.encoding, sheet.dialect.delimiter) == (found, ";")


def test_utf16_big_endian_with_a_mark() -> None:
    sheet = opened(b"\xfe\xff" + "a,b\n1,ü\n".encode("utf-16-be"))
    assert cells(sheet) == [("1", "ü")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(delimiter: str) -> None:
    data = csv_bytes(delimiter.join(["a", "b", "c"]), delimiter.join(["1", "x y", "3"]))
    sheet = opened(data)
    assert (sheet.dialect.delimiter, cells(sheet)) == (delimiter, [("1", "x y", "3")])


def test_stated_dialect_wins() -> None:
    sheet = opened(csv_bytes("a,b;c", "1,2;3"), Dialect(delimiter=","))
    assert sheet.headings == ("a", "b;c")


def test_line_of_excel_that_states_the_delimiter() -> None:
    sheet = opened(b"sep=;\r\na,1;b\r\n1;2\r\n")
    assert (sheet.headings, cells(sheet)) == (("a,1", "b"), [("1", "2")])


def test_quotes_line_ends_and_blank_lines() -> None:
    sheet = opened(b'a,b\r\n"one\r\ntwo","say ""hi"""\r\n\r\n ,\r\n3,4\r\n')
    assert list(sheet.rows) == [Row(1, ("one\r\ntwo", 'say "hi"')), Row(2, ("3", "4"))]


def test_ragged_rows() -> None:
    short, long, fine = opened(csv_bytes("a,b", "1", "1,2,3", "1,2,,")).rows
    assert short.cells == ("1", "")
    assert not short.problem
    assert "3 cells" in long.problem
    assert long.extra == ("3",)
    assert not fine.problem


def test_headings_empty_and_twice_are_named_and_said() -> None:
    sheet = opened(csv_bytes("Email,,Email,Email (2),", "1,2,3,4"))
    assert sheet.headings == ("Email", "Column 2", "Email (3)", "Email (2)")
    assert "Column 2 has no heading" in sheet.notes[0]
    assert "occurs more than once" in sheet.notes[1]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\n\n , \n", "no rows"),
        (b'a,b\n"1,2\n3,4\n', "opens a quote that is never closed"),
        (b'a,b\n"1"x,2\n', "text after a closing quote"),
        (b"a,b\n1,\x00\n", "NUL"),
        (bytes(range(256)) * 20, "no text has"),
        (b"\x81\x8d\x8f\x90\x9d" * 100, "no text has"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "old Excel"),
        (b"PK\x03\x04 but nothing more", "cut off or damaged"),
        (b"a,b\n" + b"x" * 10_000_000, "Line 2 is longer"),
        (b'a,b\n"' + b"x\n" * 200_000, "longer than"),
        (("c," * 600).encode(), "more than 500 columns"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(SheetRefused, match=words):
        cells(opened(data))


def test_a_long_cell_is_set_aside_and_the_rest_is_read() -> None:
    first, second = opened(csv_bytes("a,b", "x" * 40_000 + ",1", "2,3")).rows
    assert "40,000 characters" in first.problem
    assert second.cells == ("2", "3")


def test_too_large_a_file() -> None:
    with pytest.raises(SheetRefused, match="11 bytes; at most 10"):
        opened(b"a,b\n1,2\n3,4", limits=Limits(file_bytes=10))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_wrong_statement_is_refused(encoding: str) -> None:
    with pytest.raises(SheetRefused, match="cannot be read as"):
        opened("a,b\né,1\n1".encode("cp1252"), Dialect(encoding=encoding))


def test_unknown_statements_name_the_known_ones() -> None:
    with pytest.raises(SheetRefused, match=r"'klingon' is not known here. Known are: utf-8"):
        opened(b"a,b\n", Dialect(encoding="klingon"))
    with pytest.raises(SheetRefused, match="Known are: comma"):
        opened(b"a,b\n", Dialect(delimiter="x"))


def test_workbooks_numbers_dates_and_sheets() -> None:
    row = [1.0, 2.5, "x", date(2018, 2, 1), datetime(2018, 2, 1, 13, 5), True, None]  # noqa: DTZ001 - as Excel has it
    data = xlsx_bytes(["a", "b", "c", "d", "e", "f", "g"], row, sheets={"More": [["k"], ["v"]]})
    sheet = opened(data)
    assert cells(sheet) == [("1", "2.5", "x", "2018-02-01", "2018-02-01 13:05:00", "TRUE", "")]
    assert cells(opened(data, Dialect(sheet="More"))) == [("v",)]
    with pytest.raises(SheetRefused, match=r"no sheet 'Less'\. It has: Sheet, More"):
        opened(data, Dialect(sheet="Less"))


def test_a_number_of_a_workbook_is_never_two_numbers() -> None:
    """12.345 in a cell is a number; as a text of a CSV it could be 12345."""
    assert cells(opened(xlsx_bytes(["a", "b"], [12.345, 1.5e-7]))) == [("12.3450", "1.5e-07")]


def _rezipped(data: bytes, replace: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, replace.get(name, source.read(name)))
    return out.getvalue()


def test_zip_bomb_is_not_opened() -> None:
    bomb = _rezipped(xlsx_bytes(["a"], ["1"]), {"xl/worksheets/sheet1.xml": b" " * 30_000_000})
    assert len(bomb) < 60_000
    with pytest.raises(SheetRefused, match="unpacks to more than 150 times its size"):
        opened(bomb)
    with pytest.raises(SheetRefused, match="at most 10 MiB are opened"):
        opened(bomb, limits=Limits(unzipped_bytes=10 * 1024 * 1024))


def test_entity_bomb_is_not_expanded() -> None:
    entities = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    data = xlsx_bytes(["a"], ["1"])
    with pytest.raises(SheetRefused, match="XML entities"):
        cells(opened(_rezipped(data, {"xl/worksheets/sheet1.xml": entities})))
    with pytest.raises(SheetRefused, match=r"XML entities|damaged"):
        cells(opened(_rezipped(data, {"xl/workbook.xml": entities})))


def test_another_zip_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("leads.csv", "a,b\n1,2\n")
    with pytest.raises(SheetRefused, match="zip archive"):
        opened(out.getvalue())


def _is_refused_or_read(data: bytes) -> bool:
    try:
        sheet = opened(data)
        return all(len(row.cells) == len(sheet.headings) for row in sheet.rows)
    except SheetRefused as refusal:
        return len(str(refusal)) > 20


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_rows_or_a_refusal(data: bytes) -> None:
    assert _is_refused_or_read(data)


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=60), st.integers(min_value=0, max_value=4_000))
def test_any_damage_to_a_workbook_gives_rows_or_a_refusal(noise: bytes, at: int) -> None:
    data = bytearray(xlsx_bytes(["a", "b"], ["1", "2"]))
    at = min(at, len(data) - 1)
    data[at : at + len(noise)] = noise
    assert _is_refused_or_read(bytes(data))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_rows_or_a_refusal(text: str) -> None:
    assert _is_refused_or_read(text.encode("utf-8", "replace"))
