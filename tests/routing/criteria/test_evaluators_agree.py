"""One criteria language, two evaluators: Python and SQL say the same of every lead, whatever is compared."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glossary.engine.conditions import When
from people.models import User
from routing.engine.evaluate import Facts, evaluate, holds
from routing.engine.text import clean, folded_values
from routing.models import Behaviour, Lead, StageEntry, Touch
from routing.queries.criteria_sql import where
from routing.queries.facts import facts_of_many, field_values
from tests.routing.criteria.strategies import FIELDS, OWNERS, THRESHOLDS, leads, moments, whens
from tests.support import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def owners(db: None) -> dict[str, User]:
    return {
        name: User.objects.create(username=name, email=f"{n}@example.com") for n, name in enumerate(OWNERS)
    }


def store(drawn: list[dict[str, Any]], owners: dict[str, User]) -> list[Lead]:
    """Given leads with all that hangs on them; texts are cleaned as the intake does."""
    made = [_lead(item, owners) for item in drawn]
    Lead.objects.bulk_create(made)
    Behaviour.objects.bulk_create(
        Behaviour(lead=lead, **_cleaned(b))
        for lead, item in zip(made, drawn, strict=True)
        for b in item["behaviours"]
    )
    Touch.objects.bulk_create(
        Touch(
            lead=lead, kind="call", result="reached", by_name="x", token=uuid4(),
            automatic=flag == "automatic", inbound=flag == "inbound", occurred_at=at, recorded_at=at,
        )
        for lead, item in zip(made, drawn, strict=True)
        for at, flag in item["touches"]
    )  # fmt: skip
    StageEntry.objects.bulk_create(
        StageEntry(
            lead=lead, pass_number=2, to_stage="mql", occurred_at=item["second_pass_at"], recorded_at=NOW,
            origin="system", actor_name="x",
        )
        for lead, item in zip(made, drawn, strict=True)
        if item["second_pass_at"]
    )  # fmt: skip
    # Every other lead is merged into the first one, so that the log of both counts for the survivor.
    duplicates = [lead.pk for lead, item in zip(made[1:], drawn[1:], strict=True) if item["merged"]]
    Lead.objects.filter(pk__in=duplicates).update(merged_into=made[0])
    return list(Lead.objects.filter(pk__in=[lead.pk for lead in made]).order_by("pk"))


def _lead(item: dict[str, Any], owners: dict[str, User]) -> Lead:
    lead = Lead(
        recorded_at=NOW, pass_number=2 if item["second_pass_at"] else 1, owner=owners.get(item["owner"])
    )
    for key, value in _cleaned(item["columns"]).items():
        setattr(lead, key, value)
    lead.folded = folded_values(field_values(lead), FIELDS)
    return lead


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return clean(value) if isinstance(value, str) else value


def disagreements(when: When, facts: dict[int, Facts], now: datetime) -> list[str]:
    """Leads of which Python and SQL think differently, with their values."""
    chosen = set(
        Lead.objects.filter(where(when, now=now, fields=FIELDS, thresholds=THRESHOLDS))
        .filter(pk__in=facts)
        .values_list("pk", flat=True)
    )
    return [
        f"python says {expected} of {fact.values} {fact.behaviours}\n{when}"
        for key, fact in facts.items()
        if (expected := holds(when, fact, now=now, thresholds=THRESHOLDS)) != (key in chosen)
    ]


@settings(
    max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, print_blob=True
)
@given(
    drawn=st.lists(leads(), min_size=10, max_size=20),
    documents=st.lists(st.tuples(whens, moments), min_size=20, max_size=30),
)
def test_python_and_sql_agree_on_random_criteria_and_leads(
    drawn: list[dict[str, Any]], documents: list[tuple[When, datetime]], owners: dict[str, User]
) -> None:
    with transaction.atomic():
        # Given leads of all kinds
        facts = facts_of_many(store(drawn, owners), now=NOW)
        # When both evaluators judge them by many documents, each by a clock of some zone, Then they agree
        for when, now in documents:
            assert disagreements(when, facts, now) == []
        transaction.set_rollback(True)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(drawn=st.lists(leads(), min_size=1, max_size=3), when=whens)
def test_the_verdict_agrees_with_the_fast_answer(
    drawn: list[dict[str, Any]], when: When, owners: dict[str, User]
) -> None:
    with transaction.atomic():
        for fact in facts_of_many(store(drawn, owners), now=NOW).values():
            verdict = evaluate(when, fact, now=NOW, fields=FIELDS, thresholds=THRESHOLDS)
            assert verdict.holds == holds(when, fact, now=NOW, thresholds=THRESHOLDS)
            assert verdict.holds == (verdict.lacking() == [])
        transaction.set_rollback(True)
