"""The stage entries that everything is counted from, and their grouping by lead or by pass."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from reporting.engine.errors import CountingError

_lead = attrgetter("lead")
_occurred_at = attrgetter("occurred_at")


class Entry(NamedTuple):
    """One row of the event log: a lead entered a stage.

    `occurred_at` is an aware instant; with `date_only` it stands for a date, kept as 00:00 UTC of that date
    and never shifted by a zone. `values` are the lead's dimension values in the order of the `dimensions`
    that a count is given; a blank one is '' and stays apart from 'unknown'. `edition` is the number of the
    policies in force. A `voided` entry was a mistake: it counts nowhere but in the column of voided leads.
    """

    lead: Hashable
    stage: str
    occurred_at: datetime
    date_only: bool = False
    pass_number: int = 1
    values: tuple[str, ...] = ()
    edition: int | None = None
    voided: bool = False


def histories(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries of one lead at a time; `entries` must have each lead's rows together.

    Entries at the same instant keep the order of the stream, so feed them by lead, occurred_at, id. Only one
    lead is held in memory.
    """
    for _, group in groupby(entries, key=_lead):
        yield list(group)


def standing_entries(history: Iterable[Entry], as_of: datetime) -> list[Entry]:
    """Return what counts of a lead's history as of an instant (UTC): not voided, not later, oldest first.

    Raises CountingError for an instant without a zone.
    """
    kept = []
    for given in history:
        entry = given if given.occurred_at.tzinfo is UTC else _in_utc(given)
        if not entry.voided and entry.occurred_at <= as_of:
            kept.append(entry)
    if len(kept) > 1:
        kept.sort(key=_occurred_at)
    return kept


def passes(history: list[Entry], recycled: str) -> Iterator[list[Entry]]:
    """Yield a lead's entries pass by pass, in the order of the passes' numbers.

    The entry into `recycled` belongs to the pass that it ends, whichever number it was stored with.
    """
    if len({entry.pass_number for entry in history}) == 1:
        yield history
        return
    by_number: dict[int, list[Entry]] = {}
    current: int | None = None
    for entry in sorted((_in_utc(entry) for entry in history), key=_occurred_at):
        number = entry.pass_number if entry.stage != recycled or current is None else current
        if not entry.voided:
            current = number
        by_number.setdefault(number, []).append(entry)
    for number in sorted(by_number):
        yield by_number[number]


def day_of(entry: Entry, zone: ZoneInfo) -> date:
    """Return the entry's date in the reporting zone; a date-only entry keeps its own date."""
    return entry.occurred_at.astimezone(UTC if entry.date_only else zone).date()


def _in_utc(entry: Entry) -> Entry:
    # Two instants of one zone are compared and subtracted by the wall clock, an hour off when clocks change.
    if entry.occurred_at.tzinfo is None:
        raise CountingError(
            "occurred_at", entry.occurred_at, f"Lead {entry.lead}: give an instant with a zone."
        )
    return entry._replace(occurred_at=entry.occurred_at.astimezone(UTC))
