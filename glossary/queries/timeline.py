"""The timeline of a change request as people read it: by review round, newest first, edits in a row as one line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from glossary.choices import EventKind, RequestState
from glossary.models import ChangeRequest, RequestEvent

TONES = {
    EventKind.SIGNED: "good",
    EventKind.APPROVED: "good",
    EventKind.PUBLISHED: "good",
    EventKind.RATIFIED: "good",
    EventKind.CHANGES: "warn",
    EventKind.CONFLICT: "warn",
    EventKind.VOIDED: "warn",
    EventKind.EXPIRED: "warn",
    EventKind.HELD: "warn",
    EventKind.REJECTED: "bad",
    EventKind.EMERGENCY: "bad",
    EventKind.REFUSED: "bad",
    EventKind.SUBMITTED: "info",
    EventKind.SCHEDULED: "info",
    EventKind.REBASED: "info",
}

BACK = frozenset(
    {EventKind.CHANGES, EventKind.REJECTED, EventKind.CONFLICT, EventKind.VOIDED, EventKind.HELD}
)
TURNED = frozenset({RequestState.CHANGES_REQUESTED, RequestState.REJECTED})


@dataclass(frozen=True, slots=True)
class Line:
    """One event, or several edits of one person in a row.

    Attributes:
        at: of the last one.
        since: of the first one.
        count: of events in it.
    """

    kind: str
    label: str
    tone: str
    who: str
    at: datetime
    since: datetime
    note: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Cycle:
    """A review round with what came after it; number 0 = before the first submission. Newest line first."""

    number: int
    lines: tuple[Line, ...]


def timeline(request: ChangeRequest) -> tuple[Cycle, ...]:
    """All rounds of a change request, the newest first. One query."""
    events = request.events.order_by("at", "pk")
    rounds = [(number, list(found)) for number, found in groupby(events, key=attrgetter("cycle"))]
    return tuple(Cycle(number, tuple(reversed(list(_lines(found))))) for number, found in reversed(rounds))


def why_back(request: ChangeRequest, rounds: tuple[Cycle, ...]) -> Line | None:
    """Why a request is with its author again, or was rejected; None = it is not."""
    turned = request.state in TURNED or (request.state == RequestState.DRAFT and request.cycle > 0)
    lines = rounds[0].lines if turned and rounds else ()
    return next((line for line in lines if line.kind in BACK), None)


def _lines(events: Iterable[RequestEvent]) -> Iterator[Line]:
    """Events in their order, runs of edits by one person taken together."""
    run: Line | None = None
    for event in events:
        line = _line(event)
        if run is not None and line.kind == EventKind.EDITED and (run.kind, run.who) == (line.kind, line.who):
            run = replace(line, since=run.since, count=run.count + 1)
            continue
        if run is not None:
            yield run
        run = line
    if run is not None:
        yield run


def _line(event: RequestEvent) -> Line:
    kind = EventKind(event.kind)
    return Line(kind, kind.label, TONES.get(kind, "plain"), event.actor_name, event.at, event.at, event.note)
