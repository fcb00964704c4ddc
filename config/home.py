"""The start page: everyone is led to the page of their role. Lives here because only config knows all apps."""

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from glossary.exceptions import ForgedPolicy, NoPolicyInForce
from glossary.queries.inbox import something_waits
from people.choices import REPS, RUNS_OPERATIONS, Role
from people.models import User

# Whose signature the others wait for: they start where it is asked for, while it is.
APPROVERS = frozenset({Role.CRO, Role.CMO, Role.FINANCE})
READERS_OF_REPORTS = frozenset({Role.CRO, Role.CMO, Role.FINANCE, Role.ANALYTICS})
# In this order: who is a rep and a manager starts at the desk, where work waits for that person.
START_PAGES = (
    (REPS, "desk"),
    (frozenset({Role.SALES_MANAGER}), "team"),
    (RUNS_OPERATIONS, "team"),
    (READERS_OF_REPORTS, "reports"),
)


@require_safe
def home(request: HttpRequest) -> HttpResponseRedirect:
    """Redirect to the page of the person's role; to the glossary for everyone else."""
    if not isinstance(request.user, User):  # LoginRequiredMiddleware lets nobody else in
        return redirect("portal:login")
    for name in start_pages(request.user, timezone.now()):
        try:
            return redirect(reverse(name))
        except NoReverseMatch:
            continue  # a site may run without that room
    return redirect("me")


def start_pages(user: User, now: datetime) -> Iterator[str]:
    """Names of the pages this person may start at, best first."""
    if user.has_role(*APPROVERS) and _is_asked(user, now):
        yield "changes"
    for roles, name in START_PAGES:
        if user.has_role(*roles):
            yield name
    yield "glossary"


def _is_asked(user: User, now: datetime) -> bool:
    try:
        return something_waits(user, now)
    except (ForgedPolicy, NoPolicyInForce):
        return False  # the pages themselves say what is wrong
