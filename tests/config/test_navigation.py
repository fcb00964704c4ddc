"""The sidebars: only what exists and what the role may open."""

from types import SimpleNamespace

import pytest
from django.test import Client, RequestFactory

from config.admin_navigation import DRAFTS, LEADS, OTHER, PEOPLE, POLICIES, QUEUES, group_of
from config.navigation import PORTAL, Entry, address, may_see, portal_navigation
from notifications.models import Notification
from people.models import User
from tests.support import NOW

EVERYONE = [
    "sdr",
    "ae",
    "manager",
    "revops",
    "cro",
    "cmo",
    "finance",
    "marketing_ops",
    "analytics",
    "enablement",
]


def links(user: User) -> list[str]:
    request = RequestFactory().get("/")
    request.user = user
    return [item["link"] for group in portal_navigation(request) for item in group["items"]]


@pytest.mark.parametrize("who", EVERYONE)
def test_every_link_of_the_sidebar_opens_for_who_sees_it(
    cast: SimpleNamespace, playbook: object, who: str
) -> None:
    client = Client()
    client.force_login(getattr(cast, who))

    answers = {link: client.get(link).status_code for link in links(getattr(cast, who))}

    assert answers
    assert set(answers.values()) == {200}, answers


def test_reps_are_not_offered_operations_or_the_admin(cast: SimpleNamespace) -> None:
    offered = links(cast.sdr)

    assert "/admin/" not in offered
    assert not [link for link in offered if "import" in link or "quarantine" in link]
    assert "/admin/" in links(cast.revops)


def test_an_entry_without_a_page_is_left_out() -> None:
    assert address("no_such_page") is None


def test_every_entry_of_the_portal_has_its_page() -> None:
    missing = [
        entry.url_name for group in PORTAL for entry in group.entries if address(entry.url_name) is None
    ]

    assert missing == []


def test_staff_entries_are_hidden_from_everyone_else(cast: SimpleNamespace) -> None:
    entry = Entry("Admin", "admin:index", "settings", staff=True)

    assert may_see(entry, cast.revops)
    assert not may_see(entry, cast.cro)


@pytest.mark.parametrize("who", ["revops", "marketing_ops", "sales_ops", "analytics"])
def test_roles_that_work_in_the_admin_enter_without_being_staff(cast: SimpleNamespace, who: str) -> None:
    user = getattr(cast, who)
    user.is_staff = False
    user.save()
    client = Client()

    signed_in = client.post(
        "/admin/login/?next=/admin/", {"username": user.username, "password": "correct horse battery"}
    )

    assert signed_in.status_code == 302
    assert "/admin/" in links(user)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("who", ["sdr", "manager", "cro", "finance", "enablement"])
def test_everyone_else_stays_outside_the_admin(cast: SimpleNamespace, who: str) -> None:
    user = getattr(cast, who)
    client = Client()

    refused = client.post(
        "/admin/login/?next=/admin/", {"username": user.username, "password": "correct horse battery"}
    )

    assert "does not work in the administration" in refused.text
    client.force_login(user)
    assert client.get("/admin/").status_code == 302
    assert "/admin/" not in links(user)


def test_an_account_that_was_switched_off_enters_nowhere(cast: SimpleNamespace) -> None:
    cast.revops.is_active = False
    cast.revops.save()

    assert not may_see(Entry("Admin", "admin:index", "settings", staff=True), cast.revops)


def test_unread_messages_are_counted_beside_the_inbox(cast: SimpleNamespace) -> None:
    client = Client()
    client.force_login(cast.sdr)
    quiet = client.get("/me/").content.decode()
    Notification.objects.create(
        recipient=cast.sdr,
        channel="inbox",
        kind="test",
        dedupe_key="one",
        subject="One",
        state="sent",
        not_before=NOW,
        created_at=NOW,
    )

    loud = client.get("/me/").content.decode()

    assert "1 unread" not in quiet
    assert "Inbox, 1 unread" in loud


def test_the_page_being_read_is_marked(cast: SimpleNamespace, playbook: object) -> None:
    client = Client()
    client.force_login(cast.sdr)

    page = client.get("/glossary/").content.decode()

    assert 'href="/glossary/" aria-current="page"' in page


def test_only_the_nearest_page_is_marked(cast: SimpleNamespace) -> None:
    request = RequestFactory().get("/leads/import/")
    request.user = cast.revops

    groups = portal_navigation(request)
    marked = [item["link"] for group in groups for item in group["items"] if item["active"]]

    assert len(marked) == 1
    assert marked[0] == max(
        (link for link in links(cast.revops) if "/leads/import/".startswith(link)), key=len
    )


def test_the_admin_sidebar_sorts_models_by_subject() -> None:
    assert group_of("people.user") == PEOPLE
    assert group_of("routing.pool") == QUEUES
    assert group_of("routing.lead") == LEADS
    assert group_of("glossary.policyversion") == POLICIES
    assert group_of("glossary.signoff") == POLICIES
    assert {group_of(name) for name in ("glossary.term", "routing.slatarget", "reporting.kpidefinition")} == {
        DRAFTS
    }
    assert group_of("elsewhere.thing") == OTHER


def test_the_admin_leads_back_to_the_portal(cast: SimpleNamespace) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root", "root@example.com", "x"))

    page = client.get("/admin/").content.decode()

    assert "Back to the portal" in page
    assert "/admin/people/user/" in page
