"""How a policy document lies in draft rows: one `Table` per list of items, one for the settings at its root."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from glossary.engine.base import Part
from glossary.models.draft_base import ChildRow, CriterionRow, DraftRow


class Shape(Enum):
    """How items stand in the document."""

    LIST = "list"  # [{…}, {…}]
    ROOT = "root"  # the settings at the root: one row
    MAPPING = "mapping"  # {key: value}; columns are given for `key` and `value`
    WORDS = "words"  # [key, key]; the column is given for `value`


@dataclass(frozen=True, slots=True)
class Child:
    """Rows below an item.

    Attributes:
        columns: dotted path in the child part → column; for words only `value`.
    """

    model: type[ChildRow]
    columns: Mapping[str, str]
    shape: Shape = Shape.LIST
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """The draft rows of one list of a document.

    Attributes:
        path: name of the list in the document; empty for its root settings.
        part: pydantic class of one item; the whole document for settings, None for mappings and words.
        columns: dotted path in the item → column of the model.
        optional: columns where an empty text means "not given".
        criteria: path of a criteria set in the item → model of its criteria rows.
        children: path of a list in the item → its rows.
    """

    path: str
    model: type[DraftRow]
    columns: Mapping[str, str]
    part: type[Part] | None = None
    shape: Shape = Shape.LIST
    optional: frozenset[str] = frozenset()
    criteria: Mapping[str, type[CriterionRow]] = field(default_factory=dict)
    children: Mapping[str, Child] = field(default_factory=dict)
