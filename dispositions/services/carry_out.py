"""Carries out next actions. A row is claimed, done and marked in one transaction, or tried again later."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from dispositions.choices import ActionKind, ActionState
from dispositions.models import ActionItem
from dispositions.services.actions import enrich, merge_away, nurture, reroute, suppress
from notifications.services.outbox import notify_roles
from notifications.types import Message
from people.choices import Role
from routing.services.locking import locked_lead

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
RETRY_AFTER = timedelta(minutes=2)
LONGEST_ERROR = 2_000

CARRIERS: dict[str, Callable[[ActionItem, datetime], str]] = {
    ActionKind.NURTURE: nurture,
    ActionKind.ENRICH: enrich,
    ActionKind.SUPPRESS: suppress,
    ActionKind.REROUTE: reroute,
    ActionKind.MERGE: merge_away,
}


def carry_out_due(*, now: datetime, limit: int = 200) -> int:
    """Carry out what is due; the number of rows that were tried.

    1. Due rows are read without a lock.
    2. Each is claimed by one conditional update; another worker's claim makes the count 0.
    3. `attempt` does it; a failure is kept with the row and tried again, five times at most.
    """
    tried = 0
    for item in ActionItem.objects.due_at(now).order_by("due_at", "id")[:limit]:
        claimed = ActionItem.objects.due_at(now).filter(pk=item.pk).update(leased_until=now + LEASE)
        if claimed:
            attempt(item, now=now)
            tried += 1
    return tried


def attempt(item: ActionItem, *, now: datetime) -> bool:
    """Try one action; True when it is done. The action and its mark are one transaction.

    The lead is held first, as everywhere; then the row is read anew, so that an action that was undone or
    done meanwhile is not carried out. (Merging locks a second lead; should two merges wait for each other,
    the database ends one of them, and its row is tried again.)
    """
    try:
        with transaction.atomic():
            locked_lead(item.lead_id)
            held = ActionItem.objects.select_for_update(of=("self",)).select_related("disposition__actor")
            row = held.get(pk=item.pk)
            if row.state != ActionState.PENDING:
                return False
            row.outcome = CARRIERS[row.kind](row, now)[:300]
            row.state, row.done_at, row.leased_until = ActionState.DONE, now, None
            row.save(update_fields=["state", "outcome", "done_at", "leased_until"])
    except Exception as error:  # a row that always fails must not stop the others
        logger.exception("action %s of lead %s failed", item.kind, item.lead_id)
        _failed(item, error, now)
        return False
    return True


@transaction.atomic
def try_again(item_id: int, *, now: datetime) -> bool:
    """Give a parked action five more tries, from now on. Returns whether it was parked."""
    changed = ActionItem.objects.filter(pk=item_id, state=ActionState.PARKED).update(
        state=ActionState.PENDING, attempts=0, leased_until=None, due_at=now
    )
    return bool(changed)


def _failed(item: ActionItem, error: Exception, now: datetime) -> None:
    attempts = item.attempts + 1
    parked = attempts >= MOST_ATTEMPTS
    changed = ActionItem.objects.filter(pk=item.pk, state=ActionState.PENDING).update(
        attempts=attempts,
        state=ActionState.PARKED if parked else ActionState.PENDING,
        last_error=f"{type(error).__name__}: {error}"[:LONGEST_ERROR],
        # The lease doubles as the pause before the next try.
        leased_until=None if parked else now + RETRY_AFTER * attempts,
    )
    if parked and changed:
        _tell_revops(item, now)


def _tell_revops(item: ActionItem, now: datetime) -> None:
    message = Message(
        kind="action_parked",
        subject=f"{ActionKind(item.kind).label} failed {MOST_ATTEMPTS} times for lead {item.lead_id}",
        dedupe_key=f"action:{item.pk}:{now:%Y%m%d%H%M}",
        body="It is parked. Read its error in the admin under action items, mend the cause, and try again.",
        url=f"/leads/{item.lead_id}/",
    )
    notify_roles([Role.REVOPS], message, now=now)
