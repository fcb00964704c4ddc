"""Error pages say what happened and lead on, with and without a request."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.test import Client


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_context(name: str) -> None:
    page = render_to_string(name)

    assert 'href="/"' in page
    assert "<h1>" in page
    assert "css/frame.css" in page


@pytest.mark.django_db
def test_an_unknown_address_answers_with_our_page() -> None:
    response = Client().get("/no/such/page/")

    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


def test_a_form_without_its_token_is_told_to_reload(cast: SimpleNamespace) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.sdr)

    response = client.post("/me/", {"time_zone": "UTC"})

    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_a_refusal_shows_its_reason_escaped() -> None:
    page = render_to_string("403.html", {"exception": "Your role <b>does not</b> open this page."})

    assert "Your role &lt;b&gt;does not" in page
