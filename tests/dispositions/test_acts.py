"""Acting on the desk by form: what is done, what is refused with which status, and that nothing entered is lost."""

from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client

from dispositions.choices import DispositionKind
from dispositions.models import ActionItem, Disposition
from glossary.types import EditionInForce
from routing.models import Lead, Touch
from routing.services.advance import advance
from routing.services.assign import assign_to, assign_to_queue
from tests.dispositions.desk_for_tests import LATER, OTHER, decided, hidden_fields, owned_sal, submit
from tests.glossary.amending import publish_change, stage, threshold
from tests.routing.leads_for_tests import minutes, new_mql, owned_mql, stages
from tests.routing.scene import serve
from tests.support import NOW

pytestmark = pytest.mark.django_db
ACTS = ("touch", "take", "accept", "qualify", "open", "won", "lost", "recycle", "disqualify", "hand-over")
CONFIRMED = {
    "confirm_need": "on",
    "confirm_budget": "on",
    "confirm_authority": "on",
    "confirm_timing": "on",
    "confirm_discovery_notes": "Replaces the old tool by spring.",
    "confirm_next_step": "Demo with the team",
    "confirm_at_next_step": "2026-11-25T10:00",
}


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def sdr(client: Client, playbook: EditionInForce, cast: SimpleNamespace) -> Client:
    client.force_login(cast.sdr)
    return client


def said(response: Any) -> str:
    """The latest message."""
    return [str(message) for message in get_messages(response.wsgi_request)][-1]


def test_touch_then_accept(sdr: Client, cast: SimpleNamespace) -> None:
    lead = new_mql(NOW)
    assign_to(lead.pk, cast.sdr, acting_user=None, now=NOW)
    response = submit(sdr, lead, "touch", kind="call", result="no_answer", stay="1")
    assert (response.status_code, response.headers["Location"]) == (302, f"/desk/leads/{lead.pk}/")
    assert said(response) == "Anna Berg: call logged, no answer."
    touch = Touch.objects.get()
    assert (touch.by, touch.result, touch.occurred_at) == (cast.sdr, "no_answer", LATER)
    response = submit(sdr, lead, "accept")
    assert (response.status_code, response.headers["Location"]) == (302, "/desk/")
    assert stages(lead)[-1] == "sal"
    page = sdr.get("/desk/").content.decode()
    assert f'action="/desk/undo/{Disposition.objects.get().pk}/"' in page


def test_a_touch_earlier_today_is_entered_in_the_readers_zone(sdr: Client, cast: SimpleNamespace) -> None:
    cast.sdr.time_zone = "Europe/Berlin"
    cast.sdr.save()
    lead = owned_mql(cast.sdr)
    submit(
        sdr, lead, "touch", kind="email", result="sent", occurred_at="2026-11-23T11:05", note="Sent a case."
    )
    touch = Touch.objects.order_by("id").last()
    assert touch is not None
    assert (touch.occurred_at, touch.note) == (NOW + minutes(5), "Sent a case.")


