"""The one place where incoming values are cleaned and checked against the data contract."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from rapidfuzz import fuzz, process

from glossary.engine.fields import DERIVED_FIELDS, ContractField, FieldType, Store
from routing.engine.cleaning import clean_value, phone_number
from routing.engine.text import clean
from routing.types import FieldError

MAX_RAW = 10_000
MAX_ATTRIBUTE = 2_000
# Longest value of a column, in characters; a test holds that the table agrees with the model.
COLUMN_LENGTH = {
    "email": 254,
    "first_name": 120,
    "last_name": 120,
    "job_title": 200,
    "phone": 40,
    "company": 200,
    "website": 255,
    "industry": 80,
    "country": 2,
    "region": 40,
    "segment": 40,
    "buying_role": 40,
    "source": 80,
    "channel": 80,
    "campaign": 120,
    "consent": 10,
    "email_status": 8,
    "opportunity_id": 80,
}
# Number columns: the largest value, and whether it is whole.
COLUMN_NUMBERS = {
    "employees": (2_147_483_647, True),
    "annual_revenue": (10**14 - 1, False),
    "amount": (10**14 - 1, False),
}
# Decided by rules, people and the log; a sender that states them is mistaken or worse.
DECIDED_HERE = frozenset(
    {
        *DERIVED_FIELDS,
        "id", "pk", "score", "fit", "grade", "stage", "stage_entered_at", "pass_number", "version", "edition",
        "queue", "owner_id", "suppressed", "suppressed_reason", "merged_into", "merged_into_id", "merged_at",
        "attributes", "folded", "scored_at", "recorded_at", "captured_at", "is_imported", "consent_at",
        "next_touch_on", "nurture_track",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Normalised:
    """Clean values by field key (only known ones), what was refused, and what was kept although unread."""

    values: dict[str, object] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def normalise(payload: Mapping[str, object], fields: Mapping[str, ContractField]) -> Normalised:
    """Clean and check `payload` (field key → raw value) against the contract's `fields`.

    Blank values are left out: not known is no statement. Nothing is raised; every error names its field,
    its value and the way out. Numbers come back as int or float, dates as ISO text.
    """
    result = Normalised()
    for key, raw in payload.items():
        message = _key_problem(key, fields)
        if message:
            result.errors.append(FieldError(shown(key), shown(raw), message))
            continue
        try:
            value = _one(fields[key], raw)
        except ValueError as error:
            result.errors.append(FieldError(key, shown(raw), str(error)))
            continue
        if value is not None:
            result.values[key] = value
    _read_phone(result)
    return result


def shown(value: object) -> str:
    """A value as an error shows it: readable, at most 80 characters, without control characters."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value)[:81])
    return text if len(text) <= 80 else f"{text[:79]}…"


def _key_problem(key: object, fields: Mapping[str, ContractField]) -> str:
    if key in DECIDED_HERE:
        return f"{key!r} is decided by Concord and cannot be sent. Leave it out"
    if key in fields:
        return ""
    near = process.extractOne(str(key)[:60].lower(), list(fields), scorer=fuzz.ratio, score_cutoff=55)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    return (
        f"the data contract has no field {shown(key)!r}. {hint}Use a field of the contract, or leave it out"
    )


def _one(contract: ContractField, raw: object) -> object | None:
    text = _as_text(raw)
    if text is None:
        return None
    if contract.type is FieldType.NUMBER and isinstance(raw, float | Decimal):
        text += "0" * ("." in text and "e" not in text.lower())  # a number already: 1.250 is not two of them
    value = clean_value(contract, text)
    return _fitting(contract, value)


def _as_text(raw: object) -> str | None:
    """The raw value as clean text; None when it is blank. Raises ValueError for what is no single value."""
    if raw is None:
        return None
    if isinstance(raw, date | datetime):
        return raw.isoformat()
    if not isinstance(raw, str | bool | int | float | Decimal):
        raise ValueError(f"a single value is needed, not a {type(raw).__name__}")
    text = str(raw)
    if len(text) > MAX_RAW:
        raise ValueError(f"{len(text):,} characters are too many; shorten it to at most {MAX_RAW:,}")
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("it contains a NUL or a broken character. Send plain text in UTF-8")
    return clean(text) or None


def _fitting(contract: ContractField, value: object) -> object:
    """The value, when its column or attribute can hold it. Raises ValueError otherwise."""
    column = contract.store is Store.COLUMN
    if isinstance(value, str):
        limit = COLUMN_LENGTH.get(contract.key, MAX_ATTRIBUTE) if column else MAX_ATTRIBUTE
        if len(value) > limit:
            raise ValueError(f"{len(value):,} characters are too many; at most {limit:,} can be kept")
    if column and contract.key in COLUMN_NUMBERS and isinstance(value, int | float):
        highest, whole = COLUMN_NUMBERS[contract.key]
        if value < 0 or value > highest or (whole and not isinstance(value, int)):
            kind = "a whole number" if whole else "a number"
            raise ValueError(f"{value} is not {kind} between 0 and {highest:,}")
    return value


def _read_phone(result: Normalised) -> None:
    """Phone to E.164 where it can be read, with the country of the same payload as a hint; kept otherwise."""
    text = result.values.get("phone")
    if not isinstance(text, str):
        return
    country = result.values.get("country")
    number = phone_number(text, country if isinstance(country, str) else None)
    if number is None:
        result.notes.append(f"phone: {shown(text)!r} could not be read as a number; kept as it came")
    else:
        result.values["phone"] = number
