"""A case: what it answers during an act is what the database says after it, and it is written once."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from glossary.queries.editions import edition_at
from glossary.types import EditionInForce
from people.models import User
from routing.choices import ClockState
from routing.models import ClockPause, Lead, SlaClock
from routing.queries.facts import facts_of
from routing.services import clocks
from routing.services.assign import assign_to
from routing.services.behaviours import record_behaviour
from routing.services.case import Case
from routing.services.intake import intake
from routing.services.merge import merge
from routing.services.qualify import follow_rules
from routing.services.rebuild import void_entry
from routing.services.stage_log import Step, write_entry
from tests.routing.leads_for_tests import PERSON, minutes, new_lead, owned_mql, step, touch
from tests.routing.scene import FIRST_TOUCH, a_lead, at, clock_of, happens, serve
from tests.support import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + minutes(30)


def case_of(lead: Lead, now: datetime = LATER) -> Case:
    """A case of the lead as it is stored."""
    return Case(Lead.objects.get(pk=lead.pk), edition_at(now), now)


def worked_lead(cast: SimpleNamespace) -> Lead:
    """A lead in its second pass, touched in both, with a duplicate's behaviours."""
    lead = owned_mql(cast.sdr)
    record_behaviour(lead.pk, "webinar", occurred_at=NOW, now=NOW + minutes(1))
    duplicate = new_lead(NOW + minutes(2), email="other@acme-tools.example", job_title="CFO")
    record_behaviour(duplicate.pk, "pricing_page", occurred_at=NOW, now=NOW + minutes(3))
    merge(duplicate.pk, lead.pk, acting_user=None, now=NOW + minutes(4))
    step(lead, "recycled", cast.sdr, NOW + minutes(5))
    step(lead, "mql", cast.sdr, NOW + minutes(8))
    touch(lead, cast.sdr, NOW + minutes(9))
    touch(lead, cast.sdr, NOW + minutes(10))
    return lead


def test_a_case_knows_what_the_facts_of_many_leads_say(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    for lead in (worked_lead(cast), a_lead(7), new_lead(email="third@elsewhere.example")):
        case = case_of(lead)
        facts, same = case.facts(), facts_of(case.lead, now=case.now)

        assert dict(facts.values) == dict(same.values)
        assert tuple(facts.behaviours) == tuple(same.behaviours)
        assert dict(facts.recorded) == dict(same.recorded)


def test_only_touches_of_the_present_pass_count(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = worked_lead(cast)

    assert case_of(lead).facts().values["first_touch_at"] == NOW + minutes(9)


def test_what_nobody_asks_for_is_not_read(
    playbook: EditionInForce, cast: SimpleNamespace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = case_of(owned_mql(cast.sdr))

    with django_assert_num_queries(0):
        facts = case.facts()
        assert (facts.values["stage"], facts.values.get("moon")) == ("mql", None)
    with django_assert_num_queries(3):  # the owner's name, the first touch, the behaviours
        assert facts.values["owner"] == "sdr"
        assert facts.values["first_touch_at"] == NOW
        assert [fact.name for fact in facts.behaviours] == ["demo_request"]
    with django_assert_num_queries(0):
        assert len(case.facts().behaviours) == 1
        assert case.facts().values["first_touch_at"] == NOW


def test_a_new_lead_is_judged_as_if_it_were_read_back(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead = intake(PERSON, acting_user=None, now=NOW).lead
    stored = Lead.objects.get(pk=lead.pk)

    for field in Lead._meta.concrete_fields:
        assert getattr(lead, field.attname) == getattr(stored, field.attname), field.attname
    assert follow_rules(case_of(lead, NOW)) == []


def test_nothing_is_written_before_saving_and_nothing_twice(
    playbook: EditionInForce, cast: SimpleNamespace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = case_of(a_lead(owner=cast.sdr, queue="emea_sdr", stage="lead"))
    write_entry(case, Step("mql", 1, NOW), acting_user=None)

    stored = Lead.objects.get(pk=case.lead.pk)
    assert (stored.stage, stored.stage_entries.count()) == ("lead", 0)
    assert [(entry.stage, entry.occurred_at) for entry in case.entered()] == [("mql", NOW)]

    case.save()
    stored.refresh_from_db()
    assert (stored.stage, stored.stage_entries.count()) == ("mql", 1)
    with django_assert_num_queries(0):
        case.save()


def test_a_voided_entry_is_not_among_the_entered(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    entry = step(lead, "sal", cast.sdr, NOW + minutes(5))
    void_entry(entry.pk, acting_user=cast.sdr, now=NOW + minutes(6), reason="Wrong lead.")

    assert {entered.stage for entered in case_of(lead).entered()} == {"inquiry", "lead", "mql"}


def test_a_clock_that_starts_and_ends_in_one_act_is_one_row(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr)
    case = case_of(a_lead(owner=cast.sdr, queue="emea_sdr"), at("2026-11-23 12:00"))
    clocks.happened(case, "routed", at("2026-11-23 10:00"))
    clocks.happened(case, "touched", at("2026-11-23 11:30"))
    case.save()

    clock = clock_of(case.lead)
    assert (clock.state, clock.business_seconds) == (ClockState.LATE, 5400.0)
    attempt = clock.attempts.get()
    assert (attempt.state, attempt.business_seconds) == ("late", 5400.0)


def test_a_pause_long_over_still_counts(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    lead = a_lead(owner=cast.sdr, queue="emea_sdr")
    happens(lead, "routed", at("2026-11-23 10:00"))
    pause = clocks.pause(clock_of(lead).pk, "Holiday", acting_user=None, now=at("2026-11-23 10:10"))
    clocks.resume(clock_of(lead).pk, acting_user=None, now=at("2026-11-23 12:10"))
    happens(lead, "touched", at("2026-11-23 12:30"))

    assert ClockPause.objects.get().pk == pause.pk
    assert (clock_of(lead).state, clock_of(lead).business_seconds) == (ClockState.MET, 1800.0)


def test_clocks_that_change_alike_are_written_together(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    """A new owner of two running clocks: one UPDATE for these, one for the attempts that are withdrawn."""
    lead = a_lead(owner=cast.sdr, queue="emea_sdr")
    happens(lead, "routed", NOW)
    happens(lead, "sal", NOW)

    with CaptureQueriesContext(connection) as asked:
        assign_to(lead.pk, cast.sdr_b, acting_user=None, now=NOW + minutes(20))

    updates = [query["sql"].split()[1] for query in asked if query["sql"].startswith("UPDATE")]
    assert (updates.count('"routing_slaclock"'), updates.count('"routing_attempt"')) == (1, 1)
    running = SlaClock.objects.running().filter(lead=lead)
    assert {(c.key, c.owner_id, c.team_id) for c in running} == {
        (FIRST_TOUCH, cast.sdr_b.pk, cast.south.pk),
        ("qualification", cast.sdr_b.pk, cast.south.pk),
    }


def test_the_acting_owner_needs_no_look_up(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    person = User.objects.get(pk=cast.sdr.pk)
    entry = step(lead, "sal", person, NOW + minutes(5))

    assert entry.lead.owner is person
