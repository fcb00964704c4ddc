"""Review rounds: freezing content, asking for sign-offs, voiding them, and merging with what went in force."""

from datetime import datetime, timedelta

from glossary.choices import Duty, EventKind, RequestState
from glossary.engine.base import PolicyDocument
from glossary.engine.charter import CharterDocument
from glossary.engine.duties import slots
from glossary.engine.seal import canonical_json, digest
from glossary.models import ChangeRequest, SignOff
from glossary.queries.proposals import Proposed, plain
from glossary.queries.rights import charter_at
from glossary.registry.rows import write_rows
from glossary.services.measuring import measure_round
from glossary.services.notices import ask_signers, tell_makers
from glossary.services.timeline import save, tell
from people.models import User

ROUND_COLUMNS = (
    "state",
    "content",
    "digest",
    "cycle",
    "base_number",
    "submitted_at",
    "expires_at",
    "emergency_why",
)


def begin_round(request: ChangeRequest, document: PolicyDocument, base: int, now: datetime) -> None:
    """Freeze `document` and ask for what the charter in force asks for; the request is in review then.

    Where the content decides which leads enter a stage, a back-test of it is queued.

    Args:
        base: number of the version in force that the document was compared and merged with.
    """
    charter = charter_at(now)
    request.content = canonical_json(document)
    request.digest = digest(request.content)
    request.base_number = base
    request.cycle += 1
    request.emergency_why = ""  # what people agreed to was another content
    request.state = RequestState.IN_REVIEW
    request.submitted_at = now
    request.expires_at = now + timedelta(days=charter.expire_days)
    save(request, now, *ROUND_COLUMNS)
    ask(request, charter, now)
    measure_round(request, now)


def ask(request: ChangeRequest, charter: CharterDocument, now: datetime) -> list[SignOff]:
    """Make the slots of the running round that are not there yet, and tell who may fill them."""
    there = set(
        SignOff.objects.standing().filter(request=request, cycle=request.cycle).values_list("duty", "role")
    )
    window = now + timedelta(days=charter.consult_days)
    asked = [
        SignOff.objects.create(
            request=request,
            cycle=request.cycle,
            duty=slot.duty,
            role=slot.role,
            asked_at=now,
            due_at=window if slot.duty == Duty.CONSULT else None,
        )
        for slot in slots(charter, request.workstream)
        if slot not in there
    ]
    ask_signers(request, asked, now)
    return asked


def void(request: ChangeRequest, reason: str, *, acting_user: User | None, now: datetime) -> None:
    """Void every standing sign-off of the request. They stay to be read as what they are: stale."""
    voided = (
        SignOff.objects.standing().filter(request=request).update(voided_at=now, void_reason=reason[:200])
    )
    if voided:
        tell(request, EventKind.VOIDED, acting_user=acting_user, now=now, note=reason)


def rebase(request: ChangeRequest, found: Proposed, now: datetime) -> None:
    """Take what went in force meanwhile into the request and begin a new round on the merged content.

    Raises ValueError when there is nothing merged, that is with conflicts.
    """
    if found.document is None:
        raise ValueError("there is no merged document")
    reason = f"{request.workstream} v{found.live_number} went in force; the change was merged with it"
    void(request, reason, acting_user=None, now=now)
    write_rows(request, plain(found.document), user=None)
    begin_round(request, found.document, found.live_number, now)
    tell(request, EventKind.REBASED, acting_user=None, now=now, note=reason)


def back_to_makers(request: ChangeRequest, kind: EventKind, reason: str, now: datetime) -> None:
    """Give a request under review back to those who wrote it, with the reason."""
    void(request, reason, acting_user=None, now=now)
    request.state = RequestState.CHANGES_REQUESTED
    save(request, now, "state")
    tell(request, kind, acting_user=None, now=now, note=reason)
    tell_makers(request, "Back to you", f"back:{now.isoformat()}", now, body=reason)
