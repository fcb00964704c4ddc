"""The value of a criterion: one text box for a person, one JSON value in the document."""

import re
from collections.abc import Callable
from datetime import date

from glossary.engine.conditions import DAY_COUNT, LIST_VALUE, NO_VALUE, Scalar
from glossary.engine.fields import OPS_BY_TYPE, ContractField, FieldType, Op
from glossary.engine.text import clean
from glossary.engine.words import humanised
from glossary.forms.fields import lines_of

GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
TRUTHS = {"yes": True, "true": True, "no": False, "false": False}
KIND_WORDS = {
    FieldType.TEXT: "a text",
    FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "yes or no",
    FieldType.CHOICE: "a choice",
    FieldType.DATE: "a date",
    FieldType.COUNTRY: "a country",
    FieldType.EMAIL: "an e-mail address",
    FieldType.DOMAIN: "a domain",
}


def value_text(value: object) -> str:
    """A value of a criterion as it stands in the box: lists one per line, yes or no, dates as 2026-11-22."""
    if isinstance(value, list | tuple):
        return "\n".join(value_text(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def op_problem(field: ContractField, op: Op) -> str:
    """Why a field cannot be compared like that; empty when it can."""
    offered = OPS_BY_TYPE[field.type]
    if op in offered:
        return ""
    names = ", ".join(humanised(one.value) for one in Op if one in offered)
    return f"{field.label} is {KIND_WORDS[field.type]}; it can be compared with: {names}."


def read_value(text: str, field: ContractField, op: Op) -> Scalar | list[Scalar] | None:
    """What was typed, as the value for a field and an operator; None = the box is empty.

    Raises ValueError with a sentence that names the field, the text and the way out.
    """
    if not clean(text):
        return None
    if op in NO_VALUE:
        raise ValueError(f"“{humanised(op.value)}” needs no value. Leave this box empty.")
    read = _reader(field, op)
    if op in LIST_VALUE or op is Op.BETWEEN:
        return [read(field, part) for part in _parts(text, field)]
    return read(field, clean(text))


def _parts(text: str, field: ContractField) -> list[str]:
    """Entries of a list: one per line; a line that is no value of the field itself is split at its commas."""
    found: list[str] = []
    for line in lines_of(text):
        whole = line in field.values or ("," not in line)
        found += [line] if whole else [part for part in (clean(one) for one in line.split(",")) if part]
    return found


def _reader(field: ContractField, op: Op) -> Callable[[ContractField, str], Scalar]:
    return _days if op in DAY_COUNT else _READERS.get(field.type, _text)


def _text(field: ContractField, text: str) -> Scalar:
    return text


def _country(field: ContractField, text: str) -> Scalar:
    return text.upper() if len(text) == 2 else text


def _number(field: ContractField, text: str) -> Scalar:
    plain = text.replace(",", "") if GROUPED.fullmatch(text) else text
    try:
        number = float(plain)
    except ValueError:
        raise ValueError(f"{field.label}: “{text}” is not a number. Write digits, such as 250.") from None
    if number in (float("inf"), float("-inf")) or number != number:  # noqa: PLR0124  (nan differs from itself)
        raise ValueError(f"{field.label}: “{text}” is not a number. Write digits, such as 250.")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _days(field: ContractField, text: str) -> Scalar:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= 3650):
        raise ValueError(
            f"{field.label}: “{text}” is not a number of days from 1 to 3650. Write one, such as 30."
        )
    return int(text)


def _truth(field: ContractField, text: str) -> Scalar:
    if text.casefold() not in TRUTHS:
        raise ValueError(f"{field.label}: “{text}” is neither yes nor no. Write yes or no.")
    return TRUTHS[text.casefold()]


def _date(field: ContractField, text: str) -> Scalar:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{field.label}: “{text}” is not a date. Write it like 2026-11-22.") from None


_READERS: dict[FieldType, Callable[[ContractField, str], Scalar]] = {
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _truth,
    FieldType.DATE: _date,
    FieldType.COUNTRY: _country,
}
