"""Counts per field, source and month of capture, summed up to whatever rows are asked for."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from reporting.engine.hygiene.holding import Judgement
from reporting.engine.hygiene.question import By


class Place(NamedTuple):
    """Where leads came from and in which month (2026-01) they were captured; '' = blank, or not told apart."""

    source: str = ""
    month: str = ""

    def row(self, by: By) -> str:
        """The key of the row it belongs to."""
        return {By.SOURCE: self.source, By.MONTH: self.month}.get(by, "")


@dataclass(slots=True)
class FieldCount:
    """The counts of one field in one row: leads, filled and valid ones, those held back by its gap."""

    leads: int = 0
    filled: int = 0
    valid: int = 0
    only: int = 0
    among: int = 0

    def add(self, other: "FieldCount") -> None:
        """Add another count."""
        self.leads += other.leads
        self.filled += other.filled
        self.valid += other.valid
        self.only += other.only
        self.among += other.among


@dataclass(slots=True)
class StepCount:
    """The counts of one step: leads in the stage, those that something holds back, those that gaps alone do."""

    leads: int = 0
    held: int = 0
    by_gaps: int = 0


@dataclass(slots=True)
class HygieneCount:
    """Everything counted."""

    fields: dict[tuple[str, Place], FieldCount] = field(default_factory=lambda: defaultdict(FieldCount))
    steps: dict[str, StepCount] = field(default_factory=lambda: defaultdict(StepCount))

    def add_rates(self, key: str, place: Place, count: FieldCount) -> None:
        """Add the counts of a field in a place."""
        self.fields[key, place].add(count)

    def add_judged(self, stage: str, place: Place, judgement: Judgement, leads: int) -> None:
        """Add so many leads of a stage and a place that were judged alike."""
        step = self.steps[stage]
        step.leads += leads
        step.held += 0 if judgement.holds else leads
        step.by_gaps += leads if judgement.by_gaps else 0
        for key in judgement.only:
            self.fields[key, place].only += leads
        for key in judgement.among:
            self.fields[key, place].among += leads

    def of(self, key: str) -> FieldCount:
        """The total of a field."""
        return self.by(key, By.TOTAL).get("", FieldCount())

    def by(self, key: str, by: By) -> dict[str, FieldCount]:
        """The counts of a field by source or month; the only row of the total is ''."""
        rows: dict[str, FieldCount] = defaultdict(FieldCount)
        for (name, place), count in self.fields.items():
            if name == key:
                rows[place.row(by)].add(count)
        return dict(rows)
