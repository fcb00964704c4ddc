"""The manager's page: whose leads it shows, what is late, and giving leads away."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from glossary.types import EditionInForce
from people.models import User
from routing.models import Lead, SlaClock
from routing.queries import team as questions
from routing.queries.clock_status import status_of
from routing.services.assign import route
from tests.routing.scene import a_lead, at, clock_of, serve

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(playbook: EditionInForce, cast: SimpleNamespace) -> Lead:
    """A lead of team North whose first touch is days overdue."""
    serve("emea_sdr", cast.sdr)
    lead = a_lead(1, first_name="Ann", last_name="Late")
    route(lead.pk, now=timezone.now() - timedelta(days=10))
    return lead


@pytest.mark.parametrize(
    ("name", "status"),
    [("manager", 200), ("revops", 200), ("sales_ops", 200), ("sdr", 403), ("cro", 403), ("enablement", 403)],
)
def test_who_may_open_it(late: Lead, cast: SimpleNamespace, client: Client, name: str, status: int) -> None:
    client.force_login(getattr(cast, name))

    assert client.get(reverse("team")).status_code == status


def test_a_manager_sees_what_is_late_in_the_team(late: Lead, cast: SimpleNamespace, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.get(reverse("team"))

    assert "Ann Late" in page.text
    assert [row.clock.lead for row in page.context["breaches"]] == [late]
    assert [row.status for row in page.context["unaccepted"]] == ["late"]
    load = {row.person: (row.open_leads, row.late) for row in page.context["workload"]}
    assert load[cast.sdr] == (1, 1)
    assert cast.sdr_b not in load


def test_another_manager_sees_nothing_of_it(late: Lead, cast: SimpleNamespace, client: Client) -> None:
    client.force_login(cast.manager_b)

    page = client.get(reverse("team"))

    assert "Ann" not in page.text
    assert client.post(reverse("team_reassign", args=[late.pk]), {"owner": cast.sdr_b.pk}).status_code == 404


def test_a_manager_gives_a_lead_to_somebody_else(late: Lead, cast: SimpleNamespace, client: Client) -> None:
    client.force_login(cast.manager)

    answer = client.post(reverse("team_reassign", args=[late.pk]), {"owner": cast.ae.pk}, follow=True)

    late.refresh_from_db()
    assert late.owner == cast.ae
    assert "is with ae now" in answer.text
    assert SlaClock.objects.filter(lead=late, key="first_touch").count() == 1


@pytest.mark.parametrize("chosen", ["", "none", "99999999999999999999", "4444"])
def test_nobody_chosen_is_said(late: Lead, cast: SimpleNamespace, client: Client, chosen: str) -> None:
    client.force_login(cast.manager)

    answer = client.post(reverse("team_reassign", args=[late.pk]), {"owner": chosen}, follow=True)

    late.refresh_from_db()
    assert "Choose who gets" in answer.text
    assert late.owner == cast.sdr


def test_a_manager_gives_nothing_to_another_team(late: Lead, cast: SimpleNamespace, client: Client) -> None:
    client.force_login(cast.manager)

    answer = client.post(reverse("team_reassign", args=[late.pk]), {"owner": cast.sdr_b.pk})

    late.refresh_from_db()
    assert (answer.status_code, late.owner) == (403, cast.sdr)


def test_reading_never_changes(late: Lead, cast: SimpleNamespace, client: Client) -> None:
    client.force_login(cast.manager)

    assert client.get(reverse("team_reassign", args=[late.pk])).status_code == 405


def test_status_words(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    lead = a_lead()
    route(lead.pk, now=at("2026-11-23 10:00"))
    clock = clock_of(lead)

    assert status_of(clock, at("2026-11-23 10:05")) == "on-time"
    assert status_of(clock, at("2026-11-23 10:45")) == "due-soon"
    assert status_of(clock, at("2026-11-23 11:00:01")) == "late"
    clock.paused_since = at("2026-11-23 10:20")
    assert status_of(clock, at("2026-11-23 12:00")) == "paused"


def test_revops_may_choose_every_rep(cast: SimpleNamespace) -> None:
    assert set(questions.people_of(cast.revops)) == {cast.sdr, cast.sdr_b, cast.ae}
    assert set(questions.people_of(cast.manager)) == {cast.sdr, cast.ae, cast.manager}
    assert User.objects.count() > 3
