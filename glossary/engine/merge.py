"""Three versions of a document brought together, item by item. Works on the plain data of canonical JSON.

An item is an entry of a list (a stage, a move, a rule …) or of a mapping of numbers, or any other value at the
root. Items are taken whole: two people who changed different sides of one stage meet in a conflict, because
nobody has read the stage that their changes would make together.
"""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from glossary.engine.identity import ENTRIES, ORDER, Names, by_identity, is_list_of_parts, same

Data = Mapping[str, Any]
Side = Literal["live", "mine"]
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Conflict:
    """An item that both sides changed, each in its own way.

    Attributes:
        item: address, such as `stages.mql`; the order of a list is `fit.order`.
        label: what people call it.
        base: the value that both began with; None = not there. Of an order, the keys.
    """

    item: str
    label: str
    base: object
    live: object
    mine: object


@dataclass(frozen=True, slots=True)
class Merge:
    """What came of a merge.

    Attributes:
        document: None when there are conflicts.
        theirs: addresses of what only the live version changed.
        ours: addresses of what only our version changed.
        labels: of these addresses, for people.
    """

    document: dict[str, Any] | None
    conflicts: tuple[Conflict, ...]
    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)


def merge(base: Data, live: Data, mine: Data) -> Merge:
    """Bring `mine`, which began with `base`, onto `live`.

    What one side alone changed is taken; what both changed alike is taken once; anything else is a conflict,
    also when one side removed what the other changed.
    """
    merging = _Merging(base, live, mine, lambda conflict: None)
    document = merging.document()
    taken = {item: label for item, label, _ in merging.taken}
    return Merge(
        None if merging.conflicts else document,
        tuple(merging.conflicts),
        tuple(item for item, _, side in merging.taken if side == "live"),
        tuple(item for item, _, side in merging.taken if side == "mine"),
        taken,
    )


def settle(base: Data, live: Data, mine: Data, choices: Mapping[str, Side]) -> dict[str, Any]:
    """The merged document with every conflict decided.

    Args:
        choices: address of a conflict → whose version stands.

    Raises:
        ValueError: naming the conflicts without a choice.
    """
    merging = _Merging(base, live, mine, lambda conflict: choices.get(conflict.item))
    document = merging.document()
    if merging.conflicts:
        names = ", ".join(f"{conflict.label} ({conflict.item})" for conflict in merging.conflicts)
        raise ValueError(f"choose the live version or yours for each of these: {names}")
    return document


class _Merging:
    """One merge under way. `choose` decides a conflict, or leaves it open with None."""

    def __init__(self, base: Data, live: Data, mine: Data, choose: Callable[[Conflict], str | None]) -> None:
        self.sides = (base, live, mine)
        self.choose = choose
        self.names = Names(base, live, mine)
        self.conflicts: list[Conflict] = []
        self.taken: list[tuple[str, str, Side]] = []

    def document(self) -> dict[str, Any]:
        """The merged plain data; open conflicts show the live version."""
        found: dict[str, Any] = {}
        for section in dict.fromkeys(key for side in self.sides[1:] for key in side):
            values = [side.get(section, _ABSENT) for side in self.sides]
            merged = self._section(section, values)
            if merged is not _ABSENT:
                found[section] = copy.deepcopy(merged)
        return found

    def _section(self, section: str, values: list[Any]) -> Any:
        present = [value for value in values if value is not _ABSENT]
        if is_list_of_parts(*present):
            return list(self._items(section, [by_identity(value) for value in values]).values())
        if section in ENTRIES and all(isinstance(value, Mapping) for value in present):
            return self._items(section, [{} if value is _ABSENT else value for value in values])
        return self._value((section, ""), values)

    def _items(self, section: str, sides: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        keys = self._order(section, [list(side) for side in sides])
        merged = {
            key: self._value((section, key), [side.get(key, _ABSENT) for side in sides]) for key in keys
        }
        return {key: value for key, value in merged.items() if value is not _ABSENT}

    def _value(self, address: tuple[str, str], values: list[Any]) -> Any:
        """The value that stands of one item."""
        base, live, mine = values
        if _same(live, mine):
            return live
        part = next((v for v in (mine, live, base) if isinstance(v, Mapping)), None)
        item, label = ".".join(filter(None, address)), self.names.item(*address, part)
        return mine if self._side(item, label, values) == "mine" else live

    def _side(self, item: str, label: str, values: Sequence[Any]) -> Side:
        """Whose version of something stands that the two sides have differently."""
        base, live, mine = values
        if _same(base, live) or _same(base, mine):
            side: Side = "mine" if _same(base, live) else "live"
            self.taken.append((item, label, side))
            return side
        conflict = Conflict(item, label, *(None if value is _ABSENT else value for value in values))
        choice = self.choose(conflict)
        if choice not in ("live", "mine"):
            self.conflicts.append(conflict)
        return "mine" if choice == "mine" else "live"

    def _order(self, section: str, sides: Sequence[list[str]]) -> list[str]:
        """All keys of live and mine: in the order of live unless mine reordered them; additions in place."""
        common = set(sides[0]).intersection(*sides[1:])
        base, live, mine = ([key for key in side if key in common] for side in sides)
        first, second = sides[1], sides[2]
        if section not in ENTRIES and live != mine:
            label = f"{self.names.item(section, '')}: the order"
            if self._side(f"{section}.{ORDER}", label, (base, live, mine)) == "mine":
                first, second = second, first
        return _interleaved(first, second)


def _same(one: Any, other: Any) -> bool:
    if one is _ABSENT or other is _ABSENT:
        return one is other
    return same(one, other)


def _interleaved(first: Iterable[str], second: Sequence[str]) -> list[str]:
    """`first`, with what only `second` has put after what it follows there."""
    found = list(first)
    for at, key in enumerate(second):
        if key not in found:
            found.insert(found.index(second[at - 1]) + 1 if at else 0, key)
    return found
