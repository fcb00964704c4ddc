"""Who gets in where: the portal takes every active account, the admin only staff."""

from types import SimpleNamespace

import pytest
from django.test import Client

PASSWORD = "correct horse battery"


def sign_in(path: str, username: str, **extra: str) -> tuple[Client, int, str]:
    client = Client()
    response = client.post(path, {"username": username, "password": PASSWORD, **extra})
    return client, response.status_code, response.headers.get("Location", response.content.decode())


def test_a_rep_enters_the_portal(cast: SimpleNamespace) -> None:
    client, status, location = sign_in("/account/login/", "sdr", next="/me/")

    assert (status, location) == (302, "/me/")
    assert client.get("/me/").status_code == 200


def test_a_rep_does_not_enter_the_admin(cast: SimpleNamespace) -> None:
    client, status, page = sign_in("/admin/login/", "sdr")

    assert status == 200
    assert "c-errors--form" in page
    assert client.get("/admin/").status_code == 302


def test_staff_enter_the_admin(cast: SimpleNamespace) -> None:
    client, status, _location = sign_in("/admin/login/", "revops")

    assert status == 302
    assert client.get("/admin/").status_code == 200


def test_a_locked_account_enters_nowhere(cast: SimpleNamespace) -> None:
    cast.sdr.is_active = False
    cast.sdr.save()

    _client, status, page = sign_in("/account/login/", "sdr")

    assert status == 200
    assert "c-errors--form" in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/login/", "/admin/login/"])
def test_the_sign_in_page_names_the_product_and_shows_its_picture(path: str) -> None:
    page = Client().get(path).content.decode()

    assert "Concord" in page
    assert "img/concord.svg" in page


@pytest.mark.django_db
def test_strangers_are_led_to_sign_in_and_back() -> None:
    response = Client().get("/me/")

    assert response.headers["Location"] == "/account/login/?next=/me/"


def test_sign_in_never_leads_to_another_host(cast: SimpleNamespace) -> None:
    _client, status, location = sign_in("/account/login/", "sdr", next="https://evil.example/")

    assert status == 302
    assert location.startswith("/")


def test_signing_out_takes_a_post(cast: SimpleNamespace) -> None:
    client, _status, _location = sign_in("/account/login/", "sdr")

    assert client.get("/account/logout/").status_code == 405
    assert client.post("/account/logout/").status_code == 302
    assert client.get("/me/").status_code == 302


def test_portal_pages_are_never_cached(cast: SimpleNamespace) -> None:
    client, _status, _location = sign_in("/account/login/", "sdr")

    assert "no-store" in client.get("/me/").headers["Cache-Control"]
