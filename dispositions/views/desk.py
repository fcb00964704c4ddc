"""/desk/: what is due first, what waits, what was just decided."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dispositions.queries.desk import SECTIONS, desk_of
from dispositions.queries.lead_desk import KEYS, LABELS
from dispositions.views.asking import DESK_ROLES, asking
from glossary.engine.documents import GlossaryDocument
from people.access import role_required
from routing.engine.documents import RoutingDocument


@require_safe
@role_required(*DESK_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    """The person's own desk."""
    ask = asking(request)
    shown = desk_of(
        ask.user, now=ask.now, today=ask.today, edition=ask.edition, number=request.GET.get("page", "1")
    )
    latest = next((row for row in shown.decided if not row.problem), None)
    context = {
        "desk": shown,
        "latest": latest,
        "sections": SECTIONS,
        "now": ask.now,
        "stages": ask.edition.document(GlossaryDocument).stage_by_key,
        "queues": ask.edition.document(RoutingDocument).queue_by_key,
        "labels": LABELS,
        "keys": KEYS,
    }
    return render(request, "dispositions/desk.html", context)
