"""Current-state columns from the log: recomputed at any time, and after an entry was voided."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min

from glossary.queries.editions import edition_at, memo
from people.access import is_revops, name_of
from people.models import User
from routing.choices import Origin
from routing.exceptions import Conflict, NotPermitted, RoutingRefused
from routing.models import Assignment, Lead, StageEntry
from routing.queries.history import standing, standing_entries
from routing.services.clock_undo import undo_clocks
from routing.services.locking import locked_lead, require_may_act

UNDO_WINDOW = timedelta(minutes=15)
DERIVED_COLUMNS = (
    "stage",
    "stage_entered_at",
    "pass_number",
    "owner_id",
    "queue",
    "territory",
    "captured_at",
)
_BATCH = 500


@transaction.atomic
def rebuild(lead_ids: Iterable[int]) -> int:
    """Recompute the current-state columns of these leads from the log; returns how many leads changed.

    Stage, since when and which pass: the last standing entry written on the lead itself. Owner, queue and
    territory: the active assignment. Capture: the earliest of the lead and of those merged into it. A lead
    whose columns are right is not written.
    """
    return sum(_rebuild_batch(batch) for batch in _batches(sorted(set(lead_ids))))


@memo()
@transaction.atomic
def void_entry(entry_id: int, *, acting_user: User | None, now: datetime, reason: str) -> StageEntry:
    """Declare the newest entry of a lead a mistake, by a later row; the lead's state falls back.

    RevOps may at any time, whoever made the entry within 15 minutes of it. Clocks that the entry started
    are void; clocks that it stopped run on as if it had never happened, both written to the change log.
    Raises NotPermitted, Conflict (voided already, or not the newest), RoutingRefused (no reason).
    """
    entry = StageEntry.objects.filter(pk=entry_id).first()
    if entry is None or entry.voids_id is not None:
        raise RoutingRefused(f"There is no stage entry {entry_id}.")
    lead = locked_lead(entry.lead_id)
    require_may_act(acting_user, lead)
    _require_voidable(entry, lead, acting_user, now)
    if not reason.strip():
        raise RoutingRefused("Say why the entry is a mistake: the reason stays in the log.")
    edition = edition_at(now)
    row: StageEntry = StageEntry.objects.create(
        lead=lead,
        pass_number=entry.pass_number,
        from_stage=entry.from_stage,
        to_stage=entry.to_stage,
        occurred_at=now,
        recorded_at=now,
        edition_id=edition.id,
        origin=Origin.SYSTEM if acting_user is None else Origin.PERSON,
        actor=acting_user,
        actor_name=name_of(acting_user),
        reason=reason.strip()[:200],
        voids=entry,
    )
    rebuild([lead.pk])
    lead.refresh_from_db()
    undo_clocks(lead, row, edition=edition, now=now)
    return row


def _require_voidable(entry: StageEntry, lead: Lead, acting_user: User | None, now: datetime) -> None:
    voided = StageEntry.objects.filter(voids=entry).first()
    if voided is not None:
        raise Conflict(f"{voided.actor_name} voided this entry at {voided.occurred_at:%Y-%m-%d %H:%M %Z}.")
    newest = standing_entries(lead).last()
    if newest is None or newest.pk != entry.pk:
        at = f"{newest.to_stage} ({newest.occurred_at:%Y-%m-%d %H:%M %Z})" if newest else "none"
        raise Conflict(f"Only the newest entry of a lead can be voided; that is {at}. Void that one first.")
    if acting_user is None or is_revops(acting_user):
        return
    if entry.actor_id != acting_user.pk or now - entry.recorded_at > UNDO_WINDOW:
        minutes = int(UNDO_WINDOW.total_seconds() // 60)
        raise NotPermitted(
            f"An entry is undone by whoever made it within {minutes} minutes, later by RevOps. Ask RevOps."
        )


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


def _rebuild_batch(ids: Sequence[int]) -> int:
    leads = list(Lead.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    last = {
        entry.lead_id: entry
        for entry in standing(StageEntry.objects.filter(lead_id__in=ids)).order_by("occurred_at", "id")
    }
    active = {row.lead_id: row for row in Assignment.objects.filter(lead_id__in=ids, ended_at__isnull=True)}
    merged = Lead.objects.filter(merged_into_id__in=ids).values_list("merged_into_id")
    earliest = dict(merged.annotate(earliest=Min("captured_at")).values_list("merged_into_id", "earliest"))
    changed = [
        lead
        for lead in leads
        if _bring_up(lead, last.get(lead.pk), active.get(lead.pk), earliest.get(lead.pk))
    ]
    Lead.objects.bulk_update(changed, [name.removesuffix("_id") for name in DERIVED_COLUMNS])
    return len(changed)


def _bring_up(
    lead: Lead, entry: StageEntry | None, place: Assignment | None, earliest: datetime | None
) -> bool:
    """Set the columns to what the log says; whether any of them differed."""
    before = [getattr(lead, name) for name in DERIVED_COLUMNS]
    lead.stage = entry.to_stage if entry else ""
    lead.stage_entered_at = entry.occurred_at if entry else None
    lead.pass_number = entry.pass_number if entry else 1
    lead.owner_id = place.owner_id if place else None
    lead.queue = place.queue if place else ""
    lead.territory = place.territory if place else ""
    lead.captured_at = min(lead.captured_at, earliest or lead.captured_at)
    return before != [getattr(lead, name) for name in DERIVED_COLUMNS]
