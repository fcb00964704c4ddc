"""Pages of the quarantine: refused rows, one to fix or discard, all of them as CSV."""

import csv
from collections.abc import Iterator

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from people.access import role_required
from people.choices import RUNS_OPERATIONS
from routing.choices import QuarantineState
from routing.engine.export_cells import neutralise
from routing.exceptions import RoutingRefused
from routing.forms.imports import RowForm
from routing.models import QuarantinedRow
from routing.services.imports.quarantine import discard_row, retry_row
from routing.views.imports import acting

PER_PAGE = 50


def _rows(request: HttpRequest) -> "QuerySet[QuarantinedRow]":
    """Open rows, of one import where the address names one."""
    rows = QuarantinedRow.objects.filter(state=QuarantineState.OPEN).select_related("batch")
    batch = request.GET.get("batch", "")
    return rows.filter(batch=int(batch)) if batch.isdecimal() and len(batch) < 19 else rows


@require_GET
@role_required(*RUNS_OPERATIONS)
def quarantine(request: HttpRequest) -> HttpResponse:
    """All refused rows that wait for somebody."""
    page = Paginator(_rows(request), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "batch": request.GET.get("batch", "")}
    return render(request, "routing/imports/quarantine.html", context)


@require_http_methods(["GET", "POST"])
@role_required(*RUNS_OPERATIONS)
def quarantine_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One refused row: what is wrong, and its cells to be corrected and tried again."""
    row = get_object_or_404(QuarantinedRow.objects.select_related("batch", "resolved_by"), pk=pk)
    form = _form(request, row)
    if request.method == "POST" and form.is_valid():
        try:
            result = retry_row(pk, form.corrected(), acting_user=acting(request), now=timezone.now())
        except RoutingRefused as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("quarantine_row", pk=pk)
        if result.taken:
            messages.success(request, f"Row {row.row_number} of {row.batch.file_name} was taken in.")
            return redirect("quarantine")
        row = result.row
        form = _form(request, row)
        return render(request, "routing/imports/row.html", {"row": row, "form": form}, status=422)
    return render(request, "routing/imports/row.html", {"row": row, "form": form})


def _form(request: HttpRequest, row: QuarantinedRow) -> RowForm:
    order = [heading for heading in row.batch.dialect.get("headings", []) if heading in row.raw]
    order += [heading for heading in row.raw if heading not in order and not heading.startswith("(cell ")]
    cells = {heading: (row.raw | row.corrected)[heading] for heading in order}
    found = {error["heading"]: error["message"] for error in row.errors if error["heading"]}
    return RowForm(request.POST or None, cells=cells, errors_by_heading=found)


@require_POST
@role_required(*RUNS_OPERATIONS)
def quarantine_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide that a row is not wanted."""
    get_object_or_404(QuarantinedRow, pk=pk)
    try:
        row = discard_row(pk, acting_user=acting(request), now=timezone.now())
        messages.success(
            request, f"Row {row.row_number} of {row.batch.file_name} is discarded. It stays readable."
        )
    except RoutingRefused as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("quarantine")


class _Echo:
    """A file that gives back what is written to it, for the csv module."""

    def write(self, value: str) -> str:
        return value


@require_GET
@role_required(*RUNS_OPERATIONS)
def quarantine_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The open rows as CSV, with their errors; no cell can be taken for a formula."""
    response = StreamingHttpResponse(_lines(_rows(request)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="quarantine.csv"'
    return response


def _lines(rows: "QuerySet[QuarantinedRow]") -> Iterator[str]:
    writer = csv.writer(_Echo())
    headings: dict[str, None] = {}
    for raw in rows.values_list("raw", flat=True).iterator(chunk_size=500):
        headings.update(dict.fromkeys(raw))
    first = ("Import", "Row", "Errors")
    yield "\ufeff" + writer.writerow([neutralise(cell) for cell in (*first, *headings)])
    for row in rows.iterator(chunk_size=500):
        errors = "; ".join(_words(error) for error in row.errors)
        cells = (row.batch.file_name, str(row.row_number), errors, *(row.raw.get(h, "") for h in headings))
        yield writer.writerow([neutralise(cell) for cell in cells])


def _words(error: dict[str, str]) -> str:
    return f"{error['heading']}: {error['message']}" if error["heading"] else error["message"]
