"""The story of a lead in one line, newest first: stages, decisions, touches, behaviour. The full one is at /leads/."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from dispositions.engine.document import DispositionsDocument
from dispositions.models import Disposition
from glossary.engine.documents import GlossaryDocument
from glossary.engine.words import capitalised
from glossary.types import EditionInForce
from routing.models import Behaviour, Lead, StageEntry, Touch

MOST = 30


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `kind` is stage, decision, touch or behaviour."""

    at: datetime
    kind: str
    icon: str
    title: str
    detail: str = ""
    by: str = ""
    note: str = ""
    is_void: bool = False


def timeline(lead: Lead, *, edition: EditionInForce) -> list[Event]:
    """The latest 30 events of a lead and of those merged into it; four queries."""
    own = Q(lead=lead) | Q(lead__merged_into=lead)
    events = [*_stages(own, edition), *_hand_overs(own, edition), *_touches(own), *_behaviours(own)]
    return sorted(events, key=lambda event: event.at, reverse=True)[:MOST]


def _stages(own: Q, edition: EditionInForce) -> Iterator[Event]:
    names = {stage.key: stage.name for stage in edition.document(GlossaryDocument).stages}
    entries = StageEntry.objects.filter(own, voids__isnull=True).select_related("voided_by", "disposition")
    for entry in entries.order_by("-occurred_at", "-id")[:MOST]:
        decision: Disposition | None = getattr(entry, "disposition", None)
        yield Event(
            entry.occurred_at,
            "stage",
            "flag",
            names.get(entry.to_stage, entry.to_stage),
            _reason(decision, edition) if decision else entry.reason,
            entry.actor_name,
            decision.note if decision else "",
            is_void=hasattr(entry, "voided_by"),
        )


def _hand_overs(own: Q, edition: EditionInForce) -> Iterator[Event]:
    """Decisions that moved no stage; the others stand with their entry."""
    rows = Disposition.objects.filter(own, stage_entry__isnull=True)
    for row in rows.order_by("-occurred_at", "-id")[:MOST]:
        title, detail = row.get_kind_display(), _reason(row, edition)
        yield Event(row.occurred_at, "decision", "forward", title, detail, row.actor_name, row.note)


def _reason(decision: Disposition, edition: EditionInForce) -> str:
    reason = edition.document(DispositionsDocument).reason_by_key.get(decision.reason)
    return reason.label if reason else decision.reason


def _touches(own: Q) -> Iterator[Event]:
    for touch in Touch.objects.filter(own).order_by("-occurred_at", "-id")[:MOST]:
        detail = touch.get_result_display() + (f", {touch.template}" if touch.template else "")
        by = f"{touch.by_name}, automatic" if touch.automatic else touch.by_name
        yield Event(touch.occurred_at, "touch", "call", touch.get_kind_display(), detail, by, touch.note)


def _behaviours(own: Q) -> Iterator[Event]:
    for row in Behaviour.objects.filter(own).order_by("-occurred_at", "-id")[:MOST]:
        detail = ", ".join(f"{key}: {value}" for key, value in row.properties.items())
        yield Event(row.occurred_at, "behaviour", "ads_click", capitalised(row.name), detail)
