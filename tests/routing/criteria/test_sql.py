"""The worked cases once more, through SQL; and what only a query can get wrong."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from glossary.engine.conditions import FieldCriterion, Group, When
from glossary.engine.fields import ContractField, FieldType
from routing.engine.comparisons import CriterionError
from routing.engine.evaluate import Answer, holds
from routing.engine.text import folded_values
from routing.models import Behaviour, Lead, LeadChange, StageEntry, Touch
from routing.queries.criteria_sql import where
from routing.queries.facts import facts_of, facts_of_many, field_values
from tests.routing.criteria.test_evaluate import BEHAVIOURS, CASES, TICK, behaviour
from tests.support import NOW

pytestmark = pytest.mark.django_db
FIELDS = {"x": ContractField(key="x", label="X", type=FieldType.TEXT)}


def lead(**values: Any) -> Lead:
    made = Lead(captured_at=NOW, recorded_at=NOW, **values)
    made.folded = folded_values(field_values(made), {**FIELDS, "company": FIELDS["x"]})
    made.save()
    return made


def picks(when: When, **extra: Any) -> set[int]:
    condition = where(when, now=NOW, fields=FIELDS, thresholds={})
    return set(Lead.objects.filter(condition, **extra).values_list("pk", flat=True))


def is_json(seen: object) -> bool:
    try:
        json.dumps(seen, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def test_the_worked_cases_hold_in_sql_too() -> None:
    # Given each value of the table on a lead: instants and days in columns, the rest as attribute
    for op, value, seen, expected in CASES:
        if isinstance(seen, datetime) and seen.tzinfo:
            key, made = "consent_at", lead(consent_at=seen)
        elif isinstance(seen, date) and not isinstance(seen, datetime):
            key, made = "next_touch_on", lead(next_touch_on=seen)
        elif is_json(seen):
            key, made = "x", lead(attributes={"x": seen})
        else:
            continue
        item = FieldCriterion.model_validate({"kind": "disqualifier", "field": key, "op": op, "value": value})
        # When asked for and against, Then exactly a met criterion picks the lead, and rules it out
        met = expected is Answer.MET
        assert (made.pk in picks(When(all=(Group(any=(item,)),)))) == met, (op, value, seen)
        assert (made.pk in picks(When(none=(item,)))) != met, (op, value, seen)


@pytest.mark.parametrize("value", ["50%", "a_b", "back\\slash", "quo'te", 'dou"ble', "%", "100 % ß"])
def test_wildcards_and_quotes_mean_themselves(value: str) -> None:
    # Given the text in a column and in an attribute, and another that only a wildcard would match
    here = lead(company=f"x {value} y", attributes={"x": f"x {value} y"})
    lead(company="x 50 axb y", attributes={"x": "x 50 axb y"})
    for key in ("company", "x"):
        for op in ("contains", "starts_with"):
            text = value.upper() if op == "contains" else f"X {value}"
            item = FieldCriterion.model_validate(
                {"kind": "firmographic", "field": key, "op": op, "value": text}
            )
            assert picks(When(all=(Group(any=(item,)),))) == {here.pk}


@pytest.mark.parametrize(("rest", "seen", "expected"), BEHAVIOURS)
def test_behaviours_hold_in_sql_too(rest: dict[str, Any], seen: list[Any], expected: bool) -> None:
    made = lead()
    Behaviour.objects.bulk_create(
        Behaviour(
            lead=made,
            name=fact.name,
            occurred_at=fact.occurred_at,
            recorded_at=fact.recorded_at,
            properties=fact.properties,
        )
        for fact in seen
    )
    when = When.model_validate({"all": [{"any": [{"kind": "trigger", "behaviour": "demo", **rest}]}]})
    assert (made.pk in picks(when)) == expected
    assert holds(when, facts_of(made, now=NOW), now=NOW, thresholds={}) == expected


def test_a_duplicate_s_behaviours_count_for_the_survivor() -> None:
    survivor, duplicate = lead(), lead()
    fact = behaviour(NOW - TICK)
    Behaviour.objects.create(
        lead=duplicate, name=fact.name, occurred_at=fact.occurred_at, recorded_at=fact.recorded_at
    )
    Lead.objects.filter(pk=duplicate.pk).update(merged_into=survivor)
    when = When.model_validate({"all": [{"any": [{"kind": "trigger", "behaviour": "demo"}]}]})
    assert picks(when) == {survivor.pk}
    assert [len(facts_of(item, now=NOW).behaviours) for item in Lead.objects.order_by("pk")] == [1, 0]


def test_an_empty_condition_picks_every_lead() -> None:
    made = {lead().pk, lead().pk}
    assert picks(When()) == made


def test_a_field_that_the_contract_lacks_is_named() -> None:
    when = When.model_validate({"none": [{"kind": "disqualifier", "field": "seats", "op": "is_known"}]})
    with pytest.raises(CriterionError, match="'seats' is no field of the data contract"):
        where(when, now=NOW, fields=FIELDS, thresholds={})


@pytest.mark.parametrize("number", [1, 40])
def test_facts_take_two_queries_however_many_leads(number: int, django_assert_num_queries: Any) -> None:
    leads = [lead(attributes={"x": str(n)}) for n in range(number)]
    with django_assert_num_queries(2):
        facts = facts_of_many(leads, now=NOW)
    assert [facts[item.pk].values["x"] for item in leads] == [str(n) for n in range(number)]


def test_facts_know_when_and_from_where_each_value_was_recorded() -> None:
    # Given two changes of a field, one of an attribute, and one recorded after now
    made = lead(company="Acme", attributes={"x": "1"})
    changes = [
        ("company", 3, "intake"),
        ("company", 1, "import"),
        ("x", 2, "intake"),
        ("company", -1, "enrich"),
    ]
    for field, days, cause in changes:
        at = NOW - timedelta(days=days)
        LeadChange.objects.create(
            lead=made, field=field, cause=cause, actor_name="x", occurred_at=at, recorded_at=at
        )
    # Then the latest record known at that moment counts
    recorded = facts_of(made, now=NOW).recorded
    assert recorded["company"] == (NOW - timedelta(days=1), "import")
    assert recorded["x"] == (NOW - timedelta(days=2), "intake")


def test_a_lead_not_saved_yet_has_facts_without_a_query(django_assert_num_queries: Any) -> None:
    draft = Lead(company="Acme", captured_at=NOW - timedelta(days=2.5), recorded_at=NOW)
    with django_assert_num_queries(0):
        facts = facts_of(draft, now=NOW)
    assert (facts.values["company"], facts.values["age_days"], facts.values["owner"]) == ("Acme", 2, "")


def test_first_touch_is_the_first_human_outbound_one_of_the_current_pass() -> None:
    # Given a lead in its second pass, touched before it, by a machine, from outside, and twice by people
    made = lead(pass_number=2)
    StageEntry.objects.create(
        lead=made, pass_number=2, to_stage="mql", occurred_at=NOW - timedelta(days=9), recorded_at=NOW,
        origin="system", actor_name="x",
    )  # fmt: skip
    touches: list[tuple[int, dict[str, bool]]] = [
        (20, {}), (8, {"automatic": True}), (7, {"inbound": True}), (6, {}), (5, {}), (-1, {})
    ]  # fmt: skip
    for days, flags in touches:
        at = NOW - timedelta(days=days)
        Touch.objects.create(
            lead=made,
            kind="call",
            result="sent",
            by_name="x",
            occurred_at=at,
            recorded_at=at,
            token=uuid4(),
            **flags,
        )
    # Then the first by a person since the pass began is the one, as a fact and in SQL
    assert facts_of(made, now=NOW).values["first_touch_at"] == NOW - timedelta(days=6)
    for days, expected in ((6, set()), (7, {made.pk})):
        item = {"kind": "behaviour", "field": "first_touch_at", "op": "within_days", "value": days}
        assert picks(When.model_validate({"all": [{"any": [item]}]})) == expected
