"""Delegation: somebody signs for somebody else for a time."""

from datetime import datetime, timedelta

from django.db import transaction

from glossary.exceptions import NotAllowed, RequestRefused
from glossary.models import Delegation
from notifications.services.outbox import notify
from notifications.types import Message
from people.access import identities, name_of
from people.models import User

LONGEST = timedelta(days=92)


def delegate(
    to_user: User, span: tuple[datetime, datetime], *, acting_user: User, now: datetime, why: str = ""
) -> Delegation:
    """Let `to_user` sign wherever `acting_user` may, from the first instant of `span` to the last one.

    Raises RequestRefused: to oneself, to an inactive account, a span that is over, reversed or longer than 92
    days; NotAllowed for an inactive account. The same once more, as by a double click, is the same delegation.
    """
    starts_at, ends_at = span
    if not acting_user.is_active:
        raise NotAllowed("This account is not active.")
    if set(identities(to_user)) & set(identities(acting_user)):
        raise RequestRefused("Delegate to another person.")
    if not to_user.is_active:
        raise RequestRefused(f"The account of {name_of(to_user)} is not active.")
    if ends_at <= starts_at or ends_at <= now:
        raise RequestRefused("The end must lie after the beginning, and ahead.")
    if ends_at - starts_at > LONGEST:
        raise RequestRefused("A delegation lasts 92 days at most; give an earlier end.")
    with transaction.atomic():
        User.objects.select_for_update().get(pk=acting_user.pk)  # two clicks of one person queue up here
        there = Delegation.objects.filter(
            from_user=acting_user, to_user=to_user, starts_at=starts_at, ends_at=ends_at, revoked_at=None
        ).first()
        if there is not None:
            return there
        made = Delegation.objects.create(
            from_user=acting_user,
            to_user=to_user,
            starts_at=starts_at,
            ends_at=ends_at,
            why=why.replace("\0", "").strip()[:200],
            made_at=now,
        )
        message = Message(
            kind="delegation",
            subject=f"You may sign for {name_of(acting_user)} until {ends_at:%d %b %Y}",
            dedupe_key=f"delegation:{made.pk}",
            body=made.why,
            url="/changes/",
        )
        notify([to_user], message, now=now)
    return made


def take_back(delegation_id: int, *, acting_user: User, now: datetime) -> Delegation:
    """End a delegation of one's own now. What was signed by it stays signed. Raises RequestRefused."""
    with transaction.atomic():
        found = Delegation.objects.select_for_update().filter(pk=delegation_id, from_user=acting_user).first()
        if found is None:
            raise RequestRefused("There is no such delegation of yours.")
        if found.revoked_at is None:
            found.revoked_at = now
            found.save(update_fields=["revoked_at"])
    return found
