"""Pages of the policies in force: the glossary, one stage, the change log, one version. All only read."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from glossary.choices import Workstream
from glossary.engine.documents import GlossaryDocument
from glossary.models import PolicyVersion
from glossary.queries import changelog as log
from glossary.queries.editions import edition_at
from glossary.queries.terms import terms

LOG_PAGE = 50


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The whole glossary on one page."""
    edition = edition_at(timezone.now())
    context = {
        "edition": edition,
        "version": edition.versions[Workstream.GLOSSARY],
        "terms": terms(edition),
        "fields": edition.document(GlossaryDocument).fields,
    }
    return render(request, "glossary/glossary.html", context)


@require_safe
def stage(request: HttpRequest, stage: str) -> HttpResponse:
    """One stage. 404 when the glossary in force has no such stage."""
    edition = edition_at(timezone.now())
    found = [term for term in terms(edition) if term.stage.key == stage]
    if not found:
        raise Http404("The glossary in force has no such stage.")
    return render(request, "glossary/stage.html", {"term": found[0], "edition": edition})


@require_safe
def changelog(request: HttpRequest) -> HttpResponse:
    """Every version of every workstream, or of the one asked for with `?workstream=`."""
    chosen = request.GET.get("workstream", "")
    if chosen and chosen not in Workstream.values:
        raise Http404("There is no such workstream.")
    now = timezone.now()
    page = Paginator(log.versions_of(chosen), LOG_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": log.log_lines(list(page), edition_at(now), now),
        "workstreams": Workstream.choices,
        "chosen": chosen,
    }
    return render(request, "glossary/changelog.html", context)


@require_safe
def version(request: HttpRequest, workstream: str, number: int) -> HttpResponse:
    """One version: who published it, why, and its document to read."""
    found = get_object_or_404(PolicyVersion, workstream=workstream, number=number)
    now = timezone.now()
    context = {
        "version": found,
        "state": log.state_of(found, edition_at(now), now),
        "entries": log.read_version(found),
    }
    return render(request, "glossary/version.html", context)
