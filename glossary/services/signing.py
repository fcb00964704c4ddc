"""Signing: a person answers a slot, for exactly the content that was on the page."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from glossary import registry
from glossary.choices import Duty, EventKind, RequestState, Verdict
from glossary.engine import seal
from glossary.exceptions import NotAllowed, RequestRefused, StaleContent
from glossary.models import BackTest, ChangeRequest, SignOff
from glossary.queries.measured import measured, question_now
from glossary.queries.standing import answer_seal, role_name, unmeasured
from glossary.services.catching_up import catch_up
from glossary.services.eligibility import principal
from glossary.services.emergency import put_in_force_if_agreed
from glossary.services.notices import tell_makers
from glossary.services.publish import lock_line
from glossary.services.renewal import settle_round
from glossary.services.timeline import locked, save, tell, tell_refusal
from people.access import identities, name_of
from people.models import User

ANSWERS = {
    Duty.APPROVE: frozenset({Verdict.GIVEN, Verdict.CHANGES, Verdict.REJECTED}),
    Duty.VALIDATE: frozenset({Verdict.GIVEN, Verdict.CHANGES, Verdict.REJECTED}),
    Duty.CONSULT: frozenset({Verdict.GIVEN}),
    Duty.EMERGENCY: frozenset({Verdict.GIVEN}),
}
STALE = str(StaleContent())
NOT_MEASURED = (
    "There is no finished back-test of exactly this content. Start one on this page, read it, then validate."
)
UNREAD = (
    "A back-test has come in, or another one stands now, since the page was shown. Read it, then validate."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says to a slot.

    Attributes:
        digest: of the content that was on the page, hex.
        note: the reason; required for changes and rejection, and as Finance's finding for a validation.
        back_test: number of the one that was on the page, 0 = none was; a validation rests on no other.
            None = there was no page: the newest that stands.
    """

    signoff_id: int
    verdict: str
    digest: str
    note: str = ""
    back_test: int | None = None


def sign(answer: Answer, *, acting_user: User, now: datetime) -> SignOff:
    """Record an answer. The same answer again changes nothing.

    Raises:
        NotAllowed: no such role, wrote a part, or counts already; the attempt is in the timeline.
        StaleContent: the content is not what was on the page.
        RequestRefused: the slot is not open, a reason is missing, or a validation has no back-test to rest on.
    """
    try:
        with transaction.atomic():
            signoff, stale = _sign(answer, acting_user, now)
    except NotAllowed as refused:
        _log_refusal(answer, str(refused), acting_user, now)
        raise
    if stale:
        raise StaleContent(stale)
    return signoff


def _sign(answer: Answer, user: User, now: datetime) -> tuple[SignOff, str]:
    """The answered slot, and why it was not answered after all; what that changed must be committed."""
    signoff = SignOff.objects.filter(pk=answer.signoff_id).first()
    if signoff is None:
        raise RequestRefused("There is no such sign-off.")
    if signoff.duty == Duty.EMERGENCY:
        lock_line()  # the last seat publishes; the line is always locked before a request
    request = locked(signoff.request_id)
    signoff = SignOff.objects.select_related("request").get(pk=answer.signoff_id)
    if _is_repeated(signoff, answer, user):
        return signoff, ""
    on_behalf_of = principal(signoff, user, now)
    _require_open(signoff, request, user)
    _require_words(signoff, answer)
    signoff, stale = _current(signoff, request, answer, now)
    if stale:
        return signoff, stale
    signoff.back_test = _evidence(signoff, request, answer, now)
    _fill(signoff, answer, (user, on_behalf_of), now)
    tell(request, EventKind.SIGNED, acting_user=user, now=now, note=_line(signoff))
    _follow(request, signoff, now)
    return signoff, ""


def _is_repeated(signoff: SignOff, answer: Answer, user: User) -> bool:
    given = (signoff.signer_id, signoff.verdict, signoff.digest, signoff.note)
    same = given == (user.pk, answer.verdict, answer.digest, answer.note.strip())
    read = signoff.back_test_id is None or answer.back_test in {None, signoff.back_test_id}
    return same and read and signoff.voided_at is None and not unmeasured(signoff, answer.digest)


def _require_open(signoff: SignOff, request: ChangeRequest, user: User) -> None:
    if signoff.voided_at is not None or signoff.cycle != request.cycle:
        raise StaleContent
    if not (request.is_under_review or request.awaits_ratification):
        raise RequestRefused(
            f"Change request #{request.pk} is {request.get_state_display().lower()}; it asks for no sign-off."
        )
    # Who answered may answer otherwise while it still matters; so may who delegated it.
    if signoff.verdict and user.pk not in {signoff.signer_id, signoff.on_behalf_of_id}:
        raise RequestRefused(f"{signoff.signer_name} has answered this already. Comment, or talk to them.")


