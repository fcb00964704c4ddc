"""The nightly sweep of the scores: what decays, expires or begins with time alone is brought up to date.

The database is the to-do list: a lead is done when it was scored since midnight (UTC). So the sweep may be broken
off, come twice or run in two workers at once, and no lead is judged twice in a night.
"""

import logging
from datetime import UTC, datetime, time

from django.db import DatabaseError, transaction

from glossary.exceptions import PolicyError
from glossary.queries.editions import edition_at, memo
from routing.engine.comparisons import CriterionError
from routing.exceptions import RoutingRefused
from routing.queries.rescoring import Night, due_for_rescoring
from routing.services.case import Case
from routing.services.locking import locked_lead
from routing.services.qualify import follow_rules

logger = logging.getLogger(__name__)

BATCH = 200
_FAILURES = (RoutingRefused, PolicyError, CriterionError, DatabaseError)


def rescore_batch(now: datetime, after: int = 0, limit: int = BATCH) -> int | None:
    """Rescore the next leads that time may have changed; returns the id to go on from, None = that was all.

    1. Read at most `limit` ids beyond `after`, in their order.
    2. Each lead in a transaction of its own: lock it, look whether it is still to be done, rescore it as a new
       fact would (columns, change rows on a crossing, the moves that the rules may make), and mark it as
       scored now.
    A lead that fails is logged and stays due for the next night; it does not hold up the others. Raises
    NoPolicyInForce when nothing is published.
    """
    with memo():
        night = Night(now, _midnight(now), edition_at(now))
        due = due_for_rescoring(night).filter(pk__gt=after).order_by("pk")
        ids = list(due.values_list("pk", flat=True)[:limit])
        for lead_id in ids:
            _try(lead_id, night)
    return ids[-1] if len(ids) == limit else None


def _try(lead_id: int, night: Night) -> None:
    try:
        _rescore(lead_id, night)
    except _FAILURES:
        logger.exception("lead %s could not be rescored; it stays due", lead_id)


@transaction.atomic
def _rescore(lead_id: int, night: Night) -> None:
    lead = locked_lead(lead_id)
    if lead.scored_at is None or lead.scored_at >= night.since:
        return  # somebody else, or a new fact, was faster
    case = Case(lead, night.edition, night.now)
    follow_rules(case)
    lead.scored_at = night.now
    case.save()


def _midnight(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date(), time(0), UTC)
