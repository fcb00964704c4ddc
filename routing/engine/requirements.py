"""What a gate asks for besides its criteria: confirmations by a rep, and required fields that are valid."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from glossary.engine.conditions import Confirmation, Needs
from glossary.engine.fields import ContractField
from glossary.engine.words import capitalised, confirmation_words
from routing.engine.validity import fault_of
from routing.engine.values import as_text, as_time, is_known
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
        elif field is not None and (fault := fault_of(field, value, values)):
            invalid.append(f"{label} is not valid: {fault}")
    return tuple(missing), tuple(invalid)
