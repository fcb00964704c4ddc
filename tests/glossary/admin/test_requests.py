"""Change requests and published policies in the admin: a hub and things to read; nobody signs or publishes here."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from glossary.models import (
    Acknowledgement,
    ChangeRequest,
    Comment,
    Contributor,
    Delegation,
    Edition,
    PolicyVersion,
    RequestEvent,
    SignOff,
    StageMove,
    Term,
)
from glossary.types import EditionInForce
from people.models import User
from tests.glossary.admin.drafting import address
from tests.glossary.amending import threshold
from tests.glossary.governing import opened, submitted

pytestmark = pytest.mark.django_db

READ = [
    PolicyVersion, Edition, ChangeRequest, SignOff, RequestEvent, Contributor, Comment, Acknowledgement, Delegation,
]  # fmt: skip


@pytest.fixture
def office(playbook: EditionInForce, cast: SimpleNamespace, client: Client) -> Client:
    """Signed in as RevOps, with a change under review."""
    submitted("scoring", threshold(70.0), cast.marketing_ops)
    client.force_login(cast.revops)
    return client


@pytest.mark.parametrize("model", READ, ids=lambda model: model.__name__)
def test_read_and_nothing_else(office: Client, model: type[models.Model]) -> None:
    """Form, list edit and action: none of them writes, not even for a superuser."""
    row = model._default_manager.first()
    before = list(model._default_manager.values())
    site: Any = admin.site.get_model_admin(model)

    assert office.get(address(model, "changelist")).status_code == 200
    assert office.get(address(model, "add")).status_code == 403
    assert office.post(address(model, "add"), {"title": "x"}).status_code == 403
    assert not getattr(site, "list_editable", ())
    for who in ("revops", "root"):
        if who == "root":
            office.force_login(User.objects.create_superuser("root", "root@example.com", "x"))
        if row is None:
            continue
        at = address(model, "change", row.pk)
        assert office.get(at).status_code == 200
        sent = {"title": "x", "state": "published", "verdict": "given", "content": "{}", "_save": "Save"}
        assert office.post(at, sent).status_code == 403
        assert office.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        listed = {
            "action": "delete_selected",
            "_selected_action": [row.pk],
            "post": "yes",
            "form-0-title": "x",
        }
        office.post(address(model, "changelist"), listed)  # no such action is offered, so nothing happens
    assert list(model._default_manager.values()) == before


def test_no_action_changes_a_state(office: Client) -> None:
    names = {name for model in READ for name in admin.site.get_model_admin(model).actions or ()}
    assert names == set()


def test_the_hub_leads_to_every_table_with_its_count(office: Client, cast: SimpleNamespace) -> None:
    change = opened("glossary", cast.revops)
    page = office.get(address(ChangeRequest, "change", change.pk))
    tables = {table["name"]: table for table in page.context["draft_tables"]}

    assert {name: table["count"] for name, table in tables.items()} == {
        "Stages": Term.objects.filter(request=change).count(),
        "Moves": StageMove.objects.filter(request=change).count(),
        "Contract fields": 24,
    }
    for table in tables.values():
        assert office.get(table["link"]).status_code == 200
        assert office.get(table["add"]).status_code == 200
        assert table["link"].replace("&", "&amp;") in page.text
    assert reverse("change", args=[change.pk]) in page.text


def test_who_may_not_edit_is_offered_no_new_rows(office: Client, cast: SimpleNamespace) -> None:
    change = opened("glossary", cast.revops)
    office.force_login(cast.analytics)
    page = office.get(address(ChangeRequest, "change", change.pk))

    assert page.status_code == 200
    assert [table["add"] for table in page.context["draft_tables"]] == ["", "", ""]
    assert "You can read this draft" in page.text


def test_a_change_is_proposed_from_the_version_in_force(office: Client, cast: SimpleNamespace) -> None:
    version = PolicyVersion.objects.get(workstream="scoring", number=1)
    propose = reverse("admin:glossary_policyversion_propose", args=[version.pk])

    assert office.get(address(PolicyVersion, "changelist")).text.count("Propose a change") == 6
    assert "Propose a change" in office.get(address(PolicyVersion, "change", version.pk)).text
    answer = office.get(propose)
    assert answer.headers["Location"] == f"{reverse('change_open')}?workstream=scoring"

    office.force_login(cast.marketing_ops)
    assert office.get(address(PolicyVersion, "changelist")).text.count("Propose a change") == 1
    assert office.get(propose).status_code == 302
    other = PolicyVersion.objects.get(workstream="glossary")
    assert office.get(reverse("admin:glossary_policyversion_propose", args=[other.pk])).status_code == 403


def test_an_unknown_row_is_no_error(office: Client) -> None:
    for model in (Term, ChangeRequest, PolicyVersion):
        assert office.get(address(model, "change", 999_999)).status_code == 302
    assert office.get(address(Term, "add"), {"request": "9" * 40}).status_code == 403
    assert office.get(address(Term, "changelist"), {"request__id__exact": "x"}).status_code in {200, 302}


@pytest.mark.parametrize("number", ["x", "_00", "9" * 40])
def test_a_number_that_is_none_is_no_error(office: Client, cast: SimpleNamespace, number: str) -> None:
    opened("glossary", cast.revops)
    term = Term.objects.get(key="mql")
    old = term.history.get().pk
    for model in (Term, ChangeRequest, PolicyVersion):
        assert office.get(address(model, "change", number)).status_code == 302
    for at in (
        address(Term, "history", number),
        address(Term, "simple_history", number, old),
        address(Term, "simple_history", term.pk, number),
    ):
        assert office.get(at).status_code == 404, at
    propose = reverse("admin:glossary_policyversion_propose", args=[number])
    assert office.get(propose).status_code == 403
    for listed in (Term, SignOff):
        assert office.get(address(listed, "changelist"), {"request": number}).status_code in {302, 404}
