"""Clean values onto a Lead instance, with one LeadChange per changed field. Nothing is saved here.

Shared by the intake (one lead) and the import (thousands, saved in bulk).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from glossary.engine.fields import DERIVED_FIELDS, ContractField, Store
from people.access import name_of
from people.models import User
from routing.choices import Consent, EmailStatus
from routing.engine.text import email_domain, folded_values
from routing.models import Lead, LeadChange

REFUSALS = frozenset({Consent.WITHDRAWN, Consent.DENIED})
_DECIMAL_COLUMNS = frozenset({"annual_revenue", "amount"})


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who states values, why, and when it was so (`occurred_at`) and was recorded (`now`)."""

    acting_user: User | None
    cause: str
    occurred_at: datetime
    now: datetime


def apply_values(
    lead: Lead, values: Mapping[str, object], fields: Mapping[str, ContractField], by: Authorship
) -> list[LeadChange]:
    """Put normalised `values` on `lead` (unsaved) and return the change rows (unsaved).

    Only known values overwrite, blank ones never reach this place. Consent follows its own rule:
    a refusal always wins, a grant does not undo a refusal that was stated at the same time or later.
    """
    changes = []
    for key, value in {**values, **_checked_address(lead, values, fields)}.items():
        consent = key == "consent"
        change = _apply_consent(lead, str(value), by) if consent else _apply_one(lead, fields[key], value, by)
        if change is not None:
            changes.append(change)
    refresh_derived(lead, fields)
    return changes


def change_of(lead: Lead, field: str, before: object, after: object, by: Authorship) -> LeadChange:
    """An unsaved change row; blank counts as not known (NULL)."""
    return LeadChange(
        lead=lead,
        field=field,
        before=_as_json(before),
        after=_as_json(after),
        cause=by.cause[:40],
        actor=by.acting_user,
        actor_name=name_of(by.acting_user),
        occurred_at=by.occurred_at,
        recorded_at=by.now,
    )


def value_of(lead: Lead, field: ContractField) -> object:
    """The stored value of a contract field; None when it is not known."""
    value = getattr(lead, field.key) if field.store is Store.COLUMN else lead.attributes.get(field.key)
    return None if value == "" else value


def refresh_derived(lead: Lead, fields: Mapping[str, ContractField]) -> None:
    """Recompute what follows from the values alone: the e-mail domain and the case-folded texts."""
    lead.email_domain = email_domain(lead.email)[:255]
    values = {key: value_of(lead, field) for key, field in fields.items() if _is_stated(lead, field)}
    lead.folded = folded_values({**values, "email_domain": lead.email_domain}, fields)


def _is_stated(lead: Lead, field: ContractField) -> bool:
    # Derived fields are decided later and change without a new value: they are no texts of the sender.
    return field.key not in DERIVED_FIELDS and (field.store is Store.ATTRIBUTE or hasattr(lead, field.key))


def _checked_address(
    lead: Lead, values: Mapping[str, object], fields: Mapping[str, ContractField]
) -> dict[str, object]:
    """An address that passed the door's check is valid until somebody knows better, a bounce for example."""
    address = values.get("email")
    news = address and (address != lead.email or not lead.email_status)
    known = "email_status" in values or "email_status" not in fields
    return {"email_status": EmailStatus.VALID.value} if news and not known else {}


def _apply_one(lead: Lead, field: ContractField, value: object, by: Authorship) -> LeadChange | None:
    kept = Decimal(str(value)).quantize(Decimal("0.01")) if field.key in _DECIMAL_COLUMNS else value
    before = value_of(lead, field)
    if before == kept:
        return None
    if field.store is Store.COLUMN:
        setattr(lead, field.key, kept)
    else:
        lead.attributes = {**lead.attributes, field.key: kept}
    return change_of(lead, field.key, before, kept, by)


def _apply_consent(lead: Lead, value: str, by: Authorship) -> LeadChange | None:
    before = lead.consent
    if before == value:
        return None
    refused_before = before in REFUSALS
    if refused_before and value not in REFUSALS and _not_after(by.occurred_at, lead.consent_at):
        return None
    lead.consent = value
    if not (refused_before and _not_after(by.occurred_at, lead.consent_at)):
        lead.consent_at = by.occurred_at
    return change_of(lead, "consent", before, value, by)


def _not_after(instant: datetime, other: datetime | None) -> bool:
    return other is not None and instant <= other


def _as_json(value: object) -> object:
    if value == "":
        return None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
