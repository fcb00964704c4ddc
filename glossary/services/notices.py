"""What people are told about change requests, over the outbox."""

from collections.abc import Iterable
from datetime import datetime

from glossary.models import ChangeRequest, SignOff
from glossary.queries.rights import holders
from glossary.queries.standing import role_name
from notifications.services.outbox import notify
from notifications.types import Message
from people.access import REVOPS
from people.models import User

KIND = "change_request"


def page_of(request: ChangeRequest) -> str:
    """Path of the page of a change request."""
    return f"/changes/{request.pk}/"


def ask_signers(request: ChangeRequest, asked: Iterable[SignOff], now: datetime) -> None:
    """Tell everyone who holds an asked role, and who stands in for them, that a sign-off waits."""
    for signoff in asked:
        message = Message(
            kind=KIND,
            subject=f"{signoff.get_duty_display()} as {role_name(signoff.role)}: {request.title}",
            dedupe_key=f"signoff:{signoff.pk}",
            body=f"{request.author_name} proposes a change of {request.get_workstream_display()}: {request.why}",
            url=page_of(request),
        )
        notify(with_stand_ins(holders([signoff.role]), now), message, now=now)


def with_stand_ins(people: Iterable[User], now: datetime) -> list[User]:
    """People, and those to whom they have delegated their signing at `now`."""
    found = list(people)
    stand_ins = User.objects.filter(
        stands_in__from_user__in=found,
        stands_in__starts_at__lte=now,
        stands_in__ends_at__gt=now,
        stands_in__revoked_at__isnull=True,
    )
    return [*found, *stand_ins.distinct()]


def tell_makers(request: ChangeRequest, subject: str, key: str, now: datetime, *, body: str = "") -> None:
    """Tell those who wrote the change; RevOps where none of their accounts is active."""
    makers = [
        row.user for row in request.contributors.select_related("user") if row.user and row.user.is_active
    ]
    message = Message(
        kind=KIND,
        subject=f"{subject}: {request.title}",
        dedupe_key=f"change:{request.pk}:{request.cycle}:{key}",
        body=body,
        url=page_of(request),
    )
    notify(makers or holders(REVOPS), message, now=now)
