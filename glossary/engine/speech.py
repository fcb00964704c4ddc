"""Values of a policy document as lines in words, for the diff: names instead of keys, criteria as sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from glossary.engine.conditions import When
from glossary.engine.documents import Mover
from glossary.engine.fields import ContractField
from glossary.engine.identity import REFERS, Names
from glossary.engine.words import capitalised, gate_words, humanised, value_words

MOVERS = {
    Mover.SYSTEM: "the rules",
    Mover.OWNER: "the owner",
    Mover.MANAGER: "the owner's manager",
    Mover.REVOPS: "RevOps",
}
_ASPECTS = {
    "entry": "Entry criteria",
    "exit": "Exit",
    "when": "Criteria",
    "applies_to": "Applies to",
    "by": "Who may move",
    "kpis": "KPIs",
    "short": "Short name",
    "personal": "Personal data",
    "after_outcome": "Known only after the outcome",
    "keep_days": "Days kept",
    "at_least": "From how many on",
    "requires": "Asks for",
}
# Attributes whose keys have no name of their own; they read as words.
_KEYS = frozenset({"calendar", "track", "group", "behaviour", "triggers"})
# What the label of the item says already.
_SAID = frozenset({"key", "name", "label", "workstream", "grade", "every"})


def aspect(attribute: str) -> str:
    """What people call an attribute."""
    return _ASPECTS.get(attribute) or capitalised(attribute)


@dataclass(frozen=True, slots=True)
class Speech:
    """Puts values of one document in words.

    Attributes:
        fields: contract and derived fields by key.
        thresholds: of scoring, by key.
    """

    names: Names
    fields: Mapping[str, ContractField]
    thresholds: Mapping[str, float]

    def lines(self, attribute: str, value: object) -> tuple[str, ...]:
        """The lines of a value; none when there is no value."""
        if isinstance(value, When):
            return tuple(gate_words(value, self.fields, self.thresholds)) or ("always",)
        if isinstance(value, Mapping):
            return tuple(f"{key} → {self._text(attribute, item)}" for key, item in value.items())
        if isinstance(value, tuple):
            return tuple(line for item in value for line in self.lines(attribute, item))
        if isinstance(value, BaseModel):
            return (self._phrase(value),)
        return () if value is None or value == "" else (self._text(attribute, value),)

    def summary(self, part: BaseModel) -> tuple[str, ...]:
        """A whole item: a line per value that it has, each led by its aspect; plain lists in one line."""
        found = []
        for name, attribute in attributes(type(part)).items():
            value, default = getattr(part, name), _default(part, name)
            if attribute in _SAID or value == default:
                continue
            lines = self.lines(attribute, value)
            if isinstance(value, tuple) and not any(isinstance(item, BaseModel) for item in value):
                lines = (", ".join(lines),)
            found += [f"{aspect(attribute)}: {line}" for line in lines]
        return tuple(found)

    def _phrase(self, part: BaseModel) -> str:
        """A small part in one line: "At 100, tell manager"."""
        said = [
            f"{humanised(attribute)} {text}"
            for name, attribute in attributes(type(part)).items()
            if (text := ", ".join(self.lines(attribute, getattr(part, name))))
        ]
        return capitalised(", ".join(said))

    def _text(self, attribute: str, value: object) -> str:
        if isinstance(value, Mover):
            return MOVERS[value]
        if isinstance(value, StrEnum):
            return humanised(value.value)
        if isinstance(value, str) and attribute in REFERS:
            return self.names.of(attribute, value)
        if isinstance(value, str) and attribute in _KEYS:
            return humanised(value)
        return value_words(value) if isinstance(value, bool | int | float | str) else str(value)


def attributes(part: type[BaseModel]) -> dict[str, str]:
    """Python name → name in the document, in the document's order."""
    return {name: field.alias or name for name, field in part.model_fields.items()}


def _default(part: BaseModel, name: str) -> object:
    return type(part).model_fields[name].get_default(call_default_factory=True)
