"""Scores of the past: the same digits that stood in the columns then, whatever was recorded since."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glossary.queries.editions import forget
from glossary.types import EditionInForce
from routing.models import Behaviour, Lead
from routing.queries.score_at import ScoreThen, score_at
from routing.services.behaviours import record_behaviour
from routing.services.intake import intake
from routing.services.merge import merge
from routing.services.nightly import rescore_batch
from tests.glossary.amending import publish_change
from tests.routing.leads_for_tests import PERSON, demo, new_lead
from tests.support import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NAMES = ("webinar", "demo_request", "pricing_page", "email_click")
acts = st.one_of(
    st.tuples(st.just("did"), st.sampled_from(NAMES), st.integers(0, 30)),
    st.tuples(st.just("stated"), st.sampled_from((5, 20, 60, 500)), st.sampled_from(("software", "education"))),
    st.tuples(st.just("slept"), st.just(0), st.just(0)),
    st.tuples(st.just("merged"), st.sampled_from(NAMES), st.integers(0, 30)),
    st.tuples(st.just("rules"), st.sampled_from((15.0, 40.0, 90.0)), st.just(0)),
)  # fmt: skip


def at(lead: Lead, instant: datetime) -> ScoreThen:
    found = score_at(lead, instant)
    assert found is not None
    return found


def carry_out(
    lead: Lead, act: tuple[str, Any, Any], now: datetime, edition: EditionInForce
) -> EditionInForce:
    """One act at `now`; a merge brings in somebody who did something at another time."""
    kind, what, more = act
    if kind == "did":
        record_behaviour(lead.pk, what, occurred_at=now - more * DAY, now=now)
    elif kind == "stated":
        intake({"email": lead.email, "employees": what, "industry": more}, acting_user=None, now=now)
    elif kind == "slept":
        rescore_batch(now)
    elif kind == "merged":
        twin = intake({"email": f"t{now:%j%H%M}@x.example"}, acting_user=None, now=now - DAY / 2).lead
        record_behaviour(twin.pk, what, occurred_at=now - DAY / 2 - more * DAY, now=now - DAY / 2)
        merge(twin.pk, lead.pk, acting_user=None, now=now)
    else:

        def change(data: dict[str, Any]) -> None:
            data["intent"][0]["points"] = what + now.timetuple().tm_yday / 1000  # never the same twice

        # A policy moves no lead by itself; the night after it does.
        edition = publish_change(edition, "scoring", change, now=now - DAY / 4)
        rescore_batch(now)
    return edition


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(history=st.lists(acts, min_size=1, max_size=6))
def test_every_score_that_ever_stood_there_can_be_had_again(
    playbook: EditionInForce, history: list[tuple[str, Any, Any]]
) -> None:
    with transaction.atomic():
        # Given a lead whose facts come and change day by day, and what its columns held after each
        now, edition = NOW, playbook
        lead = new_lead(now, behaviours=(demo(now),))
        stood = {now: (lead.icp_grade, lead.intent_score)}
        for act in history:
            now += DAY
            edition = carry_out(lead, act, now, edition)
            lead.refresh_from_db()
            if lead.scored_at == now:
                stood[now] = (lead.icp_grade, lead.intent_score)
            # Then the score of now is what is stored now
            assert (at(lead, lead.scored_at or now).grade, at(lead, lead.scored_at or now).intent.total) == (
                lead.icp_grade,
                lead.intent_score,
            )
        # And every earlier one is still the same
        assert {t: (at(lead, t).grade, at(lead, t).intent.total) for t in stood} == stood
        transaction.set_rollback(True)
    forget()


def test_what_was_recorded_later_is_not_seen(playbook: EditionInForce) -> None:
    # Given a lead without points, and a demo request of last week that we learn of only now
    lead = new_lead(NOW)
    record_behaviour(lead.pk, "demo_request", occurred_at=NOW - 7 * DAY, now=NOW + DAY)
    lead.refresh_from_db()
    # Then yesterday's score stays what it was: negative control, today's is not
    assert at(lead, NOW).intent.total == 0
    assert at(lead, NOW + DAY).intent.total == lead.intent_score != 0


def test_what_was_stated_later_is_undone(playbook: EditionInForce) -> None:
    lead = new_lead(NOW)
    intake({"email": lead.email, "employees": 20, "industry": "education"}, acting_user=None, now=NOW + DAY)
    lead.refresh_from_db()
    assert (at(lead, NOW).grade, at(lead, NOW + DAY).grade) == ("A", "C")
    assert lead.icp_grade == "C"


def test_before_concord_knew_of_the_lead_there_is_no_score(playbook: EditionInForce) -> None:
    assert score_at(new_lead(NOW), NOW - timedelta(seconds=1)) is None


def test_it_is_explained_line_by_line(playbook: EditionInForce) -> None:
    lead = new_lead(NOW, behaviours=(demo(NOW),))
    then = at(lead, NOW + 30 * DAY)
    assert then.intent.explanation()[0] == "demo request once at 40 points, halving every 30 days: 20"
    assert then.intent.explanation()[-1] == "total: 20"
    assert "Employees is at least 200: it is 500" in then.grade_lines
    assert then.scoring_version == 1


def page(client: Client, user: Any, lead: Lead, **query: str) -> str:
    client.force_login(user)
    response = client.get(f"/leads/{lead.pk}/", query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_shows_the_score_as_of_a_moment(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    # Given a lead of two months ago with one demo request
    then = datetime.fromisoformat("2026-09-01T10:00+00:00")
    lead = new_lead(then, behaviours=(demo(then),))
    # When its page is asked for a moment, Then the lines of that moment stand there
    text = page(client, cast.revops, lead, as_of="2026-10-01T10:00")
    assert "demo request once at 40 points, halving every 30 days: 20" in text
    assert "by scoring version 1" in text
    # And without a moment it is the score of now; wrong, future and early ones say why not
    assert "demo request once at 40 points" in page(client, cast.revops, lead)
    assert "like 2026-11-22 14:30" in page(client, cast.revops, lead, as_of="soon")
    assert "lies in the future" in page(client, cast.revops, lead, as_of="2126-01-01T00:00")
    assert "did not know of this lead" in page(client, cast.revops, lead, as_of="2026-08-31T10:00")
    assert "did not know of this lead" in page(client, cast.revops, lead, as_of="1999-08-31T10:00")


def test_the_moment_is_one_of_the_reader_s_zone(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    then = datetime.fromisoformat("2026-09-01T10:00+00:00")
    lead = new_lead(then, behaviours=(demo(then),))
    cast.revops.time_zone = "Asia/Tokyo"
    cast.revops.save()
    # 18:59 in Tokyo is a minute before the lead came
    assert "did not know of this lead" in page(client, cast.revops, lead, as_of="2026-09-01T18:59")
    assert "demo request once" in page(client, cast.revops, lead, as_of="2026-09-01T19:00")


def test_a_lead_that_only_others_may_see_is_not_there(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead = new_lead(NOW - DAY)
    Lead.objects.filter(pk=lead.pk).update(owner=cast.sdr_b)
    client.force_login(cast.sdr)
    assert client.get(f"/leads/{lead.pk}/", {"as_of": "2026-11-22T10:00"}).status_code == 404


def test_asking_changes_nothing(playbook: EditionInForce) -> None:
    lead = new_lead(NOW, behaviours=(demo(NOW),))
    before = Lead.objects.filter(pk=lead.pk).values().get()
    at(lead, NOW + 3 * DAY)
    assert Lead.objects.filter(pk=lead.pk).values().get() == before
    assert Behaviour.objects.count() == 1
    assert PERSON["employees"] == 500
