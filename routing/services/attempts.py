"""Attempts: each owner's own clock on a promise. Reassigning withdraws one and starts the next."""

from datetime import datetime

from glossary.types import EditionInForce
from people.models import User
from routing.choices import AttemptState
from routing.engine.business_time import parse_duration
from routing.engine.clock_face import ClockFace
from routing.models import Attempt, SlaClock
from routing.queries.calendars import compiled
from routing.queries.clock_faces import face_of_attempt
from routing.services.calendars import calendar_for


def start_attempt(
    clock: SlaClock, owner: User, queue: str, *, started_at: datetime, edition: EditionInForce
) -> Attempt:
    """Give `owner` an attempt on `clock`, on the calendar of the queue they get it from.

    The promise is the clock's; a business day is as long as that calendar's.
    """
    duration = parse_duration(clock.target_words)
    revision = calendar_for(queue, edition, now=started_at) if duration.business else None
    calendar = compiled(revision)
    seconds = duration.seconds(calendar.spec.day_seconds)
    return Attempt.objects.create(
        clock=clock,
        owner=owner,
        calendar=revision,
        target_seconds=seconds,
        started_at=started_at,
        due_at=ClockFace(calendar, started_at, seconds).point() or started_at,
    )


def withdraw_attempts(clock: SlaClock, *, now: datetime, but_of: User | None = None) -> None:
    """End running attempts as neither met nor missed, except that of `but_of`."""
    running = Attempt.objects.filter(clock=clock, state=AttemptState.RUNNING)
    if but_of is not None:
        running = running.exclude(owner=but_of)
    running.update(state=AttemptState.WITHDRAWN, stopped_at=now)


def stop_attempt(clock: SlaClock, at: datetime) -> None:
    """Give the running attempt its verdict at `at`; one that began only later is withdrawn: it wasn't theirs."""
    attempt = (
        Attempt.objects.filter(clock=clock, state=AttemptState.RUNNING).select_related("calendar").first()
    )
    if attempt is None:
        return
    if at < attempt.started_at:
        withdraw_attempts(clock, now=attempt.started_at)
        return
    attempt.clock = clock
    face = face_of_attempt(attempt)
    Attempt.objects.filter(pk=attempt.pk, state=AttemptState.RUNNING).update(
        state=AttemptState.LATE if face.is_late(at) else AttemptState.MET,
        stopped_at=at,
        business_seconds=face.elapsed(at),
    )
