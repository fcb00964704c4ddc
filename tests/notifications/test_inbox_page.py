"""The inbox page: one's own messages only, read by POST."""

from types import SimpleNamespace

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from glossary.types import EditionInForce
from notifications.models import Notification
from notifications.queries import unread_count
from notifications.services.outbox import notify
from notifications.types import Message
from notifications.views import unread_badge
from tests.support import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(cast: SimpleNamespace, playbook: EditionInForce) -> SimpleNamespace:
    for number in (1, 2):
        message = Message(kind="k", subject=f"Note <{number}>", dedupe_key=f"d{number}", url="/inbox/?x=1")
        notify([cast.sdr], message, now=NOW)
    notify([cast.ae], Message(kind="k", subject="Not yours", dedupe_key="d3"), now=NOW)
    return cast


def test_one_sees_ones_own_messages(told: SimpleNamespace, client: Client) -> None:
    client.force_login(told.sdr)

    page = client.get(reverse("inbox"))

    assert page.status_code == 200
    assert "Note &lt;1&gt;" in page.text
    assert "Not yours" not in page.text
    assert "2 unread" in page.text


def test_reading_one_and_all(told: SimpleNamespace, client: Client) -> None:
    client.force_login(told.sdr)
    first = Notification.objects.inbox_of(told.sdr.pk)[0]

    followed = client.post(reverse("inbox_read", args=[first.pk]), {"follow": "1"})
    assert (followed.status_code, followed["Location"]) == (302, "/inbox/?x=1")
    assert unread_count(told.sdr) == 1
    client.post(reverse("inbox_read_all"))

    assert unread_count(told.sdr) == 0
    assert unread_count(told.ae) == 1


def test_somebody_elses_message_is_not_there(told: SimpleNamespace, client: Client) -> None:
    client.force_login(told.sdr)
    theirs = Notification.objects.inbox_of(told.ae.pk)[0]

    assert client.post(reverse("inbox_read", args=[theirs.pk])).status_code == 404
    assert unread_count(told.ae) == 1


def test_reading_needs_a_post(told: SimpleNamespace, client: Client) -> None:
    client.force_login(told.sdr)

    assert client.get(reverse("inbox_read_all")).status_code == 405
    assert unread_count(told.sdr) == 2


def test_the_badge_counts_what_is_unread(told: SimpleNamespace, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = told.sdr
    assert unread_badge(request) == "2"
    request.user = told.manager
    assert unread_badge(request) == ""
