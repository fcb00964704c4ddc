"""Delegations: who signs for whom. Everybody sees and makes their own."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from glossary.exceptions import NotAllowed, RequestRefused
from glossary.forms.changes import DelegationForm
from glossary.models import Delegation
from glossary.services.delegating import delegate, take_back
from people.models import User

MOST = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A delegation as the page tells it; `state` is `runs`, `ahead`, `over` or `taken back`."""

    delegation: Delegation
    state: str

    @property
    def may_end(self) -> bool:
        """Whether it can be taken back."""
        return self.state in {"runs", "ahead"}


@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """One's own delegations, given and received; a POST makes a new one."""
    user, now = cast("User", request.user), timezone.now()
    form = DelegationForm(
        request.POST if request.method == "POST" else None, user=user, initial={"starts_at": now}
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid() and _made(request, form, user, now):
            return redirect("delegations")
    rows = Delegation.objects.filter(Q(from_user=user) | Q(to_user=user))
    lines = [Line(row, _state(row, now)) for row in rows.select_related("from_user", "to_user")[:MOST]]
    context = {
        "form": form,
        "given": [line for line in lines if line.delegation.from_user_id == user.pk],
        "received": [line for line in lines if line.delegation.to_user_id == user.pk],
    }
    return render(request, "changes/delegations.html", context, status=status)


@require_POST
def end_delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a delegation of one's own back."""
    user, now = cast("User", request.user), timezone.now()
    try:
        done = take_back(pk, acting_user=user, now=now)
    except RequestRefused as refused:
        raise Http404(str(refused)) from refused
    messages.success(request, f"{done.to_user} no longer signs for you. What was signed stays signed.")
    return redirect("delegations")


def _made(request: HttpRequest, form: DelegationForm, user: User, now: datetime) -> bool:
    clean = form.cleaned_data
    span = (clean["starts_at"], clean["ends_at"])
    try:
        made = delegate(clean["person"], span, acting_user=user, now=now, why=clean["why"])
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from refused
    except RequestRefused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, f"{made.to_user} signs for you in this time, and was told.")
    return True


def _state(row: Delegation, now: datetime) -> str:
    if row.revoked_at is not None:
        return "taken back"
    if row.ends_at <= now:
        return "over"
    return "runs" if row.starts_at <= now else "ahead"
