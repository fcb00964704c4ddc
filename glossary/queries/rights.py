"""Who may do what to a change: from the charter in force and the roles people hold now."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from glossary.choices import Workstream
from glossary.engine.charter import CharterDocument
from glossary.models import ChangeRequest, Delegation
from glossary.queries.editions import edition_at, edition_with
from people.access import REVOPS, is_revops
from people.choices import SEES_ALL_LEADS
from people.models import User


def charter_at(now: datetime) -> CharterDocument:
    """The charter in force. Raises NoPolicyInForce or ForgedPolicy."""
    return edition_at(now).document(CharterDocument)


def asking_charter(request: ChangeRequest, now: datetime) -> CharterDocument:
    """The charter that says who signs a request: the one in force.

    Of an emergency that changed the charter itself it is the one before: no change lets itself off.
    """
    version = request.version
    if version is None or version.workstream != Workstream.CHARTER:
        return charter_at(now)
    before = edition_with(Workstream.CHARTER, version.number - 1, last=True)
    return before.document(CharterDocument)


def proposing_roles(now: datetime) -> frozenset[str]:
    """Roles that may propose a change of any workstream."""
    return REVOPS.union(*(line.responsible for line in charter_at(now).raci))


def may_propose(user: User, workstream: str, now: datetime) -> bool:
    """Whether an active person may propose here: a Responsible role of the RACI in force, or RevOps."""
    return is_revops(user) or user.has_role(*charter_at(now).line_by_workstream[workstream].responsible)


def may_propose_something(user: User, now: datetime) -> list[str]:
    """Workstreams that this person may propose changes of, in their order."""
    return [key for key in Workstream.values if may_propose(user, key, now)]


def may_edit(user: User, request: ChangeRequest, now: datetime) -> bool:
    """Whether a person may edit the draft: who may propose, while the request is open."""
    return request.is_open and may_propose(user, request.workstream, now)


def may_measure(user: User | None) -> bool:
    """Whether a person may have back-tests computed and cancelled: who sees every lead, and administrators.

    None = the system, which may.
    """
    return user is None or user.has_role(*SEES_ALL_LEADS) or (user.is_active and user.is_superuser)


def emergency_roles(charter: CharterDocument, workstream: str) -> list[str]:
    """Roles whose holders may agree to an emergency: who approves, who proposes, and RevOps.

    To one of the charter only who approves it: otherwise those who propose could put in force who signs next.
    """
    line = charter.line_by_workstream[workstream]
    if workstream == Workstream.CHARTER:
        return list(dict.fromkeys(line.accountable))
    return declaring_roles(charter, workstream)


def declaring_roles(charter: CharterDocument, workstream: str) -> list[str]:
    """Roles whose holders may declare an emergency: who approves, who proposes, and RevOps."""
    line = charter.line_by_workstream[workstream]
    return list(dict.fromkeys([*line.accountable, *line.responsible, *sorted(REVOPS)]))


def roles_of(user: User) -> frozenset[str]:
    """Roles that an active person holds."""
    return user.role_keys if user.is_active else frozenset()


def delegators(user: User, now: datetime) -> list[User]:
    """Active people who have delegated their signing to `user` at `now`, with their roles."""
    found = User.objects.filter(
        Q(delegated__ends_at__gt=now),
        delegated__to_user=user,
        delegated__starts_at__lte=now,
        delegated__revoked_at__isnull=True,
        is_active=True,
    )
    return list(found.distinct().prefetch_related("groups"))


def delegated_at(from_user: User, to_user: User, instant: datetime) -> bool:
    """Whether a delegation between the two covers the instant."""
    return (
        Delegation.objects.filter(
            from_user=from_user, to_user=to_user, starts_at__lte=instant, ends_at__gt=instant
        )
        .filter(Q(revoked_at__isnull=True) | Q(revoked_at__gt=instant))
        .exists()
    )


def signing_roles(user: User, now: datetime) -> dict[str, User | None]:
    """Roles that `user` may sign for → on whose behalf; None = in the person's own right, which goes first."""
    if not user.is_active:
        return {}
    found: dict[str, User | None] = {}
    for other in delegators(user, now):
        found |= dict.fromkeys((group.name for group in other.groups.all()), other)
    return found | dict.fromkeys(user.role_keys, None)


def holders(roles: Iterable[str]) -> list[User]:
    """Active people who hold any of `roles`, by name."""
    wanted = User.objects.filter(groups__name__in=list(roles), is_active=True)
    return list(wanted.distinct().order_by("first_name", "last_name", "username"))
