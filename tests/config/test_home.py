"""The start page leads everyone to the page of their role."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from config.home import start_pages
from glossary.services.submitting import withdraw
from glossary.types import EditionInForce
from tests.glossary.amending import stage
from tests.glossary.governing import submitted
from tests.support import NOW

EXPECTED = {
    "sdr": "desk",
    "ae": "desk",
    "manager": "team",
    "revops": "team",
    "marketing_ops": "team",
    "sales_ops": "team",
    "cro": "reports",
    "cmo": "reports",
    "finance": "reports",
    "analytics": "reports",
    "enablement": "glossary",
}


def rename(data: dict[str, Any]) -> None:
    stage(data, "mql")["name"] = "Warm lead"


@pytest.mark.parametrize(("who", "page"), EXPECTED.items())
def test_everyone_starts_at_the_page_of_their_role(cast: SimpleNamespace, who: str, page: str) -> None:
    assert next(start_pages(getattr(cast, who), NOW)) == page


@pytest.mark.parametrize("who", ["cro", "cmo", "finance"])
def test_an_approver_starts_where_a_signature_is_asked_for(
    cast: SimpleNamespace, playbook: EditionInForce, who: str
) -> None:
    request = submitted("glossary", rename, cast.revops)
    assert next(start_pages(getattr(cast, who), NOW)) == "changes"
    assert next(start_pages(cast.enablement, NOW)) == "glossary"

    withdraw(request.pk, "", acting_user=cast.revops, now=NOW)
    assert next(start_pages(getattr(cast, who), NOW)) == "reports"


@pytest.mark.parametrize("who", EXPECTED)
def test_the_start_page_opens(cast: SimpleNamespace, playbook: object, who: str) -> None:
    client = Client()
    client.force_login(getattr(cast, who))

    response = client.get("/", follow=True)

    assert response.redirect_chain
    assert response.status_code == 200


def test_account_index_leads_home(cast: SimpleNamespace) -> None:
    client = Client()
    client.force_login(cast.sdr)

    assert client.get("/account/").headers["Location"] == "/"


@pytest.mark.parametrize("name", sorted(set(EXPECTED.values())))
def test_start_pages_exist(name: str) -> None:
    try:
        assert reverse(name).startswith("/")
    except NoReverseMatch:
        pytest.fail(f"there is no page named {name}")
