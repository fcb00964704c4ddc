"""What people do to a change request, by POST: one service call each, and every refusal answered on the page."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from glossary.choices import Duty, RequestState, Verdict
from glossary.exceptions import (
    DocumentRefused,
    NotAllowed,
    PublishRefused,
    RequestRefused,
    StaleContent,
)
from glossary.forms.changes import AnswerForm, CommentForm, EmergencyForm, TextsForm, WithdrawForm
from glossary.models import ChangeRequest, SignOff
from glossary.queries.editions import edition_at
from glossary.queries.rights import may_propose
from glossary.services.commenting import comment
from glossary.services.drafting import change_texts, settle_conflicts
from glossary.services.emergency import declare_emergency
from glossary.services.publishing import publish_request
from glossary.services.signing import sign
from glossary.services.submitting import submit, withdraw
from glossary.views.change_page import Asking, Refusal, asking, show

CHOICE = "choice:"
SAID = {
    (Duty.APPROVE, Verdict.GIVEN): "Approved. Thank you.",
    (Duty.VALIDATE, Verdict.GIVEN): "Validated. Your finding is kept with the signature.",
    (Duty.CONSULT, Verdict.GIVEN): "Your advice is on the page.",
    (Duty.EMERGENCY, Verdict.GIVEN): "You agreed to the emergency.",
}
TURNED = {
    Verdict.CHANGES: "Sent back to the author with your reason.",
    Verdict.REJECTED: "Rejected. What is in force stays.",
}
NOT_RATIFIED = (
    "Not ratified: your reason is kept, and the author was told. The emergency stays in force until a change back "
    "is published."
)


@require_POST
def sign_off(request: HttpRequest, number: int) -> HttpResponse:
    """Answer a slot: approve, validate, advise, agree to an emergency, ratify; ask for changes, reject."""
    ask = asking(request, number)
    given = request.POST.get("signoff", "")
    known = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0
    slot = SignOff.objects.filter(pk=known, request=ask.change).first()
    if slot is None:
        raise Http404("This change request has no such sign-off.")
    form = AnswerForm(request.POST, duty=slot.duty)
    refusal = Refusal(400, "", "change_sign", form, (slot.duty, slot.role))

    def act() -> str:
        done = sign(form.answer(), acting_user=ask.user, now=ask.now)
        verdict = Verdict(done.verdict)
        if verdict in TURNED and ask.change.awaits_ratification:
            return NOT_RATIFIED
        return TURNED.get(verdict) or SAID[Duty(done.duty), verdict]

    return carried_out(ask, refusal, act)


@require_POST
def submit_draft(request: HttpRequest, number: int) -> HttpResponse:
    """Freeze the draft and ask for the sign-offs."""
    ask = asking(request, number)

    def act() -> str:
        submit(number, acting_user=ask.user, now=ask.now)
        return "Submitted. Everyone whose signature the charter asks for was told."

    return carried_out(ask, Refusal(400, "", "change_submit"), act)


@require_POST
def withdraw_request(request: HttpRequest, number: int) -> HttpResponse:
    """End the request."""
    ask = asking(request, number)
    form = WithdrawForm(request.POST, auto_id="withdraw_%s")

    def act() -> str:
        withdraw(number, form.cleaned_data["note"], acting_user=ask.user, now=ask.now)
        return "Withdrawn. What is in force stays."

    return carried_out(ask, Refusal(400, "", "change_withdraw", form), act)


@require_POST
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Put an approved change in force, or schedule it for its date."""
    ask = asking(request, number)

    def act() -> str:
        try:
            done = publish_request(number, acting_user=ask.user, now=ask.now)
        except StaleContent as moved:
            if request.POST.get("merge") and _is_in_review(number):
                return str(moved)  # the button said so
            raise
        if done.state == RequestState.SCHEDULED:
            return "Scheduled. It is checked once more when its date comes."
        return f"In force: {done.version}."

    return carried_out(ask, Refusal(400, "", "change_publish"), act)


@require_POST
def emergency(request: HttpRequest, number: int) -> HttpResponse:
    """Say that the change cannot wait; further people agree by signing."""
    ask = asking(request, number)
    form = EmergencyForm(request.POST, auto_id="emergency_%s")

    def act() -> str:
        clean = form.cleaned_data
        declare_emergency(number, clean["why"], clean["digest"], acting_user=ask.user, now=ask.now)
        return "Declared an emergency. It goes in force once enough people agree."

    return carried_out(ask, Refusal(400, "", "change_emergency", form), act)


@require_POST
def texts(request: HttpRequest, number: int) -> HttpResponse:
    """Change title, reason or date."""
    ask = asking(request, number)
    form = TextsForm(request.POST, now=ask.now, kept=ask.change.effective_at)

    def act() -> str:
        change_texts(number, form.texts(), acting_user=ask.user, now=ask.now)
        return "Saved."

    return carried_out(ask, Refusal(400, "", "change_texts", form), act)


@require_POST
def settle(request: HttpRequest, number: int) -> HttpResponse:
    """Decide every conflict with the version in force that the page showed."""
    ask = asking(request, number)
    choices = {key.removeprefix(CHOICE): str(v) for key, v in request.POST.items() if key.startswith(CHOICE)}

    def act() -> str:
        live = edition_at(ask.now).versions[ask.change.workstream]
        if may_propose(ask.user, ask.change.workstream, ask.now) and request.POST.get("live") != str(live):
            raise StaleContent
        settle_conflicts(number, choices, acting_user=ask.user, now=ask.now)
        return "Settled. Look at what changes now, then submit."

    return carried_out(ask, Refusal(400, "", "change_settle"), act)


@require_POST
def add_comment(request: HttpRequest, number: int) -> HttpResponse:
    """Say something."""
    ask = asking(request, number)
    form = CommentForm(request.POST)

    def act() -> str:
        clean = form.cleaned_data
        comment(number, clean["text"], clean["token"], acting_user=ask.user, now=ask.now)
        return "Your comment is on the page."

    return carried_out(ask, Refusal(400, "", "change_comment", form), act, "#comments")


def _is_in_review(number: int) -> bool:
    return ChangeRequest.objects.filter(pk=number, state=RequestState.IN_REVIEW).exists()


def carried_out(ask: Asking, refusal: Refusal, act: Callable[[], str], at: str = "") -> HttpResponse:
    """Carry out an act and lead back to the page; refused, show the page anew with the reason and what was typed.

    Not allowed: 403. The content moved on, or the request did: 409. Something is missing: 400.
    """
    number, form = ask.change.pk, refusal.form
    if form is not None and not form.is_valid():
        return _again(ask, refusal, 400, _first_error(form))
    try:
        said = act()
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from refused
    except (StaleContent, RequestRefused, PublishRefused) as refused:
        return _again(ask, refusal, 409, str(refused))
    except DocumentRefused as refused:
        found = f"{len(refused.findings)} thing{'s' if len(refused.findings) > 1 else ''}"
        return _again(ask, refusal, 400, f"Not done: {found} must be mended first, see below.")
    messages.success(ask.request, said)
    return redirect(f"{reverse('change', args=[number])}{at}")


def _again(ask: Asking, refusal: Refusal, status: int, message: str) -> HttpResponse:
    """The page as it is by now: refused acts may have moved the request along."""
    fresh = asking(ask.request, ask.change.pk)
    return show(fresh, Refusal(status, message, refusal.act, refusal.form, refusal.slot))


def _first_error(form: forms.Form) -> str:
    """What is missing, in one sentence."""
    return next((str(text) for errors in form.errors.values() for text in errors), "Something is missing.")
