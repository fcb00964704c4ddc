"""Proposing a change by the page, and delegating one's signature."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from glossary.engine.documents import GlossaryDocument
from glossary.engine.seal import canonical_json
from glossary.models import ChangeRequest, Delegation
from glossary.queries.editions import edition_at
from glossary.queries.proposals import proposal_of
from glossary.types import EditionInForce
from routing.engine.documents import ScoringDocument
from tests.glossary.governing import answered
from tests.glossary.pages import requests_for_tests as made
from tests.glossary.pages.requests_for_tests import page, signed_in

pytestmark = pytest.mark.django_db
SAID = {"title": "Free mail", "why": "They never buy."}


def test_only_the_workstreams_that_one_may_propose_are_offered(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    text = page(signed_in(cast.marketing_ops), "/changes/new/")
    assert 'value="scoring"' in text
    assert 'value="glossary"' not in text
    client = signed_in(cast.marketing_ops)
    assert client.post("/changes/new/", {**SAID, "workstream": "glossary"}).status_code == 400
    assert "Ask RevOps" in page(signed_in(cast.sdr), "/changes/new/", 403)
    assert "Propose a change" not in page(signed_in(cast.sdr), "/changes/")
    assert ChangeRequest.objects.count() == 0


def test_a_new_request_leads_to_the_draft(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    client = signed_in(cast.revops)
    response = client.post("/changes/new/", {**SAID, "workstream": "glossary"}, follow=True)
    request = ChangeRequest.objects.get()
    assert response.redirect_chain == [(f"/changes/{request.pk}/", 302)]
    assert "Edit the draft in the admin" in response.content.decode()
    assert f"/admin/glossary/changerequest/{request.pk}/change/" in response.content.decode()


def test_the_date_is_in_the_readers_zone(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    cast.revops.time_zone = "America/New_York"
    cast.revops.save()
    local = (timezone.now() + timedelta(days=9)).astimezone(ZoneInfo("America/New_York"))
    sent = {**SAID, "workstream": "glossary", "effective_at": local.strftime("%Y-%m-%dT%H:%M")}
    assert signed_in(cast.revops).post("/changes/new/", sent).status_code == 302
    kept = ChangeRequest.objects.get().effective_at
    assert isinstance(kept, datetime)
    assert kept == local.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"why": " "},
        {"title": "x" * 201},
        {"effective_at": "2020-01-01T09:00"},
        {"why": "a\0b"},
    ],
    ids=str,
)
def test_what_cannot_be_used_is_refused_with_what_was_typed(
    playbook: EditionInForce, cast: SimpleNamespace, wrong: dict[str, str]
) -> None:
    sent = {**SAID, "workstream": "glossary", **wrong}
    response = signed_in(cast.revops).post("/changes/new/", sent)
    assert response.status_code == 400
    assert b'class="c-errors"' in response.content
    kept = "They never buy." if "why" not in wrong else "Free mail"
    assert kept in response.content.decode()
    assert ChangeRequest.objects.count() == 0


def test_going_back_starts_from_what_is_in_force(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    made.in_force(cast, "Hot lead")
    client = signed_in(cast.revops)
    assert "go back to Glossary" in page(client, "/changes/new/?workstream=glossary&from=1")
    for bad in ("9", "0", "x", "-1", "9" * 30):
        assert client.get(f"/changes/new/?workstream=glossary&from={bad}").status_code == 404

    client.post("/changes/new/", {**SAID, "workstream": "glossary", "base": "1"})
    request = ChangeRequest.objects.latest("pk")
    found = proposal_of(request, timezone.now())
    assert request.base_number == 2
    assert [(d.item, d.old, d.new) for d in found.differences] == [
        ("stages.mql", ("Hot lead",), ("Marketing Qualified Lead",))
    ]


def upload(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("scoring.json", text.encode())


def test_a_policy_file_becomes_the_draft(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    document = edition_at(timezone.now()).document(ScoringDocument)
    raised = document.model_copy(update={"thresholds": {**document.thresholds, "mql": 70}})
    text = f'{{"workstream": "scoring", "base_version": 1, "document": {canonical_json(raised)}}}'
    client = signed_in(cast.marketing_ops)
    sent = {**SAID, "workstream": "scoring"}

    assert client.post("/changes/new/", {**sent, "file": upload("workstream: [")}).status_code == 400
    refused = client.post("/changes/new/", {**sent, "file": upload(text.replace('"thresholds"', '"thresh"'))})
    assert b"scoring.thresh" in refused.content
    assert client.post("/changes/new/", {**sent, "file": upload(text)}).status_code == 302

    found = proposal_of(ChangeRequest.objects.get(), timezone.now())
    assert [(d.item, d.grade.value) for d in found.differences] == [("thresholds.mql", "tightened")]


def test_a_file_of_a_workstream_that_is_not_ones_own_is_403(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    document = edition_at(timezone.now()).document(ScoringDocument)
    text = f'{{"workstream": "scoring", "document": {canonical_json(document)}}}'
    sent = {**SAID, "workstream": "routing", "file": upload(text)}
    assert signed_in(cast.sales_ops).post("/changes/new/", sent).status_code == 403
    assert ChangeRequest.objects.count() == 0


def moment(days: float) -> str:
    return (timezone.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def test_a_delegation_is_given_used_and_taken_back(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    client, path = signed_in(cast.cro), "/changes/delegations/"
    sent = {"person": str(cast.sales_ops.pk), "starts_at": moment(-1), "ends_at": moment(2), "why": "Away"}
    assert client.post(path, sent).status_code == 302
    given = Delegation.objects.get()
    assert "Away" in page(signed_in(cast.sales_ops), path)

    request = made.in_review(cast)
    signoff = answered(request, "cro", cast.sales_ops, now=timezone.now())
    assert signoff.on_behalf_of == cast.cro
    text = page(client, f"/changes/{request.pk}/")
    assert "sales_ops for cro" in text

    assert signed_in(cast.sales_ops).post(f"{path}{given.pk}/end/").status_code == 404
    assert client.get(f"{path}{given.pk}/end/").status_code == 405
    assert client.post(f"{path}{given.pk}/end/").status_code == 302
    given.refresh_from_db()
    assert given.revoked_at is not None
    assert "taken back" in page(client, path)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"person": ""}, "required"),
        ({"ends_at": "2020-01-01T00:00"}, "after the beginning"),
        ({"starts_at": "2020-01-01T00:00"}, "92 days at most"),
        ({"person": "self"}, "valid choice"),
    ],
    ids=str,
)
def test_a_delegation_that_cannot_be_is_refused(
    playbook: EditionInForce, cast: SimpleNamespace, wrong: dict[str, str], said: str
) -> None:
    sent = {"person": str(cast.sdr.pk), "starts_at": moment(-1), "ends_at": moment(2), "why": "Away"}
    sent |= {name: str(cast.cro.pk) if value == "self" else value for name, value in wrong.items()}
    response = signed_in(cast.cro).post("/changes/delegations/", sent)
    assert response.status_code == 400
    assert said in response.content.decode()
    assert Delegation.objects.count() == 0


def test_the_same_words_for_another_content_are_another_request(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    made.in_force(cast)  # v2
    made.in_force(cast, "Hot lead")  # v3
    client = signed_in(cast.revops)
    for version in (1, 2, 2):
        client.post(
            f"/changes/new/?workstream=glossary&from={version}",
            {**SAID, "workstream": "glossary", "base": version},
        )
    opened = ChangeRequest.objects.filter(title=SAID["title"]).order_by("pk")
    names = [_mql(request) for request in opened]
    assert names == ["Marketing Qualified Lead", "Warm lead"]


def _mql(request: ChangeRequest) -> str:
    document = proposal_of(request, timezone.now()).proposed.document
    assert isinstance(document, GlossaryDocument)
    return document.stage_by_key["mql"].name
