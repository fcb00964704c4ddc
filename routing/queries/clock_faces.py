"""From stored clocks to what is counted: their faces, and the promise they were started for."""

from glossary.queries.editions import edition_by_id
from routing.engine.business_time import Pause
from routing.engine.clock_face import BREACH, ClockFace
from routing.engine.documents import RoutingDocument
from routing.engine.documents.routing import SlaTarget
from routing.exceptions import RoutingRefused
from routing.models import Attempt, SlaClock
from routing.queries.calendars import compiled


def face_of(clock: SlaClock, pauses: tuple[Pause, ...] | None = None) -> ClockFace:
    """The face of a clock. `pauses`: None = as they are stored (one query unless they were prefetched)."""
    return ClockFace(
        calendar=compiled(clock.calendar),
        counted_from=clock.counted_from or clock.started_at,
        target_seconds=clock.target_seconds,
        pauses=pauses_of(clock) if pauses is None else pauses,
        used_seconds=clock.used_seconds,
    )


def face_of_attempt(attempt: Attempt, pauses: tuple[Pause, ...] | None = None) -> ClockFace:
    """The face of an owner's attempt; the pauses are those of the clock it belongs to."""
    return ClockFace(
        calendar=compiled(attempt.calendar),
        counted_from=attempt.counted_from or attempt.started_at,
        target_seconds=attempt.target_seconds,
        pauses=pauses_of(attempt.clock) if pauses is None else pauses,
        used_seconds=attempt.used_seconds,
    )


def pauses_of(clock: SlaClock) -> tuple[Pause, ...]:
    """The pauses of a clock as they are stored."""
    return tuple((pause.started_at, pause.ended_at) for pause in clock.pauses.all())


def promise_of(clock: SlaClock) -> SlaTarget:
    """The target as the policy said it when the clock started, whatever it says now.

    Raises RoutingRefused when that edition knows no such target: the clock was not started by this application.
    """
    edition = edition_by_id(clock.edition_id)
    target = edition.document(RoutingDocument).sla_by_key.get(clock.key)
    if target is None:
        raise RoutingRefused(
            f"Edition {edition.number} has no SLA target {clock.key!r} for clock {clock.pk}."
        )
    return target


def alert_levels(target: SlaTarget) -> list[int]:
    """Percents at which something happens: warnings, rungs, and always the breach itself."""
    return sorted({*target.warn, *(rung.at for rung in target.ladder), BREACH})
