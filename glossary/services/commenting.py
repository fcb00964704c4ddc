"""Comments on change requests: everyone who is signed in may say something."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from glossary.exceptions import NotAllowed, RequestRefused
from glossary.models import ChangeRequest, Comment
from glossary.services.notices import KIND, page_of
from notifications.services.outbox import notify
from notifications.types import Message
from people.access import name_of
from people.models import User

LONGEST = 4000


def comment(request_id: int, text: str, token: UUID, *, acting_user: User, now: datetime) -> Comment:
    """Add a comment; the same token again adds nothing. Those who wrote, signed or commented are told.

    Raises NotAllowed for an inactive account, RequestRefused for an empty or too long text.
    """
    if not acting_user.is_active:
        raise NotAllowed("This account is not active.")
    text = text.strip()
    if not text or len(text) > LONGEST or "\0" in text:
        raise RequestRefused(f"Write a comment of 1 to {LONGEST} characters.")
    with transaction.atomic():
        request = ChangeRequest.objects.filter(pk=request_id).first()
        if request is None:
            raise RequestRefused(f"There is no change request #{request_id}.")
        row, created = Comment.objects.get_or_create(
            token=token,
            defaults={
                "request": request,
                "author": acting_user,
                "author_name": name_of(acting_user),
                "text": text,
                "at": now,
                "cycle": request.cycle,
            },
        )
        if created:
            _tell(request, row, now)
    return row


def _tell(request: ChangeRequest, row: Comment, now: datetime) -> None:
    involved = {
        *(each.user for each in request.contributors.select_related("user")),
        *(each.signer for each in request.signoffs.standing().select_related("signer")),
        *(each.author for each in request.comments.select_related("author")),
    }
    message = Message(
        kind=KIND,
        subject=f"{row.author_name} on {request.title}",
        dedupe_key=f"comment:{row.pk}",
        body=row.text,
        url=f"{page_of(request)}#comment-{row.pk}",
    )
    notify([person for person in involved if person and person != row.author], message, now=now)
