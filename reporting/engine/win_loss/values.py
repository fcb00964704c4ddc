"""One more field held against won and lost: which fields may be chosen, and the lines on their values.

Texts and choices by their most frequent values, numbers by their quartiles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil

from glossary.engine.conditions import LARGEST, MAX_TEXT, FieldCriterion, Kind
from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import ContractField, FieldType, Op
from reporting.engine.win_loss.asked import VALUE, Asked, Policies, asked_of
from reporting.engine.win_loss.tally import Scalar, Tally
from routing.engine.replay.unlogged import keeps_history

NO_SUCH_FIELD = "It is not in the data contract. Give the key of a field that is, such as source."
MOST_VALUES = 10
QUARTILES = (0.25, 0.5, 0.75)
# Fields that say where a lead stands or who works it, not what it is.
_OF_WORK = frozenset({"stage", "owner", "first_touch_at"})
_COUNTABLE = frozenset(
    {
        FieldType.TEXT,
        FieldType.CHOICE,
        FieldType.COUNTRY,
        FieldType.DOMAIN,
        FieldType.BOOLEAN,
        FieldType.NUMBER,
    }
)
# Free texts may name a single company: only what many leads share is named.
_FREE = frozenset({FieldType.TEXT, FieldType.DOMAIN})


def why_refused(field: ContractField) -> str:
    """Why a field cannot be held against won and lost; empty when it can."""
    if field.after_outcome:
        return (
            "It is only known after the outcome: it would tell who was won instead of what to look for. "
            "Choose a field that is known before."
        )
    if field.personal:
        return "It is personal data and its values are not listed. Choose another field."
    if not keeps_history(field.key, {field.key: field}):
        return "The log does not keep it: its value of today may come of the outcome. Choose another field."
    if field.key in _OF_WORK:
        return "It says how a lead is worked, not what it is. Choose another field."
    if field.type not in _COUNTABLE:
        return f"Nearly every lead has another value in a field of type {field.type}. Choose another field."
    return ""


def choosable(glossary: GlossaryDocument) -> dict[str, str]:
    """Key → label of the fields that can be chosen, contract fields first."""
    fields = glossary.field_by_key
    ordered = [*glossary.fields, *(item for item in fields.values() if item not in glossary.fields)]
    return {item.key: item.label for item in ordered if not why_refused(item)}


def lines_on(field: ContractField, tally: Tally, policies: Policies, at_least: int) -> list[Asked]:
    """The lines on the values that were counted, at most ten."""
    counted: Counter[Scalar] = Counter()
    for (value, _), times in tally.values.items():
        if value is not None and _can_be_compared(value):
            counted[value] += times
    if field.type is FieldType.NUMBER:
        return [_line(field, Op.AT_LEAST, cut, policies) for cut in _cuts(counted)]
    enough = at_least if field.type in _FREE else 1
    shared = [(value, times) for value, times in counted.items() if times >= enough]
    ordered = sorted(shared, key=lambda item: (-item[1], str(item[0])))
    return [_line(field, Op.IS, value, policies) for value, _ in ordered[:MOST_VALUES]]


def how_chosen(field: ContractField, at_least: int) -> str:
    """In words, which lines there are."""
    if field.type is FieldType.NUMBER:
        return "Cut at the quartiles of the decided leads of which it is known."
    named = f" Named are values that {at_least} decided leads or more share." if field.type in _FREE else ""
    return f"The {MOST_VALUES} most frequent values among decided leads, each against all others.{named}"


def _line(field: ContractField, op: Op, value: Scalar, policies: Policies) -> Asked:
    criterion = FieldCriterion(kind=Kind.FIRMOGRAPHIC, field=field.key, op=op, value=value)
    return asked_of(criterion, policies, group=VALUE)


def _can_be_compared(value: Scalar) -> bool:
    return len(value) <= MAX_TEXT if isinstance(value, str) else abs(value) <= LARGEST


def _cuts(counted: Mapping[Scalar, int]) -> Iterator[float]:
    """Observed values at the quartiles, each once; the lowest value is none, as everybody has as much."""
    numbers = sorted(
        (float(value), times) for value, times in counted.items() if not isinstance(value, bool | str)
    )
    total, seen = sum(times for _, times in numbers), 0
    wanted = [ceil(q * total) for q in QUARTILES]
    for place, (value, times) in enumerate(numbers):
        reached = any(seen < rank <= seen + times for rank in wanted)
        seen += times
        if reached and place:
            yield value
