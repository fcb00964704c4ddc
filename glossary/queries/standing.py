"""Which sign-offs count now: genuine, for this content, by people who still may, none of whom wrote it."""

from collections.abc import Iterable

from django.conf import settings

from glossary import registry
from glossary.choices import BINDING, Duty, JobState, Verdict
from glossary.engine.charter import CharterDocument
from glossary.engine.duties import Slot, binding_slots
from glossary.engine.seal import canonical_json, digest, instant_text, verify
from glossary.models import BackTest, ChangeRequest, SignOff
from people.access import identities
from people.choices import Role
from people.models import User


def role_name(role: str) -> str:
    """A role as people call it; the seats of an emergency are its persons."""
    if role.startswith("seat_"):
        return f"person {role.removeprefix('seat_')}"
    return str(dict(Role.choices).get(role, role))


def answer_seal(signoff: SignOff) -> str:
    """SHA-256 over everything that an answered sign-off says; its signature is the HMAC of this."""
    at, request = signoff.decided_at, signoff.request
    planned = request.effective_at
    return digest(
        canonical_json(
            {
                "kind": "signoff",
                # What the signer read beside the content, and which version it changes: not covered by the digest.
                "base": request.base_number,
                "title": request.title,
                "why": request.why,
                "effective_at": instant_text(planned) if planned else "",
                "emergency_why": request.emergency_why if signoff.duty == Duty.EMERGENCY else "",
                "request": signoff.request_id,
                "cycle": signoff.cycle,
                "duty": signoff.duty,
                "role": signoff.role,
                "verdict": signoff.verdict,
                "signer": signoff.signer_id,
                "signer_name": signoff.signer_name,
                "on_behalf_of": signoff.on_behalf_of_id,
                "identities": signoff.identities,
                "digest": signoff.digest,
                "note": signoff.note,
                "decided_at": instant_text(at) if at else "",
                **_rests_on(signoff.back_test),
            }
        )
    )


def _rests_on(back_test: BackTest | None) -> dict[str, object]:
    """What a validation says of its back-test: which one, of what, and what it found. Older seals say nothing."""
    if back_test is None:
        return {}
    found = digest(canonical_json({"result": back_test.result}))
    return {"back_test": {"id": back_test.pk, "digest": back_test.digest, "result": found}}


def is_genuine(signoff: SignOff) -> bool:
    """Whether the answer was given through the application."""
    return verify(answer_seal(signoff), signoff.signature, signoff.key_id, settings.POLICY_KEYS)


def contributor_identities(request: ChangeRequest) -> set[str]:
    """Everything that the people who wrote this change are or were known by."""
    found: set[str] = set()
    for row in request.contributors.all():
        found |= {*row.identities, *(identities(row.user) if row.user else ())}
    return found


def people_of(signoff: SignOff) -> set[str]:
    """Everything that the people behind a sign-off are or were known by."""
    found = set(signoff.identities)
    for user in (signoff.signer, signoff.on_behalf_of):
        found |= set(identities(user)) if user else set()
    return found


def round_of(request: ChangeRequest) -> list[SignOff]:
    """Standing sign-offs of the running review round, with the people behind them."""
    found = SignOff.objects.standing().filter(request=request, cycle=request.cycle)
    return list(
        found.select_related("request", "signer", "on_behalf_of", "back_test")
        .defer("back_test__content", "back_test__result")
        .prefetch_related("signer__groups", "on_behalf_of__groups")
    )


def lacking(request: ChangeRequest, charter: CharterDocument, signoffs: Iterable[SignOff]) -> list[str]:
    """What the charter still asks for before this change may ship, in sentences; empty = nothing.

    Args:
        signoffs: of the running round (`round_of`).
    """
    given = _given(signoffs)
    problems = faults(request, charter, given.values())
    return [
        f"{_slot_name(slot)}: {problems[slot]}" if slot in given else f"{_slot_name(slot)} has not signed"
        for slot in binding_slots(charter, request.workstream)
        if slot not in given or slot in problems
    ]


def faults(request: ChangeRequest, charter: CharterDocument, signoffs: Iterable[SignOff]) -> dict[Slot, str]:
    """Binding slots whose given sign-off does not count, and why."""
    given, wrote = _given(signoffs), contributor_identities(request)
    counted, found = set[str](), dict[Slot, str]()
    for slot in binding_slots(charter, request.workstream):
        if slot not in given:
            continue
        problem = fault(given[slot], request.digest, wrote, counted)
        if problem:
            found[slot] = problem
        else:
            counted |= people_of(given[slot])
    return found


def fault(
    signoff: SignOff, content: str, wrote: set[str], counted: set[str], roles: Iterable[str] = ()
) -> str:
    """Why a given sign-off does not count; empty when it does.

    Args:
        content: digest of what is to ship.
        wrote: identities of the contributors.
        counted: identities of people who count already.
        roles: any of which the person must hold; none given = the role that it is asked of.
    """
    people = people_of(signoff)
    if not is_genuine(signoff):
        return "this sign-off was not given through the application, or not for this title, reason and date"
    if signoff.digest != content:
        return "this sign-off is for another content"
    if people & wrote:
        return f"{signoff.signer_name} wrote a part of the change"
    if people & counted:
        return f"{signoff.signer_name} has signed already, and one person counts once"
    return unmeasured(signoff, content) or _lost(signoff, set(roles) or {signoff.role})


def unmeasured(signoff: SignOff, content: str) -> str:
    """Why a validation does not rest on a back-test as it must; empty when it does, or need not.

    One given before there were back-tests names none. It counts only where the request is in force already.

    Args:
        content: digest of what is to ship.
    """
    request, back_test = signoff.request, signoff.back_test
    if signoff.duty != Duty.VALIDATE or not registry.is_back_tested(request.workstream):
        return ""
    if back_test is None:
        return "this validation names no back-test" if request.is_open else ""
    before = getattr(back_test, f"{request.workstream}_before")
    mine = (back_test.request_id, back_test.state, before) == (request.pk, JobState.DONE, request.base_number)
    return "" if mine and back_test.digest == content else "its back-test is not of this content"


def _given(signoffs: Iterable[SignOff]) -> dict[Slot, SignOff]:
    return {Slot(s.duty, s.role): s for s in signoffs if s.verdict == Verdict.GIVEN and s.duty in BINDING}


def _slot_name(slot: Slot) -> str:
    return f"{role_name(slot.role)} ({Duty(slot.duty).label.lower()})"


def _lost(signoff: SignOff, roles: set[str]) -> str:
    """Why the person may no longer sign for any of the roles; empty when they may."""
    signer, holder = signoff.signer, signoff.on_behalf_of or signoff.signer
    if signer is None or not signer.is_active or holder is None or not holder.is_active:
        return f"the account of {signoff.signer_name} is no longer active"
    return "" if _holds(holder, roles) else f"{holder} no longer holds the role"


def _holds(user: User, roles: set[str]) -> bool:
    # Read anew: the cached property would keep what was true when the request began.
    return any(group.name in roles for group in user.groups.all())
