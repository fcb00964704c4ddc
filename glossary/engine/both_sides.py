"""Items of two documents in full, side by side: what a reader opens who wants more than the differences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from glossary.engine.base import PolicyDocument
from glossary.engine.diff import Difference
from glossary.engine.identity import ORDER, by_identity
from glossary.engine.readable import Entry, Reader


@dataclass(frozen=True, slots=True)
class BothSides:
    """An item before and after; None = it is not there."""

    label: str
    before: Entry | None
    after: Entry | None


class Items:
    """The items of a document as entries to read, by their address."""

    def __init__(self, document: PolicyDocument, reader: Reader) -> None:
        names = [field.alias or name for name, field in type(document).model_fields.items()]
        self._entries = dict(zip(names, reader.read(document), strict=True))
        self._data = document.model_dump(mode="json", by_alias=True)

    def of(self, item: str) -> Entry | None:
        """The entry of an address such as `stages.mql`, `thresholds.mql` or `total_cap`; None = not there."""
        section, _, key = item.partition(".")
        whole = self._entries.get(section)
        if whole is None or not key:
            return whole
        if key == ORDER:
            return Entry(whole.label, ", ".join(entry.label for entry in whole.below))
        value = self._data[section]
        keys = list(value) if isinstance(value, Mapping) else list(by_identity(value))
        return dict(zip(keys, whole.below, strict=False)).get(key)


def both_sides(differences: Iterable[Difference], before: Items, after: Items) -> tuple[BothSides, ...]:
    """Each item that differs, once, in full on both sides. The order of a list is told by the difference alone."""
    labels = {d.item: d.label for d in differences if not d.item.endswith(f".{ORDER}")}
    return tuple(BothSides(label, before.of(item), after.of(item)) for item, label in labels.items())
