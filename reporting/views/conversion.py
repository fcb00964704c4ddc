"""The conversion report: the question, the latest answer, one answer for good, and the leads behind a number."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from glossary.queries.editions import edition_at
from reporting.choices import ReportKind
from reporting.engine.cells import CELL_WORDS, CELLS
from reporting.engine.charts import conversion_chart, conversion_sentence
from reporting.engine.document import ReportingDocument
from reporting.engine.parameters import ConversionParameters
from reporting.models import ReportRun
from reporting.queries.definitions import line_of
from reporting.queries.drill import Cell, leads_behind, leads_by_id
from reporting.queries.lead_values import AsOf
from reporting.services.counting import rule_of
from reporting.services.runs import moment_of, question_of
from reporting.views.asking import ask, form_for, person, run_or_404, state_of, texts_of, with_policies
from reporting.views.behind import counted_in, finished, heading

KIND = ReportKind.CONVERSION
PER_PAGE = 50
FIRST_KPI = "mql_to_won"


@require_safe
@with_policies
def conversion(request: HttpRequest) -> HttpResponse:
    """The form, and the latest finished answer to its question."""
    form = form_for(KIND, texts_of(request.GET) if "from" in request.GET else _first_question(request))
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context |= state_of(KIND, form.parameters.digest())
        context |= _shown(context["run"])
    return render(request, "reporting/conversion.html", context)


@require_POST
@with_policies
def conversion_compute(request: HttpRequest) -> HttpResponse:
    """Ask for the report; asking twice is asking once."""
    return ask(request, KIND)


@require_safe
def conversion_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run, for good."""
    run = run_or_404(KIND, run_id)
    return render(request, "reporting/conversion_run.html", finished(run) | _shown(run))


@require_safe
@with_policies
def conversion_leads(request: HttpRequest, run_id: int) -> HttpResponse:
    """The leads behind a number, as many as the reader may see."""
    run, user = run_or_404(KIND, run_id), person(request)
    counted = counted_in(run, request.GET, CELLS)
    parameters = question_of(run)
    if not isinstance(parameters, ConversionParameters):
        raise Http404
    moment = moment_of(run)
    found = leads_behind(
        Cell(counted.row, counted.cell),
        rule_of(parameters, moment),
        line_of(moment.edition),
        AsOf(moment.as_of, parameters.basis),
        user,
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    leads = leads_by_id([item.lead for item in page])
    context = heading(counted, len(found), user) | {
        "run": run,
        "page": page,
        "what": CELL_WORDS[counted.cell],
        "items": [(leads[item.lead], item) for item in page],
    }
    return render(request, "reporting/conversion_leads.html", context)


def _first_question(request: HttpRequest) -> dict[str, str]:
    """Without a question in the address: the first KPI, by month, and whatever else the address says."""
    kpis = edition_at(timezone.now()).document(ReportingDocument).kpi_by_key
    kpi = kpis.get(FIRST_KPI) or next(iter(kpis.values()), None)
    said = texts_of(request.GET)
    if kpi is None:
        return {"by": "month", **said}
    window = "" if kpi.window_days is None else str(kpi.window_days)
    return {"from": kpi.from_, "to": kpi.to, "window": window, "by": "month", **said}


def _shown(run: ReportRun | None) -> dict[str, Any]:
    if run is None or run.result is None:
        return {}
    return {
        "result": run.result,
        "chart": conversion_chart(run.result),
        "sentence": conversion_sentence(run.result),
    }
