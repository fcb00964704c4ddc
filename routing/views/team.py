"""The manager's page: breaches first, then what waits, then who has how much; giving a lead to somebody else."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from glossary.queries.editions import edition_at
from people.access import role_required
from people.choices import RUNS_OPERATIONS, Role
from people.models import User
from routing.exceptions import NotPermitted, RoutingRefused
from routing.models import Lead
from routing.queries import team as questions
from routing.services.assign import assign_to
from routing.services.pools import open_stages

ALLOWED = (Role.SALES_MANAGER, *RUNS_OPERATIONS)


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):  # LoginRequiredMiddleware lets nobody else through
        raise PermissionDenied("Sign in first.")
    return request.user


@require_safe
@role_required(*ALLOWED)
def team(request: HttpRequest) -> HttpResponse:
    """Breaches, unaccepted leads and workload of the people this person answers for."""
    user, now = _person(request), timezone.now()
    edition = edition_at(now)
    context = {
        "breaches": questions.breaches(user, now=now, edition=edition),
        "unaccepted": questions.unaccepted(user, now=now, edition=edition),
        "workload": questions.workload(user, now=now, stages=open_stages(edition)),
        "people": list(questions.people_of(user)),
        "most_rows": questions.MOST_ROWS,
    }
    return render(request, "routing/team.html", context)


@require_POST
@role_required(*ALLOWED)
def reassign(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Give a lead to the person chosen. A lead this person may not see is a 404."""
    user = _person(request)
    lead = get_object_or_404(Lead.objects.visible_to(user), pk=lead_id)
    chosen = request.POST.get("owner", "")
    owner = User.objects.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 19 else None
    if owner is None:
        messages.error(request, f"Choose who gets {lead.label}.")
        return redirect("team")
    try:
        assign_to(lead.pk, owner, acting_user=user, now=timezone.now())
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except RoutingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{lead.label} is with {owner} now. The lead's clocks run on.")
    return redirect("team")
