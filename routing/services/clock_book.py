"""The clocks of one lead, and the attempts on them, in the hands of one act: read once, written once."""

import math

from django.db.models import Exists, OuterRef

from routing.choices import AttemptState, ClockState
from routing.engine.business_time import Pause
from routing.engine.clock_face import ClockFace
from routing.models import Attempt, CalendarRevision, ClockPause, Lead, SlaClock
from routing.queries.clock_faces import face_of, face_of_attempt, pauses_of

_HAS_PAUSES = Exists(ClockPause.objects.filter(clock=OuterRef("pk")))


class ClockBook:
    """Clocks, and attempts on them. Whoever opens it holds the lead's row lock.

    The lock is what makes it right to read first and write later: nobody else stops, pauses or moves the
    clocks of the lead meanwhile. The sweep alone claims alerts without it, in columns of their own.
    """

    def __init__(self, lead: Lead, *, is_new: bool = False) -> None:
        self._lead = lead
        self._revisions: dict[int, CalendarRevision] = {}
        self._clocks: list[SlaClock] | None = [] if is_new else None
        self._paused: frozenset[int] = frozenset()
        self._stored_attempts: list[Attempt] | None = [] if is_new else None
        self._new_attempts: list[Attempt] = []
        self._changes: dict[tuple[type[SlaClock | Attempt], int], dict[str, object]] = {}

    def clocks(self) -> list[SlaClock]:
        """All clocks of the lead, in every pass and state; what this act started is among them."""
        if self._clocks is None:
            rows = SlaClock.objects.filter(lead=self._lead).select_related("calendar").order_by()
            self._clocks = list(rows.annotate(has_pauses=_HAS_PAUSES))
            self._paused = frozenset(clock.pk for clock in self._clocks if vars(clock)["has_pauses"])
        return self._clocks

    def running(self) -> list[SlaClock]:
        """The clocks without a verdict, oldest first."""
        running = [clock for clock in self.clocks() if clock.state == ClockState.RUNNING]
        return sorted(running, key=lambda clock: (clock.started_at, clock.pk or math.inf))

    def has_pauses(self, clock: SlaClock) -> bool:
        """Whether the clock was ever paused."""
        return clock.pk in self._paused

    def face(self, clock: SlaClock) -> ClockFace:
        """The face of a clock of this book."""
        self._give_calendar(clock)
        return face_of(clock, self._pauses(clock))

    def face_of_attempt(self, attempt: Attempt) -> ClockFace:
        """The face of an attempt of this book."""
        self._give_calendar(attempt)
        return face_of_attempt(attempt, self._pauses(attempt.clock))

    def attempt_on(self, clock: SlaClock) -> Attempt | None:
        """The running attempt on a clock of this book."""
        known = [*self._new_attempts, *(self._read_attempts() if clock.pk is not None else ())]
        running = (a for a in known if a.clock is clock and a.state == AttemptState.RUNNING)
        return next(running, None)

    def add_clock(self, clock: SlaClock) -> None:
        """A clock that this act starts."""
        self.clocks().append(clock)

    def add_attempt(self, attempt: Attempt) -> None:
        """An attempt that this act starts."""
        self._new_attempts.append(attempt)

    def change(self, row: SlaClock | Attempt, **values: object) -> None:
        """Give columns of a running clock or attempt other values."""
        for name, value in values.items():
            setattr(row, name, value)
        if row.pk is not None:
            self._changes.setdefault((type(row), row.pk), {}).update(values)

    def save(self) -> None:
        """Write what is new: first what ended, which makes room under the constraints for what begins.

        Rows with the same changes are written together.
        """
        together: dict[tuple[type[SlaClock | Attempt], tuple[tuple[str, object], ...]], list[int]] = {}
        for (model, pk), values in self._changes.items():
            together.setdefault((model, tuple(values.items())), []).append(pk)
        for (model, pairs), pks in together.items():
            model.objects.filter(pk__in=pks, state=ClockState.RUNNING).update(**dict(pairs))
        self._changes.clear()
        for row in (*(self._clocks or ()), *self._new_attempts):
            if row.pk is None:
                row.save(force_insert=True)

    def _pauses(self, clock: SlaClock) -> tuple[Pause, ...]:
        return pauses_of(clock) if self.has_pauses(clock) else ()

    def _give_calendar(self, row: SlaClock | Attempt) -> None:
        """Most rows of a lead run on the same hours: these are read once."""
        known = self._revisions.get(row.calendar_id or 0)
        if known is not None:
            row.calendar = known
        elif row.calendar is not None:
            self._revisions[row.calendar.pk] = row.calendar

    def _read_attempts(self) -> list[Attempt]:
        if self._stored_attempts is None:
            stored = {clock.pk: clock for clock in self.clocks() if clock.pk is not None}
            rows = Attempt.objects.filter(clock__in=stored, state=AttemptState.RUNNING) if stored else ()
            self._stored_attempts = list(rows)
            for attempt in self._stored_attempts:
                attempt.clock = stored[attempt.clock_id]
        return self._stored_attempts
