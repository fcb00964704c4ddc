"""SLA attainment: how many clocks were met, by row and in total, with percentiles of the time they took."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from reporting.engine.statistics import Interval, percentiles, wilson

QUANTILES = (0.5, 0.75, 0.9)


class ClockState(StrEnum):
    """What a clock counts as; `void` are those merged, withdrawn or cancelled."""

    MET = "met"
    LATE = "late"
    OVERDUE = "overdue"
    PENDING = "pending"
    VOID = "void"


class Clock(NamedTuple):
    """One SLA clock as it is counted.

    `key` is the row that it stands in. `business_seconds` and `wall_seconds` are what it took once stopped,
    None while it runs. `flagged` clocks (touched before routing) are counted and stay out of percentiles and
    the zero share.
    """

    state: ClockState
    business_seconds: float | None = None
    wall_seconds: float | None = None
    flagged: bool = False
    key: str = ""


class Percentiles(NamedTuple):
    """Linear percentiles in seconds; None when there is nothing to take them of."""

    p50: float | None
    p75: float | None
    p90: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attainment:
    """A row: `clocks` = `met` + `late` + `overdue` + `pending` + `void`; the first three are `counted`.

    `rate` = met / (met + completed late + open and overdue), with its Wilson 95 % interval; None when fewer
    clocks are counted than asked for. Pending and void stand beside it. `timed` completed clocks have a time
    and no flag; `business` and `wall` are their percentiles, and `zero_share` the share of them with no
    business time at all, which is a check of the calendar.
    """

    key: str
    met: int
    late: int
    overdue: int
    pending: int
    void: int
    flagged: int
    rate: float | None
    interval: Interval | None
    timed: int
    zero: int
    zero_share: float | None
    business: Percentiles
    wall: Percentiles

    @property
    def counted(self) -> int:
        """The clocks that attainment is a share of."""
        return self.met + self.late + self.overdue

    @property
    def clocks(self) -> int:
        """All clocks of the row."""
        return self.counted + self.pending + self.void


def open_state(due_at: datetime | None, as_of: datetime) -> ClockState:
    """Return what a running clock counts as at `as_of`: overdue once past due; both instants are aware.

    A clock without a due time (paused without end) is pending. At the very due instant it can still be met.
    """
    return ClockState.OVERDUE if due_at is not None and due_at < as_of else ClockState.PENDING


def count_attainment(clocks: Iterable[Clock], at_least: int = 1) -> tuple[tuple[Attainment, ...], Attainment]:
    """Return (rows by key, total) of `clocks`, which is read once; a rate needs `at_least` counted clocks.

    Rows are ordered by key. Memory: sixteen bytes for each completed clock in its row, and again in the
    total.
    """
    tallies: dict[str, _Tally] = {}
    total = _Tally()
    for clock in clocks:
        tallies.setdefault(clock.key, _Tally()).take(clock)
        total.take(clock)
    rows = tuple(_finish(key, tallies[key], at_least) for key in sorted(tallies))
    return rows, _finish("total", total, at_least)


@dataclass(slots=True)
class _Tally:
    states: Counter[ClockState] = field(default_factory=Counter)
    flagged: int = 0
    zero: int = 0
    business: array[float] = field(default_factory=lambda: array("d"))
    wall: array[float] = field(default_factory=lambda: array("d"))

    def take(self, clock: Clock) -> None:
        self.states[clock.state] += 1
        if clock.state not in {ClockState.MET, ClockState.LATE}:
            return
        if clock.flagged:
            self.flagged += 1
            return
        if clock.business_seconds is not None:
            self.business.append(clock.business_seconds)
            self.zero += clock.business_seconds == 0
        if clock.wall_seconds is not None:
            self.wall.append(clock.wall_seconds)


def _finish(key: str, tally: _Tally, at_least: int) -> Attainment:
    met, late, overdue = (
        tally.states[state] for state in (ClockState.MET, ClockState.LATE, ClockState.OVERDUE)
    )
    counted = met + late + overdue
    shown = counted > 0 and counted >= at_least
    timed = len(tally.business)
    return Attainment(
        key=key,
        met=met,
        late=late,
        overdue=overdue,
        pending=tally.states[ClockState.PENDING],
        void=tally.states[ClockState.VOID],
        flagged=tally.flagged,
        rate=met / counted if shown else None,
        interval=wilson(met, counted) if shown else None,
        timed=timed,
        zero=tally.zero,
        zero_share=tally.zero / timed if timed else None,
        business=Percentiles(*percentiles(tally.business, QUANTILES)),
        wall=Percentiles(*percentiles(tally.wall, QUANTILES)),
    )
