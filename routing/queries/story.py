"""The story of one lead: everything in its log, with that of the leads that were merged into it."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q

from routing.models import (
    Assignment,
    Attempt,
    Behaviour,
    ClockPause,
    ExternalId,
    Lead,
    LeadChange,
    SlaClock,
    StageEntry,
    Touch,
)

MOST = 200


@dataclass(frozen=True, slots=True)
class LeadStory:
    """Rows newest first, at most 200 of a kind; voided entries are among them, marked by `voided_by`."""

    lead: Lead
    external_ids: list[ExternalId]
    merged: list[Lead]
    entries: list[StageEntry]
    changes: list[LeadChange]
    behaviours: list[Behaviour]
    touches: list[Touch]
    assignments: list[Assignment]
    clocks: list[SlaClock]


def story_of(lead: Lead) -> LeadStory:
    """Read the story of a lead that the reader may see; nine queries, however long it is."""
    own = Q(lead=lead) | Q(lead__merged_into=lead)
    newest = ("-occurred_at", "-id")
    entries = StageEntry.objects.filter(own, voids__isnull=True).select_related("voided_by", "edition")
    clocks = SlaClock.objects.filter(own).select_related("owner", "calendar__calendar")
    clocks = clocks.prefetch_related(
        Prefetch("attempts", Attempt.objects.select_related("owner").order_by("started_at", "id")),
        Prefetch("pauses", ClockPause.objects.order_by("started_at", "id")),
    )
    return LeadStory(
        lead=lead,
        external_ids=list(lead.external_ids.order_by("system", "value")),
        merged=list(lead.merged.order_by("merged_at", "pk")),
        entries=list(entries.order_by(*newest)[:MOST]),
        changes=list(LeadChange.objects.filter(own).order_by(*newest)[:MOST]),
        behaviours=list(Behaviour.objects.filter(own).order_by(*newest)[:MOST]),
        touches=list(Touch.objects.filter(own).order_by(*newest)[:MOST]),
        assignments=list(Assignment.objects.filter(own).select_related("owner").order_by(*newest)[:MOST]),
        clocks=list(clocks.order_by("-started_at", "-id")[:MOST]),
    )