def test_a_touch_that_is_wrong_comes_back_filled(sdr: Client, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    entered = {"kind": "email", "result": "sent", "note": "I wrote", "occurred_at": "2027-01-01T10:00"}
    response = submit(sdr, lead, "touch", **entered)
    text = response.content.decode()
    assert (response.status_code, Touch.objects.count()) == (422, 1)
    assert "is no past instant" in text
    assert "I wrote" in text
    assert submit(sdr, lead, "touch", kind="pigeon", result="sent").status_code == 422


def test_qualify_asks_for_what_the_gate_in_force_asks(sdr: Client, cast: SimpleNamespace) -> None:
    lead = owned_sal(cast.sdr)
    response = submit(
        sdr, lead, "qualify", **{**CONFIRMED, "confirm_need": "", "confirm_discovery_notes": " "}
    )
    text = response.content.decode()
    assert (response.status_code, Disposition.objects.count()) == (422, 0)
    assert "Not confirmed yet" in text
    assert "Write what was learnt" in text
    assert "Demo with the team" in text
    response = submit(sdr, lead, "qualify", **CONFIRMED)
    assert (response.status_code, stages(lead)[-1]) == (302, "sql")
    given = Disposition.objects.get().confirmations
    assert given["next_step"] == "25 Nov 2026, 10:00 GMT: Demo with the team"
    assert given["need"] is True


def test_a_meeting_is_a_time_or_words(sdr: Client, cast: SimpleNamespace) -> None:
    lead = owned_sal(cast.sdr)
    blank = {**CONFIRMED, "confirm_next_step": "", "confirm_at_next_step": ""}
    assert "Give the time of the meeting" in submit(sdr, lead, "qualify", **blank).content.decode()
    assert submit(sdr, lead, "qualify", **{**CONFIRMED, "confirm_next_step": ""}).status_code == 302


def test_the_deal(sdr: Client, cast: SimpleNamespace) -> None:
    lead = owned_sal(cast.sdr)
    submit(sdr, lead, "qualify", **CONFIRMED)
    response = submit(sdr, lead, "open", opportunity_id="OPP-9", amount="much")
    assert response.status_code == 422
    assert "much" in response.content.decode()
    assert submit(sdr, lead, "open", opportunity_id="OPP-9", amount="12,500").status_code == 302
    lead.refresh_from_db()
    assert (lead.stage, lead.amount) == ("opportunity", Decimal(12_500))
    assert 'value="12500"' in sdr.get(f"/desk/leads/{lead.pk}/").content.decode()
    assert submit(sdr, lead, "won", opportunity_id="OPP-9", amount="13000").status_code == 302
    lead.refresh_from_db()
    assert (lead.stage, lead.amount) == ("won", Decimal(13_000))


def test_lost(sdr: Client, cast: SimpleNamespace) -> None:
    lead = owned_sal(cast.sdr)
    Lead.objects.filter(pk=lead.pk).update(opportunity_id="OPP-1", amount=5)
    submit(sdr, lead, "qualify", **CONFIRMED)
    submit(sdr, lead, "open", opportunity_id="OPP-1", amount="5")
    assert submit(sdr, lead, "lost", opportunity_id="OPP-1", note="Chose another one.").status_code == 302
    assert stages(lead)[-1] == "lost"
    assert Disposition.objects.get(kind="lost").note == "Chose another one."


def test_recycle_says_what_happens_next(sdr: Client, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    page = sdr.get(f"/desk/leads/{lead.pk}/").content.decode()
    assert "They named a later date." in page
    assert "it is back on your desk on the day you give." in page
    response = submit(
        sdr, lead, "recycle", reason="bad_timing", next_touch_on="2027-03-01", note="After March"
    )
    assert said(response) == "Anna Berg: recycled. Nurture: it comes back on 1 Mar 2027."


def test_an_error_stands_at_its_field_and_nothing_is_lost(sdr: Client, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    response = submit(sdr, lead, "recycle", reason="bad_timing", note="She was clear about it")
    text = response.content.decode()
    assert (response.status_code, lead.stage) == (422, "mql")
    assert "Bad timing asks for the date to come back." in text
    assert "She was clear about it" in text
    assert submit(sdr, lead, "recycle").status_code == 422


@pytest.mark.parametrize("words", ["{pk}", "#{pk}", "lead {pk}", " ANNA.BERG@acme-tools.example "])
def test_a_duplicate_is_found_by_number_or_address(sdr: Client, cast: SimpleNamespace, words: str) -> None:
    survivor, duplicate = owned_mql(cast.sdr), owned_mql(cast.sdr, **OTHER)
    response = submit(sdr, duplicate, "disqualify", reason="duplicate", survivor=words.format(pk=survivor.pk))
    duplicate.refresh_from_db()
    assert (response.status_code, duplicate.merged_into) == (302, survivor)
    assert "Merged into Anna Berg" in said(response)


def test_a_duplicate_out_of_sight_is_not_there(sdr: Client, cast: SimpleNamespace) -> None:
    hidden, duplicate = owned_mql(cast.sdr_b), owned_mql(cast.sdr, **OTHER)
    texts = []
    for words in (str(hidden.pk), "987654321", hidden.email):
        response = submit(sdr, duplicate, "disqualify", reason="duplicate", survivor=words)
        assert response.status_code == 422
        texts.append("You see no lead with the e-mail or number" in response.content.decode())
    assert texts == [True] * 3


def test_hand_over_leaves_the_desk_and_says_where_it_went(sdr: Client, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    lead = owned_mql(cast.sdr)
    path = f"/desk/leads/{lead.pk}/"
    form = hidden_fields(sdr.get(path).content.decode(), f"{path}hand-over/")
    for _ in range(2):  # the second click finds the lead out of sight, and shows the same result
        response = sdr.post(f"{path}hand-over/", {**form, "reason": "out_of_territory"})
        assert (response.status_code, response.headers["Location"]) == (302, "/desk/")
        assert said(response) == f"Anna Berg: handed over. Routed to {cast.sdr_b}."
    assert (Disposition.objects.count(), sdr.get(path).status_code) == (1, 404)


def test_a_double_click_is_one_decision_with_one_result(sdr: Client, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    path = f"/desk/leads/{lead.pk}/"
    form = hidden_fields(sdr.get(path).content.decode(), f"{path}recycle/") | {"reason": "no_budget"}
    first, second = (sdr.post(f"{path}recycle/", form) for _ in range(2))
    assert said(first) == said(second) != ""
    assert (Disposition.objects.count(), ActionItem.objects.count()) == (1, 1)


def test_definitions_changed_meanwhile(sdr: Client, cast: SimpleNamespace, playbook: EditionInForce) -> None:
    lead = owned_sal(cast.sdr)
    path = f"/desk/leads/{lead.pk}/"
    form = hidden_fields(sdr.get(path).content.decode(), f"{path}qualify/") | CONFIRMED

    def ask_for_champion(data: dict[str, Any]) -> None:
        confirm = stage(data, "sql")["entry"]["confirm"]
        confirm[:] = [item for item in confirm if item["key"] != "budget"]
        confirm.append({"key": "champion", "label": "Somebody inside speaks for us", "needs": "note"})
        confirm[0]["label"] = "A need worth serving is confirmed"

    edition = publish_change(playbook, "glossary", ask_for_champion, now=LATER)
    response = sdr.post(f"{path}qualify/", form)
    text = response.content.decode()
    assert (response.status_code, Disposition.objects.count()) == (409, 0)
    for words in (
        "The definitions changed",
        "Somebody inside speaks for us",
        "A need worth serving",
        "Replaces",
    ):
        assert words in text, words
    assert "What you had entered" in text  # the confirmation that is asked for no more
    again = hidden_fields(text, f"{path}qualify/")
    assert (again["edition"], again["token"]) == (str(edition.id), form["token"])
    response = sdr.post(f"{path}qualify/", {**form, **again, "confirm_champion": "The head of IT"})
    assert (response.status_code, stages(lead)[-1]) == (302, "sql")
    assert Disposition.objects.get().edition_id == edition.id


def test_an_edition_that_never_was(sdr: Client, cast: SimpleNamespace, playbook: EditionInForce) -> None:
    lead = owned_mql(cast.sdr)
    publish_change(playbook, "scoring", threshold(70), now=LATER)
    for edition in ("", "x", str(playbook.id)):
        form = {"token": str(uuid4()), "edition": edition, "stage": "mql"}
        assert sdr.post(f"/desk/leads/{lead.pk}/accept/", form).status_code == 409
    assert not Disposition.objects.exists()


def test_somebody_else_was_faster(sdr: Client, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    path = f"/desk/leads/{lead.pk}/"
    form = hidden_fields(sdr.get(path).content.decode(), f"{path}disqualify/")
    decided(lead, DispositionKind.RECYCLE, cast.manager, NOW + minutes(8), reason="no_budget")
    response = sdr.post(f"{path}disqualify/", {**form, "reason": "not_icp", "note": "Sells fish"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "manager moved it there" in text
    assert "Sells fish" in text
    assert Disposition.objects.count() == 1


def test_not_possible_yet_says_what_is_missing(
    sdr: Client, cast: SimpleNamespace, playbook: EditionInForce
) -> None:
    lead = new_mql(NOW)
    assign_to(lead.pk, cast.sdr, acting_user=None, now=NOW)
    form = {"token": str(uuid4()), "edition": str(playbook.id), "stage": "mql"}
    response = sdr.post(f"/desk/leads/{lead.pk}/accept/", form)
    assert response.status_code == 422
    assert "cannot enter SAL yet: First touch is known: not known" in response.content.decode()


@pytest.mark.parametrize("who", ["manager", "revops"])
def test_who_may_look_may_not_qualify(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace, who: str
) -> None:
    lead = owned_sal(cast.sdr)
    client.force_login(getattr(cast, who))
    form = {"token": str(uuid4()), "edition": str(playbook.id), "stage": "sal", **CONFIRMED}
    response = client.post(f"/desk/leads/{lead.pk}/qualify/", form)
    assert (response.status_code, stages(lead)[-1]) == (409, "sal")
    assert "Only the owner may" in response.content.decode()


@pytest.mark.parametrize(("who", "status"), [("marketing_ops", 403), ("sdr_b", 404), ("finance", 403)])
@pytest.mark.parametrize("act", ["touch", "accept"])
def test_who_may_not_act(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace, who: str, status: int, act: str
) -> None:
    lead = owned_mql(cast.sdr)
    client.force_login(getattr(cast, who))
    form = {"token": str(uuid4()), "edition": str(playbook.id), "kind": "call", "result": "reached"}
    response = client.post(f"/desk/leads/{lead.pk}/{act}/", form)
    assert (response.status_code, Touch.objects.count(), stages(lead)[-1]) == (status, 1, "mql")
    if status == 404:
        assert "Anna" not in response.content.decode()


@pytest.mark.parametrize("act", ACTS)
def test_reading_never_changes(sdr: Client, cast: SimpleNamespace, act: str) -> None:
    lead = owned_mql(cast.sdr)
    assert sdr.get(f"/desk/leads/{lead.pk}/{act}/").status_code == 405
    assert sdr.get("/desk/undo/1/").status_code == 405
    assert stages(lead)[-1] == "mql"


def test_take(sdr: Client, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    lead = owned_mql(cast.ae)
    assign_to_queue(lead.pk, "emea_sdr", acting_user=None, now=NOW)
    response = sdr.post(f"/desk/leads/{lead.pk}/take/")
    lead.refresh_from_db()
    assert (response.headers["Location"], lead.owner) == (f"/desk/leads/{lead.pk}/", cast.sdr)
    assign_to(lead.pk, cast.ae, acting_user=None, now=LATER)
    assert sdr.post(f"/desk/leads/{lead.pk}/take/").status_code == 404


def test_undo(sdr: Client, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    submit(sdr, lead, "accept")
    done = Disposition.objects.get()
    response = sdr.post(f"/desk/undo/{done.pk}/")
    assert said(response) == "Undone: Anna Berg is in Marketing Qualified Lead again."
    assert stages(lead)[-1] == "mql"
    assert said(sdr.post(f"/desk/undo/{done.pk}/")) == "Not undone. It is undone already."
    assert said(sdr.post("/desk/undo/999999/")) == "Not undone. Only the person who decided it can undo it."


def test_undo_after_the_rules_moved_on(sdr: Client, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    submit(sdr, lead, "accept")
    advance(lead.pk, "recycled", acting_user=cast.manager, now=LATER)
    response = sdr.post(f"/desk/undo/{Disposition.objects.get().pk}/")
    assert "Only the newest entry" in said(response)
    assert stages(lead)[-1] == "recycled"
