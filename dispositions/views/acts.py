"""What a person does on the desk, by POST: decide, touch, take, undo. One service call each."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dispositions.choices import DispositionKind
from dispositions.engine.acts import Way, ways
from dispositions.engine.document import DispositionsDocument
from dispositions.exceptions import DecisionRefused, DefinitionsChanged
from dispositions.forms.base import ActForm
from dispositions.forms.build import decision_form
from dispositions.forms.touch import TouchForm
from dispositions.models import Disposition
from dispositions.queries.decided import decision_by, result_words
from dispositions.queries.lead_desk import TAKE, TOUCH
from dispositions.services.decide import decide, moved_on
from dispositions.services.undo import undo
from dispositions.views.asking import DESK_ROLES, Asking, asking
from dispositions.views.lead import Refusal, show_lead
from glossary.engine.documents import GlossaryDocument
from people.access import role_required
from routing.exceptions import Conflict, MoveNotAllowed, NotPermitted, RoutingRefused
from routing.models import Lead
from routing.services.taking import take
from routing.services.touches import log_touch

NO_ENTRIES = frozenset({"csrfmiddlewaretoken", "token", "edition", "stage", "stay"})


@require_POST
@role_required(*DESK_ROLES)
def decision(request: HttpRequest, lead_id: int, kind: DispositionKind) -> HttpResponse:
    """Accept, qualify, open, win, lose, recycle, disqualify or hand over.

    422 with the filled form when something is missing; 409 when the definitions or the lead changed since
    the form was rendered; 403 when it is not the person's to decide. The same form again is one decision.
    """
    ask = asking(request)
    earlier = _earlier(ask, lead_id, kind)
    if earlier is not None:
        return _decided(request, earlier)
    lead = ask.lead(lead_id)
    way = _way(ask, lead, kind)
    if way is None or request.POST.get("stage", lead.stage) != lead.stage:
        return _refused(ask, lead_id, kind, Conflict(moved_on(lead)))
    form = decision_form(kind, way.target, ask.setting(lead), _under(ask, request.POST))
    if request.POST.get("edition") != str(ask.edition.id):
        return _refused(ask, lead_id, kind, DefinitionsChanged(), form)
    if not form.is_valid():
        return show_lead(ask, lead, Refusal(422, kind.value, form))
    try:
        done = decide(lead_id, kind, form.decision(), acting_user=ask.user, now=ask.now)
    except (DecisionRefused, RoutingRefused) as refusal:
        return _refused(ask, lead_id, kind, refusal, form)
    return _decided(request, done)


@require_POST
@role_required(*DESK_ROLES)
def touch(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Log a touch; back to the desk, or to the lead where the next act waits (`stay`)."""
    ask = asking(request)
    lead = ask.lead(lead_id)
    form = TouchForm(ask.setting(lead), TOUCH, request.POST)
    if not form.is_valid():
        return show_lead(ask, lead, Refusal(422, TOUCH, form))
    try:
        done = log_touch(lead_id, form.touch(), acting_user=ask.user, now=ask.now)
    except RoutingRefused as refusal:
        return _refused(ask, lead_id, TOUCH, refusal, form)
    words = f"{lead}: {done.get_kind_display().lower()} logged, {done.get_result_display().lower()}."
    messages.success(request, words)
    return redirect("desk_lead", lead.pk) if "stay" in request.POST else redirect("desk")


@require_POST
@role_required(*DESK_ROLES)
def take_lead(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Take a lead that waits in one of the person's queues, and open it."""
    ask = asking(request)
    lead = ask.lead(lead_id)
    try:
        take(lead_id, acting_user=ask.user, now=ask.now)
    except RoutingRefused as refusal:
        return _refused(ask, lead_id, TAKE, refusal)
    messages.success(request, f"{lead} is yours now. Its clocks run on.")
    return redirect("desk_lead", lead.pk)


@require_POST
@role_required(*DESK_ROLES)
def undo_decision(request: HttpRequest, disposition_id: int) -> HttpResponse:
    """Take back one's own latest decision; what stands against it is said on the desk."""
    ask = asking(request)
    try:
        lead = undo(disposition_id, acting_user=ask.user, now=ask.now)
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except (DecisionRefused, RoutingRefused) as refusal:
        messages.error(request, f"Not undone. {refusal}")
    else:
        stage = ask.edition.document(GlossaryDocument).stage_by_key.get(lead.stage)
        messages.success(request, f"Undone: {lead} is in {stage.name if stage else lead.stage} again.")
    return redirect("desk")


def _way(ask: Asking, lead: Lead, kind: DispositionKind) -> Way | None:
    edition = ask.edition
    known = ways(lead.stage, edition.document(GlossaryDocument), edition.document(DispositionsDocument))
    return next((way for way in known if way.kind is kind), None)


def _earlier(ask: Asking, lead_id: int, kind: DispositionKind) -> Disposition | None:
    """The decision that this very form has made already: a second click shows the same result."""
    try:
        token = UUID(ask.request.POST.get("token", ""))
    except ValueError:
        return None
    found = decision_by(ask.user, token)
    return found if found is not None and (found.lead_id, found.kind) == (lead_id, kind.value) else None


def _decided(request: HttpRequest, done: Disposition) -> HttpResponse:
    words = f"{done.lead}: {done.get_kind_display().lower()}. {result_words(done)}".strip()
    messages.success(request, words)
    return redirect("desk")


def _under(ask: Asking, data: QueryDict) -> QueryDict:
    """The posted form as one of the edition in force, for submitting once more."""
    copy = data.copy()
    copy["edition"] = str(ask.edition.id)
    return copy


def _refused(
    ask: Asking,
    lead_id: int,
    key: str,
    refusal: DecisionRefused | RoutingRefused,
    form: ActForm | None = None,
) -> HttpResponse:
    """The lead page again with what was entered and what is wrong; the desk when the lead is out of sight."""
    if isinstance(refusal, NotPermitted):
        raise PermissionDenied(str(refusal))
    found = Lead.objects.visible_to(ask.user).filter(pk=lead_id).exists()
    if not found:
        messages.error(ask.request, str(refusal))
        return redirect("desk")
    changed = isinstance(refusal, Conflict | MoveNotAllowed | DefinitionsChanged)
    lines = _lines(refusal, form)
    if isinstance(refusal, Conflict):
        form = None  # the lead is not what the form was about; what was entered is listed instead
    shown = Refusal(409 if changed else 422, key, form, lines, list(_left_over(ask.request.POST, form)))
    return show_lead(ask, ask.lead(lead_id), shown)


def _lines(refusal: DecisionRefused | RoutingRefused, form: ActForm | None) -> list[str]:
    """Sentences for the whole; those of one field go to that field."""
    if isinstance(refusal, RoutingRefused):
        return refusal.messages
    lines = []
    for name, words in refusal.errors.items():
        if form is not None and name in form.fields and form.is_bound:
            form.add_error(name, words)
        else:
            lines.append(words)
    return lines


def _left_over(data: QueryDict, form: ActForm | None) -> Iterable[tuple[str, str]]:
    fields = form.fields if form is not None else {}
    for name, value in data.items():
        if name not in NO_ENTRIES and name not in fields and value:
            yield name.removeprefix("confirm_").replace("_", " "), str(value)
