"""Time in stage: how long leads stay, from completed stays and, for those still in it, by Kaplan-Meier."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from reporting.engine.entries import Entry, histories, standing_entries
from reporting.engine.errors import CountingError
from reporting.engine.stage_line import StageLine
from reporting.engine.statistics import percentiles, survival_quantiles

_DAY = timedelta(days=1)


class Stay(NamedTuple):
    """One stay of a lead in a stage, in days of 24 hours; `closed` is False while the lead is still there."""

    lead: Hashable
    stage: str
    pass_number: int
    days: float
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StayRow:
    """The stays in one stage, in days.

    `median_days` and `p75_days` are linear percentiles of the `completed` stays. `survival_median` and
    `survival_p75` take the `still_open` ones into account; None there means "not reached". `total_days` is
    the sum of the completed.
    """

    stage: str
    completed: int
    still_open: int
    total_days: float
    median_days: float | None
    p75_days: float | None
    survival_median: float | None
    survival_p75: float | None


@dataclass(slots=True)
class _Lengths:
    closed: array[float] = field(default_factory=lambda: array("d"))
    still_open: array[float] = field(default_factory=lambda: array("d"))


def stays(entries: Iterable[Entry], line: StageLine, as_of: datetime) -> Iterator[Stay]:
    """Yield every stay as of an aware instant; `entries` as for `funnel.count_conversion`.

    A stay lasts from an entry to the lead's next entry into any stage; the last one is open until `as_of`.
    Outcomes are ends and no stays, so being won has no length. Raises CountingError for an unknown stage or a
    naive instant.
    """
    if as_of.tzinfo is None:
        raise CountingError("as_of", as_of, "Give an instant with a zone, such as 2018-05-31T23:59:59Z.")
    cut_off = as_of.astimezone(UTC)
    ends = {key: line.is_outcome(key) for key in line.keys}
    for history in histories(entries):
        live = standing_entries(history, cut_off)
        for place, entry in enumerate(live):
            if entry.stage not in ends:
                line.stage(entry.stage)
            if ends[entry.stage]:
                continue
            closed = place + 1 < len(live)
            until = live[place + 1].occurred_at if closed else cut_off
            yield Stay(entry.lead, entry.stage, entry.pass_number, (until - entry.occurred_at) / _DAY, closed)


def time_in_stage(entries: Iterable[Entry], line: StageLine, as_of: datetime) -> tuple[StayRow, ...]:
    """Return one row per stage with stays, in the line's order; arguments and errors as `stays`.

    Memory: eight bytes for each stay.
    """
    lengths: dict[str, _Lengths] = {}
    for stay in stays(entries, line, as_of):
        kept = lengths.setdefault(stay.stage, _Lengths())
        (kept.closed if stay.closed else kept.still_open).append(stay.days)
    return tuple(_row(key, lengths[key]) for key in line.keys if key in lengths)


def _row(stage: str, lengths: _Lengths) -> StayRow:
    median, p75 = percentiles(lengths.closed, (0.5, 0.75))
    survival_median, survival_p75 = survival_quantiles(lengths.closed, lengths.still_open, (0.5, 0.75))
    return StayRow(
        stage=stage,
        completed=len(lengths.closed),
        still_open=len(lengths.still_open),
        total_days=sum(lengths.closed),
        median_days=median,
        p75_days=p75,
        survival_median=survival_median,
        survival_p75=survival_p75,
    )
