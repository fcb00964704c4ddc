"""The hygiene report: all fields, one field by source and month, and the rates as CSV; of leads the reader sees."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from glossary.engine.fields import ContractField
from glossary.queries.editions import edition_at
from people.choices import SEES_ALL_LEADS
from people.models import User
from reporting.engine.hygiene.charts import by_cost, cost_chart, month_chart
from reporting.engine.hygiene.question import By, HygieneQuestion
from reporting.engine.hygiene.result import rates_json, rows_of
from reporting.engine.hygiene.tables import COLUMNS, csv_line, flat_rows
from reporting.forms.questions import HygieneForm
from reporting.queries.definitions import vocabulary
from reporting.services.hygiene import Hygiene
from reporting.views.asking import person, texts_of, with_policies
from routing.models import Lead

ALL, OWN = "all leads", "the leads that you see"


@require_safe
@with_policies
def hygiene(request: HttpRequest) -> HttpResponse:
    """Every field of the contract: how complete, how valid, and what its gaps cost."""
    form, report = asked(request)
    fields = report.glossary.fields
    result = report.result(report.count(fields), fields)
    context = {
        "form": form,
        "result": result,
        "report": report,
        "rows": by_cost(result["fields"]),
        "chart": cost_chart(result),
        "period": period_query(report.question),
    }
    return render(request, "reporting/hygiene.html", context)


@require_safe
@with_policies
def hygiene_field(request: HttpRequest, key: str) -> HttpResponse:
    """One field by source and by month of capture, and what stands there that is not valid."""
    form, report = asked(request)
    field = field_or_404(report, key)
    count = report.count([field], (By.SOURCE, By.MONTH))
    result, months = report.result(count, [field]), rows_of(count, key, By.MONTH)
    context: dict[str, Any] = {
        "form": form,
        "field": field,
        "result": result,
        "report": report,
        "row": rates_json(count.of(key)),
        "tables": [("source", "Source", rows_of(count, key, By.SOURCE)), ("month", "Captured in", months)],
        "spellings": report.spellings(field),
        "chart": month_chart(field.label, months),
        "period": period_query(report.question),
    }
    return render(request, "reporting/hygiene_field.html", context)


@require_safe
@with_policies
def hygiene_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every field by source and month of capture, as CSV."""
    _, report = asked(request)
    fields = report.glossary.fields
    rows = flat_rows(fields, report.count(fields, (By.SOURCE, By.MONTH)))
    return csv_response("hygiene.csv", ([*COLUMNS], *map(csv_line, rows)))


def asked(request: HttpRequest) -> tuple[HygieneForm, Hygiene]:
    """The form, and the report that it asks for; of all time where the form is refused."""
    now, user = timezone.now(), person(request)
    edition = edition_at(now)
    form = HygieneForm(texts_of(request.GET), edition, vocabulary(edition, now))
    question = form.question if form.is_valid() else HygieneQuestion()
    whose = ALL if sees_all(user) else OWN
    return form, Hygiene(Lead.objects.visible_to(user), question, edition, now, whose)


def sees_all(user: User) -> bool:
    """Whether the reader sees every lead."""
    return user.is_superuser or user.has_role(*SEES_ALL_LEADS)


def field_or_404(report: Hygiene, key: str) -> ContractField:
    """A field of the contract in force."""
    field = next((field for field in report.glossary.fields if field.key == key), None)
    if field is None:
        raise Http404
    return field


def period_query(question: HygieneQuestion) -> str:
    """The period as the end of an address; empty for none."""
    said = {"since": question.since, "until": question.until}
    return "".join(f"&{name}={day.isoformat()}" for name, day in said.items() if day)


class _Echo:
    """A file that gives back what is written to it, for the csv module."""

    def write(self, value: str) -> str:
        return value


def csv_response(name: str, lines: "Iterator[list[str]] | tuple[list[str], ...]") -> StreamingHttpResponse:
    """Lines of ready cells as a download that is written while it is read."""
    writer = csv.writer(_Echo())
    body = (writer.writerow(line) for line in lines)
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
