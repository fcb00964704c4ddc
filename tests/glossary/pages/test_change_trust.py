"""What must hold at the page, whatever happens: each protection with the control that it can fail."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from glossary.choices import EventKind, RequestState
from glossary.models import ChangeRequest, Comment, Delegation, PolicyVersion, SignOff
from glossary.queries.proposals import proposal_of
from glossary.services import eligibility, signing
from glossary.services.submitting import submit
from glossary.types import EditionInForce
from tests.glossary.governing import answered, edited, slot
from tests.glossary.pages import requests_for_tests as made
from tests.glossary.pages.requests_for_tests import answer_of, page, signed_in

pytestmark = pytest.mark.django_db
ACTS = ("sign", "submit", "withdraw", "publish", "emergency", "texts", "settle", "comment", "back-test")


@pytest.fixture
def own(playbook: EditionInForce, cast: SimpleNamespace) -> ChangeRequest:
    """A change that the CRO wrote a part of."""
    request = made.draft(cast)
    cast.cro.groups.add(*cast.revops.groups.all())
    edited(request, made.rename("sql", "Sales lead"), cast.cro, now=timezone.now())
    return submit(request.pk, acting_user=cast.revops, now=timezone.now())


def sign_own(request: ChangeRequest, cast: SimpleNamespace) -> int:
    shown = proposal_of(request, timezone.now()).digest
    sent = answer_of(slot(request, "cro"), shown)
    return signed_in(cast.cro).post(f"/changes/{request.pk}/sign/", sent).status_code


def test_nobody_signs_a_change_they_wrote_a_part_of(own: ChangeRequest, cast: SimpleNamespace) -> None:
    text = page(signed_in(cast.cro), f"/changes/{own.pk}/")
    assert "You wrote a part of this change" in text
    assert f'action="/changes/{own.pk}/sign/"' not in text

    assert sign_own(own, cast) == 403

    own.refresh_from_db()
    assert own.state == RequestState.IN_REVIEW
    assert slot(own, "cro").verdict == ""
    assert own.events.filter(kind=EventKind.REFUSED, actor=cast.cro).count() == 1


def test_control_without_the_rule_the_own_change_is_signed(
    own: ChangeRequest, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eligibility, "contributor_identities", lambda request: set())
    assert sign_own(own, cast) == 302
    assert SignOff.objects.filter(request=own, signer=cast.cro, verdict="given").exists()


def changed_meanwhile(cast: SimpleNamespace) -> tuple[ChangeRequest, str]:
    """A request whose content is another one than the digest on the approver's screen."""
    request = made.in_review(cast)
    shown = proposal_of(request, timezone.now()).digest
    edited(request, made.rename("mql", "Very warm lead"), cast.revops, now=timezone.now())
    submit(request.pk, acting_user=cast.revops, now=timezone.now())
    return request, shown


