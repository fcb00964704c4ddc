"""Every address needs a sign-in, or stands on the public list below with its reason."""

from collections.abc import Iterator

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

# Addresses that a stranger may open, each with its reason.
PUBLIC = {
    "account/login/": "signing in to the portal",
    "admin/login/": "signing in to the admin",
}
# Values for the parameters of addresses: the answer must not depend on what exists.
SAMPLES = {
    "int": "1",
    "slug": "mql",
    "str": "x",
    "path": "x",
    "uuid": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
}


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the project as (route, pattern)."""
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route)
        else:
            yield route, entry


def sample_path(route: str, pattern: URLPattern) -> str:
    """A concrete path for a route such as 'desk/leads/<int:lead_id>/'."""
    path = route
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        for written in (f"<{kind}:{name}>", f"<{name}>"):
            path = path.replace(written, SAMPLES.get(kind, "1"))
    return "/" + path


ALL = [(route, pattern) for route, pattern in addresses(get_resolver().url_patterns) if "(?P" not in route]
GUARDED = [(route, pattern) for route, pattern in ALL if route not in PUBLIC]


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "pattern"), GUARDED, ids=[route or "/" for route, _ in GUARDED])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_sign_in(route: str, pattern: URLPattern, method: str) -> None:
    response = getattr(Client(), method)(sample_path(route, pattern))

    assert response.status_code in {302, 401, 403}, f"{route} answers {response.status_code} to a stranger"
    if response.status_code == 302:
        assert "/login/" in response.headers["Location"]


@pytest.mark.django_db
@pytest.mark.parametrize("route", PUBLIC)
def test_public_addresses_open(route: str) -> None:
    assert Client().get(f"/{route}").status_code == 200


def test_every_project_view_is_guarded_by_the_middleware() -> None:
    """Negative control: the guard is `login_required` on the callback, which login_not_required would switch off."""
    open_views = {route for route, pattern in ALL if not getattr(pattern.callback, "login_required", True)}

    assert open_views <= set(PUBLIC) | {"account/<url>", "admin/<url>"}


def test_the_list_of_addresses_is_not_empty() -> None:
    assert len(ALL) > 20
    assert {route for route, _ in ALL} >= set(PUBLIC)
    assert isinstance(HttpRequest().META, dict)
