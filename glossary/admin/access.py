"""Who may look at policies and drafts in the admin, and who acts."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from glossary.exceptions import NotAllowed, PolicyError
from glossary.models import ChangeRequest
from glossary.queries.rights import may_edit, may_propose, may_propose_something
from people.choices import ENTERS_ADMIN
from people.models import User


def may_look(request: HttpRequest) -> bool:
    """The roles that enter the admin, whoever may propose, and administrators."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_superuser or user.has_role(*ENTERS_ADMIN) or bool(_proposes(user, timezone.now()))


def may_change(request: HttpRequest, change: ChangeRequest) -> bool:
    """Whether the person may edit the draft of this change request now."""
    try:
        return isinstance(request.user, User) and may_edit(request.user, change, timezone.now())
    except PolicyError:
        return False  # without policies that can be trusted nobody proposes; the alarm is raised elsewhere


def may_open(request: HttpRequest, workstream: str) -> bool:
    """Whether the person may propose a change of this workstream."""
    try:
        return isinstance(request.user, User) and may_propose(request.user, workstream, timezone.now())
    except PolicyError:
        return False


def proposes_somewhere(request: HttpRequest) -> bool:
    """Whether the person may propose a change of any workstream."""
    return isinstance(request.user, User) and bool(_proposes(request.user, timezone.now()))


def acting(request: HttpRequest) -> User:
    """The signed-in person. Raises NotAllowed for anybody else."""
    if not isinstance(request.user, User):
        raise NotAllowed("Sign in first.")
    return request.user


def _proposes(user: User, now: datetime) -> list[str]:
    try:
        return may_propose_something(user, now)
    except PolicyError:
        return []
