"""Stage, owner and first touch of leads as lines of changes, out of their logs. Read only where a gate asks."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from routing.engine.replay.history import Reads, ValueChange
from routing.engine.values import EARLIEST, LATEST
from routing.models import Assignment, StageEntry, Touch
from routing.queries.numbers import Among

KnownFrom = Callable[[int, datetime, datetime], datetime]
Merged = Mapping[int, tuple[int, datetime]]


class _Entry(NamedTuple):
    """A stage entry: when it happened, its id, the stage, its pass, and from when to when it stood."""

    occurred_at: datetime
    pk: int
    stage: str
    number: int
    known: datetime
    voided: datetime


def lines_of(
    ids: Sequence[int], merged: Merged, reads: Reads, known_from: KnownFrom
) -> dict[int, list[ValueChange]]:
    """Lead → its changes of stage, owner and first touch, each as it came to be known.

    Args:
        ids: of leads and of those merged into them.
        merged: id of a merged lead → its survivor, and since when.
    """
    lines = dict[int, list[ValueChange]](defaultdict(list))
    own = [lead for lead in ids if lead not in merged]
    entries = _entries(own, known_from) if reads.fields & {"stage", "first_touch_at"} else {}
    touches = _touches(ids, merged, known_from) if "first_touch_at" in reads.fields else {}
    for lead in own:
        lines[lead] = [
            *_stage_line(entries.get(lead, [])),
            *_touch_line(entries.get(lead, []), touches.get(lead, [])),
        ]
    if "owner" in reads.fields:
        for lead, changes in _owners(own).items():
            lines[lead] += changes
    return lines


def _entries(ids: Sequence[int], known_from: KnownFrom) -> dict[int, list[_Entry]]:
    found: dict[int, list[_Entry]] = defaultdict(list)
    rows = StageEntry.objects.filter(Among("lead_id", ids), voids__isnull=True).values_list(
        "lead_id", "occurred_at", "pk", "to_stage", "pass_number", "recorded_at", "voided_by__recorded_at"
    )
    for lead, occurred_at, pk, stage, number, recorded_at, voided in rows.order_by():
        known = max(occurred_at, known_from(lead, occurred_at, recorded_at))
        found[lead].append(_Entry(occurred_at, pk, stage, number, known, voided or LATEST))
    return found


def _standing(entries: Sequence[_Entry], at: datetime) -> list[_Entry]:
    return sorted(entry for entry in entries if entry.known <= at < entry.voided)


def _turns(entries: Sequence[_Entry]) -> set[datetime]:
    return {at for entry in entries for at in (entry.known, entry.voided) if at is not LATEST}


def _stage_line(entries: Sequence[_Entry]) -> Iterator[ValueChange]:
    for at in sorted(_turns(entries)):
        standing = _standing(entries, at)
        yield ValueChange(at, "stage", standing[-1].stage if standing else "")


def _touch_line(
    entries: Sequence[_Entry], touches: Sequence[tuple[datetime, datetime]]
) -> Iterator[ValueChange]:
    """The first touch of the pass of the moment; touches are (when it happened, known from)."""
    if not touches:
        return
    for at in sorted(_turns(entries) | {max(touch) for touch in touches}):
        since = _pass_began(_standing(entries, at))
        seen = [occurred for occurred, known in touches if since <= occurred <= at and known <= at]
        yield ValueChange(at, "first_touch_at", min(seen, default=None))


def _pass_began(standing: Sequence[_Entry]) -> datetime:
    if not standing or standing[-1].number == 1:
        return EARLIEST
    return min(entry.occurred_at for entry in standing if entry.number == standing[-1].number)


def _touches(
    ids: Sequence[int], merged: Merged, known_from: KnownFrom
) -> dict[int, list[tuple[datetime, datetime]]]:
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    rows = Touch.objects.filter(Among("lead_id", ids), automatic=False, inbound=False)
    for own, occurred_at, recorded_at in rows.order_by().values_list("lead_id", "occurred_at", "recorded_at"):
        lead, merged_at = merged.get(own, (own, EARLIEST))
        known = known_from(lead, occurred_at, recorded_at)
        found[lead].append((occurred_at, max(known, merged_at)))
    return found


def _owners(ids: Sequence[int]) -> dict[int, list[ValueChange]]:
    """Who held each lead: the newest assignment that had begun and not ended."""
    spans: dict[int, list[tuple[datetime, int, datetime, str]]] = defaultdict(list)
    rows = Assignment.objects.filter(Among("lead_id", ids)).values_list(
        "lead_id", "recorded_at", "pk", "ended_at", "owner__username"
    )
    for lead, began, pk, ended, owner in rows.order_by():
        spans[lead].append((began, pk, ended or LATEST, owner or ""))
    lines: dict[int, list[ValueChange]] = {}
    for lead, own in spans.items():
        turns = sorted({at for began, _, ended, _ in own for at in (began, ended) if at is not LATEST})
        lines[lead] = [
            ValueChange(
                at, "owner", max((s for s in own if s[0] <= at < s[2]), default=("", 0, LATEST, ""))[3]
            )
            for at in turns
        ]
    return lines
