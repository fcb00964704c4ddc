"""The timeline of a change request, and its lock: every act takes the row, changes it, and leaves a line."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from glossary.choices import EventKind
from glossary.exceptions import NotAllowed, RequestRefused
from glossary.models import ChangeRequest, Contributor, RequestEvent
from people.access import identities, name_of
from people.models import User


def locked(request_id: int) -> ChangeRequest:
    """The change request, locked until the transaction ends. Raises RequestRefused when there is none."""
    request = ChangeRequest.objects.select_for_update(no_key=True).filter(pk=request_id).first()
    if request is None:
        raise RequestRefused(f"There is no change request #{request_id}.")
    return request


def tell(
    request: ChangeRequest, kind: EventKind, *, acting_user: User | None, now: datetime, note: str = ""
) -> RequestEvent:
    """Add a line to the timeline."""
    return RequestEvent.objects.create(
        request=request,
        at=now,
        cycle=request.cycle,
        kind=kind,
        actor=acting_user,
        actor_name=name_of(acting_user),
        note=note,
        digest=request.digest,
    )


def save(request: ChangeRequest, now: datetime, *columns: str) -> None:
    """Write the named columns, and when it was."""
    request.changed_at = now
    request.save(update_fields=[*columns, "changed_at"])


def add_contributor(request: ChangeRequest, user: User | None, now: datetime) -> None:
    """Note that `user` wrote a part of the change, once and for good. The system writes nothing of its own."""
    if user is None:
        return
    known = Contributor.objects.filter(request=request, user=user).first()
    if known is None:
        Contributor.objects.create(
            request=request, user=user, name=name_of(user), identities=identities(user), since=now
        )
    elif not set(identities(user)) <= set(known.identities):
        # A new address or subject since: the person is known by both.
        known.identities = sorted({*known.identities, *identities(user)})
        known.save(update_fields=["identities"])


@contextmanager
def refusals_told(request_id: int, user: User | None, now: datetime) -> Iterator[None]:
    """Leave a line in the timeline when the person may not do what is tried inside.

    Wrap it around the transaction: what is refused is rolled back, the line about it stays.
    """
    try:
        yield
    except NotAllowed as refused:
        request = ChangeRequest.objects.filter(pk=request_id).first()
        if request is not None:
            tell_refusal(request, str(refused), acting_user=user, now=now)
        raise


def tell_refusal(request: ChangeRequest, reason: str, *, acting_user: User | None, now: datetime) -> None:
    """Note an attempt that was refused; the same one again in the same round is noted already."""
    same = request.events.filter(cycle=request.cycle, kind=EventKind.REFUSED, actor=acting_user, note=reason)
    if not same.exists():
        tell(request, EventKind.REFUSED, acting_user=acting_user, now=now, note=reason)
