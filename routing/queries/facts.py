"""Facts of leads, read from the database: two queries per 500 leads, however much is known of each.

An act on one lead reads them part by part, and only what is asked for: routing.queries.late_facts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import FilteredRelation, Q
from django.db.models.functions import Coalesce

from routing.engine.evaluate import BehaviourFact, Facts
from routing.engine.values import whole_days
from routing.models import Behaviour, Lead
from routing.queries.columns import COLUMNS
from routing.queries.first_touch import first_touch

# SQLite takes some 32,000 parameters in a query; far fewer keep the plans good.
BATCH = 500


@dataclass(slots=True)
class _Related:
    """What other tables know of one lead."""

    owner: str = ""
    first_touch_at: datetime | None = None
    recorded: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    behaviours: list[BehaviourFact] = field(default_factory=list)


def facts_of(lead: Lead, *, now: datetime) -> Facts:
    """What is known of one lead; see `facts_of_many`. A lead not saved yet has no history, so no query."""
    if not lead.pk:
        return _facts(lead, _Related(), now)
    return facts_of_many([lead], now=now)[lead.pk]


def facts_of_many(leads: Iterable[Lead], *, now: datetime) -> dict[int, Facts]:
    """What is known of saved leads, by primary key.

    Args:
        leads: their columns and attributes are taken as they are in memory, so a change that is not saved yet
            is seen; the owner's name, touches, behaviours and the change log are read.
        now: behaviours, touches and changes that happened or were recorded later are not seen. (Values
            themselves are those of the given instances.)
    """
    return {
        lead.pk: _facts(lead, related, now)
        for batch in _batches(list(leads))
        for lead, related in _with_related(batch, now)
    }


def field_values(lead: Lead) -> dict[str, object]:
    """Columns and attributes of a lead by field key, as criteria compare them; columns win."""
    values: dict[str, object] = dict(lead.attributes or {})
    for key in COLUMNS:
        value = getattr(lead, key)
        values[key] = float(value) if isinstance(value, Decimal) else value
    return values


def _facts(lead: Lead, related: _Related, now: datetime) -> Facts:
    derived = {
        "owner": _owner(lead, related),
        "age_days": whole_days(lead.captured_at, now),
        "first_touch_at": related.first_touch_at,
    }
    return Facts(field_values(lead) | derived, tuple(related.behaviours), related.recorded)


def _owner(lead: Lead, related: _Related) -> str:
    """The owner's user name. A new owner in memory, not saved yet, wins over the one on record."""
    if lead.owner_id is None:
        return ""
    owner = lead.owner if Lead.owner.is_cached(lead) else None
    return owner.username if owner else related.owner


def _with_related(batch: Sequence[Lead], now: datetime) -> Iterator[tuple[Lead, _Related]]:
    keys = [lead.pk for lead in batch]
    related = {key: _Related() for key in keys}
    _read_changes(related, keys, now)
    _read_behaviours(related, keys, now)
    return ((lead, related[lead.pk]) for lead in batch)


def _read_changes(related: dict[int, _Related], keys: Sequence[int], now: datetime) -> None:
    """Owner, first touch and the latest record of each field: a lead without changes still gives one row."""
    known = Q(changes__occurred_at__lte=now, changes__recorded_at__lte=now)
    rows = (
        Lead.objects.filter(pk__in=keys)
        .annotate(change=FilteredRelation("changes", condition=known), touched=first_touch(now))
        .order_by("change__recorded_at", "change__id")
        .values_list(
            "pk", "owner__username", "touched", "change__field", "change__recorded_at", "change__cause"
        )
    )
    for key, owner, touched, name, recorded_at, cause in rows:
        lead = related[key]
        lead.owner, lead.first_touch_at = owner or "", touched
        if name is not None:
            lead.recorded[name.removeprefix("attributes.")] = (recorded_at, cause)


def _read_behaviours(related: dict[int, _Related], keys: Sequence[int], now: datetime) -> None:
    """Behaviours, those of leads merged into one of these included; of a merged lead itself none are left."""
    rows = (
        Behaviour.objects.filter(Q(lead__in=keys) | Q(lead__merged_into__in=keys))
        .filter(occurred_at__lte=now, recorded_at__lte=now)
        .order_by("occurred_at", "pk")
        .values_list(
            Coalesce("lead__merged_into_id", "lead_id"), "name", "occurred_at", "recorded_at", "properties"
        )
    )
    for key, name, occurred_at, recorded_at, properties in rows:
        if key in related:
            fact = BehaviourFact(name, occurred_at, recorded_at, properties)
            related[key].behaviours.append(fact)


def _batches(leads: Sequence[Lead]) -> Iterator[Sequence[Lead]]:
    return (leads[start : start + BATCH] for start in range(0, len(leads), BATCH))
