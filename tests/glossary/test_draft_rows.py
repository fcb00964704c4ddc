"""A document laid down as draft rows reads back as the very same document, for every workstream."""

import json

import pytest

from glossary import registry
from glossary.choices import Workstream
from glossary.engine.seal import canonical_json
from glossary.models import ChangeRequest, RequiredField, Term
from glossary.registry.rows import read_rows, write_rows
from glossary.services.playbook import read_playbook
from tests.support import NOW


def draft(workstream: str) -> ChangeRequest:
    return ChangeRequest.objects.create(
        workstream=workstream,
        title="t",
        why="w",
        base_number=1,
        opened_at=NOW,
        changed_at=NOW,
        author_name="A",
    )


@pytest.mark.django_db
@pytest.mark.parametrize("workstream", Workstream.values)
def test_round_trip(workstream: str) -> None:
    document = read_playbook()[workstream]
    request = draft(workstream)

    write_rows(request, json.loads(canonical_json(document)), user=None)

    assert registry.parse(workstream, read_rows(request)) == document


@pytest.mark.django_db
def test_laying_down_again_replaces_the_rows_of_this_draft_only() -> None:
    data = json.loads(canonical_json(read_playbook()["glossary"]))
    one, other = draft("glossary"), draft("glossary")
    for request in (one, other):
        write_rows(request, data, user=None)

    data["stages"][0]["name"] = "Hand-raise"
    write_rows(one, data, user=None)

    assert read_rows(one)["stages"][0]["name"] == "Hand-raise"
    assert read_rows(other)["stages"][0]["name"] == "Inquiry"
    assert Term.objects.filter(request=one).count() == len(data["stages"])


@pytest.mark.django_db
def test_the_history_names_the_change_request() -> None:
    request = draft("glossary")
    write_rows(request, json.loads(canonical_json(read_playbook()["glossary"])), user=None)

    row = RequiredField.history.first()
    assert row is not None
    assert f"Change request {request.pk}" in row.history_change_reason
