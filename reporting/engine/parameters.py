"""What a report is asked: frozen questions with all defaults written out, and the digest that names them."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from reporting.engine.rule import ConversionRule

KEY, REGION, TEAM, OWNER, SOURCE, MONTH, TOTAL = (
    "key",
    "region",
    "team",
    "owner",
    "source",
    "month",
    "total",
)
SLA_ROWS = (KEY, MONTH, REGION, TEAM, OWNER, SOURCE)
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


class Basis(StrEnum):
    """What counts as known at the as-of instant."""

    KNOWN = "known"
    RECORDED = "recorded"

    @property
    def words(self) -> str:
        """What the basis means, to print on the report."""
        if self is Basis.RECORDED:
            return "Counted is what had been recorded by then, imported history included."
        return "Counted is what had been recorded by then; imported history counts from when it happened."


def _in_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def _in_range(day: date) -> date:
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"give a date from {EARLIEST} to {LATEST}")
    return day


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Day = Annotated[date, AfterValidator(_in_range)]


class _Question(BaseModel):
    """`as_of` None = the moment of asking. `since` and `until` are the first and the last day of the period."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: Instant | None = None
    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _period_runs_forward(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError(f"until {self.until} lies before since {self.since}")
        return self

    @property
    def period_end(self) -> date | None:
        """The first day after the period."""
        return None if self.until is None else self.until + timedelta(days=1)

    def as_json(self) -> dict[str, object]:
        """The question as plain data, every default written out; reads back to an equal question."""
        return self.model_dump(mode="json")

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical JSON: equal questions have equal digests."""
        text = json.dumps([type(self).__name__, self.as_json()], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class ConversionParameters(_Question):
    """The question of the conversion report; `by` is total, month or a dimension of the reporting document."""

    from_stage: str
    to_stage: str
    window_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    by: str = TOTAL
    basis: Basis = Basis.KNOWN
    at_least: Annotated[int, Field(ge=1)] = 20

    def rule(self, as_of: datetime, zone: str) -> ConversionRule:
        """The counting rule as of an aware instant in the reporting zone; raises CountingError."""
        return ConversionRule(
            from_stage=self.from_stage,
            to_stage=self.to_stage,
            as_of=as_of,
            zone=ZoneInfo(zone),
            window_days=self.window_days,
            period_start=self.since,
            period_end=self.period_end,
            by=self.by,
            at_least=self.at_least,
        )


class SlaParameters(_Question):
    """The question of the SLA report; the period is that of the clocks' starts. `key` None = all promises."""

    by: str = KEY
    key: str | None = None
    at_least: Annotated[int, Field(ge=1)] = 20


class WhatIfParameters(_Question):
    """The question of the what-if curve: which `threshold` of the gate of which `stage` is moved.

    The period is that of the captures; without days it is the last 365 before the day of `as_of`.
    """

    stage: str
    threshold: str


class WinLossParameters(_Question):
    """The question of the win/loss check; the period is that of the outcomes, by default the last two full quarters.

    `field` None = only the criteria of the policies; else the values of this field are compared as well.
    """

    field: str | None = None
    at_least: Annotated[int, Field(ge=1)] = 20
