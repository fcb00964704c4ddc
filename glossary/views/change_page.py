"""The page of one change request, the same for author, approver and reader; also what a refused act shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from glossary.choices import DRAFTING, EventKind, RequestState, Verdict
from glossary.engine.charter import CharterDocument
from glossary.exceptions import NotAllowed
from glossary.forms.changes import AnswerForm, CommentForm, EmergencyForm, TextsForm, WithdrawForm
from glossary.models import ChangeRequest, SignOff
from glossary.queries import change_page as parts
from glossary.queries.compare import by_item
from glossary.queries.draft_places import Place, places_of
from glossary.queries.editions import edition_at
from glossary.queries.inbox import is_asked, rows_of, words_of
from glossary.queries.proposals import ProposalView, proposal_of
from glossary.queries.rights import declaring_roles, emergency_roles, may_propose, signing_roles
from glossary.queries.timeline import Cycle, Line, timeline, why_back
from glossary.services.eligibility import principal
from glossary.views.measuring import card_of
from people.models import User


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for which change request, and when."""

    request: HttpRequest
    user: User
    change: ChangeRequest
    now: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act was refused, with what was typed.

    Attributes:
        act: name of the act's address, e.g. `change_sign`.
        form: as it was sent; shown again.
        slot: duty and role that were answered; the slot itself may be another one by now.
    """

    status: int
    message: str
    act: str
    form: forms.Form | None = None
    slot: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Offer:
    """A slot that the reader may fill, with the form to do so.

    Attributes:
        words: what to do, e.g. `Approve as CRO`.
        given: the reader's own answer of this round, which may still be changed; empty = none yet.
    """

    signoff: SignOff
    words: str
    behalf: User | None
    form: AnswerForm
    given: str = ""


def asking(request: HttpRequest, number: int) -> Asking:
    """The change request with who asks for it. Raises Http404 when there is none."""
    found: QuerySet[ChangeRequest] = ChangeRequest.objects.select_related("version")
    change = found.prefetch_related("contributors__user").filter(pk=number).first()
    if change is None:
        raise Http404(f"There is no change request #{number}.")
    return Asking(request, cast("User", request.user), change, timezone.now())


def show(ask: Asking, refusal: Refusal | None = None) -> HttpResponse:
    """Render the page as it stands now; after a refusal with its status, reason and what was typed."""
    change, now = ask.change, ask.now
    edition, view = edition_at(now), proposal_of(change, now)
    slots, stale = parts.rounds(change)
    card = card_of(change, ask.user, view, now, _typed(refusal, "change_back_test"))
    stands = card.measured.standing if card else None
    shown = {"digest": view.digest, "back_test": stands.pk if stands else None}
    offers, barred = _offers(ask, slots, view, refusal, shown)
    story = timeline(change)
    context = {
        "change": change,
        "row": rows_of([change], ask.user, now)[0],
        "view": view,
        "changes": by_item(view.differences),
        "grades": parts.grades(view),
        "definitions": parts.definitions(view, edition),
        "conflicts": parts.conflict_sides(change, view, edition),
        "places": [_linked(ask, place) for place in places_of(change, view.proposed.findings)],
        "stages": parts.reach(view, edition),
        "slots": slots,
        "stale_rounds": stale,
        "offers": [offer for offer in offers if not offer.given],
        "again": [offer for offer in offers if offer.given],
        "barred": barred,
        "timeline": story,
        "back": _why_back(change, view, story),
        "comments": change.comments.select_related("author"),
        "refusal": refusal,
        "homeless": _homeless(refusal, offers),
        "validator": parts.validator(change, edition),
        "waits": change.is_under_review or change.awaits_ratification,
        "card": card,
        **_acts(ask, view, refusal),
    }
    return render(ask.request, "changes/change.html", context, status=refusal.status if refusal else 200)


def _offers(
    ask: Asking,
    slots: Iterable[parts.Slot],
    view: ProposalView,
    refusal: Refusal | None,
    shown: Mapping[str, object],
) -> tuple[list[Offer], list[str]]:
    """Slots that the reader may fill, and the reasons why not for those that the reader's roles would allow.

    Args:
        shown: what an answer is bound to, as it is on the page: the digest, and the number of the back-test.
    """
    roles = signing_roles(ask.user, ask.now)
    lines = edition_at(ask.now).document(CharterDocument)
    standing_up = emergency_roles(lines, ask.change.workstream)
    offers, barred = [], []
    for slot in slots:
        signoff = slot.signoff
        signoff.request = ask.change  # with its contributors, read once
        wanted = standing_up if slot.role.startswith("Person ") else [signoff.role]
        mine = (
            signoff.signer_id == ask.user.pk
            and signoff.verdict == Verdict.GIVEN
            and ask.change.is_under_review
        )
        asked = is_asked(signoff, ask.change, ask.now) or mine
        if not asked or roles.keys().isdisjoint(wanted):
            continue
        if not view.digest:
            barred.append(
                f"It clashes with v{view.proposed.live_number}. Whoever may edit it settles that first."
            )
            continue
        try:
            behalf = principal(signoff, ask.user, ask.now)
        except NotAllowed as refused:
            barred.append(str(refused))
            continue
        form = _answer_form(signoff, shown, refusal)
        given = signoff.get_verdict_display() if mine else ""
        offers.append(Offer(signoff, words_of(signoff, ask.change), behalf, form, given))
    return offers, list(dict.fromkeys(barred))


def _why_back(change: ChangeRequest, view: ProposalView, story: tuple[Cycle, ...]) -> Line | None:
    """Why the request is back with its author; a conflict that is settled by now is only in the timeline."""
    back = why_back(change, story)
    settled = not view.proposed.conflicts and bool(view.differences)
    return None if back is not None and back.kind == EventKind.CONFLICT and settled else back


def _homeless(refusal: Refusal | None, offers: Iterable[Offer]) -> str:
    """The note of a refused answer when no form on the page takes it any more; nothing that was typed is lost."""
    if refusal is None or refusal.act != "change_sign" or refusal.form is None:
        return ""
    if any((offer.signoff.duty, offer.signoff.role) == refusal.slot for offer in offers):
        return ""
    return str(refusal.form.data.get("note", "")).strip()


def _answer_form(signoff: SignOff, shown: Mapping[str, object], refusal: Refusal | None) -> AnswerForm:
    """An empty form for the slot; after a refusal with what was typed, for the content as it is now."""
    initial: dict[str, Any] = {"signoff": signoff.pk, **shown}
    typed = refusal.form if refusal is not None and refusal.slot == (signoff.duty, signoff.role) else None
    if typed is None:
        return AnswerForm(duty=signoff.duty, key=signoff.pk, initial=initial)
    data = {"note": typed.data.get("note", ""), "verdict": typed.data.get("verdict", ""), **initial}
    return AnswerForm(data, duty=signoff.duty, key=signoff.pk)


def _acts(ask: Asking, view: ProposalView, refusal: Refusal | None) -> dict[str, Any]:
    """What the reader may do beside signing, with the forms for it."""
    change, now = ask.change, ask.now
    proposes = may_propose(ask.user, change.workstream, now)
    may_edit = proposes and change.is_open
    lines = edition_at(now).document(CharterDocument)
    stands_up = ask.user.has_role(*declaring_roles(lines, change.workstream))
    texts = {"title": change.title, "why": change.why, "effective_at": change.effective_at}
    return {
        "may_edit": may_edit,
        "may_submit": may_edit and change.state in DRAFTING,
        "blocked": _blocked(change, view, now),
        "may_publish": proposes and change.state == RequestState.APPROVED,
        "publishes_later": change.effective_at is not None and change.effective_at > now,
        "may_declare": stands_up
        and change.is_under_review
        and bool(view.digest)
        and not change.emergency_why,
        "edit_link": _edit_link(ask) if may_edit else "",
        "texts_form": _typed(refusal, "change_texts")
        or TextsForm(now=now, kept=change.effective_at, initial=texts),
        "withdraw_form": _typed(refusal, "change_withdraw") or WithdrawForm(auto_id="withdraw_%s"),
        "emergency_form": _emergency_form(view.digest, refusal),
        "comment_form": _typed(refusal, "change_comment") or CommentForm(),
    }


def _typed(refusal: Refusal | None, act: str) -> forms.Form | None:
    return refusal.form if refusal is not None and refusal.act == act else None


def _emergency_form(shown: str, refusal: Refusal | None) -> EmergencyForm:
    """For the content that the page shows (its digest), whatever the form that was sent last was for."""
    typed = _typed(refusal, "change_emergency")
    if typed is None:
        return EmergencyForm(auto_id="emergency_%s", initial={"digest": shown})
    data = {"why": typed.data.get("why", ""), "digest": shown}
    return EmergencyForm(data, auto_id="emergency_%s")


def _blocked(change: ChangeRequest, view: ProposalView, now: datetime) -> str:
    """Why the draft cannot be submitted; empty = it can."""
    reasons: list[tuple[object, str]] = [
        (view.proposed.conflicts, "Settle the conflicts first."),
        (view.proposed.findings, "Mend what was found in the draft first."),
        (not view.differences, "The draft says exactly what is in force. Change something first."),
        (
            change.effective_at is not None and change.effective_at <= now,
            "The date has passed. Give a later one, or none.",
        ),
    ]
    return next((words for holds, words in reasons if holds), "")


def _edit_link(ask: Asking) -> str:
    """Where the draft is edited; empty for people who do not enter the admin."""
    if not admin.site.has_permission(ask.request):
        return ""
    return _address("admin:glossary_changerequest_change", ask.change.pk)


def _linked(ask: Asking, place: Place) -> tuple[Place, str]:
    """A finding with the address of its row in the admin; empty where there is none or the reader cannot edit."""
    if place.model is None or not _edit_link(ask):
        return place, ""
    meta = place.model._meta  # noqa: SLF001  (public in all but name; Django documents it)
    name = f"admin:{meta.app_label}_{meta.model_name}"
    if place.row is not None:
        return place, _address(f"{name}_change", place.row.pk)
    listed = _address(f"{name}_changelist")
    return place, f"{listed}?request__id__exact={ask.change.pk}" if listed else ""


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
