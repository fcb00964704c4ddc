"""The running counts behind one row: takes journeys one by one, holds numbers only, can be merged."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field

from reporting.engine.journeys import Journey, Membership, Standing


def _durations() -> array[float]:
    return array("d")


@dataclass(slots=True)
class Tally:
    """Counts of one cell; `days` keeps eight bytes for each dated conversion, nothing for other leads."""

    entered: int = 0
    mature: int = 0
    converted: int = 0
    immature_converted: int = 0
    late: int = 0
    negative: int = 0
    skipped: int = 0
    skipped_advanced: int = 0
    voided: int = 0
    from_entries: int = 0
    to_entries: int = 0
    standings: Counter[Standing] = field(default_factory=Counter)
    days: array[float] = field(default_factory=_durations)

    def take(self, journey: Journey) -> None:
        """Count one journey."""
        if journey.membership is Membership.COHORT:
            self._take_cohort(journey)
        elif journey.membership is Membership.SKIPPED:
            self.skipped += 1
            self.skipped_advanced += journey.advanced
        else:
            self.voided += 1

    def _take_cohort(self, journey: Journey) -> None:
        self.entered += 1
        self.standings[journey.standing] += 1
        self.negative += journey.negative
        if not journey.mature:
            self.immature_converted += journey.converted
            return
        self.mature += 1
        if journey.converted:
            self.converted += 1
            if journey.days is not None:
                self.days.append(journey.days)
        elif journey.advanced:
            self.late += 1

    def merge(self, other: Tally) -> None:
        """Add the counts of another cell."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.standings.update(other.standings)
        self.days.extend(other.days)


_COUNTS = tuple(name for name in Tally.__dataclass_fields__ if name not in {"standings", "days"})
