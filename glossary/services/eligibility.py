"""Who may fill a slot: holds the role or stands in for a holder, wrote no part of the change, has not signed yet."""

from datetime import datetime

from glossary.choices import BINDING, Duty, Verdict
from glossary.engine.charter import CharterDocument
from glossary.exceptions import NotAllowed
from glossary.models import ChangeRequest, SignOff
from glossary.queries.rights import charter_at, emergency_roles, signing_roles
from glossary.queries.standing import contributor_identities, people_of, role_name, round_of
from people.access import identities
from people.models import User


def principal(signoff: SignOff, user: User, now: datetime) -> User | None:
    """On whose behalf `user` would fill the slot; None = in the person's own right.

    Raises NotAllowed saying why the person may not.
    """
    request = signoff.request
    roles = signing_roles(user, now)
    wanted = _roles(signoff, charter_at(now))
    mine = [role for role in wanted if role in roles]
    if not mine:
        raise NotAllowed(
            f"Only {' or '.join(map(role_name, wanted))} may do this; you do not hold that role."
        )
    own = next((role for role in mine if roles[role] is None), mine[0])
    other = roles[own]
    people = {*identities(user), *(identities(other) if other else ())}
    if people & contributor_identities(request):
        who = "You" if set(identities(user)) & contributor_identities(request) else str(other)
        raise NotAllowed(f"{who} wrote a part of this change. Nobody signs what they wrote.")
    if signoff.duty != Duty.CONSULT:
        _require_new(signoff, request, people)
    return other


def _roles(signoff: SignOff, charter: CharterDocument) -> list[str]:
    if signoff.duty != Duty.EMERGENCY:
        return [signoff.role]
    return emergency_roles(charter, signoff.request.workstream)


def _require_new(signoff: SignOff, request: ChangeRequest, people: set[str]) -> None:
    """One person counts once among the binding duties, and once among the people of an emergency."""
    alike = {Duty.EMERGENCY} if signoff.duty == Duty.EMERGENCY else BINDING
    for other in round_of(request):
        counts = other.pk != signoff.pk and other.duty in alike and other.verdict == Verdict.GIVEN
        if counts and people_of(other) & people:
            raise NotAllowed(
                f"{other.signer_name} has signed as {role_name(other.role)} already, and one person counts once."
            )
