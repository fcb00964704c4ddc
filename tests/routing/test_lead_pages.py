"""/leads/ and /leads/<id>/: what they show, to whom, and at what cost."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from glossary.types import EditionInForce
from people.models import User
from routing.models import Lead
from routing.queries.pages import SIZE
from routing.services.assign import assign_to
from routing.services.merge import merge
from routing.services.rebuild import void_entry
from tests.routing.leads_for_tests import minutes, new_lead, new_mql, owned_mql, step
from tests.support import NOW

pytestmark = pytest.mark.django_db


def page(client: Client, user: User, path: str, **query: str) -> str:
    client.force_login(user)
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def many(count: int) -> None:
    Lead.objects.bulk_create(
        Lead(company=f"Company {n:03}", captured_at=NOW - timedelta(minutes=n), recorded_at=NOW)
        for n in range(count)
    )


def test_the_list_is_newest_first_and_pages_without_a_count(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    many(SIZE + 2)
    first = page(client, cast.revops, "/leads/")
    assert first.index("Company 000") < first.index("Company 049")
    assert "Company 050" not in first
    assert "page=2" in first
    second = page(client, cast.revops, "/leads/", page="2")
    assert "Company 051" in second
    assert "Company 049" not in second
    assert "page=3" not in second


@pytest.mark.parametrize("number", ["0", "-1", "zwei", "99999999999", "1e3", "²"])
def test_a_page_number_that_is_none_is_no_error(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace, number: str
) -> None:
    many(1)
    assert "Leads" in page(client, cast.revops, "/leads/", page=number)


def test_filters_narrow_the_list(client: Client, playbook: EditionInForce, cast: SimpleNamespace) -> None:
    anna = new_mql()
    ben = new_lead(email="ben@bolt.example", first_name="Ben", last_name="Öz", company="BOLT", region="amer")
    assign_to(anna.pk, cast.sdr, acting_user=None, now=NOW)
    Lead.objects.filter(pk=ben.pk).update(queue="amer_sdr")
    seen = {
        "stage=mql": (True, False),
        "region=amer": (False, True),
        f"owner={cast.sdr.pk}": (True, False),
        "owner=nobody": (False, True),
        "queue=amer_sdr": (False, True),
        "source=organic_search": (True, True),
        "q=bolt": (False, True),
        "q=anna acme": (True, False),
        "q=ÖZ": (False, True),
        "q=anna bolt": (False, False),
        "stage=moon": (True, True),  # a choice that does not exist filters nothing, and the form says so
    }
    anna.refresh_from_db()
    for query, expected in seen.items():
        name, _, value = query.partition("=")
        text = page(client, cast.revops, "/leads/", **{name: value})
        assert (f"/leads/{anna.pk}/" in text, f"/leads/{ben.pk}/" in text) == expected, query


def test_a_rep_finds_only_what_is_theirs(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    own = owned_mql(cast.sdr)
    other = owned_mql(cast.sdr_b, email="carla@corp.example", first_name="Carla", company="Corp")
    text = page(client, cast.sdr, "/leads/")
    assert f"/leads/{own.pk}/" in text
    assert "Carla" not in text
    assert "Carla" not in page(client, cast.sdr, "/leads/", q="carla")
    for address in (f"/leads/{other.pk}/", "/leads/999999/"):
        response = client.get(address)
        assert response.status_code == 404
        assert "Carla" not in response.content.decode()
    assert client.post(f"/leads/{own.pk}/").status_code == 405


def test_the_list_needs_a_login(client: Client) -> None:
    assert client.get("/leads/").status_code == 302


def test_the_story_tells_everything(client: Client, playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    entry = step(lead, "sal", cast.sdr, NOW + minutes(5))
    void_entry(entry.pk, acting_user=cast.sdr, now=NOW + minutes(6), reason="clicked the wrong one")
    duplicate = new_lead(email="anna@home.example", job_title="CTO")
    merge(duplicate.pk, lead.pk, acting_user=None, now=NOW + minutes(7))
    text = page(client, cast.sdr, f"/leads/{lead.pk}/")
    for words in (
        "Marketing Qualified Lead",
        "anna.berg@acme-tools.example",
        "clicked the wrong one",
        "demo request",
        "Reached".lower(),
        "The evidence of the day",
        "gave it to",
        "Routed to first touch",
        "anna@home.example",
        "CTO",
    ):
        assert words in text, words


def test_a_merged_lead_points_to_its_survivor(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    survivor, duplicate = new_lead(), new_lead(email="anna@home.example")
    merge(duplicate.pk, survivor.pk, acting_user=None, now=NOW)
    assert f'href="/leads/{survivor.pk}/"' in page(client, cast.revops, f"/leads/{duplicate.pk}/")
    assert f"/leads/{duplicate.pk}/" not in page(client, cast.revops, "/leads/")


def test_text_of_a_lead_is_text(client: Client, playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = new_lead(first_name="<script>alert(1)</script>")
    for path in ("/leads/", f"/leads/{lead.pk}/"):
        assert "<script>alert(1)" not in page(client, cast.revops, path)


def test_the_cost_does_not_grow_with_the_leads(
    client: Client,
    playbook: EditionInForce,
    cast: SimpleNamespace,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    many(SIZE)
    Lead.objects.update(owner=cast.sdr)
    client.force_login(cast.revops)
    with django_assert_max_num_queries(14):
        client.get("/leads/")
