"""Leads and short cuts that the tests of leads share."""

from datetime import datetime, timedelta
from uuid import uuid4

from people.models import User
from routing.models import Lead, StageEntry
from routing.services.advance import advance
from routing.services.assign import assign_to
from routing.services.intake import intake
from routing.services.touches import log_touch
from routing.types import BehaviourInput, Capture, Evidence, TouchInput
from tests.support import NOW

PERSON: dict[str, object] = {
    "email": "Anna.Berg@Acme-Tools.example",
    "first_name": "Anna",
    "last_name": "Berg",
    "company": "Acme Tools",
    "industry": "software",
    "employees": 500,
    "country": "Germany",
    "region": "emea",
    "source": "organic_search",
    "consent": "granted",
}
SQL_GIVEN: dict[str, object] = {
    "need": True,
    "budget": True,
    "authority": True,
    "timing": True,
    "discovery_notes": "Wants to replace the old tool by spring.",
    "next_step": "2026-11-25T10:00",
}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def demo(at: datetime, key: str = "") -> BehaviourInput:
    return BehaviourInput("demo_request", at, {"page": "/demo"}, key)


def new_lead(now: datetime = NOW, *, behaviours: tuple[BehaviourInput, ...] = (), **values: object) -> Lead:
    """A lead through the front door."""
    payload = {**PERSON, **values}
    return intake(payload, acting_user=None, now=now, capture=Capture(behaviours=behaviours)).lead


def new_mql(now: datetime = NOW, **values: object) -> Lead:
    """A lead that the rules make an MQL at once."""
    return new_lead(now, behaviours=(demo(now),), **values)


def touch(lead: Lead, user: User | None, now: datetime) -> None:
    log_touch(lead.pk, TouchInput("call", "reached", uuid4()), acting_user=user, now=now)


def owned_mql(owner: User, now: datetime = NOW, **values: object) -> Lead:
    """An MQL that belongs to `owner` and was touched by them."""
    lead = new_mql(now, **values)
    assign_to(lead.pk, owner, acting_user=None, now=now)
    touch(lead, owner, now)
    lead.refresh_from_db()
    return lead


def step(lead: Lead, to_stage: str, user: User | None, now: datetime, **given: object) -> StageEntry:
    """advance() with confirmations as keyword arguments."""
    return advance(lead.pk, to_stage, acting_user=user, now=now, evidence=Evidence(given=given))


def stages(lead: Lead) -> list[str]:
    """Standing stages of a lead in order."""
    entries = StageEntry.objects.filter(lead=lead, voids__isnull=True, voided_by__isnull=True)
    return list(entries.order_by("occurred_at", "id").values_list("to_stage", flat=True))
