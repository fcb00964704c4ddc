"""Editing draft rows in the admin: what is saved, what it does to a review, what is refused, what is remembered."""

from types import SimpleNamespace

import pytest
from django.test import Client

from glossary.choices import EventKind, RequestState
from glossary.models import ChangeRequest, Contributor, Criterion, RequestEvent, SignOff, StageMove, Term
from glossary.queries.rights import may_edit
from glossary.registry.rows import read_rows
from glossary.types import EditionInForce
from routing.models import GroupCap, SlaTarget, Territory
from tests.glossary.admin.drafting import address, faults, sent_back, stage_row, touched
from tests.glossary.amending import threshold
from tests.glossary.governing import answered, opened, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(playbook: EditionInForce, cast: SimpleNamespace, client: Client) -> ChangeRequest:
    """A glossary draft; RevOps is signed in."""
    client.force_login(cast.revops)
    return opened("glossary", cast.revops)


def test_an_edit_is_saved_noted_and_remembered(
    client: Client, cast: SimpleNamespace, draft: ChangeRequest
) -> None:
    mql = stage_row(draft)
    answer = touched(
        client, mql, name="Qualified by Marketing", owner_roles=["revops"], signals="score\r\nfit"
    )

    assert answer.status_code == 302
    mql.refresh_from_db()
    assert (mql.name, mql.owner_roles, mql.signals) == (
        "Qualified by Marketing",
        ["revops"],
        ["score", "fit"],
    )
    record = mql.history.first()
    assert (record.history_user, record.history_change_reason) == (cast.revops, f"Change request {draft.pk}")
    told = RequestEvent.objects.filter(request=draft, kind=EventKind.EDITED).latest("pk")
    assert "Qualified by Marketing" in told.note


def test_whoever_edits_becomes_a_contributor(
    client: Client, cast: SimpleNamespace, draft: ChangeRequest
) -> None:
    other = cast.cmo
    other.groups.add(cast.revops.groups.get())
    client.force_login(other)

    assert touched(client, stage_row(draft), name="Another name").status_code == 302
    assert Contributor.objects.filter(request=draft, user=other).exists()


def test_the_history_page_tells_who_changed_a_criterion(
    client: Client, cast: SimpleNamespace, draft: ChangeRequest
) -> None:
    mql = stage_row(draft)
    cast.revops.first_name, cast.revops.last_name = "Rosa", "Okafor"
    cast.revops.save()
    free_mail = Criterion.objects.get(parent=mql, field="email_domain")
    number = list(mql.criteria.all()).index(free_mail)
    touched(client, mql, **{f"criteria-{number}-field": "company", f"criteria-{number}-op": "is_unknown"})

    page = client.get(address(Term, "history", mql.pk)).text

    assert "Company is not known" in page
    assert "Rosa Okafor" in page
    assert f"Change request {draft.pk}" in page
    record = Criterion.history.filter(id=free_mail.pk).first()
    assert record.history_change_reason == f"Change request {draft.pk}"


def test_an_old_state_cannot_be_sent_back(client: Client, draft: ChangeRequest) -> None:
    """Going back through the history would go round rights and review."""
    mql = stage_row(draft)
    data = sent_back(client.get(address(Term, "change", mql.pk)))
    old = mql.history.first()
    at = address(Term, "simple_history", mql.pk, old.pk)

    assert client.get(at).status_code == 200
    assert client.post(at, {**data, "name": "Forged"}).status_code == 403
    mql.refresh_from_db()
    assert mql.name == "Marketing Qualified Lead"


