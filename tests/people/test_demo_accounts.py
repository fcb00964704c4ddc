"""Demo accounts have a public password, so they sign in on this machine only."""

import pytest
from django.test import Client
from pytest_django import Settings

from people.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "concord-demo"


@pytest.fixture(autouse=True)
def ava(settings: Settings) -> User:
    """A demo account, on a server that answers to a public name too."""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "crm.example.com"]
    user = User.objects.create_user("ava", "ava@example.com", PASSWORD)
    User.objects.filter(pk=user.pk).update(is_demo=True)
    return user


def status_of_sign_in(host: str, address: str) -> int:
    given = {"username": "ava", "password": PASSWORD}
    return Client().post("/account/login/", given, HTTP_HOST=host, REMOTE_ADDR=address).status_code


@pytest.mark.parametrize(
    ("host", "address"), [("localhost:8000", "127.0.0.1"), ("[::1]:8000", "::1"), ("127.0.0.1", "127.0.0.1")]
)
def test_on_this_machine_they_sign_in(host: str, address: str) -> None:
    assert status_of_sign_in(host, address) == 302


def test_by_a_public_name_they_do_not() -> None:
    assert status_of_sign_in("crm.example.com", "203.0.113.7") == 200


@pytest.mark.parametrize("address", ["203.0.113.7", "10.0.0.9", ""])
def test_calling_the_server_localhost_from_elsewhere_does_not_help(address: str) -> None:
    """The name in the request is whatever the asker writes there."""
    assert status_of_sign_in("localhost", address) == 200


def test_an_ordinary_account_signs_in_from_anywhere() -> None:
    User.objects.update(is_demo=False)
    assert status_of_sign_in("crm.example.com", "203.0.113.7") == 302


def test_debug_opens_them(settings: Settings) -> None:
    settings.DEBUG = True
    assert status_of_sign_in("crm.example.com", "203.0.113.7") == 302
