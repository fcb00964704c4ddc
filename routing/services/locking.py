"""A lead's row under lock: whoever moves, merges or rescores a lead holds it first."""

from people.access import may_act_on
from people.models import User
from routing.exceptions import NotPermitted, RoutingRefused
from routing.models import Lead


def locked_lead(lead_id: int, *, acting_user: User | None = None) -> Lead:
    """The lead, locked until the transaction ends. If `acting_user` is its owner, they need no look-up.

    On SQLite the transaction itself is the lock (BEGIN IMMEDIATE). Raises RoutingRefused when there is none.
    """
    lead = _lock(acting_user, pk=lead_id)
    if lead is None:
        raise RoutingRefused(f"There is no lead {lead_id}.")
    return lead


def locked_survivor(lead_id: int, *, acting_user: User | None = None) -> Lead:
    """As `locked_lead`, but a merged lead stands for its survivor: acts on it reach the person anyway.

    One row is locked, not two, so that nobody who locks both in the order of their ids can be in the way.
    """
    lead = _lock(acting_user, pk=lead_id, merged_into__isnull=True)
    if lead is not None:
        return lead
    into = Lead.objects.filter(pk=lead_id).values_list("merged_into_id", flat=True).first()
    return locked_survivor(into, acting_user=acting_user) if into is not None else locked_lead(lead_id)


def _lock(acting_user: User | None, **which: object) -> Lead | None:
    lead = next(iter(Lead.objects.select_for_update().filter(**which)), None)
    if lead is not None and acting_user is not None and lead.owner_id == acting_user.pk:
        lead.owner = acting_user
    return lead


def require_may_act(acting_user: User | None, lead: Lead) -> None:
    """Raise NotPermitted unless the system acts, or a person who may act on this lead."""
    if acting_user is not None and not may_act_on(acting_user, lead):
        raise NotPermitted(
            f"{acting_user} may not act on {lead}: its owner, the owner's manager and RevOps may. "
            "Ask one of them, or have the lead assigned."
        )
