"""Who may do what: roles on views, who may act on what a person owns, and the name that logs freeze."""

import unicodedata
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from people.choices import ENTERS_ADMIN, Role
from people.models import User

View = Callable[..., HttpResponseBase]
REVOPS = frozenset({Role.REVOPS, Role.REVOPS_LEAD})


class Owned(Protocol):
    """Anything with an owner."""

    @property
    def owner(self) -> User | None:
        """The person it belongs to; None = nobody yet."""


def role_required(*roles: str) -> Callable[[View], View]:
    """Let active people with any of `roles` in; everyone else gets PermissionDenied (403).

    A superuser may look at every page, but holds no role by that alone: acts need the role.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if isinstance(user, AnonymousUser) or not (user.has_role(*roles) or _may_look(user, request)):
                raise PermissionDenied("Your role does not open this page. Ask RevOps for it.")
            return view(request, *args, **kwargs)

        return checked

    return decorate


def _may_look(user: User, request: HttpRequest) -> bool:
    return user.is_active and user.is_superuser and request.method in {"GET", "HEAD"}


def is_revops(user: User) -> bool:
    """Whether an active person runs revenue operations."""
    return user.has_role(*REVOPS)


def enters_admin(user: User) -> bool:
    """Whether a person works in /admin/: administrators, and the roles that run or edit things there."""
    return user.is_active and (user.is_staff or user.has_role(*ENTERS_ADMIN))


def manages_owner(user: User, lead: Owned) -> bool:
    """Whether `user` manages the team of the lead's owner."""
    owner = lead.owner
    if owner is None or owner.team is None or not user.has_role(Role.SALES_MANAGER):
        return False
    return owner.team.manager_id == user.pk


def may_act_on(user: User, lead: Owned) -> bool:
    """Whether `user` may touch or move the lead: its owner, the manager of the owner's team, or RevOps."""
    if not user.is_active:
        return False
    owner = lead.owner
    return (owner is not None and owner.pk == user.pk) or manages_owner(user, lead) or is_revops(user)


def identities(user: User) -> list[str]:
    """What makes this account the same person as another one: the account, the mailbox, the SSO subject.

    An address with a tag (`carla+work@…`) reaches the same mailbox, so the tag does not make another person.
    """
    local, _, domain = unicodedata.normalize("NFKC", user.email).casefold().partition("@")
    found = [f"account:{user.pk}", f"mail:{local.partition('+')[0]}@{domain}"]
    return [*found, f"sso:{user.sso_subject}"] if user.sso_subject else found


def name_of(user: User | None) -> str:
    """The name that logs freeze beside an account: the person's, or the system's when there is none."""
    return "Concord" if user is None else str(user)[:200]
