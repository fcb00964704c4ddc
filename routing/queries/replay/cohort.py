"""The leads whose history is replayed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, Min, Q, QuerySet

from routing.models import Lead

# Enough to keep the statements few, few enough to keep what is in memory small.
IDS_AT_ONCE = 100_000


class Span(NamedTuple):
    """Ids from `first` to `last`, both included; `done` = the share of the cohort's ids up to its end."""

    first: int
    last: int
    done: float


@dataclass(frozen=True, slots=True)
class Cohort:
    """Leads captured in [since, until) that stood for themselves at `as_of`, looked at up to then. All aware.

    Known then was what had been recorded; imported history counts from when it happened.
    """

    since: datetime
    until: datetime
    as_of: datetime

    def leads(self) -> "QuerySet[Lead]":
        """The leads."""
        captured = Lead.objects.filter(captured_at__gte=self.since, captured_at__lt=self.until)
        captured = captured.filter(Q(merged_into__isnull=True) | Q(merged_at__gt=self.as_of))
        return captured.filter(
            Q(recorded_at__lte=self.as_of) | Q(is_imported=True, captured_at__lte=self.as_of)
        )

    def spans(self) -> Iterator[Span]:
        """The ids of the cohort in stretches; a stretch may hold none of it."""
        # Of all captured then, not of the cohort alone: an index holds all that this asks for.
        captured = Lead.objects.filter(captured_at__gte=self.since, captured_at__lt=self.until)
        ends = captured.aggregate(first=Min("pk"), last=Max("pk"))
        if ends["first"] is None:
            return
        first, last = int(ends["first"]), int(ends["last"])
        for begin in range(first, last + 1, IDS_AT_ONCE):
            end = min(begin + IDS_AT_ONCE - 1, last)
            yield Span(begin, end, (end - first + 1) / (last - first + 1))
