"""The emergency path: several people put a submitted change in force at once; the charter's sign-offs must follow."""

from datetime import datetime, timedelta

from django.db import transaction

from glossary.choices import Duty, EventKind
from glossary.exceptions import NotAllowed, RequestRefused, StaleContent
from glossary.models import ChangeRequest, SignOff
from glossary.queries.rights import charter_at, declaring_roles, emergency_roles, holders
from glossary.queries.standing import round_of
from glossary.services.catching_up import catch_up
from glossary.services.notices import KIND, page_of, with_stand_ins
from glossary.services.opening import WHY_LENGTH
from glossary.services.publishing import put_in_force
from glossary.services.renewal import set_aside
from glossary.services.timeline import locked, refusals_told, save, tell
from glossary.services.warrants import EmergencyRequest
from notifications.services.outbox import notify
from notifications.types import Message
from people.models import User


def declare_emergency(
    request_id: int, why: str, content: str, *, acting_user: User, now: datetime
) -> ChangeRequest:
    """Say that a submitted change cannot wait, and why. Each further person agrees by `sign` on a seat.

    The one who declares may have written the change; who agrees may not (nobody signs what they wrote). Made
    for another version than the one in force, the change is merged with it first.

    Args:
        content: digest of what was on the page.

    Raises:
        NotAllowed, RequestRefused, StaleContent.
    """
    with refusals_told(request_id, acting_user, now), transaction.atomic():
        request = locked(request_id)
        charter = charter_at(now)
        if not acting_user.has_role(*declaring_roles(charter, request.workstream)):
            raise NotAllowed(
                "Only who proposes or approves this workstream, or RevOps, declares an emergency."
            )
        if not request.is_under_review:
            raise RequestRefused("Submit the change first: an emergency puts frozen content in force.")
        if not why.strip() or len(why) > WHY_LENGTH or "\0" in why:
            raise RequestRefused(f"Say why this cannot wait, in 1 to {WHY_LENGTH} characters.")
        moved = catch_up(request, now)
        stale = content != request.digest or not request.is_under_review
        if not stale and not request.emergency_why:
            request.emergency_why = why.strip()
            save(request, now, "emergency_why")
            tell(request, EventKind.EMERGENCY, acting_user=acting_user, now=now, note=why.strip())
            _ask(request, charter.emergency.people, emergency_roles(charter, request.workstream), now)
    if stale:
        raise StaleContent(moved) if moved else StaleContent
    return request


def put_in_force_if_agreed(request: ChangeRequest, *, acting_user: User, now: datetime) -> None:
    """Publish once every seat is filled. Within the transaction and under both locks of the caller.

    Raises PublishRefused, DocumentRefused.
    """
    if not request.is_under_review:
        return
    charter = charter_at(now)
    warrant = EmergencyRequest(request, charter, round_of(request))
    if not warrant.missing():
        request.ratify_by = now + timedelta(days=charter.emergency.ratify_days)
        put_in_force(request, warrant, acting_user, now)
        return
    for signoff, problem in warrant.faulty():
        set_aside(signoff, problem, now)  # so that somebody else can take the seat
    _ask(request, charter.emergency.people, emergency_roles(charter, request.workstream), now)


def _ask(request: ChangeRequest, people: int, roles: list[str], now: datetime) -> None:
    """Make the seats that are not there, and tell everyone who may take one."""
    there = {signoff.role for signoff in round_of(request) if signoff.duty == Duty.EMERGENCY}
    missing = [f"seat_{n}" for n in range(1, people + 1) if f"seat_{n}" not in there]
    for seat in missing:
        made = SignOff.objects.create(
            request=request, cycle=request.cycle, duty=Duty.EMERGENCY, role=seat, asked_at=now
        )
    if not missing:
        return
    message = Message(
        kind=KIND,
        subject=f"Emergency, {people} people needed: {request.title}",
        dedupe_key=f"emergency:{made.pk}",
        body=request.emergency_why,
        url=page_of(request),
    )
    notify(with_stand_ins(holders(roles), now), message, now=now)
