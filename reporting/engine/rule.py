"""The counting rule of a conversion: from where to where, in which window, as of when, for which cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from reporting.engine.errors import CountingError
from reporting.engine.stage_line import StageLine

TOTAL, MONTH = "total", "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionRule:
    """How a conversion is counted.

    `window_days` are days of 24 hours, None for no window. `as_of` is an aware instant: nothing later is
    seen. The period is half-open, period_start <= day < period_end, in dates of the reporting `zone`; None
    leaves that side open, so the cohorts January to May are 1 January to 1 June. `by` is 'total', 'month' or
    the name of a dimension. A rate is shown from `at_least` mature leads on, and only when they are
    `mature_percent` of those who entered: a cohort of which only the first days are old enough says nothing
    about the cohort.
    """

    from_stage: str
    to_stage: str
    as_of: datetime
    zone: ZoneInfo
    window_days: int | None = None
    period_start: date | None = None
    period_end: date | None = None
    by: str = TOTAL
    at_least: int = 20
    mature_percent: int = 10

    def __post_init__(self) -> None:
        """Refuse what cannot be counted; raises CountingError naming the field."""
        if self.as_of.tzinfo is None:
            raise CountingError(
                "as_of", self.as_of, "Give an instant with a zone, such as 2018-05-31T23:59:59Z."
            )
        if self.window_days is not None and self.window_days < 1:
            raise CountingError(
                "window_days", self.window_days, "Give at least 1 day, or none for no window."
            )
        if self.period_start and self.period_end and self.period_start >= self.period_end:
            raise CountingError(
                "period_end", self.period_end, f"It must lie after {self.period_start}; it is exclusive."
            )
        if self.from_stage == self.to_stage:
            raise CountingError("to_stage", self.to_stage, "Give another stage than the one counted from.")

    @property
    def cut_off(self) -> datetime:
        """The as-of instant in UTC."""
        return self.as_of.astimezone(UTC)

    @property
    def window(self) -> timedelta | None:
        """The window as a length of time."""
        return None if self.window_days is None else timedelta(days=self.window_days)

    def covers(self, day: date) -> bool:
        """Tell whether a date lies in the period."""
        return (self.period_start is None or day >= self.period_start) and (
            self.period_end is None or day < self.period_end
        )

    def check(self, line: StageLine, dimensions: Sequence[str]) -> None:
        """Refuse unknown stages, stages in the wrong order and an unknown `by`; raises CountingError."""
        line.stage(self.from_stage, "from_stage")
        line.stage(self.to_stage, "to_stage")
        on_line = not line.is_detour(self.from_stage) and not line.is_detour(self.to_stage)
        if on_line and self.to_stage not in line.passing(self.from_stage):
            raise CountingError("to_stage", self.to_stage, f"It must lie beyond {self.from_stage}.")
        if self.by not in (TOTAL, MONTH, *dimensions):
            choices = ", ".join((TOTAL, MONTH, *dimensions))
            raise CountingError("by", self.by, f"Give one of: {choices}.")

    def words(self, names: Mapping[str, str] | None = None) -> str:
        """Return the rule as sentences to print on the report; `names` maps stage keys to names."""
        known = names or {}
        start, end = (known.get(key, key) for key in (self.from_stage, self.to_stage))
        within = f" within {self.window_days} days of that entry" if self.window_days else ""
        ready = (
            f" Leads that have not had {self.window_days} days are immature and shown apart."
            if within
            else ""
        )
        return (
            f"Cohort: leads whose first entry into {start} lies {self._period_words()}. "
            f"Converted: reached {end} or a stage beyond it{within}.{ready} "
            f"As of {self.as_of.isoformat()}; days and months are those of {self.zone.key}."
        )

    def _period_words(self) -> str:
        if self.period_start is None and self.period_end is None:
            return "at any time"
        since = f"on or after {self.period_start}" if self.period_start else ""
        until = f"before {self.period_end}" if self.period_end else ""
        return " and ".join(filter(None, (since, until)))
