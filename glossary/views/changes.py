"""Change requests: what waits for the reader, the lists, one request, and proposing a new one."""

from datetime import datetime
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from glossary.choices import OPEN, RequestState, Workstream
from glossary.exceptions import NotAllowed, RequestRefused
from glossary.forms.change_filter import ChangeFilter
from glossary.forms.propose import FileContent, ProposeForm
from glossary.models import ChangeRequest
from glossary.queries.editions import edition_at
from glossary.queries.inbox import Inbox, inbox_of, rows_of, unfinished
from glossary.queries.rights import may_propose_something
from glossary.services.opening import Proposal, version_document
from glossary.services.opening_once import open_once
from glossary.views.change_page import asking, show
from people.models import User

PER_PAGE = 25
# An emergency that is in force and not ratified is unfinished business too.
SHOWN = OPEN | {RequestState.PUBLISHED}
AT_A_GLANCE = 10
VIEWS = {"": "Waiting for me", "open": "All open", "mine": "Mine", "closed": "Closed"}


@require_safe
def change_list(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, then the reader's own; with `?view=` all open, all own, or all closed ones."""
    user, now = cast("User", request.user), timezone.now()
    chosen = request.GET.get("view", "")
    context: dict[str, Any] = {
        "views": VIEWS,
        "view": chosen if chosen in VIEWS else "",
        "may_propose": may_propose_something(user, now),
    }
    if context["view"] in {"mine", "closed"}:
        context |= _stored(request, user, context["view"])
    else:
        inbox = inbox_of(user, now)
        others = [row for row in inbox.rows if not (row.tasks or row.is_mine)]
        mine = [row for row in inbox.mine if not row.tasks]
        context |= {"waiting": inbox.waiting, "mine": mine, "open": others[:AT_A_GLANCE]}
        context |= {"open_count": len(inbox.rows), "more": len(others) > AT_A_GLANCE}
        if context["view"]:
            context |= _listed(request, inbox)
    return render(request, "changes/list.html", context)


@require_safe
def change(request: HttpRequest, number: int) -> HttpResponse:
    """One change request."""
    return show(asking(request, number))


@require_http_methods(["GET", "POST"])
def change_open(request: HttpRequest) -> HttpResponse:
    """Propose a change: of what is in force, or with `?from=` back to an older version."""
    user, now = cast("User", request.user), timezone.now()
    allowed = may_propose_something(user, now)
    if not allowed:
        raise PermissionDenied(
            "The charter names no role of yours as Responsible for any workstream. Ask RevOps to propose the change."
        )
    asked = _asked(request, now)
    if asked["base"]:
        allowed = [key for key in allowed if key == asked["workstream"]]
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ProposeForm(*sent, now=now, workstreams=allowed, initial=asked)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return redirect("change", _opened(form, user).pk)
            except NotAllowed as refused:
                raise PermissionDenied(str(refused)) from refused
            except RequestRefused as refused:
                form.add_error(None, str(refused))
    context = {"form": form, "base": form["base"].value(), "in_force": edition_at(now).versions}
    context |= {"workstream": dict(Workstream.choices).get(str(form["workstream"].value() or ""), "")}
    return render(request, "changes/new.html", context, status=status)


def _opened(form: ProposeForm, user: User) -> ChangeRequest:
    clean, texts = form.cleaned_data, form.texts()
    file: FileContent | None = clean["file"]
    if file is not None:
        proposal = Proposal(file.workstream, texts.title, texts.why, file.document, file.base_number)
    else:
        older = clean["base"]
        document = version_document(clean["workstream"], older) if older else None
        proposal = Proposal(clean["workstream"], texts.title, texts.why, document)
    return open_once(proposal, texts.effective_at, acting_user=user, now=form.now)


def _asked(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """What the address asks for. Raises Http404 for a version that has not been in force."""
    workstream, number = request.GET.get("workstream", ""), request.GET.get("from", "")
    live = edition_at(now).versions.get(workstream, 0)
    base = _number(number)
    if number and not (base and 1 <= base <= live):
        raise Http404(f"There is no version {number[:20]} to go back to.")
    return {"workstream": workstream, "base": None if base == live else base}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def _listed(request: HttpRequest, inbox: Inbox) -> dict[str, Any]:
    """All open ones, filtered; the rows are there already."""
    authors = {row.request.author_name for row in inbox.rows}
    found = ChangeFilter(request.GET, queryset=unfinished(), states=SHOWN, authors=authors)
    rows = list(inbox.rows)
    if found.narrowed:
        kept = set(found.qs.values_list("pk", flat=True))
        rows = [row for row in rows if row.request.pk in kept]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return {"filter": found, "page": page, "rows": page.object_list}


def _stored(request: HttpRequest, user: User, view: str) -> dict[str, Any]:
    """Own ones, or closed ones: read page by page, for there may be years of them."""
    closed = Q(state__in=set(RequestState.values) - OPEN)
    wanted = ChangeRequest.objects.filter(closed if view == "closed" else Q(author=user)).defer("content")
    states = set(RequestState.values) - (OPEN if view == "closed" else set())
    authors = wanted.order_by().values_list("author_name", flat=True).distinct()
    found = ChangeFilter(request.GET, queryset=wanted, states=states, authors=authors)
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    return {"filter": found, "page": page, "rows": rows_of(page.object_list, user, timezone.now())}
