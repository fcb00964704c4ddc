"""What the page of a change request says after an act: true of what happened, and nothing that was typed is lost."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from glossary.choices import RequestState
from glossary.models import ChangeRequest
from glossary.queries.proposals import proposal_of
from glossary.types import EditionInForce
from tests.glossary.governing import opened, slot
from tests.glossary.pages import requests_for_tests as made
from tests.glossary.pages.requests_for_tests import answer_of, form_of, page, signed_in

pytestmark = pytest.mark.django_db


def test_a_finding_without_a_box_any_more_is_shown_to_be_kept(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    # Given Finance is about to validate, and another version changes the same stage
    request = made.in_review(cast)
    shown = proposal_of(request, timezone.now()).digest
    made.in_force(cast, "Hot lead")
    # When the finding is sent
    sent = answer_of(slot(request, "finance"), shown, note="MQLs fall by a <tenth>.")
    response = signed_in(cast.finance).post(f"/changes/{request.pk}/sign/", sent)
    # Then it is a conflict, and the words stand on the page
    assert response.status_code == 409
    text = response.content.decode()
    assert "MQLs fall by a &lt;tenth&gt;." in text
    assert f'action="/changes/{request.pk}/sign/"' not in text


def test_the_merge_button_merges_and_says_so(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.ready(cast, "Sales lead", "sql")
    made.in_force(cast, "Hot lead")
    path, client = f"/changes/{request.pk}/", signed_in(cast.revops)
    assert 'name="merge" value="2"' in page(client, path)

    response = client.post(f"{path}publish/", {"merge": "2"}, follow=True)

    assert response.redirect_chain == [(path, 302)]
    assert "The change was merged with it and is in review again" in response.text
    assert 'id="refusal"' not in response.text
    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW


def test_the_merge_button_does_not_hide_a_conflict(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.ready(cast)
    made.in_force(cast, "Hot lead")
    response = signed_in(cast.revops).post(f"/changes/{request.pk}/publish/", {"merge": "2"})
    assert response.status_code == 409
    assert 'id="refusal"' in response.text


def test_a_conflict_that_is_settled_is_no_warning_any_more(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = made.ready(cast)
    made.in_force(cast, "Hot lead")
    path, client = f"/changes/{request.pk}/", signed_in(cast.revops)
    client.post(f"{path}publish/")
    assert client.get(path).context["back"] is not None

    client.post(f"{path}settle/", {"live": "2", "choice:stages.mql": "mine"})

    assert client.get(path).context["back"] is None


@pytest.mark.parametrize("verdict", ["changes", "rejected"])
def test_who_does_not_ratify_reads_that_the_emergency_stays(
    playbook: EditionInForce, cast: SimpleNamespace, verdict: str
) -> None:
    request = made.emergency(cast)
    path, client = f"/changes/{request.pk}/", signed_in(cast.cro)
    sent = form_of(page(client, path), f"{path}sign/") | {"verdict": verdict, "note": "It was no emergency."}

    text = client.post(f"{path}sign/", sent, follow=True).text

    assert "The emergency stays in force until a change back is published" in text
    assert "What is in force stays." not in text
    assert "not ratified: CRO refused" in " ".join(text.split())
    assert ChangeRequest.objects.get(pk=request.pk).state == RequestState.PUBLISHED


@pytest.mark.parametrize(
    ("workstream", "words"),
    [("glossary", "Finance validates by a written finding"), ("routing", "asks nobody to validate")],
)
def test_who_validates_is_what_the_charter_says(
    playbook: EditionInForce, cast: SimpleNamespace, workstream: str, words: str
) -> None:
    request = opened(workstream, cast.revops, now=timezone.now())
    assert words in page(signed_in(cast.sdr), f"/changes/{request.pk}/")
