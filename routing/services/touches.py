"""Touches: our attempts to reach a person."""

from datetime import datetime

from django.db import IntegrityError, transaction

from glossary.queries.editions import edition_at
from people.access import name_of
from people.models import User
from routing.choices import TouchKind, TouchResult
from routing.engine.documents.routing import TOUCHED
from routing.exceptions import Conflict, RoutingRefused
from routing.models import Lead, Touch
from routing.services import clocks
from routing.services.locking import locked_survivor, require_may_act
from routing.types import TouchInput

MAX_NOTE = 10_000


@transaction.atomic
def log_touch(lead_id: int, touch: TouchInput, *, acting_user: User | None, now: datetime) -> Touch:
    """Log a touch once (by its token) and tell the clocks when a person made it.

    A touch by the system (`acting_user` None: a sequence, an automatic reply) is kept as automatic and
    stops no clock. Owner, the owner's manager and RevOps may log one: a delegate's touch counts. A merged
    lead's touch reaches its survivor. Raises NotPermitted, Conflict (the token belongs to another touch),
    RoutingRefused naming every wrong value.
    """
    lead = locked_survivor(lead_id)
    require_may_act(acting_user, lead)
    occurred_at = touch.occurred_at or now
    problems = _problems(touch, occurred_at, now)
    if problems:
        raise RoutingRefused(problems)
    edition = edition_at(now)
    row = Touch(
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
        edition_id=edition.id,
        token=touch.token,
    )
    known = _save_once(row)
    if known is not None:
        return _same(known, lead, acting_user)
    if not row.automatic:
        clocks.on_event(lead, TOUCHED, occurred_at=occurred_at, now=now, edition=edition)
    return row


def _save_once(row: Touch) -> Touch | None:
    """Insert the row; or the row that has its token already."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        known: Touch = Touch.objects.get(token=row.token)
        return known
    return None


def _same(known: Touch, lead: Lead, acting_user: User | None) -> Touch:
    """The earlier touch, when it is the same submit."""
    if known.lead_id != lead.pk or known.by_id != (acting_user.pk if acting_user else None):
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
