"""Every table of every draft has its pages in the admin, open to the right roles and readable without JSON."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from glossary import registry
from glossary.choices import RequestState
from glossary.models.draft_base import DraftRow
from glossary.queries.draft_names import draft_models, table_of
from glossary.registry import Shape
from glossary.registry.rows import read_rows
from glossary.types import EditionInForce
from routing.services.calendars import ensure_standard_calendars
from tests.glossary.admin.drafting import address, sent_back
from tests.glossary.governing import opened
from tests.support import NOW

pytestmark = pytest.mark.django_db

MODELS = sorted(draft_models(), key=lambda model: model._meta.label)
JSON = re.compile(r"[\[{]\s*(&quot;|&#x27;|[\"'])")


def json_in(page: Any) -> list[str]:
    """Lists and mappings as machines write them, in the texts and boxes of a page."""
    content = page.text.split('id="content-main"')[-1].split("</main>")[0]
    boxes = re.findall(r'<(?:input|option)[^>]*?\bvalue="([^"]*)"', content)
    texts = re.sub(r"<script.*?</script>|<[^>]*>", " ", content, flags=re.DOTALL)
    return [text for text in [texts, *boxes] if JSON.search(text)]


def a_row(model: type[DraftRow], cast: SimpleNamespace) -> DraftRow:
    ensure_standard_calendars(now=NOW)
    change = opened(table_of(model)[0].workstream, cast.revops)
    row = model._default_manager.filter(request=change).first()
    assert row is not None
    return row


def test_every_model_of_every_registered_table_has_an_admin() -> None:
    assert len(registry.document_types()) == 6
    assert [model.__name__ for model in MODELS if not admin.site.is_registered(model)] == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_pages_open_for_revops_and_show_no_json(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, model: type[DraftRow]
) -> None:
    row = a_row(model, cast)
    client.force_login(cast.revops)
    single = table_of(model)[1].shape is Shape.ROOT
    pages = [
        client.get(address(model, "changelist"), {"request__id__exact": row.request_id}),
        client.get(address(model, "change", row.pk)),
        client.get(address(model, "history", row.pk)),
    ]
    added = client.get(address(model, "add"), {"request": row.request_id})

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert added.status_code == (403 if single else 200)
    assert f"Change request #{row.request_id}" in pages[1].text
    assert [json_in(page) for page in pages] == [[], [], []]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_saving_an_untouched_page_changes_nothing(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, model: type[DraftRow]
) -> None:
    """What is shown reads back to what was there: no value is lost or bent by its box."""
    row = a_row(model, cast)
    before = read_rows(row.request)
    client.force_login(cast.revops)
    for one in model._default_manager.filter(request=row.request_id):
        at = address(model, "change", one.pk)
        answer = client.post(at, sent_back(client.get(at)))
        assert answer.status_code == 302, f"{one}: {answer.context['errors'] if answer.context else ''}"

    assert read_rows(row.request) == before


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_without_a_role_nothing_opens(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, model: type[DraftRow]
) -> None:
    row = a_row(model, cast)
    cast.enablement.is_staff = True
    cast.enablement.save()
    client.force_login(cast.enablement)

    for at in (address(model, "changelist"), address(model, "add"), address(model, "change", row.pk)):
        assert client.get(at, {"request": row.request_id}).status_code == 403
        assert client.post(at, {"request": row.request_id}).status_code == 403


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_rows_of_a_closed_request_are_read_in_words(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, model: type[DraftRow]
) -> None:
    row = a_row(model, cast)
    client.force_login(cast.revops)
    data = sent_back(client.get(address(model, "change", row.pk)))
    row.request.state = RequestState.REJECTED
    row.request.save()
    before = model._default_manager.filter(request=row.request).values()

    page = client.get(address(model, "change", row.pk))
    content = page.text.split('id="content-main"')[-1]

    assert page.status_code == 200
    assert "closed, to read only" in content
    assert 'name="_save"' not in content
    assert json_in(page) == []
    assert client.post(address(model, "change", row.pk), data).status_code == 403
    assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert client.post(f"{address(model, 'add')}?request={row.request_id}", data).status_code == 403
    assert list(model._default_manager.filter(request=row.request).values()) == list(before)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("name", ["revops", "sales_ops"])
def test_an_old_state_is_read_in_words_by_editors_and_readers(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client, model: type[DraftRow], name: str
) -> None:
    row = a_row(model, cast)
    client.force_login(getattr(cast, name))
    old = row.history.first()

    page = client.get(address(model, "simple_history", row.pk, old.pk))
    content = page.text.split('id="content-main"')[-1]

    assert page.status_code == 200
    assert 'name="_save"' not in content
    assert "<textarea" not in content
    assert json_in(page) == []
    assert client.get(address(model, "history", row.pk)).status_code == 200
