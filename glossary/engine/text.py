"""Text as policies and leads compare it: cleaned at the door, folded for comparing without case."""

import unicodedata


def clean(value: object) -> str:
    """`value` as text that every database can hold: Unicode NFC, trimmed; None is the empty text.

    NUL characters and lone surrogates are dropped: PostgreSQL stores neither.
    """
    return "" if value is None else storable(str(value)).strip()


def storable(text: str) -> str:
    """`text` in NFC without NUL characters and lone surrogates; white space stays as it is."""
    if text.isascii():
        return text.replace("\0", "")
    kept = text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "")
    return unicodedata.normalize("NFC", kept)


def fold(value: object) -> str:
    """`value` for comparing without case: NFC, `str.casefold`, NFC again as folding can take signs apart."""
    if value is None:
        return ""
    text = storable(str(value))
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text.casefold())