def test_an_edit_under_review_voids_what_was_signed(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    request = submitted("scoring", threshold(70.0), cast.marketing_ops)
    answered(request, "cmo", cast.cmo)
    client.force_login(cast.marketing_ops)
    row = GroupCap.objects.filter(request=request).first()
    assert row is not None

    assert touched(client, row).status_code == 302
    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW  # saving without a change voids nothing
    answer = touched(client, row, cap="12")

    request.refresh_from_db()
    assert answer.status_code == 302
    assert request.state == RequestState.DRAFT
    assert not SignOff.objects.standing().filter(request=request).exists()
    assert "sign-offs are void" in client.get(answer.headers["Location"]).text


def test_a_refusal_after_the_rows_were_written_undoes_them(
    client: Client, draft: ChangeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request is closed between the page's own check and the lock: the lock has the last word."""
    mql = stage_row(draft)
    before = read_rows(draft)
    data = sent_back(client.get(address(Term, "change", mql.pk)))
    ChangeRequest.objects.filter(pk=draft.pk).update(state=RequestState.WITHDRAWN)
    monkeypatch.setattr("glossary.admin.access.may_edit", lambda *args: True)

    saved = client.post(address(Term, "change", mql.pk), {**data, "name": "Too late"}, follow=True)
    deleted = client.post(address(Term, "delete", mql.pk), {"post": "yes"}, follow=True)
    listed = {"action": "delete_selected", "_selected_action": [mql.pk], "post": "yes"}
    swept = client.post(address(Term, "changelist"), listed, follow=True)

    assert ["Nothing was saved" in page.text for page in (saved, deleted, swept)] == [True] * 3
    assert read_rows(draft) == before


def test_a_new_row_joins_the_request_of_the_address_at_the_end(
    client: Client, cast: SimpleNamespace, draft: ChangeRequest
) -> None:
    other = opened("glossary", cast.revops)
    at = f"{address(StageMove, 'add')}?request={draft.pk}"
    move = {"from_key": "inquiry", "to_key": "mql", "by": ["system"], "request": other.pk, "position": "1"}

    assert client.get(address(StageMove, "add")).status_code == 403
    assert client.post(at, move).status_code == 302
    row = StageMove.objects.get(request=draft, from_key="inquiry", to_key="mql")
    assert row.position == StageMove.objects.filter(request=draft).count()
    assert not StageMove.objects.filter(request=other, from_key="inquiry", to_key="mql").exists()
    again = client.post(at, move)
    assert "already has the move “inquiry → mql”" in faults(again)


def test_a_row_is_never_added_to_another_workstream(client: Client, draft: ChangeRequest) -> None:
    assert client.get(address(SlaTarget, "add"), {"request": draft.pk}).status_code == 403


def test_rows_are_deleted_one_by_one_and_from_the_list(client: Client, draft: ChangeRequest) -> None:
    first, second, *_ = StageMove.objects.filter(request=draft)
    client.post(address(StageMove, "delete", first.pk), {"post": "yes"})
    listed = {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"}
    client.post(f"{address(StageMove, 'changelist')}?request__id__exact={draft.pk}", listed)

    assert not StageMove.objects.filter(pk__in=[first.pk, second.pk]).exists()
    gone = StageMove.history.filter(history_type="-")
    assert {record.history_change_reason for record in gone} == {f"Change request {draft.pk}"}
    assert RequestEvent.objects.filter(request=draft, note__contains="deleted").count() == 2


def test_a_published_key_stays_and_a_new_one_is_checked(client: Client, draft: ChangeRequest) -> None:
    mql = stage_row(draft)
    assert touched(client, mql, key="best_leads", name="Best leads").status_code == 302
    mql.refresh_from_db()
    assert (mql.key, mql.name) == ("mql", "Best leads")

    at = f"{address(Term, 'add')}?request={draft.pk}"
    data = {
        **sent_back(client.get(at)),
        "name": "New",
        "short": "N",
        "step": "0",
        "definition": "d",
        "key": "My Key",
    }
    wrong = client.post(at, data)
    assert "“My Key” cannot be a key: begin with a small letter" in faults(wrong)
    assert "it must be 1 or more" in faults(wrong)
    assert not Term.objects.filter(request=draft, name="New").exists()


def test_what_the_document_refuses_of_a_row_is_told_at_its_box(
    playbook: EditionInForce, cast: SimpleNamespace, client: Client
) -> None:
    client.force_login(cast.revops)
    request = opened("routing", cast.revops)
    target = SlaTarget.objects.filter(request=request).first()
    territory = Territory.objects.filter(request=request).first()
    assert target is not None
    assert territory is not None

    sla = touched(client, target, target="soon", warn="50, 150")
    place = touched(client, territory, queue="nowhere")

    assert (
        "'soon' is not a duration; write a whole number and a unit"
        in sla.context["adminform"].form.errors["target"][0]
    )
    assert "150 is too large; it must be 99 or less" in sla.context["adminform"].form.errors["warn"][0]
    assert "nowhere" in place.context["adminform"].form.errors["queue"][0]


def test_only_who_may_propose_the_workstream_edits_it(
    client: Client, cast: SimpleNamespace, draft: ChangeRequest
) -> None:
    """Marketing Ops proposes scoring, not the glossary: it looks, and cannot write. The control: RevOps can."""
    mql = stage_row(draft)
    data = sent_back(client.get(address(Term, "change", mql.pk)))
    assert may_edit(cast.revops, draft, draft.opened_at)
    client.force_login(cast.marketing_ops)

    assert client.get(address(Term, "change", mql.pk)).status_code == 200
    assert client.post(address(Term, "change", mql.pk), {**data, "name": "Mine"}).status_code == 403
    assert client.post(address(Term, "delete", mql.pk), {"post": "yes"}).status_code == 403
    listed = {"action": "delete_selected", "_selected_action": [mql.pk], "post": "yes"}
    client.post(address(Term, "changelist"), listed)
    mql.refresh_from_db()
    assert mql.name == "Marketing Qualified Lead"


def test_of_two_who_edit_one_row_the_second_one_is_told(client: Client, draft: ChangeRequest) -> None:
    # Given two pages of one row, opened before either was saved
    mql = stage_row(draft)
    at = address(Term, "change", mql.pk)
    first, second = sent_back(client.get(at)), sent_back(client.get(at))
    assert client.post(at, {**first, "name": "By the first"}).status_code == 302
    # When the second one is saved
    refused = client.post(at, {**second, "definition": "By the second"})
    # Then it is refused with what was typed, and the first one's words stand
    assert "Somebody saved this row after you opened it" in faults(refused)
    assert "By the second" in refused.text
    mql.refresh_from_db()
    assert mql.name == "By the first"
    # And once that was said, saving again is a decision
    assert client.post(at, {**sent_back(refused), "name": "By the first"}).status_code == 302
    mql.refresh_from_db()
    assert (mql.name, mql.definition) == ("By the first", "By the second")
