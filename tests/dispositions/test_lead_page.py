"""/desk/leads/<id>/: what the first screen answers, to whom, and which acts it offers."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from dispositions.queries.lead_desk import LeadDesk, lead_desk
from glossary.types import EditionInForce
from people.models import User
from routing.models import Lead
from routing.services.assign import assign_to, assign_to_queue
from routing.services.behaviours import record_behaviour
from tests.dispositions.desk_for_tests import LATER, OTHER, owned_sal, recycled
from tests.routing.leads_for_tests import minutes, new_lead, new_mql, owned_mql
from tests.routing.scene import serve
from tests.support import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def page(client: Client, user: User, lead: Lead, **query: str) -> str:
    client.force_login(user)
    response = client.get(f"/desk/leads/{lead.pk}/", query)
    assert response.status_code == 200
    return response.content.decode()


def seen(lead: Lead, user: User, edition: EditionInForce) -> LeadDesk:
    lead.refresh_from_db()
    return lead_desk(lead, user, now=LATER, edition=edition)


def acts(lead: Lead, user: User, edition: EditionInForce) -> dict[str, bool]:
    return {offer.key: offer.is_possible for offer in seen(lead, user, edition).offers}


def test_the_first_screen_answers(client: Client, playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    text = page(client, cast.sdr, lead)
    for words in (
        "Anna Berg",
        "Acme Tools",
        "mailto:anna.berg@acme-tools.example",
        "Marketing Qualified Lead",
        "First touch to SAL",
        "7 h 50 min left",
        ">24 Nov 2026, 10:00 GMT<",
        "Next: accept",
        "What Sales Accepted Lead takes",
        "has tried to reach the person",
        "Owner is known",
        "Industry is software, financial_services",
        "demo request once at 40 points",
        "total: ",
        "Reached",
        f'href="/leads/{lead.pk}/"',
    ):
        assert words in text, words


def test_before_the_touch_the_touch_is_next(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead = new_mql()
    assign_to(lead.pk, cast.sdr, acting_user=None, now=NOW)
    shown = seen(lead, cast.sdr, playbook)
    accept = shown.offer("accept")
    assert accept is not None
    assert (shown.primary, accept.is_possible, accept.lacking) == (
        "touch",
        False,
        ("First touch is known: not known",),
    )
    text = page(client, cast.sdr, lead)
    assert "Next: log a touch" in text
    assert "Sales Accepted Lead still needs:" in text
    assert f'action="/desk/leads/{lead.pk}/accept/"' not in text


def test_acts_follow_from_the_moves_and_the_person(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_ae", cast.ae)
    mql, sal = owned_mql(cast.sdr), owned_sal(cast.sdr, **OTHER)
    other = {"touch": True, "recycle": True, "disqualify": True, "hand_over": True}
    assert acts(mql, cast.sdr, playbook) == {"accept": True, **other}
    assert acts(sal, cast.sdr, playbook) == {"qualify": True, **other}
    assert acts(sal, cast.manager, playbook) == {"qualify": False, **other}
    assert acts(sal, cast.revops, playbook) == {"qualify": False, **other}
    assert acts(sal, cast.marketing_ops, playbook) == {}
    qualify = seen(sal, cast.manager, playbook).offer("qualify")
    assert qualify is not None
    assert qualify.problem == "Only the owner may do this."
    Lead.objects.filter(pk=sal.pk).update(suppressed=True)
    assert acts(sal, cast.sdr, playbook) == {}


def test_what_waits_is_taken_first(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    lead = owned_mql(cast.ae)
    assign_to_queue(lead.pk, "emea_sdr", acting_user=None, now=NOW)
    assert acts(lead, cast.sdr, playbook) == {"take": True}
    assert acts(lead, cast.manager_b, playbook) == {}
    assert "take" not in acts(lead, cast.revops, playbook)


def test_a_recycled_lead_can_be_accepted_again(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    recycled(lead, "no_budget", cast.sdr, now=NOW + minutes(3))
    shown = seen(lead, cast.sdr, playbook)
    assert (shown.primary, shown.following and shown.following.key) == ("accept", "sal")


def test_alternatives_stay_alternatives(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead = new_lead(email="ben@mail.example", consent="")
    record_behaviour(lead.pk, "webinar", occurred_at=NOW, now=NOW)
    assign_to(lead.pk, cast.sdr, acting_user=None, now=NOW)
    text = page(client, cast.sdr, lead)
    assert "Consent is granted" in text
    assert "Consent is required" in text
    assert "Next: log a touch" in text


@pytest.mark.parametrize("address", ["", "?act=touch", "?act=moon"])
def test_the_other_team_finds_nothing(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace, address: str
) -> None:
    lead = owned_mql(cast.sdr)
    client.force_login(cast.sdr_b)
    response = client.get(f"/desk/leads/{lead.pk}/{address}")
    assert response.status_code == 404
    for words in ("Anna", "Berg", "Acme", "acme-tools"):
        assert words not in response.content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [("sdr", 200), ("manager", 200), ("manager_b", 404), ("ae", 404), ("revops", 200), ("finance", 403)],
)
def test_who_opens_it(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace, who: str, status: int
) -> None:
    lead = owned_mql(cast.sdr)
    client.force_login(getattr(cast, who))
    assert client.get(f"/desk/leads/{lead.pk}/").status_code == status


def test_text_of_a_lead_is_text(client: Client, playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr, first_name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page(client, cast.sdr, lead)


def test_times_are_those_of_the_reader(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    cast.sdr.time_zone = "Asia/Singapore"
    cast.sdr.save()
    assert ">24 Nov 2026, 18:00 +08<" in page(client, cast.sdr, owned_mql(cast.sdr))
