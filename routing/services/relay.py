"""Laying open clocks on edited hours: an explicit act of RevOps, logged per clock. Closed clocks never change."""

from datetime import datetime

from django.db import transaction

from people.access import name_of
from people.choices import RUNS_OPERATIONS
from people.models import User
from routing.choices import AttemptState
from routing.exceptions import NotPermitted, RoutingRefused
from routing.models import Attempt, BusinessCalendar, CalendarRevision, LeadChange, SlaClock
from routing.queries.calendars import latest_revision
from routing.queries.clock_faces import face_of, face_of_attempt
from routing.services.clocks import reschedule, reschedule_attempt
from routing.services.locking import locked_lead


@transaction.atomic
def relay_open_clocks(calendar: BusinessCalendar, *, acting_user: User | None, now: datetime) -> int:
    """Count the rest of the calendar's running clocks on its latest revision; the time used until `now` is kept.

    Clocks that are late already stay as they are: late stays late. Each change stands in the lead's log with
    the due times before and after. Returns how many clocks were laid anew. Raises NotPermitted unless the
    person runs operations (None = the system).
    """
    if acting_user is not None and not acting_user.has_role(*RUNS_OPERATIONS):
        raise NotPermitted("Only RevOps and the operations roles lay open clocks on new hours.")
    latest = latest_revision(calendar.key)
    if latest is None:
        raise RoutingRefused(f"The calendar {calendar} has no hours yet.")
    clocks = SlaClock.objects.running().filter(calendar__calendar=calendar).exclude(calendar=latest)
    laid = 0
    for pk, lead_id in list(clocks.order_by("lead_id", "id").values_list("pk", "lead_id")):
        lead = locked_lead(lead_id)
        clock = SlaClock.objects.running().filter(pk=pk).select_related("calendar").first()
        if clock is None or face_of(clock).is_late(now):
            continue
        before = _as_json(clock)
        _relay(clock, latest, now)
        LeadChange.objects.create(
            lead=lead,
            field=f"clock {clock.key}"[:40],
            before=before,
            after=_as_json(clock),
            cause="calendar",
            actor=acting_user,
            actor_name=name_of(acting_user),
            occurred_at=now,
            recorded_at=now,
        )
        laid += 1
    return laid


def _relay(clock: SlaClock, latest: CalendarRevision, now: datetime) -> None:
    for attempt in Attempt.objects.filter(clock=clock, state=AttemptState.RUNNING).select_related("calendar"):
        attempt.clock = clock
        if attempt.calendar is not None and attempt.calendar.calendar_id == latest.calendar_id:
            attempt.used_seconds = face_of_attempt(attempt).elapsed(now)
            attempt.counted_from = max(now, attempt.started_at)
            attempt.calendar = latest
            attempt.save(update_fields=["used_seconds", "counted_from", "calendar"])
            reschedule_attempt(attempt)
    clock.used_seconds = face_of(clock).elapsed(now)
    clock.counted_from = max(now, clock.started_at)
    clock.calendar = latest
    clock.save(update_fields=["used_seconds", "counted_from", "calendar"])
    reschedule(clock)


def _as_json(clock: SlaClock) -> dict[str, object]:
    revision = clock.calendar.number if clock.calendar is not None else None
    return {"revision": revision, "due_at": clock.due_at.isoformat()}
