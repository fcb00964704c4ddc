"""The sweep: warnings, breaches and escalations that are due, each raised exactly once.

The cost depends on what is due, not on how many clocks run: due rows come from a partial index.
"""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from glossary.exceptions import PolicyError
from glossary.queries.editions import edition_at, memo
from routing.choices import AttemptState, ClockState
from routing.engine.business_time import BusinessTimeError, is_open, next_open
from routing.engine.clock_face import BREACH
from routing.engine.documents.routing import Escalate
from routing.exceptions import RoutingRefused
from routing.models import Attempt, ClockAlert, SlaClock
from routing.models.clocks import SlaClockQuerySet
from routing.queries.calendars import compiled
from routing.queries.clock_faces import alert_levels, face_of, face_of_attempt, promise_of
from routing.services.alerts import Alert, tell
from routing.services.assign import reroute
from routing.services.calendars import calendar_for
from routing.services.locking import locked_lead

logger = logging.getLogger(__name__)

_FAILURES = (RoutingRefused, BusinessTimeError, PolicyError, DatabaseError)
_MOMENT = timedelta(microseconds=1)


def sweep_breaches(now: datetime, limit: int = 500) -> int:
    """Raise every alert that is due at `now`, for at most `limit` clocks. Returns how many alerts were raised.

    1. Due clocks are read, the longest due first.
    2. Each level of each clock is claimed by a conditional update that also lays down the next level; whoever
       comes second finds it taken.
    3. In the same transaction: the alert row, the breach mark at 100 %, the notifications, the re-routing.
    A clock that fails is logged, keeps its due alert and does not hold up the others.
    """
    with memo():
        due = list(SlaClock.objects.alert_due_at(now).values_list("pk", flat=True)[:limit])
        return sum(_raise_all(pk, now) for pk in due)


def _raise_all(pk: int, now: datetime) -> int:
    """Every due level of one clock: after a long standstill there may be several."""
    raised = 0
    try:
        while (not raised or _is_due(pk, now)) and _raise_next(pk, now):
            raised += 1
    except _FAILURES:
        logger.exception("the alerts of clock %s could not be raised; they stay due", pk)
    return raised


def _is_due(pk: int, now: datetime) -> bool:
    return SlaClock.objects.alert_due_at(now).filter(pk=pk).exists()


@transaction.atomic
def _raise_next(pk: int, now: datetime) -> bool:
    """Raise the next due level of a clock. False: nothing is due, somebody else took it, or it has to wait."""
    clock = _due(pk, now)
    if clock is None or clock.next_alert_level is None or clock.next_alert_at is None:
        return False
    target, level = promise_of(clock), clock.next_alert_level
    moves_on = any(rung.at == level and rung.do is Escalate.REROUTE for rung in target.ladder)
    if moves_on:
        locked_lead(clock.lead_id)  # first the lead, then its clock: the order of everyone who moves leads
        later = _reroute_later(clock, now)
        if later is not None:
            _mine(clock).update(next_alert_at=later)
            return False
    alert = Alert(clock, target, level, clock.next_alert_at)
    if not _claimed(alert, now):
        return False
    ClockAlert.objects.create(clock=clock, level=level, due_at=alert.due_at, raised_at=now)
    tell(alert, now=now, edition=edition_at(now))
    if moves_on:
        reroute(clock.lead_id, now=now)
    return True


def _due(pk: int, now: datetime) -> SlaClock | None:
    due = SlaClock.objects.alert_due_at(now).filter(pk=pk)
    return due.select_related("calendar", "lead__owner__team__manager").prefetch_related("pauses").first()


def _mine(clock: SlaClock) -> SlaClockQuerySet:
    """The row, as long as nobody else has raised the level meanwhile."""
    return SlaClock.objects.filter(
        pk=clock.pk,
        state=ClockState.RUNNING,
        next_alert_level=clock.next_alert_level,
        next_alert_at=clock.next_alert_at,
    )


def _claimed(alert: Alert, now: datetime) -> bool:
    clock = alert.clock
    following = face_of(clock).next_alert(alert_levels(alert.target), after=alert.level)
    level, at = following or (None, None)
    marks = {"breached_at": now} if alert.level == BREACH else {}
    return _mine(clock).update(next_alert_level=level, next_alert_at=at, **marks) == 1


def _reroute_later(clock: SlaClock, now: datetime) -> datetime | None:
    """When re-routing may happen, if not now: within the queue's hours, and not while an owner is in time.

    An owner who got the lead later has an attempt of their own; it is theirs until that is late.
    """
    attempt = (
        Attempt.objects.filter(clock=clock, state=AttemptState.RUNNING)
        .select_related("calendar", "clock")
        .first()
    )
    if attempt is not None:
        face = face_of_attempt(attempt)
        last = face.last_met()
        if last is not None and not face.is_late(now):
            return max(now, last) + _MOMENT
    hours = compiled(calendar_for(clock.lead.queue, edition_at(now), now=now))
    return None if is_open(hours, now) else next_open(hours, now)
