"""Submitting a draft for review, and withdrawing it."""

from datetime import datetime

from django.db import transaction

from glossary.choices import EventKind, RequestState
from glossary.exceptions import DocumentRefused, RequestRefused
from glossary.models import ChangeRequest
from glossary.queries.editions import edition_at
from glossary.queries.proposals import plain, proposed
from glossary.registry.rows import write_rows
from glossary.services.drafting import require_edit
from glossary.services.rounds import begin_round, void
from glossary.services.timeline import locked, refusals_told, save, tell
from people.models import User


def submit(request_id: int, *, acting_user: User, now: datetime) -> ChangeRequest:
    """Freeze the draft and ask for the sign-offs of the charter in force.

    1. Validate the document and the edition that would result. 2. Where another version went in force since,
    merge with it. 3. Freeze the content with its digest and begin a review round.

    Raises:
        DocumentRefused: with every finding; nothing is changed.
        NotAllowed, RequestRefused: no right, not a draft, nothing changed, or conflicts to settle first.
    """
    with refusals_told(request_id, acting_user, now), transaction.atomic():
        request = locked(request_id)
        require_edit(request, acting_user, now)
        if request.is_under_review:
            return request  # a second click
        found = proposed(request, edition_at(now))
        if found.conflicts:
            raise RequestRefused(
                f"{request.workstream} v{found.live_number} changed the same as this draft: "
                f"{', '.join(conflict.label for conflict in found.conflicts)}. Settle that first."
            )
        if found.findings or found.document is None:
            raise DocumentRefused(found.findings)
        if found.document == found.live:
            raise RequestRefused("The draft says exactly what is in force. Change something first.")
        if request.effective_at is not None and request.effective_at <= now:
            raise RequestRefused("The effective date has passed. Give a later one, or none.")
        if found.is_stale:
            write_rows(request, plain(found.document), user=None)
        begin_round(request, found.document, found.live_number, now)
        tell(request, EventKind.SUBMITTED, acting_user=acting_user, now=now)
    return request


def withdraw(request_id: int, note: str, *, acting_user: User, now: datetime) -> ChangeRequest:
    """End a change request that is not wanted any more. Raises NotAllowed, RequestRefused."""
    with refusals_told(request_id, acting_user, now), transaction.atomic():
        request = locked(request_id)
        if request.state == RequestState.WITHDRAWN:
            return request
        require_edit(request, acting_user, now)
        void(request, "The change was withdrawn", acting_user=acting_user, now=now)
        request.state, request.closed_at = RequestState.WITHDRAWN, now
        save(request, now, "state", "closed_at")
        tell(
            request,
            EventKind.WITHDRAWN,
            acting_user=acting_user,
            now=now,
            note=note.replace("\0", "").strip()[:4000],
        )
    return request
