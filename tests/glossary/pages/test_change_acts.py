"""What people do on the page of a change request, and how each refusal is answered."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import timezone

from glossary.choices import RequestState
from glossary.models import ChangeRequest, Comment, PolicyVersion, SignOff, Term
from glossary.queries.proposals import proposal_of
from glossary.services.drafting import Texts, change_texts
from glossary.services.submitting import submit
from glossary.types import EditionInForce
from tests.glossary.governing import answered, edited, measured, slot
from tests.glossary.pages import requests_for_tests as made
from tests.glossary.pages.requests_for_tests import answer_of, form_of, page, signed_in

pytestmark = pytest.mark.django_db
ACTS = ("sign", "submit", "withdraw", "publish", "emergency", "texts", "settle", "comment", "back-test")


def test_from_the_draft_to_in_force_by_the_page(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.draft(cast)
    path = f"/changes/{request.pk}/"
    author = signed_in(cast.revops)

    assert author.post(f"{path}submit/").headers["Location"] == path
    measured(request, now=timezone.now())
    for role in made.SIGNERS:
        client = signed_in(getattr(cast, role))
        sent = form_of(page(client, path), f"{path}sign/") | {"verdict": "given", "note": "No number moves."}
        assert client.post(f"{path}sign/", sent).status_code == 302
    assert "Everyone has signed" in page(author, path)
    assert author.post(f"{path}publish/", follow=True).status_code == 200

    request.refresh_from_db()
    assert request.state == RequestState.PUBLISHED
    assert PolicyVersion.objects.filter(workstream="glossary").count() == 2
    assert "Went in force as" in page(author, path)


@pytest.mark.parametrize("role", ["cro", "finance"])
@pytest.mark.parametrize(
    ("verdict", "state"),
    [("changes", RequestState.CHANGES_REQUESTED), ("rejected", RequestState.REJECTED)],
)
def test_a_no_needs_a_reason_and_the_author_reads_it(
    playbook: EditionInForce, cast: SimpleNamespace, role: str, verdict: str, state: str
) -> None:
    request = made.in_review(cast)
    path, client = f"/changes/{request.pk}/", signed_in(getattr(cast, role))
    seat, shown = slot(request, role), proposal_of(request, timezone.now()).digest

    refused = client.post(f"{path}sign/", answer_of(seat, shown, verdict))
    assert refused.status_code == 400
    assert slot(request, role).verdict == ""

    reason = "Name the field that proves it."
    assert client.post(f"{path}sign/", answer_of(seat, shown, verdict, reason)).status_code == 302
    request.refresh_from_db()
    assert request.state == state
    assert reason in page(signed_in(cast.revops), path)
    assert PolicyVersion.objects.filter(workstream="glossary").count() == 1


def test_a_validation_needs_a_finding(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.in_review(cast)
    measured(request, now=timezone.now())
    path, client = f"/changes/{request.pk}/", signed_in(cast.finance)
    shown = proposal_of(request, timezone.now()).digest

    refused = client.post(f"{path}sign/", answer_of(slot(request, "finance"), shown))
    assert refused.status_code == 400
    assert b"Write your finding" in refused.content

    typed = {"verdict": "given", "note": "MQLs fall by a tenth; SQLs stay."}
    sent = form_of(page(client, path), f"{path}sign/") | typed
    assert client.post(f"{path}sign/", sent).status_code == 302
    assert "MQLs fall by a tenth" in page(signed_in(cast.sdr), path)


def test_findings_block_submitting_and_lead_to_the_row(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = made.with_findings(cast)
    path, client = f"/changes/{request.pk}/", signed_in(cast.revops)

    text = page(client, path)
    row = Term.objects.get(request=request, key="mql").pk
    assert f'href="/admin/glossary/term/{row}/change/"' in text
    refused = client.post(f"{path}submit/")

    assert refused.status_code == 400
    request.refresh_from_db()
    assert request.state == RequestState.DRAFT
    # A reader, who cannot mend it, is not led there.
    assert "/admin/glossary/term/" not in page(signed_in(cast.sdr), path)


def test_a_conflict_is_settled_on_the_page(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.conflicting(cast)
    path, client = f"/changes/{request.pk}/", signed_in(cast.revops)
    text = page(client, path)
    assert "Hot lead" in text
    assert "Warm lead" in text
    assert f'action="{path}sign/"' not in page(signed_in(cast.cro), path)

    assert client.post(f"{path}settle/", {"live": "2"}).status_code == 409
    assert client.post(f"{path}settle/", {"live": "1", "choice:stages.mql": "mine"}).status_code == 409
    assert client.post(f"{path}settle/", {"live": "2", "choice:stages.mql": "mine"}).status_code == 302

    found = proposal_of(ChangeRequest.objects.get(pk=request.pk), timezone.now())
    assert [(d.item, d.new) for d in found.differences] == [("stages.mql", ("Warm lead",))]


def test_an_emergency_is_declared_agreed_and_ratified_by_the_page(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = made.in_review(cast)
    path = f"/changes/{request.pk}/"
    author = signed_in(cast.revops)
    declared = form_of(page(author, path), f"{path}emergency/")
    assert author.post(f"{path}emergency/", declared | {"why": ""}).status_code == 400
    assert author.post(f"{path}emergency/", declared | {"why": "Now."}).status_code == 302
    for name in ("cro", "cmo"):
        client = signed_in(getattr(cast, name))
        seat = next(s for s in SignOff.objects.standing().filter(duty="emergency") if not s.verdict)
        sent = answer_of(seat, proposal_of(ChangeRequest.objects.get(pk=request.pk), timezone.now()).digest)
        assert client.post(f"{path}sign/", sent).status_code == 302
    assert "To be ratified by" in page(author, path)
    measured(request, now=timezone.now())

    for role in made.SIGNERS:
        client = signed_in(getattr(cast, role))
        sent = form_of(page(client, path), f"{path}sign/") | {"verdict": "given", "note": "Fine."}
        assert client.post(f"{path}sign/", sent).status_code == 302
    request.refresh_from_db()
    assert request.ratified_at is not None


def test_who_may_not_act_gets_403_and_nothing_changes(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = made.ready(cast)
    path, client = f"/changes/{request.pk}/", signed_in(cast.sdr)
    sent = {
        "publish": {},
        "withdraw": {"note": ""},
        "texts": {"title": "Mine", "why": "Mine"},
        "settle": {"live": "1"},
        "submit": {},
        "emergency": {"why": "Now.", "digest": request.digest},
    }
    for act, data in sent.items():
        response = client.post(f"{path}{act}/", data)
        assert response.status_code == 403, act
        assert b"Nothing was changed" in response.content
    request.refresh_from_db()
    assert (request.state, request.title) == (RequestState.APPROVED, "A change")


def test_a_request_that_is_over_answers_409(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.in_force(cast)
    path, client = f"/changes/{request.pk}/", signed_in(cast.revops)
    refused = client.post(f"{path}texts/", {"title": "Another", "why": "My careful words"})
    assert refused.status_code == 409
    assert b"never edited again" in refused.content


def test_a_signer_who_lost_the_role_stops_the_publication(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = made.ready(cast)
    cast.cro.groups.clear()
    refused = signed_in(cast.revops).post(f"/changes/{request.pk}/publish/")
    assert refused.status_code == 409
    assert b"no longer holds the role" in refused.content
    assert PolicyVersion.objects.filter(workstream="glossary").count() == 1


def test_a_version_that_came_first_answers_409_with_the_merge(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = made.ready(cast, "Sales lead", "sql")
    made.in_force(cast, "Hot lead")
    path, client = f"/changes/{request.pk}/", signed_in(cast.revops)
    assert "v2 went in force since" in page(client, path)
    refused = client.post(f"{path}publish/")
    assert refused.status_code == 409
    assert b"nobody has signed the merged content yet" in refused.content
    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW


def test_a_later_date_schedules(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.draft(cast)
    texts = Texts("Later", "A reason.", timezone.now() + made.LATER)
    change_texts(request.pk, texts, acting_user=cast.revops, now=timezone.now())
    submit(request.pk, acting_user=cast.revops, now=timezone.now())
    for role, user in made.signers(cast).items():
        answered(request, role, user, now=timezone.now())
    text = signed_in(cast.revops).post(f"/changes/{request.pk}/publish/", follow=True).content.decode()
    request.refresh_from_db()
    assert request.state == RequestState.SCHEDULED
    assert "after one more check" in text


def test_texts_are_refused_with_what_was_typed(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.draft(cast)
    path, client = f"/changes/{request.pk}/texts/", signed_in(cast.revops)
    sent = {"title": "A new title", "why": "", "effective_at": "2020-01-01T09:00"}
    refused = client.post(path, sent)
    assert refused.status_code == 400
    text = refused.content.decode()
    assert 'value="A new title"' in text
    assert "This moment has passed" in text
    assert client.post(path, {"title": "A new title", "why": "New words."}).status_code == 302
    request.refresh_from_db()
    assert (request.title, request.why) == ("A new title", "New words.")


def test_anybody_comments_once_per_form(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.draft(cast)
    path, client = f"/changes/{request.pk}/comment/", signed_in(cast.enablement)
    sent = {"text": "<b>Who</b> trains the reps?", "token": str(uuid4())}
    for _ in range(2):
        assert client.post(path, sent).status_code == 302
    assert Comment.objects.count() == 1
    assert "&lt;b&gt;Who&lt;/b&gt; trains" in page(client, f"/changes/{request.pk}/")
    assert client.post(path, {"text": " ", "token": str(uuid4())}).status_code == 400


@pytest.mark.parametrize("act", ACTS)
def test_unknown_numbers_and_slots_are_404(playbook: EditionInForce, cast: SimpleNamespace, act: str) -> None:
    client = signed_in(cast.revops)
    for number in (4711, 10**30):
        assert client.post(f"/changes/{number}/{act}/").status_code == 404
        assert client.get(f"/changes/{number}/").status_code == 404


def test_a_slot_of_another_request_is_404(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    one, other = made.in_review(cast), made.in_review(cast, "Sales lead", "sql")
    seat, shown = slot(other, "cro"), proposal_of(other, timezone.now()).digest
    assert signed_in(cast.cro).post(f"/changes/{one.pk}/sign/", answer_of(seat, shown)).status_code == 404
    assert slot(other, "cro").verdict == ""


def test_an_edit_takes_it_back_and_says_why(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.in_review(cast)
    edited(request, made.rename("sql", "Sales lead"), cast.revops, now=timezone.now())
    text = page(signed_in(cast.revops), f"/changes/{request.pk}/")
    assert "Taken back to draft by an edit" in text
    assert "counts no more" in text
