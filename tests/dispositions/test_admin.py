"""Decisions and actions in the admin: to read, and to try again what is parked."""

from types import SimpleNamespace

import pytest
from django.test import Client

from dispositions.choices import ActionState
from dispositions.models import ActionItem
from glossary.types import EditionInForce
from people.choices import Role
from people.models import User
from tests.conftest import make_person
from tests.dispositions.desk_for_tests import recycled
from tests.routing.leads_for_tests import owned_mql

pytestmark = pytest.mark.django_db
PAGES = ("disposition", "actionitem")


@pytest.fixture
def parked(playbook: EditionInForce, cast: SimpleNamespace) -> ActionItem:
    item = recycled(owned_mql(cast.sdr), "no_budget", cast.sdr)
    ActionItem.objects.filter(pk=item.pk).update(state=ActionState.PARKED, attempts=5, last_error="Broken")
    return item


def ask_again(client: Client, user: User, item: ActionItem) -> ActionItem:
    client.force_login(user)
    client.post(
        "/admin/dispositions/actionitem/", {"action": "try_parked_again", "_selected_action": [item.pk]}
    )
    item.refresh_from_db()
    return item


@pytest.mark.parametrize("name", PAGES)
def test_operations_read_and_nobody_writes(
    client: Client, cast: SimpleNamespace, parked: ActionItem, name: str
) -> None:
    client.force_login(cast.revops)
    base = f"/admin/dispositions/{name}/"
    key = parked.pk if name == "actionitem" else parked.disposition_id
    assert client.get(base).status_code == 200
    assert client.get(f"{base}{key}/change/").status_code == 200
    assert client.get(f"{base}add/").status_code == 403
    assert client.post(f"{base}{key}/change/", {"kind": "merge"}).status_code == 403
    assert client.post(f"{base}{key}/delete/").status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_other_staff_see_nothing(client: Client, parked: ActionItem, name: str) -> None:
    client.force_login(make_person("clerk", Role.ENABLEMENT, is_staff=True))
    assert client.get(f"/admin/dispositions/{name}/").status_code == 403


def test_try_again(client: Client, cast: SimpleNamespace, parked: ActionItem) -> None:
    assert ask_again(client, cast.revops, parked).state == ActionState.PENDING


def test_a_superuser_without_the_role_may_look_and_not_act(client: Client, parked: ActionItem) -> None:
    root = make_person("root", is_superuser=True, is_staff=True)
    assert ask_again(client, root, parked).state == ActionState.PARKED
    assert client.get("/admin/dispositions/actionitem/").status_code == 200


def test_what_is_not_parked_is_left_alone(client: Client, cast: SimpleNamespace, parked: ActionItem) -> None:
    ActionItem.objects.filter(pk=parked.pk).update(state=ActionState.DONE)
    assert ask_again(client, cast.revops, parked).state == ActionState.DONE
