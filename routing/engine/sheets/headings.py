"""Headings made usable: trimmed, none empty, none twice."""

import unicodedata
from collections.abc import Sequence

from routing.engine.sheets.model import Limits, SheetRefused


def name_headings(cells: Sequence[str], limits: Limits) -> tuple[tuple[str, ...], list[str]]:
    """Headings for the cells of the first row, and notes about those that got another name.

    Trailing empty cells are no columns. An empty heading in between becomes `Column 3`, the second `Email`
    becomes `Email (2)`.

    Raises:
        SheetRefused: there is no heading at all, or there are too many columns.
    """
    texts = [" ".join(unicodedata.normalize("NFC", cell).split()) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    if not texts:
        raise SheetRefused("The first row is empty. Put the headings of the columns there.")
    if len(texts) > limits.columns:
        raise SheetRefused(
            f"The file has more than {limits.columns} columns. Delete those you don't need and try again."
        )
    notes: list[str] = []
    taken: set[str] = set()
    given = set(texts)
    names: list[str] = []
    for position, text in enumerate(texts, start=1):
        name = _free_name(text or f"Column {position}", taken, given - {text})
        if name != text:
            notes.append(_note(position, text, name))
        taken.add(name)
        names.append(name)
    return tuple(names), notes


def _free_name(wish: str, taken: set[str], given: set[str]) -> str:
    name, count = wish, 1
    while name in taken or (count > 1 and name in given):
        count += 1
        name = f"{wish} ({count})"
    return name


def _note(position: int, text: str, name: str) -> str:
    if not text:
        return f"Column {position} has no heading; it is called {name!r} here."
    return (
        f"The heading {text!r} occurs more than once; the one in column {position} is called {name!r} here."
    )
