"""Roles on views, and who may act on a lead."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from people.access import may_act_on, name_of, role_required
from people.choices import Role
from people.models import User
from tests.conftest import make_person

pytestmark = pytest.mark.django_db


@role_required(Role.REVOPS, Role.CRO)
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


def opens(user: User | AnonymousUser, method: str = "get") -> bool:
    request = getattr(RequestFactory(), method)("/")
    request.user = user
    try:
        return page(request).status_code == 200
    except PermissionDenied:
        return False


@pytest.mark.parametrize(
    ("who", "may"), [("revops", True), ("cro", True), ("sdr", False), ("manager", False)]
)
def test_a_role_opens_the_page(cast: SimpleNamespace, who: str, may: bool) -> None:
    assert opens(getattr(cast, who)) is may


def test_an_inactive_account_and_nobody_open_nothing(cast: SimpleNamespace) -> None:
    cast.revops.is_active = False
    assert not opens(cast.revops)
    assert not opens(AnonymousUser())


def test_a_superuser_looks_but_does_not_act(cast: SimpleNamespace) -> None:
    root = make_person("root", is_superuser=True)
    assert opens(root)
    assert not opens(root, "post")


@pytest.mark.parametrize(
    ("who", "owner", "may"),
    [
        ("sdr", "sdr", True),
        ("manager", "sdr", True),
        ("revops", "sdr", True),
        ("revops", None, True),
        ("sdr_b", "sdr", False),
        ("manager_b", "sdr", False),
        ("manager", None, False),
        ("ae", "sdr", False),
        ("cro", "sdr", False),
    ],
)
def test_who_may_act(cast: SimpleNamespace, who: str, owner: str | None, may: bool) -> None:
    lead = SimpleNamespace(owner=getattr(cast, owner) if owner else None)
    assert may_act_on(getattr(cast, who), lead) is may


def test_the_system_has_a_name_too(cast: SimpleNamespace) -> None:
    assert (name_of(None), name_of(cast.sdr)) == ("Concord", "sdr")
