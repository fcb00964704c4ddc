"""Filled, accepted, valid: the degrees of routing.engine.validity, for many leads at once.

Each is a condition that may be NULL where it does not hold, so use them in `filter()`, or in a CASE, which takes
NULL for no.
"""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.lookups import Regex

from glossary.engine.fields import ContractField, FieldType
from routing.engine.validity import (
    BOUNCED,
    DOMAIN_PATTERN,
    EMAIL_PATTERN,
    INVALID,
    KNOWN_COUNTRIES,
    MISSING,
    UNLISTED,
    VALID,
    status_key,
)
from routing.queries.columns import COLUMNS
from routing.queries.json_values import JsonText
from routing.queries.sources import Source, source_of
from routing.queries.views import NEVER


def filled(field: ContractField, now: datetime) -> Q:
    """The field is known."""
    return source_of(field.key, now).known


def accepted(field: ContractField, now: datetime) -> Q:
    """The field is known and no gate refuses its value."""
    kind = _KINDS[field.type](field, source_of(field.key, now))
    if field.strict and field.values:
        kind &= _listed(field, now)
    if field.type is FieldType.EMAIL:
        kind &= _not_true(_bounced(field, now))
    return kind


def valid(field: ContractField, now: datetime) -> Q:
    """The field is known, accepted, and on its list where it has one."""
    listed = field.values and not field.strict
    return accepted(field, now) & _listed(field, now) if listed else accepted(field, now)


def standing(field: ContractField, now: datetime) -> Case:
    """How the field stands, as one of the four letters."""
    listed = When(valid(field, now), then=Value(VALID))
    known = When(accepted(field, now), then=Value(UNLISTED)) if field.values and not field.strict else None
    return Case(
        *filter(None, (listed, known)),
        When(filled(field, now), then=Value(INVALID)),
        default=Value(MISSING),
        output_field=CharField(),
    )


def text_of_field(field: ContractField) -> Combinable:
    """The value where it is a text, '' or NULL elsewhere: for columns of texts and for attributes."""
    return F(field.key) if field.key in COLUMNS else JsonText("attributes", field.key)


def _listed(field: ContractField, now: datetime) -> Q:
    texts = source_of(field.key, now).texts
    return texts.typed & texts.equal_any(field.values) if texts else NEVER


def _bounced(field: ContractField, now: datetime) -> Q:
    texts = source_of(status_key(field), now).texts
    return texts.typed & texts.equal_any([BOUNCED]) if texts else NEVER


def _not_true(condition: Q) -> Q:
    return Q(Case(When(condition, then=Value(False)), default=Value(True)))


def _text(field: ContractField, source: Source) -> Q:
    return source.texts.typed if source.texts else NEVER


def _number(field: ContractField, source: Source) -> Q:
    return source.numbers.typed if source.numbers else NEVER


def _truth(field: ContractField, source: Source) -> Q:
    return source.truths.typed if source.truths else NEVER


def _time(field: ContractField, source: Source) -> Q:
    return source.times.typed if source.times else NEVER


def _country(field: ContractField, source: Source) -> Q:
    return source.texts.equal_any(sorted(KNOWN_COUNTRIES)) if source.texts else NEVER


def _matching(pattern: str) -> Callable[[ContractField, Source], Q]:
    return lambda field, source: Q(Regex(text_of_field(field), pattern)) if source.texts else NEVER


_KINDS: dict[FieldType, Callable[[ContractField, Source], Q]] = {
    FieldType.TEXT: _text,
    FieldType.CHOICE: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _truth,
    FieldType.DATE: _time,
    FieldType.COUNTRY: _country,
    FieldType.EMAIL: _matching(EMAIL_PATTERN),
    FieldType.DOMAIN: _matching(DOMAIN_PATTERN),
}
