"""Asking for back-tests and cancelling them, by POST. Their results have pages of their own, in the reports."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from glossary.exceptions import NotAllowed, RequestRefused
from glossary.forms.back_test import VersionsForm, WindowForm
from glossary.models import BackTest, PolicyVersion
from glossary.queries.editions import edition_at
from glossary.queries.measured import SIDES
from glossary.queries.rights import may_measure
from glossary.services.measuring import ask_for_request, ask_for_versions, cancel
from glossary.views.acts import carried_out
from glossary.views.change_page import Refusal, asking
from people.models import User

PAGE = "back_test"  # of an app above; without it one stays where one is
ONLY = "Only who sees every lead has back-tests computed. Ask RevOps or Analytics for one."


@require_POST
def change_back_test(request: HttpRequest, number: int) -> HttpResponse:
    """Measure a change request over a window."""
    ask = asking(request, number)
    form = WindowForm(request.POST, now=ask.now)
    asked: list[BackTest] = []

    def act() -> str:
        asked.append(ask_for_request(number, form.window(), acting_user=ask.user, now=ask.now))
        return f"Back-test #{asked[0].pk} is on its way."

    answer = carried_out(ask, Refusal(400, "", "change_back_test", form), act, "#back-test")
    return redirect(_page_of(asked[0])) if asked and _page_of(asked[0]) else answer


@require_http_methods(["GET", "POST"])
def back_test_new(request: HttpRequest) -> HttpResponse:
    """Compare versions of glossary and scoring with other versions."""
    user, now = cast("User", request.user), timezone.now()
    if not may_measure(user):
        raise PermissionDenied(ONLY)
    sent = request.POST if request.method == "POST" else None
    form = VersionsForm(sent, now=now, initial={**_latest_change(), **request.GET.dict()})
    status = 200
    if sent is not None:
        status = 400
        if form.is_valid():
            sides = form.side("before"), form.side("after")
            asked = ask_for_versions(*sides, form.window(), acting_user=user, now=now)
            messages.success(request, f"Back-test #{asked.pk} is on its way.")
            return redirect(_page_of(asked) or reverse("changes"))
    return render(request, "changes/back_test_new.html", {"form": form}, status=status)


@require_POST
def back_test_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """End a back-test that waits or runs."""
    found = BackTest.objects.defer("content", "result").filter(pk=pk).first()
    if found is None:
        raise Http404(f"There is no back-test #{pk}.")
    try:
        cancel(pk, acting_user=cast("User", request.user), now=timezone.now())
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from refused
    except RequestRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"Back-test #{pk} is cancelled.")
    change = reverse("change", args=[found.request_id]) if found.request_id else reverse("changes")
    return redirect(_page_of(found) or change)


def _latest_change() -> dict[str, Any]:
    """What one would compare first: the definitions in force with those before the latest change."""
    in_force = edition_at(timezone.now()).versions
    numbers = {f"{side.value}_{when}": in_force[side.value] for side in SIDES for when in ("before", "after")}
    versions = PolicyVersion.objects.filter(workstream__in=SIDES, number__gt=1).defer("content")
    latest = versions.order_by("-published_at", "-pk").first()
    if latest is not None:
        numbers[f"{latest.workstream}_before"] = max(in_force[latest.workstream] - 1, 1)
    return numbers


def _page_of(back_test: BackTest) -> str:
    """Address of the page of a back-test; empty where no app has one."""
    try:
        return reverse(PAGE, args=[back_test.pk])
    except NoReverseMatch:
        return ""
