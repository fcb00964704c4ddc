"""Routing errors: leads that no rule could place, the alert to RevOps, and how an error is closed."""

from datetime import datetime

from django.db import transaction

from notifications.services.outbox import notify_roles
from notifications.types import Message
from people.access import REVOPS
from people.choices import RUNS_OPERATIONS
from people.models import User
from routing.exceptions import NotPermitted
from routing.models import Lead, RoutingError


def raise_error(
    lead: Lead, message: str, key: str, trace: list[dict[str, object]], *, now: datetime
) -> RoutingError:
    """Record that no rule could place the lead, and alert RevOps: at most one alert per hour and `key`.

    The same error of the same lead stays one open error, however often it is tried.
    """
    known = RoutingError.objects.filter(lead=lead, message=message, resolved_at__isnull=True).first()
    if known is not None:
        return known
    error = RoutingError.objects.create(lead=lead, message=message, trace=trace, occurred_at=now)
    alert = Message(
        kind="routing_error",
        subject=f"Routing failed: {message}",
        dedupe_key=f"routing_error:{key}:{now:%Y%m%d%H}",
        body=f"{lead.label} (lead {lead.pk}) waits in the fallback queue. {message} Further leads with the same "
        "problem within this hour come without another message; all of them are under Routing errors.",
        url="/admin/routing/routingerror/",
    )
    notify_roles(REVOPS, alert, now=now)
    return error


def settle_errors(lead: Lead, *, acting_user: User | None, now: datetime) -> int:
    """Close the open errors of a lead that has found its place. Returns how many."""
    return RoutingError.objects.filter(lead=lead, resolved_at__isnull=True).update(
        resolved_at=now, resolved_by=acting_user
    )


@transaction.atomic
def resolve(error_id: int, *, acting_user: User, now: datetime) -> bool:
    """Mark an error as dealt with by hand. Returns whether it was open; raises NotPermitted.

    Only the roles that run operations may.
    """
    require_operations(acting_user)
    changed = RoutingError.objects.filter(pk=error_id, resolved_at__isnull=True).update(
        resolved_at=now, resolved_by=acting_user
    )
    return changed == 1


def require_operations(acting_user: User) -> None:
    """Raise NotPermitted unless the person runs operations."""
    if not acting_user.has_role(*RUNS_OPERATIONS):
        raise NotPermitted("Only RevOps and the operations roles deal with routing errors.")
