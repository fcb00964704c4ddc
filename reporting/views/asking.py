"""What the report pages share: the person, the policies, the state of a question, and asking for a run."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from glossary.exceptions import PolicyError
from glossary.queries.editions import edition_at
from people.models import User
from reporting.choices import ReportKind, RunState
from reporting.forms.questions import ConversionForm, SlaForm, WhatIfForm, WinLossForm
from reporting.models import ReportRun
from reporting.queries.definitions import vocabulary
from reporting.queries.runs import newest_run, waiting_run
from reporting.services.runs import request_run

View = Callable[..., HttpResponseBase]
Form = ConversionForm | SlaForm | WhatIfForm | WinLossForm
FORMS: dict[str, type[Form]] = {
    ReportKind.CONVERSION: ConversionForm,
    ReportKind.SLA: SlaForm,
    ReportKind.WHAT_IF: WhatIfForm,
    ReportKind.WIN_LOSS: WinLossForm,
}


def with_policies(view: View) -> View:
    """Show why there are no reports where no policy can be used."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except PolicyError as error:
            return render(request, "reporting/unavailable.html", {"reason": str(error)}, status=503)

    return checked


def person(request: HttpRequest) -> User:
    """Who asks; LoginRequiredMiddleware lets nobody else through."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def form_for(kind: ReportKind, texts: dict[str, str]) -> Form:
    """The question in `texts` under the policies in force now."""
    now = timezone.now()
    edition = edition_at(now)
    return FORMS[kind](texts, edition, vocabulary(edition, now))


def texts_of(query: Any) -> dict[str, str]:
    """The parameters of an address or a form as plain texts."""
    return {name: value for name, value in query.items() if name != "csrfmiddlewaretoken"}


def state_of(kind: ReportKind, digest: str) -> dict[str, Any]:
    """The latest finished run of a question, the one that waits, and why the last one failed."""
    newest = newest_run(kind, digest)
    failed = newest if newest is not None and newest.state == RunState.FAILED else None
    return {
        "run": ReportRun.objects.latest_like(kind, digest),
        "waiting": waiting_run(kind, digest),
        "failed": failed,
    }


def ask(request: HttpRequest, kind: ReportKind) -> HttpResponse:
    """Ask for a run of the question in the POST and lead back to its page."""
    texts = texts_of(request.POST)
    form = form_for(kind, texts)
    if form.is_valid():
        request_run(kind, form.parameters, acting_user=person(request), now=timezone.now())
    said = {name: value for name, value in texts.items() if value and name in form.fields}
    return redirect(f"{reverse(f'report_{kind.value}')}?{urlencode(said)}")


def run_or_404(kind: ReportKind, run_id: int) -> ReportRun:
    """A run of this kind."""
    return get_object_or_404(ReportRun.objects.select_related("requested_by"), kind=kind, pk=run_id)
