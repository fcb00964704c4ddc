"""The win/loss check: the question, the latest answer, one answer for good, and the leads behind a number."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from glossary.engine.documents import GlossaryDocument
from reporting.choices import ReportKind
from reporting.engine.parameters import WinLossParameters
from reporting.engine.win_loss.asked import POLICY, VALUE
from reporting.engine.win_loss.charts import win_loss_chart
from reporting.engine.win_loss.tally import CELLS
from reporting.models import ReportRun
from reporting.queries.drill import leads_by_id
from reporting.services.runs import moment_of, question_of
from reporting.services.winning_leads import TOTAL_CELLS, LineCell, leads_behind_line
from reporting.views.asking import ask, form_for, person, run_or_404, state_of, texts_of, with_policies
from reporting.views.behind import counted_in, finished, heading
from routing.models import Lead

KIND = ReportKind.WIN_LOSS
PER_PAGE = 50
CELL_WORDS = {
    "won_met": "were won and met it",
    "won_not_met": "were won and did not meet it",
    "won_unknown": "were won, and it is not known of them",
    "lost_met": "were lost and met it",
    "lost_not_met": "were lost and did not meet it",
    "lost_unknown": "were lost, and it is not known of them",
    "won": "were won",
    "lost": "were lost",
}


@require_safe
@with_policies
def win_loss(request: HttpRequest) -> HttpResponse:
    """The form, and the latest finished answer to its question."""
    form = form_for(KIND, texts_of(request.GET))
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context |= state_of(KIND, form.parameters.digest())
        context |= _shown(context["run"])
    return render(request, "reporting/win_loss.html", context)


@require_POST
@with_policies
def win_loss_compute(request: HttpRequest) -> HttpResponse:
    """Ask for the check; asking twice is asking once."""
    return ask(request, KIND)


@require_safe
def win_loss_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One answer, for good."""
    run = run_or_404(KIND, run_id)
    return render(request, "reporting/win_loss_run.html", finished(run) | _shown(run))


@require_safe
@with_policies
def win_loss_leads(request: HttpRequest, run_id: int) -> HttpResponse:
    """The leads behind a number, as many as the reader may see."""
    run, user = run_or_404(KIND, run_id), person(request)
    counted = counted_in(run, request.GET, CELLS if "row" in request.GET else TOTAL_CELLS)
    parameters, moment = question_of(run), moment_of(run)
    if not isinstance(parameters, WinLossParameters) or run.result is None:
        raise Http404
    row = next((row for row in run.result["rows"] if row["key"] == counted.row), None)
    found = leads_behind_line(
        LineCell(row, counted.cell),
        parameters,
        moment.as_of,
        moment.edition,
        Lead.objects.visible_to(user),
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    leads = leads_by_id([item.lead for item in page])
    stages = moment.edition.document(GlossaryDocument).stage_by_key
    context = heading(counted, len(found), user) | {
        "run": run,
        "page": page,
        "what": CELL_WORDS[counted.cell],
        "items": [(leads[item.lead], item, stages[item.outcome]) for item in page],
    }
    return render(request, "reporting/win_loss_leads.html", context)


def _shown(run: ReportRun | None) -> dict[str, Any]:
    if run is None or run.result is None:
        return {}
    rows = run.result["rows"]
    lines = [row for row in rows if row["group"] == POLICY]
    return {
        "result": run.result,
        "chart": win_loss_chart(run.result),
        "lines": [row for row in lines if row["compared"]],
        "others": [row for row in lines if not row["compared"]],
        "values": [row for row in rows if row["group"] == VALUE],
    }
