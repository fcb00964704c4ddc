"""Two versions of a policy document compared: one row per thing, in words, each graded on its structure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from glossary.engine.base import PolicyDocument
from glossary.engine.conditions import When
from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import DERIVED_FIELDS, ContractField
from glossary.engine.grading import Grade, Grader, grade_attribute, grade_item, grade_when
from glossary.engine.identity import ENTRIES, ORDER, Names, by_identity, same
from glossary.engine.speech import Speech, aspect, attributes
from glossary.types import Documents

__all__ = ["Difference", "Grade", "Grader", "diff"]
Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    Attributes:
        item: address, such as `stages.mql`, `moves.lead→mql`, `thresholds.mql`, `total_cap`; the order of a
            list is `fit.order`.
        label: what people call the item.
        aspect: which side of the item; '' = the item as a whole.
        old: lines in words; none = it was not there.
        new: likewise; none = it is not there any more.
    """

    item: str
    label: str
    aspect: str
    kind: Kind
    old: tuple[str, ...]
    new: tuple[str, ...]
    grade: Grade


def diff(
    old: PolicyDocument,
    new: PolicyDocument,
    *,
    before: Documents,
    after: Documents,
    grader: Grader | None = None,
) -> tuple[Difference, ...]:
    """What differs between two versions of one document, in the order of the document.

    Args:
        before: all documents that `old` stands among, for names and thresholds.
        after: all documents that would result.
        grader: what the owning apps know about grades; asked first.

    Raises:
        ValueError: the two are documents of different workstreams.
    """
    if type(old) is not type(new):
        raise ValueError(
            f"a {type(old).__name__} and a {type(new).__name__} cannot be compared; "
            "take two versions of the same workstream"
        )
    return tuple(_Comparison(Documents([*before, old]), Documents([*after, new]), grader).of(old, new))


class _Comparison:
    """Compares attribute by attribute, item by item."""

    def __init__(self, before: Documents, after: Documents, grader: Grader | None) -> None:
        self.after, self.grader = after, grader
        self.names = Names(*(_plain(document) for document in (*_policies(before), *_policies(after))))
        self.fields = {**_fields(before), **_fields(after)}
        self.was = Speech(self.names, self.fields, _thresholds(before))
        self.now = Speech(self.names, self.fields, _thresholds(after))

    def of(self, old: PolicyDocument, new: PolicyDocument) -> Iterator[Difference]:
        for name, section in attributes(type(new)).items():
            was, now = getattr(old, name), getattr(new, name)
            if _same(was, now):
                continue
            if _is_list(was, now):
                yield from self._list(section, was, now)
            elif section in ENTRIES:
                yield from self._entries(section, was, now)
            elif isinstance(now, BaseModel) and not isinstance(now, When):
                yield from self._aspects((section,), self.names.item(section, ""), was, now)
            else:
                yield self._changed((section,), self.names.item(section, ""), "", was, now)

    def _list(
        self, section: str, old: tuple[BaseModel, ...], new: tuple[BaseModel, ...]
    ) -> Iterator[Difference]:
        was, now = _named(old), _named(new)
        for key in _in_order(list(was), list(now)):
            part = now.get(key) or was[key]
            label = self.names.item(section, key, _plain(part))
            if key in was and key in now:
                yield from self._aspects((section, key), label, was[key], now[key])
            else:
                yield self._whole((section, key), label, was.get(key), now.get(key))
        if [key for key in was if key in now] != [key for key in now if key in was]:
            yield self._moved(section, was, now)

    def _entries(
        self, section: str, old: Mapping[str, object], new: Mapping[str, object]
    ) -> Iterator[Difference]:
        for key in _in_order(list(old), list(new)):
            if not same(old.get(key), new.get(key)):
                label = self.names.item(section, key)
                if key in old and key in new:
                    yield self._changed((section, key), label, "", old[key], new[key])
                else:
                    yield self._whole((section, key), label, old.get(key), new.get(key))

    def _aspects(
        self, path: tuple[str, ...], label: str, old: BaseModel, new: BaseModel
    ) -> Iterator[Difference]:
        for name, attribute in attributes(type(new)).items():
            was, now = getattr(old, name), getattr(new, name)
            if not _same(was, now):
                yield self._changed((*path, attribute), label, aspect(attribute), was, now)

    def _changed(self, path: tuple[str, ...], label: str, side: str, old: object, new: object) -> Difference:
        attribute = path[-1]
        return Difference(
            ".".join(path[:-1] if side else path),
            label,
            side,
            "changed",
            self.was.lines(attribute, old),
            self.now.lines(attribute, new),
            self._grade(path, old, new),
        )

    def _whole(self, path: tuple[str, ...], label: str, old: object, new: object) -> Difference:
        added = old is None
        own = self.grader(path, old, new, self.after) if self.grader else None
        return Difference(
            ".".join(path),
            label,
            "",
            "added" if added else "removed",
            _summary(self.was, path[-1], old),
            _summary(self.now, path[-1], new),
            own or grade_item(path[0], added=added),
        )

    def _moved(self, section: str, old: Mapping[str, BaseModel], new: Mapping[str, BaseModel]) -> Difference:
        was, now = (
            tuple(self.names.item(section, key, _plain(part)) for key, part in items.items())
            for items in (old, new)
        )
        label = self.names.item(section, "")
        return Difference(f"{section}.{ORDER}", label, "Order", "moved", was, now, Grade.STRUCTURE)

    def _grade(self, path: tuple[str, ...], old: object, new: object) -> Grade:
        own = self.grader(path, old, new, self.after) if self.grader else None
        if own is not None:
            return own
        if isinstance(old, When) and isinstance(new, When):
            return grade_when(old, new, self.was.thresholds, self.now.thresholds)
        if path[0] in ENTRIES:
            return Grade.STRUCTURE  # its key is no attribute
        return grade_attribute(path[0], path[-1], old, new)


