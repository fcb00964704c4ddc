"""A policy document as something to read: labels, texts and lists, criteria in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from glossary.engine.base import PolicyDocument
from glossary.engine.conditions import When
from glossary.engine.fields import ContractField
from glossary.engine.words import capitalised, gate_words, value_words

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a document: a label with a text, or with entries below it."""

    label: str
    text: str = ""
    below: tuple["Entry", ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads documents out.

    Attributes:
        fields: contract and derived fields by key.
        thresholds: of scoring, by key.
    """

    fields: Mapping[str, ContractField]
    thresholds: Mapping[str, float]

    def read(self, document: PolicyDocument) -> tuple[Entry, ...]:
        """The entries of a document, in its own order."""
        return self._parts(document)

    def _parts(self, part: BaseModel) -> tuple[Entry, ...]:
        names = {name: field.alias or name for name, field in type(part).model_fields.items()}
        return tuple(self._entry(capitalised(shown), getattr(part, name)) for name, shown in names.items())

    def _entry(self, label: str, value: object) -> Entry:
        if isinstance(value, When):
            lines = gate_words(value, self.fields, self.thresholds)
            below = tuple(Entry("", line) for line in lines)
            return Entry(label, "" if below else "always", below)
        if isinstance(value, BaseModel):
            return Entry(label, below=self._parts(value))
        if isinstance(value, Mapping):
            return Entry(label, "" if value else NOTHING, tuple(self._entry(k, v) for k, v in value.items()))
        if isinstance(value, tuple):
            return self._list(label, value)
        return Entry(label, _text(value))

    def _list(self, label: str, values: tuple[object, ...]) -> Entry:
        if not any(isinstance(value, BaseModel) for value in values):
            return Entry(label, ", ".join(_text(value) for value in values) or NOTHING)
        return Entry(label, below=tuple(self._entry(_name(value), value) for value in values))


def _name(part: object) -> str:
    """What a reader would call an item of a list: its name, label or key."""
    for attribute in ("name", "label", "key", "workstream", "grade", "every"):
        value = getattr(part, attribute, None)
        if value:
            return capitalised(_text(value))
    ends = (getattr(part, "from_", ""), getattr(part, "to", ""))
    return " → ".join(ends) if all(ends) else ""


def _text(value: object) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, StrEnum):
        return value.value.replace("_", " ")
    return value_words(value) if isinstance(value, bool | int | float | str) else str(value)
