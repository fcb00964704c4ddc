"""The stage entries of the log as the engine counts them, as of an instant, streamed in the order it needs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

from reporting.engine.entries import Entry
from reporting.engine.parameters import Basis
from reporting.queries.lead_values import AsOf, text_of, value_expression, values_then
from reporting.queries.units import unit_of
from routing.choices import Origin
from routing.models import Lead, StageEntry

CHUNK = 5_000
_FIELDS = (
    "unit",
    "to_stage",
    "occurred_at",
    "date_only",
    "pass_number",
    "edition__number",
    "voided_by__recorded_at",
    "origin",
    "recorded_at",
)


@dataclass(slots=True)
class EntryLog:
    """The log as of an instant: iterate over it as often as needed; each time it is read anew.

    An entry is known when it had occurred and was recorded by then; imported history, with the basis 'known',
    as soon as it had occurred. An entry that was voided by then comes marked as voided; one that was voided
    later still stands. `within` limits it to the entries of some leads, by the ids of the leads they count for.

    Attributes:
        dimensions: names of the values that each entry carries; a lead's values are those of its survivor.
        imported: standing entries of imported history in the last full reading.
        imported_later: of these, recorded after the instant.
    """

    as_of: AsOf
    dimensions: tuple[str, ...] = ()
    within: "QuerySet[Lead] | None" = None
    imported: int = field(default=0, init=False)
    imported_later: int = field(default=0, init=False)

    def __iter__(self) -> Iterator[Entry]:
        """Yield entries ordered by lead, occurred_at, id."""
        self.imported = self.imported_later = 0
        then = [values_then(name, self.as_of) for name in self.dimensions]
        for row in self._rows():
            unit, stage, occurred_at, date_only, number, edition, voided_at, origin, recorded_at = row[:9]
            voided = voided_at is not None and voided_at <= self.as_of.instant
            if edition is None and origin == Origin.IMPORT and not voided:
                self.imported += 1
                self.imported_later += recorded_at > self.as_of.instant
            values = tuple(
                changed.get(unit, text_of(value)) for changed, value in zip(then, row[9:], strict=True)
            )
            yield Entry(unit, stage, occurred_at.astimezone(UTC), date_only, number, values, edition, voided)

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of _FIELDS and values. Merged leads carry the values of the lead they count for."""
        instant = self.as_of.instant
        entries = known_entries(self.as_of).annotate(unit=unit_of(instant))
        if self.within is not None:
            entries = entries.filter(unit__in=self.within.values("pk"))
        entries = entries.annotate(**_named_values(self.dimensions, "lead__"))
        merged = Lead.objects.filter(merged_at__lte=instant).exists()
        survivors = values_of_survivors(self.dimensions, instant) if merged and self.dimensions else {}
        # Without merges the plain order is the index's own; with them the rows have to be sorted.
        entries = entries.order_by("unit" if merged else "lead_id", "occurred_at", "id")
        rows = entries.values_list("lead_id", *_FIELDS, *_named_values(self.dimensions))
        for lead, *row in rows.iterator(chunk_size=CHUNK):
            if lead != row[0] and self.dimensions:
                row[len(_FIELDS) :] = survivors[row[0]]
            yield tuple(row)


def known_entries(as_of: AsOf) -> "QuerySet[Any]":
    """Entries (no voiding rows) that are known as of then, voided ones among them."""
    recorded = Q(recorded_at__lte=as_of.instant)
    if as_of.basis is Basis.KNOWN:
        recorded |= Q(origin=Origin.IMPORT)
    return StageEntry.objects.filter(recorded, voids__isnull=True, occurred_at__lte=as_of.instant)


def values_of_survivors(dimensions: tuple[str, ...], instant: datetime) -> dict[int, tuple[Any, ...]]:
    """Today's values of the leads that others may count for as of `instant`, by their id."""
    into = Lead.objects.filter(merged_into__isnull=False).values("merged_into")
    leads = Lead.objects.filter(Q(pk__in=into) | Q(merged_at__gt=instant))
    names = _named_values(dimensions)
    rows = leads.annotate(**names).values_list("pk", *names)
    return {pk: tuple(values) for pk, *values in rows}


def _named_values(dimensions: tuple[str, ...], path: str = "") -> dict[str, Combinable]:
    return {f"value_{place}": value_expression(key, path) for place, key in enumerate(dimensions)}


def newest_record() -> datetime | None:
    """When the newest entry of the log was recorded; None = the log is empty. Served by the primary key."""
    return StageEntry.objects.order_by("-id").values_list("recorded_at", flat=True).first()
