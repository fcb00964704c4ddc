"""What a gate asks for besides its criteria: confirmations by a rep, and required fields that are valid."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from glossary.engine.conditions import Confirmation, Needs
from glossary.engine.fields import ContractField, FieldType
from glossary.engine.words import capitalised, confirmation_words
from routing.engine.values import as_number, as_text, as_time, as_truth, is_known
from routing.engine.verdict import ConfirmationResult


def confirmed(item: Confirmation, given: Mapping[str, object]) -> ConfirmationResult:
    """Judge one confirmation.

    `given[key]` is True (ticked), or the evidence itself: a note, a date (or a text like 2026-11-22), for a
    meeting its date or a reference to it. A blank text is no evidence, and a tick alone only where the
    confirmation needs nothing more.
    """
    evidence = given.get(item.key)
    if isinstance(evidence, str):
        evidence = evidence.strip()
    return ConfirmationResult(
        item.key, confirmation_words(item), given=_SUFFICES[item.needs](evidence), evidence=evidence
    )


def _is_note(evidence: object) -> bool:
    return as_text(evidence) is not None


def _is_date(evidence: object) -> bool:
    return as_time(evidence) is not None


_SUFFICES: dict[Needs, Callable[[object], bool]] = {
    Needs.NOTHING: lambda evidence: evidence is True or _is_note(evidence) or _is_date(evidence),
    Needs.NOTE: _is_note,
    Needs.DATE: _is_date,
    Needs.MEETING: lambda evidence: _is_note(evidence) or isinstance(evidence, date),
}


def required_problems(
    required: Sequence[str], values: Mapping[str, object], fields: Mapping[str, ContractField]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(labels of required fields that are not known, a line per required field that is not valid)."""
    missing, invalid = [], []
    for key in required:
        field, value = fields.get(key), values.get(key)
        label = field.label if field else capitalised(key)
        if not is_known(value):
            missing.append(label)
        elif field is not None and (problem := _problem(field, value, values)):
            invalid.append(f"{label} is not valid: {problem}")
    return tuple(missing), tuple(invalid)


def _problem(field: ContractField, value: object, values: Mapping[str, object]) -> str:
    """What is wrong with a known value; empty when nothing is."""
    test, what = _VALID[field.type]
    if not test(value):
        return f"{value!r} is not {what}"
    if field.strict and field.values and value not in field.values:
        return f"{value!r} is not one of {', '.join(field.values)}"
    if field.type is FieldType.EMAIL and values.get(f"{field.key}_status") == "invalid":
        return f"mail to {value} came back"
    return ""


def _is_address(value: object) -> bool:
    name, _, domain = (as_text(value) or "").rpartition("@")
    return bool(name) and "." in domain


def _is_text(value: object) -> bool:
    return as_text(value) is not None


_VALID: dict[FieldType, tuple[Callable[[object], bool], str]] = {
    FieldType.TEXT: (_is_text, "a text"),
    FieldType.CHOICE: (_is_text, "a text"),
    FieldType.NUMBER: (lambda value: as_number(value) is not None, "a number"),
    FieldType.BOOLEAN: (lambda value: as_truth(value) is not None, "yes or no"),
    FieldType.DATE: (_is_date, "a date"),
    FieldType.COUNTRY: (lambda value: len(as_text(value) or "") == 2, "a two-letter country code"),
    FieldType.EMAIL: (_is_address, "an e-mail address"),
    FieldType.DOMAIN: (lambda value: "." in (as_text(value) or ""), "a web domain"),
}
