"""A lead's row under lock: whoever moves, merges or rescores a lead holds it first."""

from people.access import may_act_on
from people.models import User
from routing.exceptions import NotPermitted, RoutingRefused
from routing.models import Lead


def locked_lead(lead_id: int) -> Lead:
    """The lead with its owner and team, locked until the transaction ends.

    On SQLite the transaction itself is the lock (BEGIN IMMEDIATE). Raises RoutingRefused when there is none.
    """
    query = Lead.objects.select_for_update(of=("self",)).select_related("owner__team")
    lead = query.filter(pk=lead_id).first()
    if lead is None:
        raise RoutingRefused(f"There is no lead {lead_id}.")
    return lead


def locked_survivor(lead_id: int) -> Lead:
    """As `locked_lead`, but a merged lead stands for its survivor: acts on it reach the person anyway.

    One row is locked, not two, so that nobody who locks both in the order of their ids can be in the way.
    """
    wanted = _survivor_id(lead_id)
    lead = locked_lead(wanted)
    return lead if lead.merged_into_id is None else locked_survivor(lead.merged_into_id)


def _survivor_id(lead_id: int) -> int:
    into = Lead.objects.filter(pk=lead_id).values_list("merged_into_id", flat=True).first()
    return lead_id if into is None else into


def require_may_act(acting_user: User | None, lead: Lead) -> None:
    """Raise NotPermitted unless the system acts, or a person who may act on this lead."""
    if acting_user is not None and not may_act_on(acting_user, lead):
        raise NotPermitted(
            f"{acting_user} may not act on {lead}: its owner, the owner's manager and RevOps may. "
            "Ask one of them, or have the lead assigned."
        )
