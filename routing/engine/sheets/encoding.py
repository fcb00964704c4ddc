"""Which encoding the bytes of a text file are in, checked to the last byte before any row is read."""

import codecs
from typing import BinaryIO

from routing.engine.sheets.model import ENCODINGS, SheetRefused

CHUNK = 1 << 18
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n\r"}
# Real exports hold a stray control character here and there; a binary file holds many.
_MAX_CONTROL_SHARE = 0.005
_NO_TEXT = (
    "The file holds bytes that no text has, so it is no CSV file. "
    "Export it again as CSV (UTF-8) or save it as .xlsx."
)


def find_encoding(stream: BinaryIO, stated: str = "") -> str:
    """Python's name of the encoding that the whole of `stream` can be read in.

    Order: the stated one; a byte order mark; NUL bytes at every second place (UTF-16 without a mark); UTF-8;
    Windows-1252, which Western spreadsheets and Salesforce write.

    Raises:
        SheetRefused: nothing fits, or the text is full of control characters.
    """
    if stated:
        return _stated(stream, stated)
    stream.seek(0)
    head = stream.read(4096)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return _require(stream, "utf-8-sig" if name == "utf-8" else name)
    guess = _utf16_without_mark(head)
    if guess:
        return _require(stream, guess)
    for name in ("utf-8", "cp1252"):
        if _failure(stream, name) is None:
            return _require_text(stream, name)
    raise SheetRefused(_NO_TEXT)


def _stated(stream: BinaryIO, stated: str) -> str:
    known = {codecs.lookup(name).name for name in ENCODINGS} | {"utf-8-sig"}
    try:
        name = codecs.lookup(stated).name
    except (LookupError, ValueError):
        name = ""
    if name not in known:
        raise SheetRefused(f"The encoding {stated!r} is not known here. Known are: {', '.join(ENCODINGS)}.")
    return _require(stream, "utf-8-sig" if name == "utf-8" else name)


def _utf16_without_mark(head: bytes) -> str:
    pairs = len(head) // 2
    if pairs < 2:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd >= 0.4 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    if even >= 0.4 * pairs and odd < 0.05 * pairs:
        return "utf-16-be"
    return ""


def _failure(stream: BinaryIO, name: str) -> int | None:
    """Offset near the first byte that `name` cannot decode; None when all of it can be."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    stream.seek(0)
    offset = 0
    try:
        while chunk := stream.read(CHUNK):
            decoder.decode(chunk)
            offset += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return offset
    return None


def _require(stream: BinaryIO, name: str) -> str:
    if _failure(stream, name) is not None:
        label = ENCODINGS.get(name.removesuffix("-sig"), name)
        raise SheetRefused(
            f"The file cannot be read as {label}: some bytes do not belong to it. "
            "State another encoding or export the file again as CSV (UTF-8)."
        )
    return _require_text(stream, name)


def _require_text(stream: BinaryIO, name: str) -> str:
    decoder = codecs.getincrementaldecoder(name)("strict")
    stream.seek(0)
    length = controls = 0
    while chunk := stream.read(CHUNK):
        text = decoder.decode(chunk)
        if "\0" in text:
            raise SheetRefused(
                "The file contains NUL characters, so it is no CSV file in this encoding. "
                "Export it again as CSV (UTF-8) or save it as .xlsx."
            )
        length += len(text)
        controls += len(text) - len(text.translate(_CONTROLS))
    if controls > _MAX_CONTROL_SHARE * length + 1:
        raise SheetRefused(_NO_TEXT)
    return name
