"""Back-tests: all of them, one with its progress or its result, and the leads that a change would move."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from glossary.choices import JobState
from glossary.models import BackTest
from glossary.queries.rights import may_measure
from reporting.choices import Moved
from reporting.engine.back_test.shown import shown_stages
from reporting.engine.csv_table import cell as csv_cell
from reporting.models import BackTestLead
from reporting.queries.back_test_pages import MovedCell, found_of, listed, moved_cell, moved_leads, visible
from reporting.queries.back_test_sides import label_of
from reporting.views.asking import person, with_policies
from reporting.views.hygiene import csv_response, sees_all

PER_PAGE, LEADS_PER_PAGE = 20, 50
COLUMNS = ("lead", "name", "company", "source", "owner", "stage", "moved", "opened_at", "became")
# Tone and icon of each state, for its badge.
TONES = {
    JobState.QUEUED: "info",
    JobState.RUNNING: "info",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "plain",
}


@require_safe
@with_policies
def back_tests(request: HttpRequest) -> HttpResponse:
    """Every back-test, newest first."""
    page = Paginator(listed(), PER_PAGE).get_page(request.GET.get("page"))
    found = found_of(page)
    context = {
        "page": page,
        "rows": [(row, *labels(row), TONES[JobState(row.state)], found.get(row.pk)) for row in page],
        "may_measure": may_measure(person(request)),
    }
    return render(request, "reporting/back_tests.html", context)


@require_safe
@with_policies
def back_test(request: HttpRequest, pk: int) -> HttpResponse:
    """One back-test: how far it is, or what it found."""
    row = get_object_or_404(BackTest.objects.select_related("requested_by", "request"), pk=pk)
    before, after = labels(row)
    context: dict[str, Any] = {
        "back_test": row,
        "before": before,
        "after": after,
        "tone": TONES[JobState(row.state)],
        "may_measure": may_measure(person(request)),
        "waiting": row.is_waiting,
    }
    if row.state == JobState.DONE and row.result is not None:
        context |= {"result": row.result, "stages": shown_stages(row.result)}
    return render(request, "reporting/back_test.html", context)


@require_safe
@with_policies
def back_test_leads(request: HttpRequest, pk: int) -> HttpResponse:
    """The leads behind a gained or lost number, as many as the reader may see."""
    row, cell = _opened(pk, request.GET)
    user = person(request)
    kept = moved_leads(row, cell)
    mine = visible(kept, user)
    page = Paginator(mine, LEADS_PER_PAGE).get_page(request.GET.get("page"))
    count, names = page.paginator.count, _names(row)
    context = {
        "back_test": row,
        "cell": cell,
        "page": page,
        "items": [(item, names.get(item.outcome, item.outcome)) for item in page],
        "visible": count,
        "hidden": not sees_all(user) and count != cell.number,
        "cut": sees_all(user) and count != cell.number,
        "query": urlencode(cell.address),
    }
    return render(request, "reporting/back_test_leads.html", context)


@require_safe
@with_policies
def back_test_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The same leads as CSV; without a stage in the address all leads that would move and that the reader sees."""
    user = person(request)
    if request.GET.get("stage"):
        row, cell = _opened(pk, request.GET)
        rows = moved_leads(row, cell)
    else:
        row = _finished(pk)
        rows = BackTestLead.objects.filter(back_test=row).select_related("lead", "lead__owner")
    return csv_response(f"back-test-{pk}.csv", _lines(row, visible(rows, user).iterator(chunk_size=2_000)))


def labels(row: BackTest) -> tuple[str, str]:
    """What both sides of a back-test are called."""
    return (
        label_of(row, row.glossary_before, row.scoring_before),
        label_of(row, row.glossary_after, row.scoring_after),
    )


def _finished(pk: int) -> BackTest:
    row = get_object_or_404(BackTest.objects.defer("content"), pk=pk)
    if row.state != JobState.DONE or row.result is None:
        raise Http404
    return row


def _opened(pk: int, query: Mapping[str, str]) -> tuple[BackTest, MovedCell]:
    """The back-test and the number that an address opens; anything that isn't there is a 404."""
    row = _finished(pk)
    cell = moved_cell(row.result or {}, query.get("stage", ""), query.get("kind", ""), query.get("became"))
    if cell is None:
        raise Http404
    return row, cell


def _names(row: BackTest) -> dict[str, str]:
    """Stages that a lead became, by key, as the result names them."""
    stages = (row.result or {}).get("stages", ())
    ends = [end for found in stages for kind in Moved.values for end in found[kind]["became"]]
    return {end["stage"]: end["name"] for end in ends}


def _lines(row: BackTest, rows: "Iterator[BackTestLead]") -> Iterator[list[str]]:
    yield [*COLUMNS]
    for item in rows:
        lead = item.lead
        values = (
            lead.pk,
            lead.label,
            lead.company,
            lead.source,
            str(lead.owner or ""),
            item.stage,
            item.kind,
            item.opened_at.isoformat(),
            item.outcome,
        )
        yield [csv_cell(value) for value in values]
