"""Work that one worker holds at a time: claimed by a lease, renewed while it goes on, ended whole or put back.

Runs of reports and back-tests are rows with the same columns. A claim counts the attempt up, so the pair of attempt
and lease tells one holder from every other: whoever lost the row (the lease ran out and another took it, somebody
cancelled it) changes nothing any more.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from django.db.models import F

from glossary.choices import JobState
from glossary.models import BackTest
from reporting.models import ReportRun

PAUSE = timedelta(minutes=1)
# The rest is left for writing it down.
MOST_PERCENT = 99
MOST_ATTEMPTS = 3
GIVEN_UP = "The computation was begun three times and never ended. Ask for it anew, or see the worker's log."

Job = type[ReportRun] | type[BackTest]


@dataclass(frozen=True, slots=True)
class Lease:
    """A row that this worker holds until an aware instant; `attempt` counts from 1."""

    job: Job
    pk: int
    attempt: int
    until: datetime

    @property
    def is_last(self) -> bool:
        """Whether it is not tried again after this."""
        return self.attempt >= MOST_ATTEMPTS


def claim(job: Job, pk: int, *, now: datetime, length: timedelta) -> Lease | None:
    """Take a row that is due for `length`; None when it is not due, or was begun too often and is given up."""
    due = job.objects.due_at(now).filter(pk=pk)
    if due.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=JobState.FAILED, error=GIVEN_UP, finished_at=now, leased_until=None
    ):
        return None
    until = now + length
    if not due.update(
        state=JobState.RUNNING, leased_until=until, attempts=F("attempts") + 1, started_at=now, error=""
    ):
        return None
    attempt = job.objects.filter(pk=pk, leased_until=until).values_list("attempts", flat=True).first()
    return None if attempt is None else Lease(job, pk, attempt, until)


def renew(lease: Lease, until: datetime, *, progress: int) -> Lease | None:
    """The lease until later, with the progress in percent told; None when the row is no longer held."""
    return replace(lease, until=until) if _update(lease, leased_until=until, progress=progress) else None


class Stopped(Exception):
    """The row is no longer ours: it was cancelled, or another worker took it over."""


class Holder:
    """Keeps the lease of a computation that goes on for longer than one lease."""

    def __init__(self, lease: Lease, began: datetime, clock: Callable[[], float] = monotonic) -> None:
        self.lease = lease
        self._length = lease.until - began
        self._began, self._clock, self._start = began, clock, clock()

    def now(self) -> datetime:
        """The instant at which it was begun, and the time that has gone by since."""
        return self._began + timedelta(seconds=self._clock() - self._start)

    def go_on(self, done: float) -> None:
        """Tell the share that is done, 0 to 1. Raises Stopped when the row is no longer ours."""
        renewed = renew(self.lease, self.now() + self._length, progress=min(MOST_PERCENT, int(done * 100)))
        if renewed is None:
            raise Stopped
        self.lease = renewed


def finish(lease: Lease, result: dict[str, object], *, now: datetime) -> bool:
    """Write the whole result; False and nothing written when the row is no longer held."""
    return _update(
        lease,
        state=JobState.DONE,
        result=result,
        progress=100,
        error="",
        finished_at=now,
        leased_until=None,
    )


def fail(lease: Lease, error: str, *, now: datetime) -> bool:
    """End it for good without a result; `error` says why and what to do."""
    return _update(lease, state=JobState.FAILED, error=error, finished_at=now, leased_until=None)


def put_back(lease: Lease, error: str, *, now: datetime) -> bool:
    """Let it be tried again after a pause, or end it where this was the last attempt."""
    if lease.is_last:
        return fail(lease, error, now=now)
    # Waits a little: what is due is what no lease holds.
    return _update(lease, state=JobState.QUEUED, error=error, leased_until=now + PAUSE, progress=0)


def _update(lease: Lease, **columns: object) -> bool:
    mine = lease.job.objects.filter(
        pk=lease.pk, state=JobState.RUNNING, attempts=lease.attempt, leased_until=lease.until
    )
    return bool(mine.update(**columns))
