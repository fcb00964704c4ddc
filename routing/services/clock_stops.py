"""How a clock ends: stopped with its verdict, or void. docs/decisions/0003-what-stops-a-clock.md says why so."""

from collections.abc import Collection
from datetime import datetime

from routing.choices import ClockState
from routing.models import ClockPause, Lead, SlaClock
from routing.services.attempts import stop_attempt, withdraw_attempt
from routing.services.clock_book import ClockBook


def stop(book: ClockBook, clock: SlaClock, at: datetime) -> None:
    """Stop a running clock at `at`: met if and only if business elapsed ≤ target.

    Stopping before the start is met, flagged, and says nothing about speed.
    """
    face = book.face(clock)
    book.change(
        clock,
        state=ClockState.LATE if face.is_late(at) else ClockState.MET,
        stopped_at=at,
        business_seconds=face.elapsed(at),
        wall_seconds=max(0.0, (at - clock.started_at).total_seconds()),
        stopped_before_start=at < clock.started_at,
        paused_since=None,
        next_alert_at=None,
        next_alert_level=None,
    )
    stop_attempt(book, clock, at)
    _end_pauses(book, clock, at)


def leave_funnel(book: ClockBook, clock: SlaClock, at: datetime, reason: str) -> None:
    """The lead left before the promise was kept: late stays late, a promise not yet due becomes void."""
    if book.face(clock).is_late(at):
        stop(book, clock, at)
    else:
        void_clock(book, clock, reason, at)


def void_clock(book: ClockBook, clock: SlaClock, reason: str, now: datetime) -> None:
    """Take a running clock out of the count, with the reason."""
    book.change(
        clock,
        state=ClockState.VOID,
        void_reason=reason[:200],
        stopped_at=now,
        paused_since=None,
        next_alert_at=None,
        next_alert_level=None,
    )
    withdraw_attempt(book, clock, now=now)
    _end_pauses(book, clock, now)


def void(lead: Lead, keys: Collection[str] | None, reason: str, now: datetime) -> int:
    """Void the running clocks of `lead` with any of `keys` (None = all). Returns how many."""
    book = ClockBook(lead)
    clocks = [clock for clock in book.running() if keys is None or clock.key in keys]
    for clock in clocks:
        void_clock(book, clock, reason, now)
    book.save()
    return len(clocks)


def _end_pauses(book: ClockBook, clock: SlaClock, at: datetime) -> None:
    """A pause that the end of its clock overtakes ends with it; one that began later lasted no time."""
    if not book.has_pauses(clock):
        return
    for pause in ClockPause.objects.filter(clock=clock, ended_at__isnull=True):
        pause.ended_at = max(at, pause.started_at)
        pause.save(update_fields=["ended_at"])
