"""The status word of a clock: one rule for the desk, the team page and the lead's story."""

from datetime import datetime

from routing.choices import ClockState
from routing.models import SlaClock
from routing.queries.clock_faces import face_of

# The share of the target used, in business time, from which on a promise is due soon.
DUE_SOON = 0.75
_STOPPED = {ClockState.MET: "met", ClockState.LATE: "met-late", ClockState.VOID: "void"}


def status_of(clock: SlaClock, now: datetime) -> str:
    """met, met-late or void once it stopped; before: late, paused, due-soon (from 75 % on) or on-time.

    A clock that was late when it was paused stays late. Reads the clock's calendar and pauses, which lists
    prefetch.
    """
    stopped = _STOPPED.get(ClockState(clock.state))
    if stopped is not None:
        return stopped
    if is_late(clock, now):
        return "late"
    if clock.paused_since is not None:
        return "paused"
    return "due-soon" if face_of(clock).elapsed(now) >= clock.target_seconds * DUE_SOON else "on-time"


def is_late(clock: SlaClock, now: datetime) -> bool:
    """Whether a running clock is beyond the last instant that would still be met."""
    return (clock.late_after or clock.due_at) < (clock.paused_since or now)
