"""What a back-test reads of the leads it counts: the cohort as a whole in grouped queries, then batch by batch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import Case, Count, F, QuerySet, When

from people.models import User
from reporting.engine.back_test.stages import WON
from reporting.engine.back_test.tally import DIMENSIONS
from reporting.engine.back_test.totals import Totals, told_apart
from reporting.queries.entries import known_entries
from reporting.queries.lead_values import AsOf
from routing.models import Lead, StageEntry
from routing.queries.numbers import Among
from routing.queries.replay.cohort import Cohort

# Enough to keep the statements few, few enough to keep them short.
IDS_AT_ONCE = 5_000
NO_TEAM = "No team"
CARRIED = (*DIMENSIONS, "owner_id", "queue")
"""What is counted by, of each lead as it is today: the dimensions and whose it is."""


class Owners:
    """Whose work a lead is, in words: the team of its owner; a queue where nobody has it."""

    def __init__(self, queues: Mapping[str, str]) -> None:
        """`queues`: key → name."""
        self._queues = queues
        self._teams = dict(User.objects.order_by().values_list("pk", "team__name"))

    def team(self, owner: int | None, queue: str) -> str:
        """The words, of an owner's id and the key of a queue."""
        if owner is None and queue:
            return f"Queue {self._queues.get(queue, queue)}"
        return (owner is not None and self._teams.get(owner)) or NO_TEAM


@dataclass(frozen=True)
class CohortLog:
    """A cohort and what stands in the log about it, as of the cohort's instant."""

    cohort: Cohort

    @cached_property
    def _has_merges(self) -> bool:
        """Whether any lead was merged into another. Asked once: merges to come are none as of the instant."""
        return Lead.objects.filter(merged_into__isnull=False).exists()

    @cached_property
    def _has_mistakes(self) -> bool:
        """Whether any entry was declared a mistake. Asked once, and without the instant: an index answers at once."""
        # Every id is above 0; asked so, SQLite finds the few in the index instead of going through all entries.
        return StageEntry.objects.filter(voids__gt=0).exists()

    def total(self, stages: Iterable[str] = (), *, has_won: bool) -> Iterator[Totals]:
        """How many leads there are, how many won, in all and by each value, and how many entered the stages.

        One look at each lead, and one at the entries into each stage; made when the only one is asked for.
        """
        leads = self._grouped(self.cohort.leads())
        won = self._grouped(self._in(WON)) if has_won else {}
        by = [_added_up(leads, won, place) for place in range(len(DIMENSIONS))]
        yield Totals(
            sum(leads.values()),
            sum(won.values()),
            [told_apart(counts) for counts in by],
            entered={stage: self._in(stage).count() for stage in stages},
            has_won=has_won,
        )

    def entered_ids(self, stage: str) -> set[int]:
        """Ids of the leads of the cohort that entered a stage."""
        return set(self._in(stage).values_list("pk", flat=True).iterator())

    def entered_by(self, ids: Sequence[int], bits: Mapping[str, int]) -> dict[int, int]:
        """The stages that these leads, and those merged into them, entered, as bits. Only those of `bits` are read."""
        found: dict[int, int] = defaultdict(int)
        ways: dict[str, dict[str, object]] = {"lead_id": {}}
        if self._has_merges:
            ways["lead__merged_into_id"] = {"lead__merged_at__lte": self.cohort.as_of}
        entries = self._standing().filter(to_stage__in=sorted(bits)).order_by()
        for some in _portions(ids):
            for way, merged in ways.items():
                rows = entries.filter(Among(way, some), **merged)
                for lead, stage in rows.values_list(way, "to_stage"):
                    found[lead] |= bits[stage]
        return found

    def _in(self, stage: str) -> "QuerySet[Lead]":
        """The leads of the cohort that entered a stage."""
        return self.cohort.leads().filter(pk__in=self._entered(stage))

    def _grouped(self, leads: "QuerySet[Lead]") -> dict[tuple[str, ...], int]:
        """Values by dimension → leads."""
        rows = leads.order_by().values_list(*DIMENSIONS).annotate(leads=Count("pk"))
        return {tuple(values): count for *values, count in rows.iterator()}

    def _entered(self, stage: str) -> "QuerySet[Any]":
        """Ids of leads with an entry into a stage; an entry of a merged lead counts for its survivor."""
        entries = self._standing().filter(to_stage=stage).order_by()
        if self._has_merges:
            merged = When(lead__merged_at__lte=self.cohort.as_of, then=F("lead__merged_into_id"))
            return entries.values(unit=Case(merged, default=F("lead_id")))
        return entries.values("lead_id")

    def _standing(self) -> "QuerySet[Any]":
        """Entries that are known as of the instant and were not declared a mistake by then."""
        instant = self.cohort.as_of
        entries = known_entries(AsOf(instant))
        # Mistakes are rare: mostly there is nothing to leave out, and nothing to compare with.
        if not self._has_mistakes:
            return entries
        known = StageEntry.objects.filter(voids__gt=0, recorded_at__lte=instant).order_by().values("voids_id")
        return entries.exclude(pk__in=known)


def _added_up(
    leads: Mapping[tuple[str, ...], int], won: Mapping[tuple[str, ...], int], place: int
) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for values, count in leads.items():
        known, known_won = found.get(values[place], (0, 0))
        found[values[place]] = known + count, known_won + won.get(values, 0)
    return found


def _portions(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while some := list(islice(rest, IDS_AT_ONCE)):
        yield some
