"""A running clock as a person reads it: what was promised, how it stands, and how much is left of it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from dispositions.engine.spans import business_words
from glossary.types import EditionInForce
from routing.engine.business_time import is_open, next_turn
from routing.engine.documents import RoutingDocument
from routing.models import ClockPause, SlaClock
from routing.queries.calendars import compiled
from routing.queries.clock_faces import face_of
from routing.queries.clock_status import status_of

# What cannot wait comes first; a paused promise waits for somebody else.
URGENCY = {"late": 0, "due-soon": 1, "on-time": 2, "paused": 3}
# What counting needs, without a query per clock; calendars are few and shared.
COUNTING = ("calendar", Prefetch("pauses", ClockPause.objects.order_by("started_at", "id")))


@dataclass(frozen=True, slots=True)
class ClockView:
    """One running clock at one moment.

    Attributes:
        promise: its name in the routing policy in force, or the key where that knows it no more.
        to: the event that keeps it: touched, or a stage key; empty where the policy knows it no more.
        status: late, due-soon, on-time or paused.
        day_seconds: a standard day of its calendar; 0 = it runs round the clock.
        left: business seconds left of the target; negative = late by so much.
        wall_left: seconds until it is due by the wall clock; negative = since then.
        counts: business time runs at this moment.
        turns_at: when it next starts or stops to run, for a page that stays open; None = never.
    """

    clock: SlaClock
    promise: str
    to: str
    status: str
    day_seconds: int
    left: float
    wall_left: float
    counts: bool
    turns_at: datetime | None

    @property
    def urgency(self) -> tuple[int, datetime, int]:
        """Sorts the most urgent clock first: late, due soon, running, paused; each by when it is due."""
        return URGENCY[self.status], self.clock.due_at, self.clock.pk

    @property
    def words(self) -> str:
        """Business time left, or late by: '7 h 55 min left', '24 business days late'."""
        if self.status == "late":
            return f"{business_words(min(0.0, self.left), self.day_seconds)} late"
        return f"{business_words(max(0.0, self.left), self.day_seconds)} left"


def clock_view(clock: SlaClock, *, now: datetime, edition: EditionInForce) -> ClockView:
    """How a running clock stands at `now`. No query when `COUNTING` was prefetched."""
    target = edition.document(RoutingDocument).sla_by_key.get(clock.key)
    face = face_of(clock)
    calendar = compiled(clock.calendar)
    return ClockView(
        clock=clock,
        promise=target.name if target else clock.key,
        to=target.to if target else "",
        status=status_of(clock, now),
        day_seconds=calendar.spec.day_seconds if clock.calendar_id else 0,
        left=clock.target_seconds - face.elapsed(now),
        wall_left=(clock.due_at - now).total_seconds(),
        counts=clock.paused_since is None and is_open(calendar, now),
        turns_at=next_turn(calendar, now) if clock.paused_since is None else None,
    )