def test_what_was_not_on_the_page_is_not_signed(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request, shown = changed_meanwhile(cast)
    sent = answer_of(slot(request, "cro"), shown, note="Good for the reps.")

    response = signed_in(cast.cro).post(f"/changes/{request.pk}/sign/", sent)

    text = response.content.decode()
    assert response.status_code == 409
    assert "Very warm lead" in text
    assert "The content changed since the page was shown" in text
    assert "Good for the reps." in text
    assert slot(request, "cro").verdict == ""
    # What the new page shows can be signed.
    sent["digest"] = proposal_of(request, timezone.now()).digest
    assert f'value="{sent["digest"]}"' in text
    assert signed_in(cast.cro).post(f"/changes/{request.pk}/sign/", sent).status_code == 302


def test_the_note_is_kept_when_the_slot_was_asked_anew(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = made.in_review(cast)
    shown, old = proposal_of(request, timezone.now()).digest, slot(request, "finance")
    edited(request, made.rename("mql", "Very warm lead"), cast.revops, now=timezone.now())
    submit(request.pk, acting_user=cast.revops, now=timezone.now())

    sent = answer_of(old, shown, note="MQLs fall by a tenth.")
    response = signed_in(cast.finance).post(f"/changes/{request.pk}/sign/", sent)

    assert response.status_code == 409
    assert f'name="signoff" value="{slot(request, "finance").pk}"' in response.content.decode()
    assert b"MQLs fall by a tenth." in response.content


def test_control_without_the_digest_the_unseen_is_signed(
    playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    request, shown = changed_meanwhile(cast)
    monkeypatch.setattr(signing, "_current", lambda signoff, *rest: (signoff, ""))
    sent = answer_of(slot(request, "cro"), shown)
    assert signed_in(cast.cro).post(f"/changes/{request.pk}/sign/", sent).status_code == 302


def twice(client: Client, path: str, data: dict[str, str]) -> None:
    assert [client.post(path, data).status_code for _ in range(2)] == [302, 302]


def signed_twice(cast: SimpleNamespace) -> int:
    """How often the timeline tells of one approval that was sent twice."""
    request = made.in_review(cast)
    sent = answer_of(slot(request, "cro"), proposal_of(request, timezone.now()).digest)
    twice(signed_in(cast.cro), f"/changes/{request.pk}/sign/", sent)
    assert SignOff.objects.filter(request=request, role="cro").count() == 1
    return request.events.filter(kind=EventKind.SIGNED).count()


def test_a_double_click_signs_once(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    assert signed_twice(cast) == 1


def test_control_a_repetition_that_is_not_known_signs_twice(
    playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "_is_repeated", lambda *args: False)
    assert signed_twice(cast) == 2


def test_double_clicks_submit_and_publish_once(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.draft(cast)
    path, client = f"/changes/{request.pk}/", signed_in(cast.revops)
    twice(client, f"{path}submit/", {})
    request.refresh_from_db()
    assert request.cycle == 1
    for role, user in made.signers(cast).items():
        answered(request, role, user, now=timezone.now())
    twice(client, f"{path}publish/", {})
    assert PolicyVersion.objects.filter(workstream="glossary").count() == 2
    # Control: another request publishes another version.
    other = made.ready(cast, "Sales lead", "sql")
    assert client.post(f"/changes/{other.pk}/publish/").status_code == 302
    assert PolicyVersion.objects.filter(workstream="glossary").count() == 3


def test_double_clicks_open_delegate_and_comment_once(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    client = signed_in(cast.revops)
    sent = {"workstream": "glossary", "title": "Free mail", "why": "They never buy."}
    twice(client, "/changes/new/", sent)
    request = ChangeRequest.objects.get()
    span = {"person": str(cast.cro.pk), "starts_at": moment(0), "ends_at": moment(3), "why": ""}
    twice(client, "/changes/delegations/", span)
    said = {"text": "Mind the partners.", "token": str(uuid4())}
    twice(client, f"/changes/{request.pk}/comment/", said)
    assert (Delegation.objects.count(), Comment.objects.count()) == (1, 1)
    # Control: what differs is another one.
    client.post("/changes/new/", sent | {"title": "Free mail, again"})
    client.post(f"/changes/{request.pk}/comment/", said | {"token": str(uuid4())})
    assert (ChangeRequest.objects.count(), Comment.objects.count()) == (2, 2)


def moment(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("act", ACTS)
def test_a_get_acts_on_nothing(playbook: EditionInForce, cast: SimpleNamespace, act: str) -> None:
    request = made.in_review(cast)
    before = request.events.count()
    client = signed_in(cast.revops)
    for ask in (client.get, client.head, client.options, client.put):
        assert ask(f"/changes/{request.pk}/{act}/").status_code == 405
    assert request.events.count() == before


@pytest.mark.parametrize("act", [*ACTS, "new", "delegations"])
def test_a_post_from_another_site_is_refused(
    playbook: EditionInForce, cast: SimpleNamespace, act: str
) -> None:
    request = made.in_review(cast)
    path = f"/changes/{act}/" if act in {"new", "delegations"} else f"/changes/{request.pk}/{act}/"
    client = signed_in(cast.revops, csrf=True)
    assert client.post(path, {"note": "", "text": "x", "token": str(uuid4())}).status_code == 403
    request.refresh_from_db()
    assert (request.state, Comment.objects.count()) == (RequestState.IN_REVIEW, 0)


def test_control_a_post_with_the_token_of_the_page_acts(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    request = made.in_review(cast)
    client = signed_in(cast.revops, csrf=True)
    page(client, f"/changes/{request.pk}/")
    sent = {"text": "x", "token": str(uuid4()), "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    assert client.post(f"/changes/{request.pk}/comment/", sent).status_code == 302
    assert Comment.objects.count() == 1


def test_a_stranger_is_sent_to_sign_in(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    request = made.in_review(cast)
    for name in ("change", "change_sign", "change_publish"):
        assert "/login/" in Client().post(reverse(name, args=[request.pk])).headers["Location"]
