"""The change log: all versions, one version, two versions compared. All only read."""

from collections.abc import Iterable
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from glossary.choices import Workstream
from glossary.forms.version_filter import VersionFilter
from glossary.models import Acknowledgement, PolicyVersion
from glossary.queries import changelog as log
from glossary.queries.compare import by_item, changes_since, version_before
from glossary.queries.editions import edition_at
from glossary.queries.rights import may_propose
from people.models import User

LOG_PAGE = 25
MOST_DIGITS = 6


@require_safe
def changelog(request: HttpRequest) -> HttpResponse:
    """Every version of every workstream, newest first, filtered by what the address says."""
    now = timezone.now()
    in_force = edition_at(now)
    found = VersionFilter(request.GET, queryset=log.versions_of(), edition=in_force)
    page = Paginator(found.qs, LOG_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "filter": found,
        "page": page,
        "lines": log.log_lines(page, in_force, now),
        "narrowed": any(request.GET.get(name) for name in found.filters),
        "query": query.urlencode(),
    }
    return render(request, "glossary/changelog.html", context)


@require_safe
def version(request: HttpRequest, workstream: str, number: int) -> HttpResponse:
    """One version: what changed, who proposed and signed, why, and its document to read."""
    now, user = timezone.now(), cast("User", request.user)
    found = get_object_or_404(log.versions_of(workstream).defer(None), number=number)
    entries = log.read_version(found)
    before = version_before(found)
    asked = Acknowledgement.objects.filter(version=found, user=user).first()
    context = {
        "version": found,
        "line": log.log_lines([found], edition_at(now), now)[0],
        "before": before,
        "changes": by_item(changes_since(before, found)) if before else (),
        "entries": entries,
        "others": [one for one in _numbers(workstream) if one.number != number],
        "asked": asked,
        "may_propose": may_propose(user, workstream, now),
    }
    return render(request, "glossary/version.html", context)


@require_safe
def compare(request: HttpRequest, workstream: str) -> HttpResponse:
    """Two versions of a workstream, `?a=` against `?b=`; without them the newest two."""
    versions = list(_numbers(workstream))
    if not versions:
        raise Http404("There is no such workstream.")
    known = {one.number for one in versions}
    wanted = [
        _asked(request, "a", versions[min(1, len(versions) - 1)].number),
        _asked(request, "b", versions[0].number),
    ]
    unknown = [text for text, number in wanted if number not in known]
    context: dict[str, Any] = {
        "workstream": workstream,
        "name": Workstream(workstream).label,
        "versions": versions,
        "unknown": unknown,
    }
    if not unknown:
        context |= _compared(workstream, [number for _, number in wanted])
    return render(request, "glossary/compare.html", context)


def _compared(workstream: str, numbers: Iterable[int]) -> dict[str, Any]:
    first, second = numbers
    rows = PolicyVersion.objects.filter(workstream=workstream, number__in=[first, second])
    found = {row.number: row for row in rows}
    older, newer = found[first], found[second]
    return {"older": older, "newer": newer, "changes": by_item(changes_since(older, newer))}


def _numbers(workstream: str) -> "QuerySet[PolicyVersion]":
    """Versions of a workstream, newest first, with what a choice of them shows."""
    rows = PolicyVersion.objects.filter(workstream=workstream).order_by("-number")
    return rows.only("workstream", "number", "title", "in_force_from")


def _asked(request: HttpRequest, name: str, otherwise: int) -> tuple[str, int]:
    """What the address asks for as (text, number); number 0 = it is none."""
    text = request.GET.get(name, "").strip()
    if not text:
        return str(otherwise), otherwise
    is_number = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return text[:20], int(text) if is_number else 0