def _policies(documents: Documents) -> list[PolicyDocument]:
    return [document for document in documents if isinstance(document, PolicyDocument)]


def _plain(part: BaseModel) -> dict[str, object]:
    return part.model_dump(mode="json", by_alias=True)


def _named(items: tuple[BaseModel, ...]) -> dict[str, BaseModel]:
    return dict(zip(by_identity([_plain(item) for item in items]), items, strict=True))


def _fields(documents: Documents) -> Mapping[str, ContractField]:
    glossary = next((d for d in documents if isinstance(d, GlossaryDocument)), None)
    return glossary.field_by_key if glossary else DERIVED_FIELDS


def _thresholds(documents: Documents) -> dict[str, float]:
    return {key: value for d in _policies(documents) for key, value in d.named_thresholds().items()}


def _is_list(*values: object) -> bool:
    return any(isinstance(v, tuple) and any(isinstance(x, BaseModel) for x in v) for v in values)


def _same(old: object, new: object) -> bool:
    """Whether two values have the same JSON; 65 and 65.0 differ, as the digests of the documents do."""
    return old is new or same(_jsonable(old), _jsonable(new))


def _jsonable(value: object) -> object:
    if isinstance(value, BaseModel):
        return _plain(value)
    return [_jsonable(item) for item in value] if isinstance(value, tuple) else value


def _in_order(old: list[str], new: list[str]) -> list[str]:
    """All keys in the order of `new`; those that went stand after what they followed in `old`."""
    found = list(new)
    for at, key in enumerate(old):
        if key not in found:
            found.insert(found.index(old[at - 1]) + 1 if at else 0, key)
    return found


def _summary(speech: Speech, attribute: str, value: object) -> tuple[str, ...]:
    return speech.summary(value) if isinstance(value, BaseModel) else speech.lines(attribute, value)
