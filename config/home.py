"""The start page: everyone is led to the page of their role. Lives here because only config knows all apps."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from people.choices import REPS, RUNS_OPERATIONS, Role
from people.models import User

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
    for name in start_pages(request.user):
        try:
            return redirect(reverse(name))
        except NoReverseMatch:
            continue  # a site may run without that room
    return redirect("me")


def start_pages(user: User) -> Iterator[str]:
    """Names of the pages this person may start at, best first."""
    for roles, name in START_PAGES:
        if user.has_role(*roles):
            yield name
    yield "glossary"
