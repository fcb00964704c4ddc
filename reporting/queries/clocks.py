"""The SLA clocks as the engine counts them, as of an instant.

A clock counts from its start on. One that stopped later than the instant was open then. Whether an open clock
was overdue then is read from its due time where nothing could have moved it since, else counted anew from its
calendar and its pauses until then. The dimensions of a clock (region, source, owner, team) are those it was
last given: an open clock follows its owner, a stopped one keeps what it had.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from reporting.engine.attainment import Clock, ClockState, open_state
from reporting.engine.parameters import KEY, MONTH, OWNER, TEAM, SlaParameters
from routing.choices import ClockState as Stored
from routing.models import ClockPause, SlaClock
from routing.queries.clock_faces import face_of

CHUNK = 5_000
_COLUMNS = {KEY: "key", TEAM: "team__name", OWNER: "owner__username"}
_PLAIN = (
    "pk",
    "lead_id",
    "state",
    "started_at",
    "stopped_at",
    "due_at",
    "late_after",
    "business_seconds",
    "wall_seconds",
    "stopped_before_start",
)
ClockIds = tuple[int, int]
_STATES = {Stored.MET: ClockState.MET, Stored.LATE: ClockState.LATE, Stored.VOID: ClockState.VOID}


@dataclass(frozen=True, slots=True)
class ClockQuestion:
    """An SLA question made definite: as of an aware instant, in the reporting zone."""

    parameters: SlaParameters
    as_of: datetime
    zone: ZoneInfo


def clocks_of(question: ClockQuestion) -> "QuerySet[SlaClock]":
    """The clocks that had started by then, in the period and of the promise that were asked for."""
    asked = question.parameters
    clocks = SlaClock.objects.filter(started_at__lte=question.as_of)
    if asked.key is not None:
        clocks = clocks.filter(key=asked.key)
    if asked.since is not None:
        clocks = clocks.filter(started_at__gte=_midnight(asked.since, question.zone))
    if asked.period_end is not None:
        clocks = clocks.filter(started_at__lt=_midnight(asked.period_end, question.zone))
    return clocks


def counted_clocks(question: ClockQuestion) -> Iterator[Clock]:
    """Yield each clock as it counts; see `engine.attainment`. In no particular order."""
    return (clock for _, clock in identified_clocks(question, clocks_of(question)))


def identified_clocks(
    question: ClockQuestion, clocks: "QuerySet[SlaClock]"
) -> Iterator[tuple[ClockIds, Clock]]:
    """Yield ((clock id, lead id), clock) of these clocks."""
    row_of = _row_reader(question)
    moved = Exists(ClockPause.objects.filter(clock=OuterRef("pk"))) | Q(counted_from__isnull=False)
    was_open = Q(stopped_at__isnull=True) | Q(stopped_at__gt=question.as_of)
    recount = clocks.filter(was_open, moved)
    with_times = recount.select_related("calendar", "owner", "team").prefetch_related("pauses")
    column = _column(question)
    for clock in with_times.iterator(CHUNK):
        key = row_of(_value(clock, column), clock.started_at)
        yield (clock.pk, clock.lead_id), Clock(_recounted(clock, question.as_of), key=key)
    plain = clocks.exclude(pk__in=recount.values("pk")).values_list(*_PLAIN, column)
    for pk, lead, state, started, stopped, due, late_after, business, wall, flagged, value in plain.iterator(
        CHUNK
    ):
        key = row_of(value, started)
        if stopped is None or stopped > question.as_of:
            yield (pk, lead), Clock(open_state(late_after or due, question.as_of), key=key)
        else:
            yield (pk, lead), Clock(_STATES[Stored(state)], business, wall, flagged, key)


def editions_of(clocks: "QuerySet[SlaClock]") -> list[int]:
    """Numbers of the editions that these clocks started under."""
    return sorted(set(clocks.order_by().values_list("edition__number", flat=True).distinct()))


def _recounted(clock: SlaClock, as_of: datetime) -> ClockState:
    """What an open clock was then, when pauses or a calendar edit may have moved its due time since.

    The hours before a later edit are gone with their revision; the sweep's mark says what they made of it.
    """
    if clock.counted_from is not None and clock.counted_from > as_of:
        late = clock.breached_at is not None and clock.breached_at <= as_of
    else:
        late = face_of(clock).is_late(as_of)
    return ClockState.OVERDUE if late else ClockState.PENDING


def _row_reader(question: ClockQuestion) -> Callable[[Any, datetime], str]:
    if question.parameters.by == MONTH:
        return lambda _, started: f"{started.astimezone(question.zone):%Y-%m}"
    return lambda value, _: value or ""


def _column(question: ClockQuestion) -> str:
    by = question.parameters.by
    return "started_at" if by == MONTH else _COLUMNS.get(by, by)


def _value(clock: SlaClock, column: str) -> str:
    if column == "team__name":
        return clock.team.name if clock.team else ""
    if column == "owner__username":
        return clock.owner.username if clock.owner else ""
    return str(getattr(clock, column))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
