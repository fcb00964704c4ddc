"""How a clock ends: stopped with its verdict, or void. docs/decisions/0003-what-stops-a-clock.md says why so."""

from collections.abc import Collection
from datetime import datetime

from routing.choices import ClockState
from routing.models import ClockPause, Lead, SlaClock
from routing.queries.clock_faces import face_of
from routing.services.attempts import stop_attempt, withdraw_attempts


def running_clocks(lead: Lead) -> list[SlaClock]:
    """The lead's clocks without a verdict, with what counting them needs."""
    clocks = (
        SlaClock.objects.running().filter(lead=lead).select_related("calendar").prefetch_related("pauses")
    )
    return list(clocks.order_by("started_at", "id"))


def stop(clock: SlaClock, at: datetime) -> None:
    """Stop a running clock at `at`: met if and only if business elapsed ≤ target. A stopped one stays as it is.

    Stopping before the start is met, flagged, and says nothing about speed.
    """
    face = face_of(clock)
    changed = SlaClock.objects.filter(pk=clock.pk, state=ClockState.RUNNING).update(
        state=ClockState.LATE if face.is_late(at) else ClockState.MET,
        stopped_at=at,
        business_seconds=face.elapsed(at),
        wall_seconds=max(0.0, (at - clock.started_at).total_seconds()),
        stopped_before_start=at < clock.started_at,
        paused_since=None,
        next_alert_at=None,
        next_alert_level=None,
    )
    if changed:
        stop_attempt(clock, at)
        _end_pauses(clock, at)


def leave_funnel(clock: SlaClock, at: datetime, reason: str) -> None:
    """The lead left before the promise was kept: late stays late, a promise not yet due becomes void."""
    if face_of(clock).is_late(at):
        stop(clock, at)
    else:
        void_clock(clock, reason, at)


def void_clock(clock: SlaClock, reason: str, now: datetime) -> bool:
    """Take a running clock out of the count, with the reason. Returns whether it was running."""
    changed = SlaClock.objects.filter(pk=clock.pk, state=ClockState.RUNNING).update(
        state=ClockState.VOID,
        void_reason=reason[:200],
        stopped_at=now,
        paused_since=None,
        next_alert_at=None,
        next_alert_level=None,
    )
    if changed:
        withdraw_attempts(clock, now=now)
        _end_pauses(clock, now)
    return bool(changed)


def void(lead: Lead, keys: Collection[str] | None, reason: str, now: datetime) -> int:
    """Void the running clocks of `lead` with any of `keys` (None = all). Returns how many."""
    clocks = [clock for clock in running_clocks(lead) if keys is None or clock.key in keys]
    return sum(void_clock(clock, reason, now) for clock in clocks)


def _end_pauses(clock: SlaClock, at: datetime) -> None:
    """A pause that the end of its clock overtakes ends with it; one that began later lasted no time."""
    for pause in ClockPause.objects.filter(clock=clock, ended_at__isnull=True):
        pause.ended_at = max(at, pause.started_at)
        pause.save(update_fields=["ended_at"])
