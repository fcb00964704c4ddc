"""Touches: our attempts to reach a person."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from glossary.queries.editions import edition_at, memo
from people.access import name_of
from people.models import User
from routing.choices import TouchKind, TouchResult
from routing.engine.documents.routing import TOUCHED
from routing.exceptions import Conflict, RoutingRefused
from routing.models import Lead, Touch
from routing.services import clocks
from routing.services.case import Case
from routing.services.locking import locked_survivor, require_may_act
from routing.types import TouchInput

MAX_NOTE = 10_000


@memo()
def log_touch(lead_id: int, touch: TouchInput, *, acting_user: User | None, now: datetime) -> Touch:
    """Log a touch once (by its token) and tell the clocks when a person made it.

    A touch by the system (`acting_user` None: a sequence, an automatic reply) is kept as automatic and
    stops no clock. Owner, the owner's manager and RevOps may log one: a delegate's touch counts. A merged
    lead's touch reaches its survivor. Raises NotPermitted, Conflict (the token belongs to another touch),
    RoutingRefused naming every wrong value.
    """
    try:
        with transaction.atomic():
            return _log(lead_id, touch, acting_user, now)
    except IntegrityError:
        known = Touch.objects.filter(token=touch.token).first()
        if known is None:
            raise
        return _same(known, lead_id, acting_user)


def _log(lead_id: int, touch: TouchInput, acting_user: User | None, now: datetime) -> Touch:
    lead = locked_survivor(lead_id, acting_user=acting_user)
    require_may_act(acting_user, lead)
    occurred_at = touch.occurred_at or now
    problems = _problems(touch, occurred_at, now)
    if problems:
        raise RoutingRefused(problems)
    case = Case(lead, edition_at(now), now)
    row: Touch = Touch.objects.create(
        lead=lead,
        kind=touch.kind,
        result=touch.result,
        template=touch.template,
        note=touch.note,
        automatic=acting_user is None,
        by=acting_user,
        by_name=name_of(acting_user),
        occurred_at=occurred_at,
        recorded_at=now,
        edition_id=case.edition.id,
        token=touch.token,
    )
    if not row.automatic:
        clocks.happened(case, TOUCHED, occurred_at)
        case.save()
    return row


def _same(known: Touch, lead_id: int, acting_user: User | None) -> Touch:
    """The earlier touch, when it is the same submit. It is never written twice."""
    lead_or_survivor = Lead.objects.filter(Q(pk=lead_id) | Q(merged=lead_id), pk=known.lead_id)
    if not lead_or_survivor.exists() or known.by_id != (acting_user.pk if acting_user else None):
        raise Conflict("This form was already used for another touch. Open the page again.")
    return known


def _problems(touch: TouchInput, occurred_at: datetime, now: datetime) -> list[str]:
    found = []
    if touch.kind not in TouchKind.values:
        found.append(f"{touch.kind!r} is no kind of touch. Use one of: {', '.join(TouchKind.values)}.")
    if touch.result not in TouchResult.values:
        found.append(
            f"{touch.result!r} is no result of a touch. Use one of: {', '.join(TouchResult.values)}."
        )
    if occurred_at.tzinfo is None or occurred_at > now:
        found.append(f"{occurred_at} is no past instant with a time zone. Enter when the touch happened.")
    if len(touch.note) > MAX_NOTE or "\x00" in touch.note:
        found.append(
            f"The note has {len(touch.note):,} characters; plain text of at most {MAX_NOTE:,} can be kept."
        )
    if len(touch.template) > 120 or "\x00" in touch.template:
        found.append(f"The template name {touch.template[:40]!r} is too long; at most 120 characters.")
    return found
