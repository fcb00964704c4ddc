"""The list of leads and the story of one. What a person may not see is not there (404)."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from glossary.engine.documents import GlossaryDocument
from glossary.queries.editions import edition_at
from people.models import User
from routing.engine.documents import RoutingDocument
from routing.forms.lead_filter import LeadFilter
from routing.models import Lead
from routing.queries.pages import page_of
from routing.queries.story import story_of
from routing.views.lead_score import score_part


@require_safe
def lead_list(request: HttpRequest) -> HttpResponse:
    """Leads that the person may see, newest first, filtered."""
    user = cast("User", request.user)
    edition = edition_at(timezone.now())
    seen = Lead.objects.visible_to(user).standing().select_related("owner").order_by("-captured_at", "-id")
    found = LeadFilter(request.GET, queryset=seen, edition=edition, user=user)
    context = {
        "filter": found,
        "page": page_of(found.qs, request.GET.get("page")),
        "query": _without_page(request),
        "stages": edition.document(GlossaryDocument).stage_by_key,
        "queues": edition.document(RoutingDocument).queue_by_key,
        "narrowed": any(request.GET.get(name) for name in found.filters),
    }
    return render(request, "routing/lead_list.html", context)


@require_safe
def lead_story(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Everything that is known of one lead, to read."""
    user = cast("User", request.user)
    now = timezone.now()
    edition = edition_at(now)
    visible = Lead.objects.visible_to(user).select_related("owner__team", "merged_into")
    lead = get_object_or_404(visible, pk=lead_id)
    glossary, routing = edition.document(GlossaryDocument), edition.document(RoutingDocument)
    context = {
        "lead": lead,
        "story": story_of(lead),
        "now": now,
        "stages": glossary.stage_by_key,
        "queues": routing.queue_by_key,
        "promises": routing.sla_by_key,
        "territories": {territory.key: territory for territory in routing.territories},
        "attributes": [
            (f.label, lead.attributes[f.key]) for f in glossary.fields if f.key in lead.attributes
        ],
    }
    context |= score_part(lead, request.GET, now)
    return render(request, "routing/lead_story.html", context)


def _without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
