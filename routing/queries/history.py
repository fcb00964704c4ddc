"""The standing part of a lead's log: stage entries that nobody voided."""

from django.db.models import QuerySet

from routing.models import Lead, StageEntry


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
