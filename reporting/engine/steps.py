"""The step funnel: how many leads reached or passed each of several stages, and the rates between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from reporting.engine.entries import Entry, day_of, histories, standing_entries
from reporting.engine.errors import CountingError
from reporting.engine.rule import ConversionRule
from reporting.engine.stage_line import FUNNEL, StageLine
from reporting.engine.statistics import Interval, wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step. `reached` = `observed` (entered the stage itself) + `skipped` (inferred: only passed it).

    `rate` is reached per reached of the step before, with its Wilson interval; None in the first row and
    where the step before has fewer leads than the rule asks for. `from_first` is the same against the first
    step. `in_order` of the `observed_before` leads that entered the step before entered this one at or after
    that; `strict_rate` is their share.
    """

    stage: str
    reached: int
    observed: int
    skipped: int
    observed_before: int
    in_order: int
    rate: float | None
    interval: Interval | None
    from_first: float | None
    strict_rate: float | None


def count_steps(
    entries: Iterable[Entry], line: StageLine, rule: ConversionRule, through: Sequence[str] | None = None
) -> tuple[StepRow, ...]:
    """Count the steps from `rule.from_stage` by way of `through` to `rule.to_stage`, as of the rule.

    `through` None takes every funnel stage between the two. Leads count by the date on which they first
    reached or passed the first step, so those that skipped it are in. `entries` as for
    `funnel.count_conversion`; `rule.by` is not looked at. Raises CountingError for a window (steps have
    none), a detour, or stages out of order.
    """
    rule.check(line, (rule.by,))
    if rule.window_days is not None:
        raise CountingError(
            "window_days", rule.window_days, "A step funnel has no window; count a conversion for one."
        )
    counts = _Counts(line, _steps(line, rule, through))
    cut_off = rule.cut_off
    for history in histories(entries):
        live = standing_entries(history, cut_off)
        first = next((entry for entry in live if counts.depth_of(entry.stage)), None)
        if first is not None and rule.covers(day_of(first, rule.zone)):
            counts.take(live)
    return counts.rows(rule.at_least)


def _steps(line: StageLine, rule: ConversionRule, through: Sequence[str] | None) -> tuple[str, ...]:
    if through is None:
        after, last = line.passing(rule.from_stage), line.reaching(rule.to_stage)
        between = [line.stage(key) for key in after - last]
        funnel = sorted(
            (stage for stage in between if stage.kind == FUNNEL), key=lambda stage: stage.position or 0
        )
        through = [stage.key for stage in funnel]
    steps = (rule.from_stage, *through, rule.to_stage)
    for before, step in pairwise(steps):
        line.stage(step, "through")
        if step not in line.passing(before):
            raise CountingError(
                "through", step, f"Steps must follow the line: {step} does not lie beyond {before}."
            )
    return steps


class _Counts:
    def __init__(self, line: StageLine, steps: tuple[str, ...]) -> None:
        self._steps = steps
        self._line = line
        # How many steps an entry into a stage reaches; steps follow the line, so they are the first so many.
        self._depths = {key: sum(key in line.reaching(step) for step in steps) for key in line.keys}
        self._reached = [0] * (len(steps) + 1)
        self._observed = [0] * len(steps)
        self._in_order = [0] * len(steps)

    def depth_of(self, stage: str) -> int:
        try:
            return self._depths[stage]
        except KeyError:
            self._line.stage(stage)
            raise

    def take(self, live: Sequence[Entry]) -> None:
        """Count one lead by what stands of its history."""
        firsts: dict[str, datetime] = {}
        for entry in live:
            firsts.setdefault(entry.stage, entry.occurred_at)
        self._reached[max(self.depth_of(stage) for stage in firsts)] += 1
        before: datetime | None = None
        for place, step in enumerate(self._steps):
            entered = firsts.get(step)
            self._observed[place] += entered is not None
            self._in_order[place] += before is not None and entered is not None and entered >= before
            before = entered

    def rows(self, at_least: int) -> tuple[StepRow, ...]:
        reached = [sum(self._reached[place + 1 :]) for place in range(len(self._steps))]
        return tuple(self._row(place, reached, at_least) for place in range(len(self._steps)))

    def _row(self, place: int, reached: Sequence[int], at_least: int) -> StepRow:
        here, observed = reached[place], self._observed[place]
        before = reached[place - 1] if place else 0
        seen_before = self._observed[place - 1] if place else 0
        shown = before > 0 and before >= at_least
        return StepRow(
            stage=self._steps[place],
            reached=here,
            observed=observed,
            skipped=here - observed,
            observed_before=seen_before,
            in_order=self._in_order[place],
            rate=here / before if shown else None,
            interval=wilson(here, before) if shown else None,
            from_first=here / reached[0] if place and reached[0] >= max(at_least, 1) else None,
            strict_rate=self._in_order[place] / seen_before if seen_before >= max(at_least, 1) else None,
        )
