"""One lead against one counting rule: is it in the cohort, mature, converted, and where does it stand.

Every number of the conversion report is a sum of these, so a drill-down that lists them cannot disagree.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from reporting.engine.entries import Entry, day_of, standing_entries
from reporting.engine.errors import CountingError
from reporting.engine.rule import ConversionRule
from reporting.engine.stage_line import StageLine

_DAY = timedelta(days=1)
FROM, PASSED_FROM, TO, PASSED_TO = 1, 2, 4, 8
REACHED_TO = TO | PASSED_TO


class Membership(StrEnum):
    """How a lead belongs to a row."""

    COHORT = "cohort"
    SKIPPED = "skipped"
    VOIDED = "voided"


class Standing(StrEnum):
    """Where a lead of the cohort stands as of the instant: exactly one of these, so that rows add up."""

    ADVANCED = "advanced"
    RECYCLED = "recycled"
    DISQUALIFIED = "disqualified"
    OTHER_OUTCOME = "other_outcome"
    OTHER_DETOUR = "other_detour"
    OPEN = "open"


class Journey(NamedTuple):
    """What one lead (or one pass of it) contributes.

    `entry` is the first entry into the from-stage; for a skipped lead the first entry beyond it, for a voided
    one the first mistaken entry; `day` is its date. `converted` means reached within the window, `advanced`
    reached at all; both may be true of an immature lead. `days` runs from the entry to a dated conversion;
    None when there is none, when the to-stage was passed and so has no date, or when it would be negative.
    """

    lead: Hashable
    membership: Membership
    entry: Entry
    day: date
    mature: bool
    converted: bool
    standing: Standing
    days: float | None
    negative: bool

    @property
    def advanced(self) -> bool:
        """Whether the lead reached the to-stage or beyond by the as-of instant, in or after the window."""
        return self.standing is Standing.ADVANCED


class _Firsts(NamedTuple):
    """First entries of a history: into the from-stage, past it; into or past the to-stage, into it."""

    start: Entry | None
    passed: Entry | None
    reached: Entry | None
    direct: Entry | None


class JourneyReader:
    """Reads histories under one rule; made once, used for every lead."""

    def __init__(self, line: StageLine, rule: ConversionRule, dimensions: Sequence[str] = ()) -> None:
        """Prepare the marks of each stage; raises CountingError when the rule doesn't fit."""
        rule.check(line, dimensions)
        self.rule = rule
        self.marks = _Marks(line, rule)
        self._cut_off = rule.cut_off
        self._window = rule.window
        self._line = line
        # Leads come some way before they are recycled: from a detour, only what follows it counts.
        self._after_only = line.is_detour(rule.from_stage)
        self._stands = {key: _standing(line, key) for key in line.keys}

    def live(self, history: Iterable[Entry]) -> list[Entry]:
        """Return what counts of a history as of the rule's instant, oldest first."""
        return standing_entries(history, self._cut_off)

    def read(self, live: Sequence[Entry], history: Sequence[Entry]) -> Journey | None:
        """Return the journey of a lead, or None when it isn't in the period or never came to the from-stage.

        `live` is `self.live(history)`.
        """
        firsts = self._firsts(live)
        if firsts.start is None and firsts.passed is None:
            return self._voided(history) if len(live) < len(history) else None
        first = firsts.start or firsts.passed
        if first is None or not self.rule.covers(day := day_of(first, self.rule.zone)):
            return None
        standing = Standing.ADVANCED if firsts.reached else self._stands[live[-1].stage]
        if firsts.start is None:
            return Journey(first.lead, Membership.SKIPPED, first, day, False, False, standing, None, False)
        return self._in_cohort(firsts.start, day, firsts, standing)

    def _firsts(self, live: Sequence[Entry]) -> _Firsts:
        start = passed = reached = direct = None
        for entry in live:
            mark = self.marks[entry.stage]
            if mark & FROM and start is None:
                start = entry
            elif mark & PASSED_FROM and passed is None:
                passed = entry
            if mark & REACHED_TO and (start is not None or not self._after_only):
                reached = reached or entry
                if mark & TO:
                    direct = direct or entry
        return _Firsts(start, passed, reached, direct)

    def _in_cohort(self, start: Entry, day: date, firsts: _Firsts, standing: Standing) -> Journey:
        reached, window = firsts.reached, self._window
        mature = window is None or start.occurred_at + window <= self._cut_off
        if reached is None:
            return Journey(start.lead, Membership.COHORT, start, day, mature, False, standing, None, False)
        converted = window is None or reached.occurred_at <= start.occurred_at + window
        days = self._days(start, day, reached)
        # The to-stage has a date only where it was entered itself, not where one beyond it was entered first.
        dated = firsts.direct is not None and firsts.direct.occurred_at == reached.occurred_at
        shown = days if dated and days >= 0 else None
        return Journey(
            start.lead, Membership.COHORT, start, day, mature, converted, standing, shown, days < 0
        )

    def _days(self, start: Entry, day: date, reached: Entry) -> float:
        days = (reached.occurred_at - start.occurred_at) / _DAY
        if days < 0 and (start.date_only or reached.date_only) and day_of(reached, self.rule.zone) == day:
            return 0.0  # a date taken at midnight is not before an hour of the same day
        return days

    def _voided(self, history: Sequence[Entry]) -> Journey | None:
        mistakes = [entry for entry in history if entry.voided and entry.stage == self.rule.from_stage]
        first = min(mistakes, key=lambda entry: entry.occurred_at, default=None)
        if first is None or first.occurred_at > self._cut_off:
            return None
        day = day_of(first, self.rule.zone)
        if not self.rule.covers(day):
            return None
        return Journey(first.lead, Membership.VOIDED, first, day, False, False, Standing.OPEN, None, False)


class _Marks(dict[str, int]):
    """Stage key to the bits FROM, PASSED_FROM, TO, PASSED_TO; an unknown stage is refused clearly."""

    def __init__(self, line: StageLine, rule: ConversionRule) -> None:
        sets = (
            (FROM, frozenset({rule.from_stage})),
            (PASSED_FROM, line.passing(rule.from_stage)),
            (TO, frozenset({rule.to_stage})),
            (PASSED_TO, line.passing(rule.to_stage)),
        )
        super().__init__({key: sum(bit for bit, stages in sets if key in stages) for key in line.keys})

    def __missing__(self, key: str) -> int:
        known = ", ".join(self)
        raise CountingError("stage", key, f"An entry names a stage the glossary has not. Known are: {known}.")


def _standing(line: StageLine, key: str) -> Standing:
    if key == line.recycled:
        return Standing.RECYCLED
    if key == line.disqualified:
        return Standing.DISQUALIFIED
    if line.is_detour(key):
        return Standing.OTHER_DETOUR
    return Standing.OTHER_OUTCOME if line.is_outcome(key) else Standing.OPEN
