"""The start page of the reports: a tile per KPI and per promise, each from its latest run; and CSV downloads."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from glossary.queries.editions import edition_at
from reporting.choices import RunState
from reporting.engine.csv_table import csv_text
from reporting.engine.document import Kpi, ReportingDocument
from reporting.models import ReportRun
from reporting.queries.runs import finished_runs, kpi_question, sla_question, waiting_digests
from reporting.services.kpis import request_overview
from reporting.views.asking import person, with_policies


@dataclass(frozen=True, slots=True)
class Tile:
    """A KPI and its latest answer; `run` None = not computed yet."""

    kpi: Kpi
    run: ReportRun | None
    waiting: bool

    @property
    def total(self) -> dict[str, Any] | None:
        """The total of the answer."""
        return self.run.result["total"] if self.run is not None and self.run.result is not None else None

    @property
    def value(self) -> str:
        """The number of the tile: the rate, else the counts, else a dash."""
        total = self.total
        if total is None or not total["mature"]:
            return "–"
        return _rate_or_counts(total["rate_percent"], total["converted"], total["mature"])

    @property
    def note(self) -> str:
        """What stands below the number: counts and interval, or why there is no rate; immature leads; window."""
        total = self.total
        if total is None:
            return "being computed" if self.waiting else "not computed yet"
        if total["rate_percent"]:
            said = f"{total['converted']:,} of {total['mature']:,} mature leads, 95 % interval {_interval(total)}"
        else:
            said = total["why_not"] if total["mature"] else "no mature leads"
        immature = f"{total['immature']:,} immature" if total["immature"] else ""
        window = f"within {self.kpi.window_days} days" if self.kpi.window_days else ""
        return "; ".join(filter(None, (said, immature, window)))

    @property
    def reaches_target(self) -> bool | None:
        """Whether the rate is at least the target; None where there is no rate or no target."""
        total = self.total
        if total is None or total["rate"] is None or self.kpi.target is None:
            return None
        return bool(total["rate"] >= self.kpi.target)


@dataclass(frozen=True, slots=True)
class PromiseTile:
    """A promise and its row of the latest SLA report."""

    row: dict[str, Any]

    @property
    def value(self) -> str:
        """The attainment, else the counts."""
        return _rate_or_counts(self.row["rate_percent"], self.row["met"], self.row["counted"])

    @property
    def note(self) -> str:
        """Counts and interval, and what is open."""
        row = self.row
        said = f"{row['met']:,} of {row['counted']:,} met"
        interval = f", 95 % interval {_interval(row)}" if row["rate_percent"] else ", too few for a rate"
        return f"{said}{interval}; {row['overdue']:,} overdue, {row['pending']:,} pending"


def _inflation(tiles: list[Tile]) -> dict[str, Any] | None:
    """The comparison of months in the MQL → SQL report, with the run it stands in; None = not computed."""
    runs = (tile.run for tile in tiles if tile.run is not None and tile.run.result is not None)
    found = next((run for run in runs if (run.result or {}).get("inflation")), None)
    return None if found is None or found.result is None else {"run": found, **found.result["inflation"]}


def _rate_or_counts(rate: str | None, part: int, whole: int) -> str:
    return f"{rate} %" if rate else f"{part:,} of {whole:,}"


def _interval(row: dict[str, Any]) -> str:
    return f"{row['low_percent']}–{row['high_percent']} %"


@require_safe
@with_policies
def overview(request: HttpRequest) -> HttpResponse:
    """KPIs and SLA attainment at a glance."""
    kpis = edition_at(timezone.now()).document(ReportingDocument).kpis
    digests = {kpi.key: kpi_question(kpi).digest() for kpi in kpis}
    sla = sla_question().digest()
    every = [*digests.values(), sla]
    runs, waiting = finished_runs(every), waiting_digests(every)
    tiles = [Tile(kpi, runs.get(digests[kpi.key]), digests[kpi.key] in waiting) for kpi in kpis]
    sla_run = runs.get(sla)
    rows = sla_run.result["rows"] if sla_run is not None and sla_run.result is not None else []
    context = {
        "tiles": tiles,
        "sla_run": sla_run,
        "promises": [PromiseTile(row) for row in rows],
        "inflation": _inflation(tiles),
        "waiting": bool(waiting),
        "empty": not runs,
    }
    return render(request, "reporting/overview.html", context)


@require_POST
@with_policies
def overview_compute(request: HttpRequest) -> HttpResponse:
    """Ask for every report of the overview."""
    request_overview(acting_user=person(request), now=timezone.now())
    return redirect("reports")


@require_safe
def download(request: HttpRequest, run_id: int) -> HttpResponse:
    """The table of a finished run as CSV: aggregated numbers, as on its page."""
    run = get_object_or_404(ReportRun, pk=run_id, state=RunState.DONE)
    if run.result is None:
        raise Http404
    response = HttpResponse(csv_text(run.result), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{run.kind}-{run.pk}.csv"'
    return response
