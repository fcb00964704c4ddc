"""The what-if page: a threshold's curve, the place on it that is looked at, and one curve for good."""

from math import isfinite
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from glossary.choices import Workstream
from glossary.queries.editions import edition_at
from glossary.queries.rights import may_propose
from reporting.choices import ReportKind
from reporting.engine.what_if.charts import what_if_chart
from reporting.engine.what_if.curve import nearest
from reporting.engine.what_if.tables import rounds, steps
from reporting.engine.what_if.words import sentence, texts_of_points
from reporting.models import ReportRun
from reporting.views.asking import ask, form_for, person, run_or_404, state_of, texts_of, with_policies
from reporting.views.behind import finished

KIND = ReportKind.WHAT_IF
LOOKED_AT = "at"


@require_safe
@with_policies
def what_if(request: HttpRequest) -> HttpResponse:
    """The form, and the latest curve of its question; `?at=` moves the threshold."""
    form = form_for(KIND, texts_of(request.GET))
    context: dict[str, Any] = {"form": form, "said": _said(request)}
    if form.is_valid():
        context |= state_of(KIND, form.parameters.digest())
        context |= _shown(request, context["run"])
        context["outdated"] = form.parameters.as_of is None and _is_outdated(context["run"])
    return render(request, "reporting/what_if.html", context)


@require_POST
@with_policies
def what_if_compute(request: HttpRequest) -> HttpResponse:
    """Ask for the curve; asking twice is asking once."""
    return ask(request, KIND)


@require_safe
@with_policies
def what_if_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One curve, for good."""
    run = run_or_404(KIND, run_id)
    return render(request, "reporting/what_if_run.html", finished(run) | _shown(request, run))


def _said(request: HttpRequest) -> dict[str, str]:
    """The question in the address, to be sent again with another threshold."""
    return {name: value for name, value in texts_of(request.GET).items() if value and name != LOOKED_AT}


def _shown(request: HttpRequest, run: ReportRun | None) -> dict[str, Any]:
    if run is None or run.result is None:
        return {}
    result = run.result
    places = [point["at"] for point in result["points"]]
    wanted = _number(request.GET.get(LOOKED_AT, ""))
    chosen = nearest(places, result["now"] if wanted is None else wanted)
    texts = texts_of_points(result)
    return {
        "result": result,
        "sentence": sentence(result),
        "chart": what_if_chart(result, chosen),
        "chosen": {"place": chosen, "texts": texts[chosen]},
        "in_force": texts[places.index(result["now"])],
        "last_place": len(places) - 1,
        "texts": texts,
        "rounds": rounds(result),
        "steps": steps(result),
        "may_propose": may_propose(person(request), Workstream.SCORING, timezone.now()),
        "workstream": Workstream.SCORING,
    }


def _is_outdated(run: ReportRun | None) -> bool:
    """Whether other definitions are in force than those that the curve was drawn with."""
    return run is not None and run.edition_id != edition_at(timezone.now()).id


def _number(text: str) -> float | None:
    """A number from an address, None for anything else."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None
