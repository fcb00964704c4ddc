"""The leads behind a number of the hygiene report, as a page and as CSV: those that the reader sees, no others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from glossary.engine.fields import ContractField, Store
from reporting.engine.csv_table import cell
from reporting.engine.hygiene.holding import Judge
from reporting.engine.hygiene.question import Gap, GapKind
from reporting.services.hygiene import Hygiene
from reporting.views.asking import with_policies
from reporting.views.hygiene import asked, csv_response, field_or_404, period_query
from routing.models import Lead

PER_PAGE = 50
CHUNK = 500
_MONTH = re.compile(r"(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])")
COLUMNS = (
    "lead",
    "name",
    "company",
    "source",
    "captured_at",
    "stage",
    "next_stage",
    "owner",
    "field",
    "value",
    "held_only_by",
    "held_among_others_by",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A lead behind a number: what stands in the field, its next stage, labels of the gaps that hold it back."""

    lead: Lead
    value: object
    next_stage: str
    only: list[str]
    among: list[str]


class _Opener:
    """Reads the annotated leads of a report."""

    def __init__(self, report: Hygiene, field: ContractField) -> None:
        self.field, self.known = field, report.glossary.field_by_key
        self.judges = {step.stage.key: Judge(step) for step in report.steps}
        self.stages = report.glossary.stage_by_key

    def __call__(self, lead: Lead) -> Opened:
        column = self.field.store is Store.COLUMN
        value = getattr(lead, self.field.key) if column else lead.attributes.get(self.field.key)
        judge, profile = self.judges.get(lead.stage), getattr(lead, "profile", "")
        if judge is None:
            return Opened(lead, value, "", [], [])
        judged, step = judge(profile), judge.step
        return Opened(lead, value, step.target.short, self._labels(judged.only), self._labels(judged.among))

    def stage(self, lead: Lead) -> str:
        """What the lead's stage is called for short; its key where the policies in force know it no more."""
        known = self.stages.get(lead.stage)
        return known.short if known else lead.stage

    def _labels(self, keys: frozenset[str]) -> list[str]:
        return sorted(self.known[key].label for key in keys)


@require_safe
@with_policies
def hygiene_leads(request: HttpRequest) -> HttpResponse:
    """The leads behind a number, newest first."""
    _, report = asked(request)
    field, gap = opened_gap(request, report)
    opener = _Opener(report, field)
    page = Paginator(report.behind(gap).select_related("owner"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "report": report,
        "field": field,
        "gap": gap,
        "step": next((step for step in report.steps if step.stage.key == gap.stage), None),
        "page": page,
        "items": [(opened, opener.stage(opened.lead)) for opened in map(opener, page)],
        "period": period_query(report.question),
        "query": request.GET.urlencode(),
    }
    return render(request, "reporting/hygiene_leads.html", context)


@require_safe
@with_policies
def hygiene_leads_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same leads as CSV, all of them."""
    _, report = asked(request)
    field, gap = opened_gap(request, report)
    return csv_response(f"hygiene-{field.key}-{gap.kind}.csv", _lines(report, field, gap))


def opened_gap(request: HttpRequest, report: Hygiene) -> tuple[ContractField, Gap]:
    """The number that the address opens; a field, kind, month or stage that isn't there is a 404."""
    query = request.GET
    field = field_or_404(report, query.get("field", ""))
    kind, source, month, stage = (query.get(name) for name in ("gap", "source", "month", "stage"))
    if (
        kind not in list(GapKind)
        or (stage is not None and stage not in report.glossary.stage_by_key)
        or (month is not None and not _MONTH.fullmatch(month))
        or "\0" in (source or "")
    ):
        raise Http404
    return field, Gap(field.key, GapKind(kind), source, month, stage)


def _lines(report: Hygiene, field: ContractField, gap: Gap) -> Iterator[list[str]]:
    opener = _Opener(report, field)
    yield list(COLUMNS)
    for lead in report.behind(gap).select_related("owner").iterator(chunk_size=CHUNK):
        yield [cell(value) for value in _cells(opener(lead), opener)]


def _cells(opened: Opened, opener: _Opener) -> tuple[object, ...]:
    lead, step = opened.lead, opened.next_stage
    value = opened.value if opened.value is None else str(opened.value)
    held = ("; ".join(opened.only), "; ".join(opened.among))
    known = (lead.pk, lead.label, lead.company, lead.source, lead.captured_at.isoformat(), opener.stage(lead))
    return (*known, step, str(lead.owner or ""), opener.field.label, value, *held)
