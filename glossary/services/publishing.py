"""Putting an approved change in force: now, or when its date comes. Wholly or not at all, and once."""

from datetime import datetime, timedelta

from django.db import transaction

from glossary import registry
from glossary.choices import EventKind, RequestState, Workstream
from glossary.exceptions import NotAllowed, PublishRefused, RequestRefused, StaleContent
from glossary.models import ChangeRequest, PolicyVersion
from glossary.queries.editions import edition_at
from glossary.queries.rights import charter_at, may_propose
from glossary.queries.standing import lacking, round_of
from glossary.services.announcing import announce
from glossary.services.catching_up import catch_up
from glossary.services.publish import lock_line, publish
from glossary.services.renewal import end_ratification, follow_charter, measure_anew, renew
from glossary.services.timeline import locked, refusals_told, save, tell
from glossary.services.warrants import ApprovedRequest
from glossary.types import Publication
from people.models import User


def publish_request(request_id: int, *, acting_user: User | None, now: datetime) -> ChangeRequest:
    """Publish an approved change request, or schedule it where its effective date lies ahead.

    1. Wait for other publications, then lock the request. 2. Compare with the version in force: merge and go
    back into review, or give back with the conflict, when another one came first. 3. Look at every sign-off
    again: genuine, for this content, by people who still hold the role. 4. Seal the version and the edition,
    tell people. A second click finds it published and changes nothing.

    Args:
        acting_user: None = the activation sweep.

    Raises:
        NotAllowed, RequestRefused: no right to publish here, or not approved.
        PublishRefused: sign-offs are missing or no longer count; they are asked for again.
        StaleContent: another version came first.
        DocumentRefused: what would result does not pass the cross-checks.
    """
    with refusals_told(request_id, acting_user, now), transaction.atomic():
        request, held = _publish(request_id, acting_user, now)
    if held is not None:
        raise held
    return request


def _publish(
    request_id: int, user: User | None, now: datetime
) -> tuple[ChangeRequest, StaleContent | PublishRefused | None]:
    """The request, and why it was not published after all; what that changed must be committed."""
    lock_line()
    request = locked(request_id)
    if request.state == RequestState.PUBLISHED:
        return request, None
    _require_publish(request, user, now)
    stale = catch_up(request, now)
    if stale:
        return request, StaleContent(stale)
    missing = lacking(request, charter_at(now), round_of(request))
    if missing:
        return request, _hold(request, missing, now)
    if request.effective_at is not None and request.effective_at > now:
        return _schedule(request, user, now), None
    return put_in_force(request, ApprovedRequest(request, charter_at(now)), user, now), None


def put_in_force(
    request: ChangeRequest, warrant: ApprovedRequest, user: User | None, now: datetime
) -> ChangeRequest:
    """Seal the frozen content and close the request. Within the transaction and under the locks of the caller."""
    document = registry.parse(request.workstream, request.content)
    before = edition_at(now)
    edition = publish(
        {request.workstream: document},
        Publication(request.title, request.why),
        acting_user=user,
        warrant=warrant,
        now=now,
    )
    number = edition.versions[request.workstream]
    request.version = PolicyVersion.objects.get(workstream=request.workstream, number=number)
    request.state, request.closed_at = RequestState.PUBLISHED, now
    save(request, now, "version", "state", "closed_at", "emergency_why", "ratify_by")
    planned = f", planned for {request.effective_at:%d %b %Y %H:%M} UTC" if request.effective_at else ""
    tell(request, EventKind.PUBLISHED, acting_user=user, now=now, note=f"As {request.version}{planned}")
    end_ratification(request, now)
    if request.workstream == Workstream.CHARTER:
        follow_charter(now, but=request.pk)
    if registry.is_back_tested(request.workstream):
        measure_anew(now, but=request.pk)
    announce(request, request.version, before, now)
    return request


def _require_publish(request: ChangeRequest, user: User | None, now: datetime) -> None:
    if user is not None and not may_propose(user, request.workstream, now):
        raise NotAllowed(
            "Only who may propose changes of this workstream, or RevOps, puts them in force once approved."
        )
    if request.state not in {RequestState.APPROVED, RequestState.SCHEDULED}:
        raise RequestRefused(
            f"Change request #{request.pk} is {request.get_state_display().lower()}; only an approved one is published."
        )


def _hold(request: ChangeRequest, missing: list[str], now: datetime) -> PublishRefused:
    """Take an approval back that no longer holds, and ask again for what is missing."""
    reason = "; ".join(missing)
    if request.is_under_review:
        request.state = RequestState.IN_REVIEW
        request.expires_at = now + timedelta(days=charter_at(now).expire_days)  # those asked anew need time
        save(request, now, "state", "expires_at")
        tell(request, EventKind.HELD, acting_user=None, now=now, note=reason)
        renew(request, now)
    return PublishRefused(f"Not published: {reason}.")


def _schedule(request: ChangeRequest, user: User | None, now: datetime) -> ChangeRequest:
    if request.state != RequestState.SCHEDULED:
        request.state = RequestState.SCHEDULED
        save(request, now, "state")
        at = request.effective_at
        note = f"For {at:%d %b %Y %H:%M} UTC" if at else ""
        tell(request, EventKind.SCHEDULED, acting_user=user, now=now, note=note)
    return request
