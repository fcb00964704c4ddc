"""Stored clocks: what they pin, how they end, attempts, pauses, passes."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from glossary.types import EditionInForce
from routing.choices import AttemptState, ClockState, TouchKind, TouchResult
from routing.exceptions import NotPermitted, RoutingRefused
from routing.models import Attempt, Lead, SlaClock, Touch
from routing.services import clocks
from routing.services.assign import assign_to, reroute, route
from tests.routing.scene import a_lead, at, clock_of, happens, serve, with_target

pytestmark = pytest.mark.django_db


@pytest.fixture
def routed(playbook: EditionInForce, cast: SimpleNamespace) -> Lead:
    """A lead routed to the SDR on Monday at 15:00, with the first-touch clock of one business hour running."""
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    lead = a_lead()
    route(lead.pk, now=at("2026-11-23 15:00"))
    lead.refresh_from_db()
    return lead


def touch(lead: Lead, when: str, token: int = 1, **values: object) -> None:
    """A logged call, as `log_touch` leaves it, without its event."""
    instant = at(when)
    Touch.objects.create(
        lead=lead,
        kind=TouchKind.CALL,
        result=TouchResult.REACHED,
        by_name="Somebody",
        occurred_at=instant,
        recorded_at=instant,
        token=f"00000000-0000-0000-0000-{token:012d}",
        **values,
    )


def test_capture_to_routed_runs_round_the_clock(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = a_lead()
    happens(lead, "captured", at("2026-11-21 03:00"))
    serve("emea_sdr", cast.sdr)

    route(lead.pk, now=at("2026-11-21 03:05"))

    clock = clock_of(lead, "routing")
    assert (clock.state, clock.calendar, clock.business_seconds) == (ClockState.MET, None, 300.0)


def test_routing_starts_the_clock_with_what_it_pins(routed: Lead, playbook: EditionInForce) -> None:
    clock = clock_of(routed)

    assert clock.due_at == at("2026-11-23 16:00")
    assert clock.edition_id == playbook.id
    assert clock.calendar is not None
    assert clock.calendar.calendar.key == "london"
    assert (clock.region, clock.source, clock.month.isoformat()) == ("emea", "social", "2026-11-01")
    assert routed.owner is not None
    assert (clock.owner, clock.team) == (routed.owner, routed.owner.team)
    assert clock.next_alert_level == 50
    assert clock.next_alert_at == at("2026-11-23 15:30")


@pytest.mark.parametrize(
    ("touched", "state", "seconds"),
    [
        ("2026-11-23 09:30:00", ClockState.MET, 3600.0),
        ("2026-11-23 09:30:01", ClockState.LATE, 3601.0),
    ],
)
def test_friday_evening_is_due_on_monday_morning(
    playbook: EditionInForce, cast: SimpleNamespace, touched: str, state: str, seconds: float
) -> None:
    serve("emea_sdr", cast.sdr)
    lead = a_lead()
    route(lead.pk, now=at("2026-11-20 16:30"))

    happens(lead, "touched", at(touched))

    clock = clock_of(lead)
    assert clock.due_at == at("2026-11-23 09:30")
    assert (clock.state, clock.business_seconds) == (state, seconds)


def test_reassigning_never_restarts_the_leads_clock(routed: Lead) -> None:
    first = routed.owner
    assert first is not None

    reroute(routed.pk, now=at("2026-11-23 15:50"))
    happens(routed, "touched", at("2026-11-23 16:20"))

    clock = clock_of(routed)
    assert SlaClock.objects.filter(lead=routed, key="first_touch").count() == 1
    assert (clock.state, clock.business_seconds, clock.due_at) == (
        ClockState.LATE,
        4800.0,
        at("2026-11-23 16:00"),
    )
    attempts = {attempt.owner: attempt for attempt in Attempt.objects.filter(clock=clock)}
    assert attempts.pop(first).state == AttemptState.WITHDRAWN
    (second,) = attempts.values()
    assert (second.state, second.business_seconds) == (AttemptState.MET, 1800.0)
    assert clock.owner == second.owner
    assert clock.team == second.owner.team


def test_a_later_policy_changes_only_later_clocks(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    early, late = a_lead(1), a_lead(2)
    route(early.pk, now=at("2026-11-23 10:00"))

    second = with_target({"target": "2 business hours"}, "first_touch", now=at("2026-11-23 10:30"))
    route(late.pk, now=at("2026-11-23 10:45"))
    happens(early, "touched", at("2026-11-23 11:00:01"))

    assert clock_of(early).due_at == at("2026-11-23 11:00")
    assert (clock_of(early).edition_id, clock_of(early).state) == (playbook.id, ClockState.LATE)
    assert clock_of(late).due_at == at("2026-11-23 12:45")
    assert clock_of(late).edition_id == second.id


def test_a_clock_ends_by_the_policy_it_started_under(routed: Lead) -> None:
    """The new policy counts to SAL; the running clock still waits for the touch."""
    with_target({"to": "sal"}, "first_touch", now=at("2026-11-23 15:10"))

    happens(routed, "touched", at("2026-11-23 15:20"))

    assert clock_of(routed).state == ClockState.MET


def test_a_touch_before_routing_is_met_with_a_flag(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    lead = a_lead()
    touch(lead, "2026-11-23 09:40")

    route(lead.pk, now=at("2026-11-23 10:00"))

    clock = clock_of(lead)
    assert (clock.state, clock.stopped_before_start, clock.business_seconds) == (ClockState.MET, True, 0.0)
    assert clock.next_alert_at is None


def test_an_automatic_touch_before_routing_is_none(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    lead = a_lead()
    touch(lead, "2026-11-23 09:40", automatic=True)

    route(lead.pk, now=at("2026-11-23 10:00"))

    assert clock_of(lead).state == ClockState.RUNNING


def test_a_touch_outside_hours_has_elapsed_nothing(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    lead = a_lead()
    route(lead.pk, now=at("2026-11-21 11:00"))

    happens(lead, "touched", at("2026-11-21 11:20"))

    clock = clock_of(lead)
    assert (clock.state, clock.business_seconds, clock.wall_seconds) == (ClockState.MET, 0.0, 1200.0)
    assert not clock.stopped_before_start


def test_pauses_do_not_count(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    """1 business day from Monday 10:00, paused Monday 12:00 to Wednesday 10:00: due Wednesday 16:00."""
    serve("emea_sdr", cast.sdr)
    lead = a_lead(owner=cast.sdr, queue="emea_sdr", stage="mql")
    happens(lead, "touched", at("2026-11-23 10:00"))
    clock = clock_of(lead, "acceptance")

    clocks.pause(
        clock.pk, "public holiday of the customer", acting_user=cast.manager, now=at("2026-11-23 12:00")
    )
    assert SlaClock.objects.overdue_at(at("2026-11-25 09:59")).count() == 0
    clocks.resume(clock.pk, acting_user=cast.manager, now=at("2026-11-25 10:00"))

    clock.refresh_from_db()
    assert clock.due_at == at("2026-11-25 16:00")
    assert clock.attempts.get().due_at == at("2026-11-25 16:00")
    happens(lead, "sal", at("2026-11-25 16:00"))
    clock.refresh_from_db()
    assert (clock.state, clock.business_seconds) == (ClockState.MET, 28_800.0)


def test_pausing_needs_the_manager_a_reason_and_a_running_clock(routed: Lead, cast: SimpleNamespace) -> None:
    clock, now = clock_of(routed), at("2026-11-23 15:10")

    with pytest.raises(NotPermitted):
        clocks.pause(clock.pk, "lunch", acting_user=routed.owner, now=now)
    with pytest.raises(RoutingRefused, match="why"):
        clocks.pause(clock.pk, " ", acting_user=cast.revops, now=now)
    clocks.pause(clock.pk, "outage", acting_user=cast.revops, now=now)
    with pytest.raises(RoutingRefused, match="paused since"):
        clocks.pause(clock.pk, "outage", acting_user=cast.revops, now=now)


@pytest.mark.parametrize(
    ("left_at", "state"), [("2026-11-23 15:30", ClockState.VOID), ("2026-11-23 16:00:01", ClockState.LATE)]
)
def test_leaving_the_funnel_voids_what_was_not_due_and_late_stays_late(
    routed: Lead, left_at: str, state: str
) -> None:
    happens(routed, "disqualified", at(left_at))

    clock = clock_of(routed)
    assert clock.state == state
    assert clock.next_alert_at is None
    assert not Attempt.objects.filter(clock=clock, state=AttemptState.RUNNING).exists()


def test_passing_the_stage_ends_the_clock_too(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = a_lead(owner=cast.sdr, queue="emea_sdr", stage="mql")
    happens(lead, "touched", at("2026-11-23 10:00"))

    happens(lead, "sql", at("2026-11-23 12:00"))

    assert clock_of(lead, "acceptance").state == ClockState.MET


def test_a_promise_runs_once_per_pass_and_again_in_the_next(routed: Lead) -> None:
    happens(routed, "touched", at("2026-11-23 15:20"))
    happens(routed, "routed", at("2026-11-23 15:40"))
    assert SlaClock.objects.filter(lead=routed, key="first_touch").count() == 1

    Lead.objects.filter(pk=routed.pk).update(pass_number=2, stage="mql")
    happens(routed, "mql", at("2026-11-24 10:00"))

    again = clock_of(routed)
    assert (again.pass_number, again.state, again.due_at) == (2, ClockState.RUNNING, at("2026-11-24 11:00"))


def test_a_recycled_lead_starts_no_clock(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = a_lead(stage="recycled", owner=cast.sdr, queue="emea_sdr")

    happens(lead, "touched", at("2026-11-23 10:00"))

    assert not SlaClock.objects.filter(lead=lead).exists()


def test_a_target_applies_only_to_what_it_says(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    partners = {
        "all": [{"any": [{"kind": "firmographic", "field": "source", "op": "is", "value": "partner"}]}]
    }
    with_target({"applies_to": partners}, "first_touch", now=at("2026-11-23 08:00"))
    web, partner = a_lead(1), a_lead(2, source="partner")

    for lead in (web, partner):
        route(lead.pk, now=at("2026-11-23 10:00"))

    assert list(SlaClock.objects.filter(key="first_touch").values_list("lead", flat=True)) == [partner.pk]


def test_merging_keeps_the_oldest_running_clock(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    old, young = a_lead(1), a_lead(2)
    route(old.pk, now=at("2026-11-23 10:00"))
    route(young.pk, now=at("2026-11-23 10:30"))
    old.refresh_from_db()
    young.refresh_from_db()

    for _ in range(2):
        clocks.merge_clocks(old, young, now=at("2026-11-23 10:40"))

    kept = SlaClock.objects.running().get(key="first_touch")
    assert (kept.lead, kept.started_at) == (young, at("2026-11-23 10:00"))
    assert kept.attempts.get(state=AttemptState.RUNNING).owner == young.owner
    assert SlaClock.objects.filter(key="first_touch", state=ClockState.VOID).count() == 1


def test_a_clock_without_owner_gets_its_attempt_when_somebody_takes_it(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr, cap=0)
    lead = a_lead()
    route(lead.pk, now=at("2026-11-23 10:00"))
    assert clock_of(lead).attempts.count() == 0

    assign_to(lead.pk, cast.sdr, acting_user=cast.revops, now=at("2026-11-23 10:40"))

    attempt = clock_of(lead).attempts.get()
    assert (attempt.owner, attempt.due_at) == (cast.sdr, at("2026-11-23 11:40"))
    assert clock_of(lead).due_at == at("2026-11-23 11:00")


def test_every_lead_can_be_stopped_only_once(routed: Lead) -> None:
    happens(routed, "touched", at("2026-11-23 15:20"))
    before = clock_of(routed)

    happens(routed, "touched", at("2026-11-23 17:20"))

    assert clock_of(routed).stopped_at == before.stopped_at == at("2026-11-23 15:20")


def test_a_conditional_promise_begins_when_it_comes_to_apply(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    """Acceptance is owed for MQLs: a lead touched before it became one owes it from that moment on."""
    serve("emea_sdr", cast.sdr)
    lead = a_lead(owner=cast.sdr, queue="emea_sdr")
    happens(lead, "touched", at("2026-11-23 10:00"))
    assert not SlaClock.objects.filter(lead=lead, key="acceptance").exists()

    Lead.objects.filter(pk=lead.pk).update(stage="mql")
    Touch.objects.create(
        lead=lead,
        kind="call",
        result="reached",
        by=cast.sdr,
        by_name="Sam",
        occurred_at=at("2026-11-23 10:00"),
        recorded_at=at("2026-11-23 10:00"),
        token=uuid4(),
    )
    happens(lead, "mql", at("2026-11-24 11:00"))

    clock = clock_of(lead, "acceptance")
    assert (clock.state, clock.started_at) == (ClockState.RUNNING, at("2026-11-24 11:00"))
    assert clock.due_at == at("2026-11-25 11:00")


def test_a_conditional_promise_waits_for_its_event(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = a_lead(owner=cast.sdr, queue="emea_sdr", stage="mql")
    happens(lead, "mql", at("2026-11-23 11:00"))
    assert not SlaClock.objects.filter(lead=lead, key="acceptance").exists()
