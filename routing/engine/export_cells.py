"""Cells that leave the house: a spreadsheet must never take a value for a formula.

A cell that starts with = + - @ TAB or CR gets an apostrophe in front, the mark by which spreadsheets know
text. A cell that starts with apostrophes followed by such a character gets one more, so `restore` gives
back exactly what was there. Source: OWASP, CSV Injection.
"""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_MARK = "'"


def _needs_mark(text: str) -> bool:
    return text.lstrip(_MARK).startswith(DANGEROUS)


def neutralise(text: str) -> str:
    """`text` so that no spreadsheet computes it."""
    return _MARK + text if _needs_mark(text) else text


def restore(text: str) -> str:
    """What `neutralise` was given."""
    return text[1:] if text.startswith(_MARK) and _needs_mark(text) else text
