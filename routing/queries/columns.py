"""Columns of the lead that criteria may name, by the kind of their values. All else is an attribute."""

from enum import StrEnum

from django.db import models

from routing.models import Lead


class ColumnKind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    DAY = "day"
    INSTANT = "instant"


# Subclasses before their bases: a DateTimeField is a DateField.
_KINDS: "tuple[tuple[type[models.Field[object, object]], ColumnKind], ...]" = (
    (models.CharField, ColumnKind.TEXT),
    (models.BooleanField, ColumnKind.TRUTH),
    (models.IntegerField, ColumnKind.NUMBER),
    (models.FloatField, ColumnKind.NUMBER),
    (models.DecimalField, ColumnKind.NUMBER),
    (models.DateTimeField, ColumnKind.INSTANT),
    (models.DateField, ColumnKind.DAY),
)
# Texts that rules write: keys in lower case, so they are folded as they are.
KEY_COLUMNS = frozenset({"stage", "queue", "territory", "nurture_track"})


def _kind(field: "models.Field[object, object]") -> ColumnKind | None:
    if field.primary_key or field.is_relation:
        return None
    return next((kind for column, kind in _KINDS if isinstance(field, column)), None)


COLUMNS: dict[str, ColumnKind] = {
    field.name: kind
    for field in Lead._meta.concrete_fields  # noqa: SLF001 - Django's documented way to list fields
    if (kind := _kind(field)) is not None
}
