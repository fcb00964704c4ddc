"""The account page and the reader's time zone."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from people.middleware import ReaderZone
from people.models import User


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_account_page_names_the_person_and_their_roles(cast: SimpleNamespace) -> None:
    response = signed_in(cast.sdr).get("/me/")

    assert response.status_code == 200
    page = response.content.decode()
    assert "sdr@example.com" in page
    assert "SDR" in page
    assert "North" in page


def test_a_person_moves_to_another_time_zone(cast: SimpleNamespace) -> None:
    client = signed_in(cast.sdr)

    response = client.post("/me/", {"time_zone": "America/New_York"}, follow=True)

    assert User.objects.get(pk=cast.sdr.pk).time_zone == "America/New_York"
    assert "Times are now shown in America/New_York." in response.content.decode()


def test_a_zone_that_does_not_exist_is_refused_by_name_and_nothing_changes(cast: SimpleNamespace) -> None:
    response = signed_in(cast.sdr).post("/me/", {"time_zone": "Europe/Atlantis"})

    assert response.status_code == 200
    assert "Europe/Atlantis" in response.content.decode()
    assert "Europe/London" in response.content.decode()
    assert User.objects.get(pk=cast.sdr.pk).time_zone == "Europe/London"


def test_an_unusual_zone_stays_on_offer_to_who_has_it(cast: SimpleNamespace) -> None:
    User.objects.filter(pk=cast.sdr.pk).update(time_zone="Etc/GMT+5")

    page = signed_in(cast.sdr).get("/me/").content.decode()

    assert '<option value="Etc/GMT+5" selected>' in page


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("America/New_York", 5), ("Asia/Singapore", 18), ("Nowhere/Gone", 10)],
)
def test_pages_are_read_in_the_persons_zone_and_in_utc_if_it_is_unknown(
    cast: SimpleNamespace, zone: str, hour: int
) -> None:
    seen = []

    def view(_request: HttpRequest) -> HttpResponse:
        seen.append(timezone.localtime(datetime(2026, 11, 23, 10, 0, tzinfo=UTC)).hour)
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = cast.sdr
    cast.sdr.time_zone = zone
    ReaderZone(view)(request)

    assert seen == [hour]
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_person_changes_their_password_in_the_portal(cast: SimpleNamespace) -> None:
    client = signed_in(cast.sdr)
    new = "a much longer horse"

    response = client.post(
        "/account/password_change/",
        {"old_password": "correct horse battery", "new_password1": new, "new_password2": new},
        follow=True,
    )

    assert "Password changed" in response.content.decode()
    assert User.objects.get(pk=cast.sdr.pk).check_password(new)
