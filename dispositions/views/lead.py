"""/desk/leads/<id>/: one lead, what it still needs, and the forms to act on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dispositions.forms.base import ActForm
from dispositions.forms.build import act_form
from dispositions.queries.lead_desk import LeadDesk, Offer, lead_desk
from dispositions.queries.timeline import timeline
from dispositions.views.asking import DESK_ROLES, Asking, asking
from glossary.engine.documents import GlossaryDocument
from people.access import role_required
from routing.engine.documents import RoutingDocument
from routing.models import Lead


@dataclass(frozen=True, slots=True)
class Act:
    """An offer with its form (None when it is not possible), and whether it stands open."""

    offer: Offer
    form: ActForm | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a submit was refused: shown on the page again, with everything that was entered.

    Attributes:
        form: the bound form with its errors; None when its act is no longer offered.
        lines: what is wrong with the whole.
        left_over: (name, value) of entries that have no field any more.
    """

    status: int
    key: str
    form: ActForm | None = None
    lines: Sequence[str] = ()
    left_over: Sequence[tuple[str, str]] = ()


@require_safe
@role_required(*DESK_ROLES)
def lead(request: HttpRequest, lead_id: int) -> HttpResponse:
    """The lead page; `?act=` opens one of the forms."""
    ask = asking(request)
    return show_lead(ask, ask.lead(lead_id))


def show_lead(ask: Asking, lead: Lead, refusal: Refusal | None = None) -> HttpResponse:
    """Render the lead page, after a refused submit with its form and its status."""
    desk = lead_desk(lead, ask.user, now=ask.now, edition=ask.edition)
    wanted = refusal.key if refusal else ask.request.GET.get("act", "")
    acts = [_act(offer, ask, lead, desk, refusal, wanted) for offer in desk.offers]
    context = {
        "desk": desk,
        "lead": lead,
        "primary": next((act for act in acts if act.offer.key == desk.primary), None),
        "acts": [act for act in acts if act.offer.key != desk.primary],
        "refusal": refusal,
        "wanted": wanted,
        "now": ask.now,
        "edition": ask.edition,
        "events": timeline(lead, edition=ask.edition),
        "stages": ask.edition.document(GlossaryDocument).stage_by_key,
        "queues": ask.edition.document(RoutingDocument).queue_by_key,
    }
    status = refusal.status if refusal else 200
    return render(ask.request, "dispositions/lead.html", context, status=status)


def _act(offer: Offer, ask: Asking, lead: Lead, desk: LeadDesk, refusal: Refusal | None, wanted: str) -> Act:
    if refusal is not None and refusal.form is not None and refusal.key == offer.key:
        return Act(offer, refusal.form, is_open=True)
    form = act_form(offer.key, offer.target, ask.setting(lead)) if offer.is_possible else None
    return Act(offer, form, is_open=offer.key in {wanted, desk.primary})
