"""One finished row of the conversion report: counts, rate, durations, and the proof that it adds up."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.engine.errors import ReconciliationError
from reporting.engine.journeys import Standing
from reporting.engine.rule import ConversionRule
from reporting.engine.statistics import Interval, percentiles, wilson
from reporting.engine.tally import Tally

NOT_APPLICABLE = "n/a"
NOT_ENOUGH = "not enough mature leads"
ACTIVITY_LABEL = "activity ratio"
BLANK_LABEL = "(blank)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionRow:
    """A row, in three parts; counts are of leads (or passes, counted by pass), durations in days of 24 hours.

    Conversion: `entered` = `mature` + `immature`; `converted` of the mature reached the to-stage within the
    window, `immature_converted` of the immature did so already, `late` of the mature reached it after the
    window. `rate` and `interval` (Wilson 95 %) are of the mature; None, with `shown` False and the reason in
    `why_not`, when they would say nothing. `negative_durations` were converted before they entered: they
    count, and stay out of `median_days` and `p75_days`, which are over `timed` dated conversions of mature
    leads.

    Where the leads of the cohort stand: `advanced` (reached the to-stage or beyond, whenever) + `recycled` +
    `disqualified` + `other_outcome` (lost, when counting to won) + `other_detour` + `still_open` = `entered`.

    Beside it: `skipped` leads are inferred to have passed the from-stage but have no date there, so they are
    in no dated cohort; they stand in the period of the entry that skipped it, and `skipped_advanced` of them
    came on. Every entry of `voided` leads into the from-stage was a mistake. `from_entries` and `to_entries`
    are all entries in the period, and their ratio is an activity ratio, never a conversion. `left_truncated`
    marks cohorts that began before the first recorded outcome (in a row that isn't a month: it holds such
    cohorts).
    """

    key: str
    label: str
    entered: int
    mature: int
    immature: int
    converted: int
    immature_converted: int
    late: int
    shown: bool
    why_not: str
    rate: float | None
    interval: Interval | None
    negative_durations: int
    timed: int
    median_days: float | None
    p75_days: float | None
    advanced: int
    recycled: int
    disqualified: int
    other_outcome: int
    other_detour: int
    still_open: int
    skipped: int
    skipped_advanced: int
    voided: int
    from_entries: int
    to_entries: int
    left_truncated: bool

    def __post_init__(self) -> None:
        """Verify that the row adds up; raises ReconciliationError when it doesn't."""
        detours = self.recycled + self.disqualified + self.other_detour
        self._require("entered", self.entered, self.advanced + detours + self.other_outcome + self.still_open)
        self._require("entered", self.entered, self.mature + self.immature)
        self._require("advanced", self.advanced, self.converted + self.immature_converted + self.late)

    def _require(self, name: str, whole: int, parts: int) -> None:
        if whole != parts:
            message = f"Row {self.key!r} does not reconcile: {name} is {whole}, its parts add up to {parts}."
            raise ReconciliationError(message)

    @property
    def skip_rate(self) -> float | None:
        """The share of those at or past the from-stage that never entered it; None when there are none."""
        return _share(self.skipped, self.entered + self.skipped)

    @property
    def reached_rate(self) -> float | None:
        """The share of those at or past the from-stage that came to or past the to-stage, whenever.

        This is the step rate of the whole funnel, which includes the skipped leads; the dated headline is
        `rate`.
        """
        return _share(self.advanced + self.skipped_advanced, self.entered + self.skipped)

    @property
    def activity(self) -> int:
        """Entries into the to-stage in the period."""
        return self.to_entries

    @property
    def activity_ratio(self) -> float | None:
        """Entries into the to-stage per entry into the from-stage in the period; None when none."""
        return _share(self.to_entries, self.from_entries)


def build_row(
    key: str, label: str, tally: Tally, rule: ConversionRule, *, left_truncated: bool
) -> ConversionRow:
    """Finish a tally into a row; raises ReconciliationError when it doesn't add up."""
    why_not = _why_not(tally, rule)
    median, p75 = percentiles(tally.days, (0.5, 0.75))
    standing = tally.standings
    return ConversionRow(
        key=key,
        label=label,
        entered=tally.entered,
        mature=tally.mature,
        immature=tally.entered - tally.mature,
        converted=tally.converted,
        immature_converted=tally.immature_converted,
        late=tally.late,
        shown=not why_not,
        why_not=why_not,
        rate=None if why_not else tally.converted / tally.mature,
        interval=None if why_not else wilson(tally.converted, tally.mature),
        negative_durations=tally.negative,
        timed=len(tally.days),
        median_days=median,
        p75_days=p75,
        advanced=standing[Standing.ADVANCED],
        recycled=standing[Standing.RECYCLED],
        disqualified=standing[Standing.DISQUALIFIED],
        other_outcome=standing[Standing.OTHER_OUTCOME],
        other_detour=standing[Standing.OTHER_DETOUR],
        still_open=standing[Standing.OPEN],
        skipped=tally.skipped,
        skipped_advanced=tally.skipped_advanced,
        voided=tally.voided,
        from_entries=tally.from_entries,
        to_entries=tally.to_entries,
        left_truncated=left_truncated,
    )


def _why_not(tally: Tally, rule: ConversionRule) -> str:
    if tally.mature == 0:
        return NOT_APPLICABLE
    enough = tally.mature >= rule.at_least and tally.mature * 100 >= rule.mature_percent * tally.entered
    return "" if enough else NOT_ENOUGH


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
