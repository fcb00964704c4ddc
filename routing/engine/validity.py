"""What makes a kept value of a contract field valid: its kind, its format, its list. In SQL: routing.queries.validity.

Three degrees. A value is *filled* when it is known at all; *accepted* when no gate refuses it for what it is;
*valid* when it is also on the list of its field: a choice that is not strict keeps values outside its list,
visible and apart, so those are filled and accepted but not valid. Both sides draw the same lines; change both
together.
"""

import re
from collections.abc import Callable, Mapping

from glossary.engine.countries import COUNTRY_CODES
from glossary.engine.fields import ContractField, FieldType
from routing.engine.cleaning import clean_value
from routing.engine.values import as_number, as_text, as_time, as_truth, is_known

# Also used as regular expressions in SQL, hence without \s, \w and look-ahead, which databases read differently.
_BLANK = " \t\n\r\f\v\u00a0\u3000"
_HOST = rf"[^@.:/{_BLANK}]+([.][^@.:/{_BLANK}]+)+"
DOMAIN_PATTERN = rf"^{_HOST}\Z"
EMAIL_PATTERN = rf"^[^@{_BLANK}]+@{_HOST}\Z"
_DOMAIN, _EMAIL = re.compile(DOMAIN_PATTERN), re.compile(EMAIL_PATTERN)
# The door also reads Kosovo and the Netherlands Antilles, which ISO 3166 does not list (any more).
KNOWN_COUNTRIES = COUNTRY_CODES | {"XK", "AN"}
BOUNCED = "invalid"
MISSING, INVALID, UNLISTED, VALID = "m", "i", "u", "v"
"""How a field stands, a letter each: not known; not accepted by gates; accepted but off its list; valid."""


def fault_of(field: ContractField, value: object, values: Mapping[str, object]) -> str:
    """Why a gate does not accept a known value; empty when it does.

    `values` are all values of the lead: an address is worth nothing once mail to it came back. The line names
    the value and, where the door would read it today, how it would be kept.
    """
    test, what = _KINDS[field.type]
    if not test(value):
        return f"{value!r} is not {what}{_way_out(field, value)}"
    if field.strict and not is_listed(field, value):
        return f"{value!r} is not one of {', '.join(field.values)}{_way_out(field, value)}"
    if field.type is FieldType.EMAIL and values.get(status_key(field)) == BOUNCED:
        return f"mail to {value} came back"
    return ""


def is_listed(field: ContractField, value: object) -> bool:
    """Whether the value is on the list of its field; a field without a list takes any."""
    return not field.values or value in field.values


def standing_of(field: ContractField, values: Mapping[str, object]) -> str:
    """How a field of a lead with these values stands, as one of the four letters."""
    value = values.get(field.key)
    if not is_known(value):
        return MISSING
    if fault_of(field, value, values):
        return INVALID
    return VALID if is_listed(field, value) else UNLISTED


def status_key(field: ContractField) -> str:
    """The field that says whether mail to an address field arrives."""
    return f"{field.key}_status"


def _way_out(field: ContractField, value: object) -> str:
    """How the door would keep this value if it came today: after an alias was added, for example."""
    try:
        kept = (
            clean_value(field, str(value)) if value != "" and isinstance(value, str | int | float) else None
        )
    except ValueError:
        return ""
    fits = kept is not None and kept != value and _KINDS[field.type][0](kept) and is_listed(field, kept)
    return f"; save it again as {kept!r}" if fits else ""


def _is_text(value: object) -> bool:
    return as_text(value) is not None


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: pattern.match(as_text(value) or "") is not None


_KINDS: dict[FieldType, tuple[Callable[[object], bool], str]] = {
    FieldType.TEXT: (_is_text, "a text"),
    FieldType.CHOICE: (_is_text, "a text"),
    FieldType.NUMBER: (lambda value: as_number(value) is not None, "a number"),
    FieldType.BOOLEAN: (lambda value: as_truth(value) is not None, "yes or no"),
    FieldType.DATE: (lambda value: as_time(value) is not None, "a date"),
    FieldType.COUNTRY: (lambda value: as_text(value) in KNOWN_COUNTRIES, "a two-letter country code"),
    FieldType.EMAIL: (_matches(_EMAIL), "an e-mail address"),
    FieldType.DOMAIN: (_matches(_DOMAIN), "a web domain"),
}