def _require_words(signoff: SignOff, answer: Answer) -> None:
    allowed = ANSWERS[Duty(signoff.duty)]
    if answer.verdict not in allowed:
        raise RequestRefused(
            f"{answer.verdict!r} is no answer here; possible are {', '.join(sorted(allowed))}."
        )
    needs_note = answer.verdict != Verdict.GIVEN or signoff.duty in {Duty.VALIDATE, Duty.CONSULT}
    if needs_note and not answer.note.strip():
        what = "your finding on the reported numbers" if answer.verdict == Verdict.GIVEN else "the reason"
        raise RequestRefused(f"Write {what if signoff.duty != Duty.CONSULT else 'your advice'} first.")
    if len(answer.note) > 4000 or "\0" in answer.note:
        raise RequestRefused("The note must be a text of at most 4,000 characters.")


def _current(signoff: SignOff, request: ChangeRequest, answer: Answer, now: datetime) -> tuple[SignOff, str]:
    """The slot to fill, in the round of what would be published now; or why there is nothing to sign."""
    if not request.is_under_review:
        return signoff, "" if answer.digest == request.digest else STALE
    before = request.cycle
    moved = catch_up(request, now)
    if moved and request.cycle == before:
        return signoff, moved
    if moved:
        standing = SignOff.objects.standing().filter(request=request, cycle=request.cycle)
        again = standing.filter(duty=signoff.duty, role=signoff.role).first()
        if again is None:
            return signoff, STALE  # the charter asks for it no more, or an emergency must be declared anew
        signoff = again
    return signoff, "" if answer.digest == request.digest else STALE


def _evidence(signoff: SignOff, request: ChangeRequest, answer: Answer, now: datetime) -> BackTest | None:
    """The back-test that a validation rests on; None where none is needed.

    Raises RequestRefused without one, StaleContent where it is not the one that was read.
    """
    validates = signoff.duty == Duty.VALIDATE and answer.verdict == Verdict.GIVEN
    if not validates or not registry.is_back_tested(request.workstream):
        return None
    found = measured(request, question_now(request, now))
    if found.standing is None:
        raise RequestRefused(NOT_MEASURED)
    if answer.back_test is None:
        return found.standing
    # One that a newer one stands before is as good: it is of exactly this, and it is what was read.
    read = next((row for row in (found.standing, *found.others) if row.pk == answer.back_test), None)
    if read is None:
        raise StaleContent(UNREAD)
    return read


def _fill(signoff: SignOff, answer: Answer, people: tuple[User, User | None], now: datetime) -> None:
    signer, on_behalf_of = people
    signoff.verdict, signoff.digest, signoff.note = answer.verdict, answer.digest, answer.note.strip()
    signoff.signer, signoff.signer_name = signer, name_of(signer)
    signoff.on_behalf_of, signoff.decided_at = on_behalf_of, now
    other = identities(on_behalf_of) if on_behalf_of else []
    signoff.identities = sorted({*identities(signer), *other})
    key = settings.POLICY_KEYS[0]
    signoff.signature, signoff.key_id = seal.sign(answer_seal(signoff), key), seal.key_id(key)
    signoff.save()


def _follow(request: ChangeRequest, signoff: SignOff, now: datetime) -> None:
    """What an answer does to the request."""
    if signoff.duty == Duty.EMERGENCY and signoff.signer is not None:
        put_in_force_if_agreed(request, acting_user=signoff.signer, now=now)
    elif signoff.verdict == Verdict.REJECTED:
        _refused(request, signoff, now, RequestState.REJECTED, EventKind.REJECTED)
    elif signoff.verdict == Verdict.CHANGES:
        _refused(request, signoff, now, RequestState.CHANGES_REQUESTED, EventKind.CHANGES)
    else:
        settle_round(request, now)


def _refused(
    request: ChangeRequest, signoff: SignOff, now: datetime, state: RequestState, kind: EventKind
) -> None:
    tell(request, kind, acting_user=signoff.signer, now=now, note=signoff.note)
    tell_makers(
        request, state.label, f"{kind}:{signoff.pk}", now, body=f"{signoff.signer_name}: {signoff.note}"
    )
    if not request.is_under_review:
        return  # an emergency is in force already: who refuses to ratify it proposes the way back
    _void_others(request, signoff, state.label, now)
    request.state = state
    request.closed_at = now if state == RequestState.REJECTED else None
    save(request, now, "state", "closed_at")


def _void_others(request: ChangeRequest, signoff: SignOff, reason: str, now: datetime) -> None:
    """Void the other sign-offs of a round that one answer has ended."""
    others = SignOff.objects.standing().filter(request=request).exclude(pk=signoff.pk)
    others.update(voided_at=now, void_reason=reason[:200])


def _line(signoff: SignOff) -> str:
    words = (
        f"{signoff.get_duty_display()} as {role_name(signoff.role)}: {signoff.get_verdict_display().lower()}"
    )
    behalf = f" (for {signoff.on_behalf_of})" if signoff.on_behalf_of else ""
    on = f", on back-test #{signoff.back_test_id}" if signoff.back_test_id else ""
    return f"{words}{on}{behalf}. {signoff.note}".strip()


def _log_refusal(answer: Answer, reason: str, user: User, now: datetime) -> None:
    signoff = SignOff.objects.select_related("request").get(pk=answer.signoff_id)
    tell_refusal(signoff.request, reason, acting_user=user, now=now)
