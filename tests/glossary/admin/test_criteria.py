"""Criteria in the admin: what does not fit the field is refused at its box, in a sentence, and nothing is saved."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from glossary.models import ContractField, Criterion, Term
from glossary.registry.rows import criterion_data, read_rows
from glossary.types import EditionInForce
from tests.glossary.admin.drafting import address, faults, sent_back, stage_row, touched
from tests.glossary.governing import opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def mql(playbook: EditionInForce, cast: SimpleNamespace, client: Client) -> Term:
    """The MQL of a fresh draft; RevOps is signed in."""
    client.force_login(cast.revops)
    return stage_row(opened("glossary", cast.revops))


def added(client: Client, term: Term, **values: object) -> Any:
    """Save the page with one more criterion."""
    number = term.criteria.count()
    boxes = {"kind": "firmographic", "place": "all", "group": "4", **values}
    row = {f"criteria-{number}-{name}": value for name, value in boxes.items()}
    return touched(client, term, **{"criteria-TOTAL_FORMS": number + 1}, **row)


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"field": "employees", "op": "at_least", "value": "250"}, 250),
        ({"field": "employees", "op": "at_least", "value": "1,250"}, 1250),
        ({"field": "employees", "op": "between", "value": "50, 200"}, [50, 200]),
        ({"field": "country", "op": "in", "value": "gb\nIE, FR"}, ["GB", "IE", "FR"]),
        ({"field": "first_touch_at", "op": "after", "value": "2026-11-22"}, "2026-11-22"),
        ({"field": "first_touch_at", "op": "within_days", "value": "30"}, 30),
        ({"field": "company", "op": "is_known", "value": ""}, None),
        ({"field": "intent_score", "op": "at_least", "threshold": "mql"}, None),
    ],
)
def test_a_value_is_read_by_the_type_of_its_field(
    client: Client, mql: Term, values: dict[str, str], kept: object
) -> None:
    answer = added(client, mql, **values)

    assert answer.status_code == 302, faults(answer)
    row = Criterion.objects.filter(parent=mql).latest("pk")
    assert (row.field, row.op, row.value) == (values["field"], values["op"], kept)
    assert row.position > 7


@pytest.mark.parametrize(
    ("values", "box", "sentence"),
    [
        ({"field": "employees", "op": "at_least", "value": "many"}, "value", "Employees: “many” is not a number"),
        ({"field": "employees", "op": "contains", "value": "5"}, "op", "is a number; it can be compared with: is"),
        ({"field": "employees", "op": "between", "value": "5"}, "value", "lower and the upper bound"),
        ({"field": "employees", "op": "between", "value": "9, 5"}, "value", "above the upper bound"),
        ({"field": "employees", "op": "at_least"}, "value", "exactly one value is needed"),
        ({"field": "employees", "op": "at_least", "value": "1e999"}, "value", "is not a number"),
        ({"field": "country", "op": "is", "value": "England"}, "value", "no ISO 3166 country code"),
        ({"field": "consent", "op": "is", "value": "maybe"}, "value", "not among the values of the field"),
        ({"field": "first_touch_at", "op": "after", "value": "22.11.2026"}, "value", "like 2026-11-22"),
        ({"field": "first_touch_at", "op": "within_days", "value": "-3"}, "value", "from 1 to 3650"),
        ({"field": "company", "op": "is_known", "value": "x"}, "value", "needs no value"),
        ({"field": "employees", "op": "is", "threshold": "mql"}, "value", "a threshold goes with"),
        ({"field": "employees"}, "op", "Choose how Employees is compared"),
        ({"field": "no_such", "op": "is", "value": "1"}, "field", "no_such"),
        ({}, "field", "Choose a field"),
        ({"field": "employees", "op": "at_least", "value": "5", "behaviour": "demo_request"}, "behaviour", "not both"),
        ({"behaviour": "demo_request", "value": "5"}, "value", "counted, not compared"),
        ({"behaviour": "demo_request", "where": "topic"}, "where", "has no two sides"),
        ({"behaviour": "demo_request", "within_days": "7", "latest_before_days": "7"}, "latest_before_days",
         "nobody could ever meet it"),
        ({"field": "employees", "op": "is_known", "latest_before_days": "7"}, "latest_before_days",
         "goes with a behaviour"),
        ({"field": "employees", "op": "at_least", "value": "5", "where": "a = b"}, "where", "goes with a behaviour"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_box(
    client: Client, mql: Term, values: dict[str, str], box: str, sentence: str
) -> None:
    before = read_rows(mql.request)
    answer = added(client, mql, name="Not to be saved", **values)

    assert answer.status_code == 200
    inline = answer.context["inline_admin_formsets"][0]
    errors = inline.formset.errors[-1]
    assert box in errors, errors
    assert sentence in " ".join(errors[box])
    assert "Value error" not in str(errors)
    assert read_rows(mql.request) == before


def test_each_criterion_is_headed_by_its_line(client: Client, mql: Term) -> None:
    page = client.get(address(Term, "change", mql.pk)).text

    assert "2. Intent score is at least 65 (threshold mql)" in page
    assert "2. or: Demo request in the last 30 days" in page
    assert "Not if: E-mail domain is a free-mail provider" in page


def test_a_behaviour_with_properties(client: Client, mql: Term) -> None:
    added(
        client,
        mql,
        kind="behaviour",
        behaviour="pricing_page",
        at_least="2",
        within_days="7",
        latest_before_days="2",
        where="plan = team",
    )

    assert criterion_data(Criterion.objects.filter(parent=mql).latest("pk")) == {
        "kind": "behaviour",
        "behaviour": "pricing_page",
        "at_least": 2,
        "within_days": 7,
        "latest_before_days": 2,
        "where": {"plan": "team"},
    }


def test_fields_and_stages_of_the_draft_itself_are_offered(
    client: Client, cast: SimpleNamespace, mql: Term
) -> None:
    """A field that this very draft adds can be asked for at once; one that it drops cannot."""
    add = f"{address(ContractField, 'add')}?request={mql.request_id}"
    page = client.get(add)
    data = {**sent_back(page), "key": "plan", "label": "Plan", "type": "choice", "values": "Team\nFirm"}
    assert client.post(add, data).status_code == 302
    ContractField.objects.get(request=mql.request, key="employees").delete()

    taken = added(client, mql, field="plan", op="is", value="Team")
    refused = added(client, mql, field="employees", op="at_least", value="5")

    assert taken.status_code == 302
    assert "employees" in faults(refused)
