"""What a back-test reads of the leads it counts: the cohort as a whole in grouped queries, then batch by batch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, QuerySet, When

from reporting.engine.back_test.stages import WON
from reporting.engine.back_test.tally import DIMENSIONS
from reporting.engine.back_test.totals import Totals, told_apart
from reporting.queries.entries import known_entries
from reporting.queries.lead_values import AsOf
from routing.models import Lead, StageEntry
from routing.queries.numbers import Numbers
from routing.queries.replay.cohort import Cohort

# Enough to keep the statements few, few enough to keep them short.
IDS_AT_ONCE = 5_000
NO_TEAM = "No team"


class LeadValues(NamedTuple):
    """Whose a lead is, and its values by dimension as in DIMENSIONS."""

    values: tuple[str, ...]
    team: str


@dataclass(frozen=True, slots=True)
class CohortLog:
    """A cohort and what stands in the log about it, as of the cohort's instant."""

    cohort: Cohort

    def totals(self, *, has_won: bool) -> Totals:
        """How many leads there are and how many won, in all and by each value. Two grouped queries."""
        leads = self._grouped(self.cohort.leads())
        won = self._grouped(self.cohort.leads().filter(pk__in=self._entered(WON))) if has_won else {}
        by = [_added_up(leads, won, place) for place in range(len(DIMENSIONS))]
        return Totals(
            sum(leads.values()), sum(won.values()), [told_apart(counts) for counts in by], has_won=has_won
        )

    def entered(self, stage: str) -> int:
        """Leads of the cohort that entered a stage."""
        return self.cohort.leads().filter(pk__in=self._entered(stage)).count()

    def entered_ids(self, stage: str) -> set[int]:
        """Ids of the leads of the cohort that entered a stage."""
        return set(
            self.cohort.leads().filter(pk__in=self._entered(stage)).values_list("pk", flat=True).iterator()
        )

    def values_of(self, ids: Sequence[int], queues: Mapping[str, str]) -> dict[int, LeadValues]:
        """Values of these leads as they are today. `queues`: key → name."""
        found = {}
        columns = ("pk", *DIMENSIONS, "owner_id", "owner__team__name", "queue")
        for some in _portions(ids):
            rows = Lead.objects.filter(pk__in=Numbers(some)).order_by().values_list(*columns)
            for pk, source, region, segment, owner, team, queue in rows:
                if owner is None and queue:
                    team = f"Queue {queues.get(queue, queue)}"  # noqa: PLW2901 - who has no owner has no team
                found[pk] = LeadValues((source, region, segment), team or NO_TEAM)
        return found

    def entered_by(self, ids: Sequence[int], bits: Mapping[str, int]) -> dict[int, int]:
        """The stages that these leads, and those merged into them, entered, as bits. Only those of `bits` are read."""
        found: dict[int, int] = defaultdict(int)
        ways: dict[str, dict[str, object]] = {"lead_id": {}}
        if _merges_exist():
            ways["lead__merged_into_id"] = {"lead__merged_at__lte": self.cohort.as_of}
        entries = self._standing().filter(to_stage__in=sorted(bits)).order_by()
        for some in _portions(ids):
            for way, merged in ways.items():
                rows = entries.filter(**{f"{way}__in": Numbers(some)}, **merged)
                for lead, stage in rows.values_list(way, "to_stage"):
                    found[lead] |= bits[stage]
        return found

    def _grouped(self, leads: "QuerySet[Lead]") -> dict[tuple[str, ...], int]:
        """Values by dimension → leads."""
        rows = leads.order_by().values_list(*DIMENSIONS).annotate(leads=Count("pk"))
        return {tuple(values): count for *values, count in rows.iterator()}

    def _entered(self, stage: str) -> "QuerySet[Any]":
        """Ids of leads with an entry into a stage; an entry of a merged lead counts for its survivor."""
        entries = self._standing().filter(to_stage=stage).order_by()
        if _merges_exist():
            merged = When(lead__merged_at__lte=self.cohort.as_of, then=F("lead__merged_into_id"))
            return entries.values(unit=Case(merged, default=F("lead_id")))
        return entries.values("lead_id")

    def _standing(self) -> "QuerySet[Any]":
        """Entries that are known as of the instant and were not declared a mistake by then."""
        instant = self.cohort.as_of
        entries = known_entries(AsOf(instant))
        voids = StageEntry.objects.filter(voids__isnull=False).order_by()
        # Mistakes are rare: mostly there is nothing to leave out, and nothing to compare with. (Asked without the
        # instant, an index answers at once.)
        known = voids.filter(recorded_at__lte=instant).values("voids_id")
        return entries.exclude(pk__in=known) if voids.exists() else entries


def _merges_exist() -> bool:
    return Lead.objects.filter(merged_into__isnull=False).exists()


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
