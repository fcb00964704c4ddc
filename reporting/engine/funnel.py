"""The conversion count: streams stage entries, lead by lead, into rows by month, dimension or in total.

Counting to 'disqualified' gives the DQ rate; counting from 'recycled' gives the recovery of recycled leads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reporting.engine.entries import Entry, day_of, histories
from reporting.engine.errors import CountingError
from reporting.engine.journeys import FROM, REACHED_TO, TO, Journey, JourneyReader
from reporting.engine.rows import BLANK_LABEL, ConversionRow, build_row
from reporting.engine.rule import MONTH, TOTAL, ConversionRule
from reporting.engine.stage_line import StageLine
from reporting.engine.tally import Tally


@dataclass(frozen=True, slots=True)
class ConversionResult:
    """A counted conversion: rows and totals, and what must be printed with them.

    `total_without_truncated` leaves out the cohort months that began before `first_outcome_on`, the date of
    the first entry into the to-stage or beyond in everything seen; None when there is none. `editions` are
    the policy editions of the entries that were seen, `units` the number of leads (passes, when counted by
    pass) in the stream.
    """

    rule: ConversionRule
    rows: tuple[ConversionRow, ...]
    total: ConversionRow
    total_without_truncated: ConversionRow
    first_outcome_on: date | None
    editions: tuple[int, ...]
    units: int

    def row(self, key: str) -> ConversionRow:
        """Return the row of this key; raises KeyError when there is none."""
        for row in self.rows:
            if row.key == key:
                return row
        raise KeyError(key)


def count_conversion(
    entries: Iterable[Entry], line: StageLine, rule: ConversionRule, dimensions: Sequence[str] = ()
) -> ConversionResult:
    """Count the conversion of `entries` as `rule` says.

    `entries` is read once and may be a generator of any length: each lead's rows together, in the order they
    occurred (ties by id); memory grows with rows and conversions, not with leads. `dimensions` names the
    places of `Entry.values`; a lead stands under the values of its cohort entry. Raises CountingError for a
    rule or an entry that can't be counted, ReconciliationError if a row doesn't add up.
    """
    return count_histories(histories(entries), line, rule, dimensions)


def count_histories(
    units: Iterable[list[Entry]], line: StageLine, rule: ConversionRule, dimensions: Sequence[str] = ()
) -> ConversionResult:
    """Count as `count_conversion` does, over ready-made units: the history of a lead, or of one pass."""
    reader = JourneyReader(line, rule, dimensions)
    cells = _Cells(reader, _RowKeys(rule, dimensions))
    for history in units:
        live = reader.live(history)
        cells.note(live)
        journey = reader.read(live, history)
        if journey is not None:
            cells.at(journey.entry, journey.day).take(journey)
    return cells.result()


def follow(
    entries: Iterable[Entry], line: StageLine, rule: ConversionRule, dimensions: Sequence[str] = ()
) -> Iterator[tuple[str, Journey]]:
    """Yield (row key, journey) of each lead the rule counts, to drill down; see `count_conversion`."""
    reader = JourneyReader(line, rule, dimensions)
    keys = _RowKeys(rule, dimensions)
    for history in histories(entries):
        journey = reader.read(reader.live(history), history)
        if journey is not None:
            yield keys.of(journey.entry, journey.day), journey


class _RowKeys:
    """Says in which row an entry of a given date stands."""

    def __init__(self, rule: ConversionRule, dimensions: Sequence[str]) -> None:
        self._by_month = rule.by == MONTH
        self._place = None if rule.by in {TOTAL, MONTH} else list(dimensions).index(rule.by)
        self._dimensions = tuple(dimensions)

    def of(self, entry: Entry, day: date) -> str:
        if self._place is None:
            return f"{day.year:04d}-{day.month:02d}" if self._by_month else TOTAL
        try:
            return entry.values[self._place]
        except IndexError:
            remedy = f"Lead {entry.lead}: give one value for each of: {', '.join(self._dimensions)}."
            raise CountingError("values", entry.values, remedy) from None


class _Cells:
    """The tallies by (row, cohort month): only at the end is it known which months are left-truncated."""

    def __init__(self, reader: JourneyReader, keys: _RowKeys) -> None:
        self._reader = reader
        self._rule = reader.rule
        self._keys = keys
        self._cells: dict[tuple[str, int, int], Tally] = {}
        self._editions: set[int | None] = set()
        self._first: Entry | None = None
        self._units = 0

    def at(self, entry: Entry, day: date) -> Tally:
        cell = (self._keys.of(entry, day), day.year, day.month)
        try:
            return self._cells[cell]
        except KeyError:
            return self._cells.setdefault(cell, Tally())

    def note(self, live: Sequence[Entry]) -> None:
        """Count the entries themselves: activity of the period, editions, and the first outcome of all."""
        self._units += 1
        marks = self._reader.marks
        for entry in live:
            mark = marks[entry.stage]
            self._editions.add(entry.edition)
            if mark & REACHED_TO and (self._first is None or entry.occurred_at < self._first.occurred_at):
                self._first = entry
            if mark & (FROM | TO):
                self._note_activity(entry, mark)

    def _note_activity(self, entry: Entry, mark: int) -> None:
        day = day_of(entry, self._rule.zone)
        if self._rule.covers(day):
            tally = self.at(entry, day)
            tally.from_entries += bool(mark & FROM)
            tally.to_entries += bool(mark & TO)

    def result(self) -> ConversionResult:
        first = None if self._first is None else day_of(self._first, self._rule.zone)
        rows: dict[str, Tally] = {}
        truncated_rows: set[str] = set()
        total, recent = Tally(), Tally()
        for (key, year, month), tally in sorted(self._cells.items()):
            truncated = first is not None and date(year, month, 1) < first
            if truncated and (tally.entered or self._rule.by == MONTH):
                truncated_rows.add(key)
            rows.setdefault(key, Tally()).merge(tally)
            total.merge(tally)
            if not truncated:
                recent.merge(tally)
        return ConversionResult(
            rule=self._rule,
            rows=self._rows(rows, truncated_rows),
            total=self._row(TOTAL, total, truncated=bool(truncated_rows)),
            total_without_truncated=self._row(TOTAL, recent, truncated=False),
            first_outcome_on=first,
            editions=tuple(sorted(edition for edition in self._editions if edition is not None)),
            units=self._units,
        )

    def _rows(self, tallies: dict[str, Tally], truncated: set[str]) -> tuple[ConversionRow, ...]:
        rows = (self._row(key, tally, truncated=key in truncated) for key, tally in tallies.items())
        if self._rule.by == MONTH:
            return tuple(sorted(rows, key=lambda row: row.key))
        return tuple(sorted(rows, key=lambda row: (-row.entered, row.key)))

    def _row(self, key: str, tally: Tally, *, truncated: bool) -> ConversionRow:
        return build_row(key, key or BLANK_LABEL, tally, self._rule, left_truncated=truncated)
