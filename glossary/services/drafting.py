"""Editing a draft. Every edit names its author for good, and an edit of a change under review voids all sign-offs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from glossary import registry
from glossary.choices import EventKind, RequestState
from glossary.engine.base import PolicyDocument
from glossary.engine.merge import Side, settle
from glossary.engine.seal import canonical_json, digest
from glossary.exceptions import DocumentRefused, NotAllowed, RequestRefused
from glossary.models import ChangeRequest
from glossary.queries.editions import edition_at
from glossary.queries.proposals import base_document, own_data, plain
from glossary.queries.rights import may_propose
from glossary.registry.rows import read_rows, write_rows
from glossary.services.opening import check_texts
from glossary.services.rounds import void
from glossary.services.timeline import add_contributor, locked, refusals_told, save, tell
from people.models import User

SIDES = frozenset({"mine", "live"})


@dataclass(frozen=True, slots=True)
class Texts:
    """What is said of a change.

    Attributes:
        effective_at: when it is to go in force; None = as soon as it is published.
    """

    title: str
    why: str
    effective_at: datetime | None = None


def note_edit(request_id: int, *, acting_user: User, now: datetime, what: str = "") -> ChangeRequest:
    """Account for an edit of draft rows, at the end of the transaction that wrote them.

    1. Lock the request and check right and state; a refusal rolls the edit back. 2. Note the contributor.
    3. Under review and changed in content: void every sign-off and go back to draft.

    Raises:
        NotAllowed, RequestRefused: the edit must not stand.
    """
    with transaction.atomic():
        request = locked(request_id)
        require_edit(request, acting_user, now)
        changed = not request.is_under_review or rows_digest(request) != request.digest
        if changed:
            _take_back(request, what or "The draft was edited", acting_user, now)
    return request


def change_texts(request_id: int, texts: Texts, *, acting_user: User, now: datetime) -> ChangeRequest:
    """Change title, reason or effective date. They are part of what signers read, so sign-offs are void.

    Raises NotAllowed, RequestRefused.
    """
    check_texts(texts.title, texts.why)
    with refusals_told(request_id, acting_user, now), transaction.atomic():
        request = locked(request_id)
        require_edit(request, acting_user, now)
        before = (request.title, request.why, request.effective_at)
        after = (texts.title.strip(), texts.why.strip(), texts.effective_at)
        if before == after:
            return request
        if texts.effective_at is not None and texts.effective_at != before[2] and texts.effective_at <= now:
            raise RequestRefused(
                f"The effective date {texts.effective_at:%d %b %Y %H:%M %Z} has passed; give a later one."
            )
        request.title, request.why, request.effective_at = after
        save(request, now, "title", "why", "effective_at")
        _take_back(request, "Title, reason or date were changed", acting_user, now)
    return request


def replace_draft(
    request_id: int, document: PolicyDocument, *, acting_user: User, now: datetime, what: str = ""
) -> ChangeRequest:
    """Lay the draft down anew from a document. Raises NotAllowed, RequestRefused, DocumentRefused."""
    with refusals_told(request_id, acting_user, now), transaction.atomic():
        request = locked(request_id)
        require_edit(request, acting_user, now)
        if type(document) is not registry.document_type(request.workstream).document_class:
            raise RequestRefused(f"A {type(document).__name__} does not belong to this change request.")
        write_rows(request, plain(document), user=acting_user)
        return note_edit(request_id, acting_user=acting_user, now=now, what=what or "Replaced from a file")


def settle_conflicts(
    request_id: int, choices: Mapping[str, str], *, acting_user: User, now: datetime
) -> ChangeRequest:
    """Decide each item that both this draft and the version in force changed, and go on from the latter.

    Args:
        choices: item of the conflict → `mine` or `live`.

    Raises:
        NotAllowed, RequestRefused: also when an item has no choice.
        DocumentRefused: what the choices give is no document.
    """
    with refusals_told(request_id, acting_user, now), transaction.atomic():
        request = locked(request_id)
        require_edit(request, acting_user, now)
        edition = edition_at(now)
        live = edition.document(registry.document_type(request.workstream).document_class)
        mine = plain(registry.parse(request.workstream, own_data(request)))
        try:
            data = settle(plain(base_document(request)), plain(live), mine, _sides(choices))
        except ValueError as error:
            raise RequestRefused(str(error)) from error
        document = registry.parse(request.workstream, data)
        request.base_number = edition.versions[request.workstream]
        save(request, now, "base_number")
        write_rows(request, json.loads(canonical_json(document)), user=acting_user)
        _take_back(request, f"Settled on top of v{request.base_number}", acting_user, now)
    return request


def _sides(choices: Mapping[str, str]) -> dict[str, Side]:
    """Choices that are one; another word is as good as none, and the conflict is named."""
    return {item: "mine" if side == "mine" else "live" for item, side in choices.items() if side in SIDES}


def require_edit(request: ChangeRequest, user: User, now: datetime) -> None:
    """Raise NotAllowed or RequestRefused unless the person may edit this draft now."""
    if not may_propose(user, request.workstream, now):
        raise NotAllowed(
            f"You may not edit change request #{request.pk}: the charter does not name a role of yours as "
            f"Responsible for the {request.workstream}."
        )
    if not request.is_open:
        raise RequestRefused(
            f"Change request #{request.pk} is {request.get_state_display().lower()} and is never edited again. "
            "Propose a new change."
        )


def rows_digest(request: ChangeRequest) -> str:
    """Digest of the document that the draft rows make; empty when they make none."""
    try:
        return digest(canonical_json(registry.parse(request.workstream, read_rows(request))))
    except DocumentRefused:
        return ""


def _take_back(request: ChangeRequest, what: str, user: User, now: datetime) -> None:
    add_contributor(request, user, now)
    if request.is_under_review:
        void(request, what, acting_user=user, now=now)
        request.state = RequestState.DRAFT
    save(request, now, "state")
    tell(request, EventKind.EDITED, acting_user=user, now=now, note=what)
