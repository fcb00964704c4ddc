"""The standing part of a lead's log: stage entries that nobody voided."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from routing.models import Lead, StageEntry


@dataclass(frozen=True, slots=True)
class Entered:
    """A stage that the lead entered, by an entry that nobody voided."""

    stage: str
    pass_number: int
    occurred_at: datetime


def standing(entries: "QuerySet[StageEntry]") -> "QuerySet[StageEntry]":
    """Of `entries`, those that are entries (not voiding rows) and are not voided themselves."""
    return entries.filter(voids__isnull=True, voided_by__isnull=True)


def standing_entries(lead: Lead) -> "QuerySet[StageEntry]":
    """Standing entries written on this lead itself, oldest first. Its last one is where the lead stands.

    Entries of leads that were merged into it are kept as their history and read with
    `Coalesce(lead.merged_into, lead)`; they never move the survivor. When the duplicate was further, the
    merge writes an entry on the survivor.
    """
    return standing(StageEntry.objects.filter(lead=lead)).order_by("occurred_at", "id")


def entered_stages(lead: Lead) -> list[Entered]:
    """What `standing_entries` gives, in no order and without the rows: the cheapest question to the log."""
    rows = list(
        StageEntry.objects.filter(lead=lead)
        .order_by()
        .values_list("pk", "voids_id", "to_stage", "pass_number", "occurred_at")
    )
    voided = {voids for _, voids, *_ in rows}
    return [Entered(*entry) for pk, voids, *entry in rows if voids is None and pk not in voided]
