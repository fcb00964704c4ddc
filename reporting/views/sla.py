"""The SLA report: the question, the latest answer, one answer for good, and the clocks behind a number."""

from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from reporting.choices import ReportKind
from reporting.engine.charts import sla_chart, sla_sentence
from reporting.engine.parameters import SlaParameters
from reporting.models import ReportRun
from reporting.queries.clocks import ClockQuestion
from reporting.queries.drill import CLOCK_CELLS, Cell, clocks_behind, clocks_by_id
from reporting.services.runs import moment_of, question_of
from reporting.views.asking import ask, form_for, person, run_or_404, state_of, texts_of, with_policies
from reporting.views.behind import counted_in, finished, heading
from routing.engine.documents import RoutingDocument

KIND = ReportKind.SLA
PER_PAGE = 50
CELL_WORDS = {
    "met": "met",
    "late": "completed late",
    "overdue": "open and overdue",
    "pending": "pending",
    "void": "void",
    "counted": "counted",
    "clocks": "started",
}


@require_safe
@with_policies
def sla(request: HttpRequest) -> HttpResponse:
    """The form, and the latest finished answer to its question."""
    form = form_for(KIND, {"by": "key", **texts_of(request.GET)})
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context |= state_of(KIND, form.parameters.digest())
        context |= _shown(context["run"])
    return render(request, "reporting/sla.html", context)


@require_POST
@with_policies
def sla_compute(request: HttpRequest) -> HttpResponse:
    """Ask for the report; asking twice is asking once."""
    return ask(request, KIND)


@require_safe
def sla_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run, for good."""
    run = run_or_404(KIND, run_id)
    return render(request, "reporting/sla_run.html", finished(run) | _shown(run))


@require_safe
@with_policies
def sla_leads(request: HttpRequest, run_id: int) -> HttpResponse:
    """The clocks behind a number, those of leads that the reader may see."""
    run, user = run_or_404(KIND, run_id), person(request)
    counted = counted_in(run, request.GET, CLOCK_CELLS)
    parameters = question_of(run)
    if not isinstance(parameters, SlaParameters):
        raise Http404
    moment = moment_of(run)
    question = ClockQuestion(parameters, moment.as_of, ZoneInfo(moment.zone))
    found = clocks_behind(Cell(counted.row, counted.cell), question, user)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    clocks = clocks_by_id([item.clock for item in page])
    context = heading(counted, len(found), user) | {
        "run": run,
        "page": page,
        "what": CELL_WORDS[counted.cell],
        "promises": moment.edition.document(RoutingDocument).sla_by_key,
        "items": [(clocks[item.clock], item) for item in page],
    }
    return render(request, "reporting/sla_leads.html", context)


def _shown(run: ReportRun | None) -> dict[str, Any]:
    if run is None or run.result is None:
        return {}
    return {"result": run.result, "chart": sla_chart(run.result), "sentence": sla_sentence(run.result)}
