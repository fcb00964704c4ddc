"""What the hygiene report is asked: leads captured in which period; and its small parts."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class By(StrEnum):
    """What the rows are, besides the fields."""

    TOTAL = "total"
    SOURCE = "source"
    MONTH = "month"


class GapKind(StrEnum):
    """A number of the report that opens to its leads."""

    MISSING = "missing"
    INVALID = "invalid"
    ONLY = "only"
    AMONG = "among"

    @property
    def words(self) -> str:
        """What the leads have in common, after "leads"."""
        return _WORDS[self]


_WORDS = {
    GapKind.MISSING: "where it is not filled",
    GapKind.INVALID: "where it is filled but not valid",
    GapKind.ONLY: "held back only by this",
    GapKind.AMONG: "held back by this among others",
}


@dataclass(frozen=True, slots=True)
class HygieneQuestion:
    """Leads captured from `since` to `until`, both included, in the reporting zone; None = without bound."""

    since: date | None = None
    until: date | None = None

    @property
    def period_end(self) -> date | None:
        """The first day after the period."""
        return None if self.until is None else self.until + timedelta(days=1)

    @property
    def words(self) -> str:
        """The period in words; empty for none."""
        since = f" on or after {self.since}" if self.since else ""
        until = f" up to {self.until}" if self.until else ""
        joined = f"{since} and{until}" if since and until else since or until
        return f"Counted are leads captured{joined}." if joined else ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A number that is opened: a field and a kind, in one source, month (2026-01) or stage; None = in all."""

    field: str
    kind: GapKind
    source: str | None = None
    month: str | None = None
    stage: str | None = None
