"""Values that a person states about a lead while working on it: cleaned like at the door, logged, reversible."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import models, transaction

from glossary.engine.documents import GlossaryDocument
from glossary.engine.fields import ContractField, Store
from glossary.queries.editions import edition_at
from people.models import User
from routing.engine.contract import normalise
from routing.exceptions import FieldError, IntakeRefused
from routing.models import Lead, LeadChange
from routing.services.locking import locked_lead, require_may_act
from routing.services.writing import Authorship, apply_values, change_of, refresh_derived, value_of


@transaction.atomic
def state_values(
    lead_id: int, payload: Mapping[str, object], *, cause: str, acting_user: User | None, now: datetime
) -> list[LeadChange]:
    """Write raw values (contract field → value) of one lead; returns the change rows written.

    Blank values change nothing. Raises NotPermitted, or IntakeRefused with every error by field.
    """
    lead = locked_lead(lead_id)
    require_may_act(acting_user, lead)
    fields = edition_at(now).document(GlossaryDocument).field_by_key
    clean = normalise(payload, fields)
    errors = [*clean.errors, *_address_taken(lead, clean.values)]
    if errors:
        raise IntakeRefused(errors)
    changes = apply_values(lead, clean.values, fields, Authorship(acting_user, cause, now, now))
    if changes:
        lead.save()
        LeadChange.objects.bulk_create(changes)
    return changes


def take_back_values(
    lead: Lead, changes: Iterable[LeadChange], *, acting_user: User | None, now: datetime
) -> None:
    """Put the values of a locked lead back to what they were before `changes`, each by a row of its own.

    A value that was changed again since is left alone.
    """
    fields = edition_at(now).document(GlossaryDocument).field_by_key
    by = Authorship(acting_user, "undo", now, now)
    rows = []
    for change in changes:
        field = fields.get(change.field)
        current = None if field is None else _as_json(value_of(lead, field))
        if field is not None and current == change.after:
            _put(lead, field, change.before)
            rows.append(change_of(lead, field.key, current, change.before, by))
    refresh_derived(lead, fields)
    lead.save()
    LeadChange.objects.bulk_create(rows)


def _address_taken(lead: Lead, values: Mapping[str, object]) -> list[FieldError]:
    address = values.get("email")
    if not address or address == lead.email:
        return []
    other = Lead.objects.standing().filter(email=address).exclude(pk=lead.pk).first()
    if other is None:
        return []
    message = f"lead {other.pk} has this address already. Merge the two: disqualify this one as a duplicate"
    return [FieldError("email", address, message)]


def _put(lead: Lead, field: ContractField, value: object) -> None:
    if field.store is Store.ATTRIBUTE:
        rest = {key: known for key, known in lead.attributes.items() if key != field.key}
        lead.attributes = rest if value is None else {**rest, field.key: value}
        return
    column = Lead._meta.get_field(field.key)  # noqa: SLF001 - Django's documented API
    if value is None:
        value = None if column.null else ""
    elif isinstance(column, models.DecimalField):
        value = Decimal(str(value)).quantize(Decimal("0.01"))
    setattr(lead, field.key, value)


def _as_json(value: object) -> object:
    """As change rows store it, so that both can be compared."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
