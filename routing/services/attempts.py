"""Attempts: each owner's own clock on a promise. Reassigning withdraws one and starts the next."""

from datetime import datetime

from people.models import User
from routing.choices import AttemptState
from routing.engine.business_time import parse_duration
from routing.engine.clock_face import ClockFace
from routing.models import Attempt, SlaClock
from routing.queries.calendars import compiled
from routing.services.case import Case
from routing.services.clock_book import ClockBook


def start_attempt(case: Case, clock: SlaClock, owner: User, *, started_at: datetime) -> None:
    """Give `owner` an attempt on `clock`, on the calendar of the queue they get the lead from.

    The promise is the clock's; a business day is as long as that calendar's.
    """
    duration = parse_duration(clock.target_words)
    revision = case.hours(case.lead.queue) if duration.business else None
    calendar = compiled(revision)
    seconds = duration.seconds(calendar.spec.day_seconds)
    attempt = Attempt(
        clock=clock,
        owner=owner,
        calendar=revision,
        target_seconds=seconds,
        started_at=started_at,
        due_at=ClockFace(calendar, started_at, seconds).point() or started_at,
    )
    case.clocks.add_attempt(attempt)


def withdraw_attempt(book: ClockBook, clock: SlaClock, *, now: datetime, but_of: User | None = None) -> None:
    """End the running attempt as neither met nor missed, unless it is that of `but_of`."""
    attempt = book.attempt_on(clock)
    if attempt is not None and (but_of is None or attempt.owner_id != but_of.pk):
        book.change(attempt, state=AttemptState.WITHDRAWN, stopped_at=now)


def stop_attempt(book: ClockBook, clock: SlaClock, at: datetime) -> None:
    """Give the running attempt its verdict at `at`; one that began only later is withdrawn: it wasn't theirs."""
    attempt = book.attempt_on(clock)
    if attempt is None:
        return
    if at < attempt.started_at:
        withdraw_attempt(book, clock, now=attempt.started_at)
        return
    face = book.face_of_attempt(attempt)
    book.change(
        attempt,
        state=AttemptState.LATE if face.is_late(at) else AttemptState.MET,
        stopped_at=at,
        business_seconds=face.elapsed(at),
    )
