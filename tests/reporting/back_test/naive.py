"""A back-test counted the slow way: lead by lead, with a query for everything."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from glossary.models import BackTest
from reporting.queries.back_test_sides import side_after, side_before
from routing.models import Lead, StageEntry
from routing.queries.replay.cohort import Cohort
from routing.queries.replay.openings import openings

ORDER = ("sal", "sql", "opportunity", "lost", "won")
DETOURS = ("recycled", "disqualified")
OF_LEAD = ("source", "region", "segment")


@dataclass
class Naive:
    """What the slow way finds of the stage mql."""

    matrix: Counter[tuple[str, bool]] = field(default_factory=Counter)
    by: dict[str, Counter[tuple[str, str, bool]]] = field(default_factory=lambda: defaultdict(Counter))
    became: Counter[tuple[str, str]] = field(default_factory=Counter)
    teams: Counter[tuple[str, str]] = field(default_factory=Counter)
    entered: int = 0
    kept: dict[int, tuple[str, datetime, str]] = field(default_factory=dict)


def counted(row: BackTest, cohort: Cohort) -> Naive:
    """The cohort counted lead by lead."""
    sides = (side_before(row).definition, side_after(row).definition)
    opened = {found.lead: found.at for batch in openings(cohort, sides, ["mql"]) for found in batch.opened}
    naive = Naive()
    for lead in cohort.leads():
        _count(naive, lead, opened.get(lead.pk, (None, None)), row.as_of)
    return naive


def _count(naive: Naive, lead: Lead, at: tuple[datetime | None, ...], as_of: datetime) -> None:
    cell = {(True, True): "both", (False, True): "gained", (True, False): "lost", (False, False): "neither"}[
        at[0] is not None, at[1] is not None
    ]
    stages = _entered(lead, as_of)
    won = "won" in stages
    naive.matrix[cell, won] += 1
    naive.entered += "mql" in stages
    for name in OF_LEAD:
        naive.by[name][getattr(lead, name) or "(blank)", cell, won] += 1
    if cell == "neither":
        return
    end = _furthest(stages)
    naive.became[cell, end] += 1
    naive.teams[_team(lead), cell] += 1
    when = at[1] if cell == "gained" else at[0]
    if cell != "both" and when is not None:
        naive.kept[lead.pk] = (cell, when, end)


def _entered(lead: Lead, as_of: datetime) -> set[str]:
    ids = [lead.pk, *Lead.objects.filter(merged_into=lead).values_list("pk", flat=True)]
    voided = set(StageEntry.objects.filter(voids__isnull=False).values_list("voids_id", flat=True))
    rows = StageEntry.objects.filter(lead__in=ids, voids__isnull=True, occurred_at__lte=as_of)
    return {row.to_stage for row in rows if row.pk not in voided}


def _furthest(stages: set[str]) -> str:
    for key in reversed(ORDER):
        if key in stages:
            return key
    return next((key for key in reversed(DETOURS) if key in stages), "")


def _team(lead: Lead) -> str:
    if lead.owner is not None:
        return lead.owner.team.name if lead.owner.team else "No team"
    return f"Queue {lead.queue}" if lead.queue else "No team"


def cells(matrix: Mapping[str, Any]) -> Counter[tuple[str, bool]]:
    """The cells of a stored matrix as the slow way has them; empty ones are left out."""
    found: Counter[tuple[str, bool]] = Counter()
    for name, cell in matrix.items():
        found[name, True] = cell["won"]
        found[name, False] = cell["n"] - cell["won"]
    return +found
