"""Routing: the order of the rules and their trace, queues and fallbacks, by hand, anew, draining."""

from types import SimpleNamespace

import pytest

from glossary.types import EditionInForce
from notifications.models import Notification
from routing.choices import AssignmentCause
from routing.exceptions import NotPermitted, RoutingRefused
from routing.models import Assignment, Lead, NamedAccount, QueueMember, RoutingError, SlaClock
from routing.services.assign import assign_to, assign_to_queue, drain, drain_all, reroute, route
from tests.routing.scene import a_lead, at, clock_of, next_routing, serve
from tests.support import NOW

pytestmark = pytest.mark.django_db


def rules(assignment: Assignment) -> list[tuple[str, bool]]:
    return [(step["rule"], step["matched"]) for step in assignment.trace]


def test_the_pool_of_the_territory_gives_an_owner(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    lead = a_lead()

    assignment = route(lead.pk, now=NOW)

    lead.refresh_from_db()
    assert (lead.owner, lead.queue, lead.territory) == (cast.sdr, "emea_sdr", "emea")
    assert (assignment.owner, assignment.cause, assignment.edition_id) == (
        cast.sdr,
        AssignmentCause.ROUTED,
        playbook.id,
    )
    assert rules(assignment)[0] == ("suppression", False)
    assert rules(assignment)[-1] == ("pool", True)
    assert all(step["why"] for step in assignment.trace)
    territory_lines = {step["key"]: step for step in assignment.trace if step["rule"] == "territory"}
    assert not territory_lines["amer"]["matched"]
    assert "Region" in territory_lines["amer"]["why"]


def test_a_colleague_of_the_same_company_goes_to_its_owner(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    serve("emea_ae", cast.ae)
    a_lead(1, owner=cast.ae, stage="opportunity")
    colleague = a_lead(2, email="bob@company1.example", email_domain="company1.example")

    assignment = route(colleague.pk, now=NOW)

    assert (assignment.owner, assignment.queue) == (cast.ae, "emea_ae")
    assert rules(assignment)[-1] == ("owner of the account", True)


def test_a_free_mail_domain_is_no_account(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    a_lead(1, email="a@gmail.com", email_domain="gmail.com", owner=cast.ae)
    lead = a_lead(2, email="b@gmail.com", email_domain="gmail.com")

    assignment = route(lead.pk, now=NOW)

    assert assignment.owner == cast.sdr
    assert ("owner of the account", False) in rules(assignment)


def test_a_named_account_beats_the_territory_unless_its_owner_is_away(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr)
    serve("emea_ae", cast.ae)
    NamedAccount.objects.create(domain="company1.example", name="Company One", owner=cast.ae)
    lead = a_lead(1)
    assert route(lead.pk, now=NOW).owner == cast.ae

    QueueMember.objects.filter(user=cast.ae).update(away_from=at("2026-11-20 00:00"))
    later = route(lead.pk, now=at("2026-11-23 11:00"))

    assert later.owner == cast.sdr
    assert any("is away" in step["why"] for step in later.trace)


def test_more_specific_territories_come_first_then_the_lower_number(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    def territory(key: str, priority: int, *fields: tuple[str, str]) -> dict[str, object]:
        groups = [{"any": [{"kind": "firmographic", "field": f, "op": "is", "value": v}]} for f, v in fields]
        return {"key": key, "name": key, "priority": priority, "when": {"all": groups}, "queue": "emea_sdr"}

    narrow = territory("narrow", 90, ("region", "emea"), ("source", "social"))
    broad, second = territory("broad", 1, ("region", "emea")), territory("second", 2, ("region", "emea"))
    next_routing({"territories": [second, broad, narrow]}, now=at("2026-11-23 08:00"))
    serve("emea_sdr", cast.sdr)

    assert route(a_lead(1).pk, now=NOW).territory == "narrow"
    assert route(a_lead(2, source="event").pk, now=NOW).territory == "broad"


def test_no_territory_is_an_error_in_the_fallback_queue_with_one_alert(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    leads = [a_lead(number, region="") for number in (1, 2)]

    for lead in leads:
        route(lead.pk, now=NOW)
        route(lead.pk, now=NOW)

    assert set(Lead.objects.values_list("queue", flat=True)) == {"revops"}
    assert RoutingError.objects.filter(resolved_at__isnull=True).count() == 2
    alerts = Notification.objects.filter(kind="routing_error", channel="mail")
    assert [alert.recipient for alert in alerts] == [cast.revops]
    assert not SlaClock.objects.filter(key="first_touch").exists()


def test_an_empty_queue_falls_back_and_the_error_closes_once_it_is_placed(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    lead = a_lead()
    waiting = route(lead.pk, now=NOW)
    assert (waiting.queue, waiting.owner) == ("revops", None)
    assert "SDR EMEA" in RoutingError.objects.get().message

    serve("emea_sdr", cast.sdr)
    placed = route(lead.pk, now=at("2026-11-23 10:30"))

    assert placed.owner == cast.sdr
    assert RoutingError.objects.get().resolved_at == at("2026-11-23 10:30")


def test_a_deactivated_user_leaves_every_pool_at_once(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    cast.sdr.is_active = False
    cast.sdr.save()

    owners = {route(a_lead(number).pk, now=NOW).owner for number in range(4)}

    assert owners == {cast.sdr_b}


def test_when_everyone_is_full_leads_wait_and_drain_oldest_first(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr, cap=1)
    first, second, third = (a_lead(n, captured_at=at(f"2026-11-23 09:{40 - n}")) for n in (1, 2, 3))
    assert route(first.pk, now=NOW).owner == cast.sdr
    for lead in (second, third):
        assert route(lead.pk, now=NOW).owner is None
    assert drain_all(now=NOW) == 0

    Lead.objects.filter(pk=first.pk).update(stage="disqualified")
    assert drain("emea_sdr", now=at("2026-11-23 11:00")) == 1

    third.refresh_from_db()
    second.refresh_from_db()
    assert (third.owner, second.owner) == (cast.sdr, None)
    active = Assignment.objects.get(lead=third, ended_at__isnull=True)
    assert active.cause == AssignmentCause.DRAINED
    assert clock_of(third).attempts.get().owner == cast.sdr


def test_people_take_leads_from_a_pull_queue_themselves(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("enrichment", cast.marketing_ops)
    lead = a_lead()

    assignment = assign_to_queue(lead.pk, "enrichment", acting_user=None, now=NOW)

    assert (assignment.queue, assignment.owner) == ("enrichment", None)
    assert drain("enrichment", now=NOW) == 0
    with pytest.raises(RoutingRefused, match="no queue 'nowhere'"):
        assign_to_queue(lead.pk, "nowhere", acting_user=None, now=NOW)


def test_rerouting_goes_to_the_next_member_then_to_the_manager(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    lead = a_lead()
    first = route(lead.pk, now=NOW)

    second = reroute(lead.pk, now=at("2026-11-23 10:20"))
    third = reroute(lead.pk, now=at("2026-11-23 10:40"))

    assert {first.owner, second.owner} == {cast.sdr, cast.sdr_b}
    assert second.owner is not None
    assert second.owner.team is not None
    assert third.owner == second.owner.team.manager
    assert rules(third)[-1] == ("manager", True)
    assert Assignment.objects.filter(lead=lead, ended_at__isnull=True).count() == 1
    assert Notification.objects.filter(kind="lead_assigned", recipient=second.owner).count() == 1


def test_a_suppressed_lead_is_not_routed(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = a_lead(suppressed=True, suppressed_reason="competitor")

    with pytest.raises(RoutingRefused, match="competitor"):
        route(lead.pk, now=NOW)

    assert not Assignment.objects.exists()


def test_who_may_assign_by_hand(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    lead = a_lead(owner=cast.sdr, queue="emea_sdr")

    for person in (cast.sdr, cast.sdr_b, cast.manager_b, cast.enablement):
        with pytest.raises(NotPermitted):
            assign_to(lead.pk, cast.ae, acting_user=person, now=NOW)
    with pytest.raises(NotPermitted):
        assign_to(lead.pk, cast.sdr_b, acting_user=cast.manager, now=NOW)
    with pytest.raises(RoutingRefused, match="works no leads"):
        assign_to(lead.pk, cast.finance, acting_user=cast.revops, now=NOW)

    given = assign_to(lead.pk, cast.ae, acting_user=cast.manager, now=NOW)
    again = assign_to(lead.pk, cast.ae, acting_user=cast.manager, now=NOW)

    assert given.pk == again.pk
    assert (given.actor_name, given.cause) == (str(cast.manager), AssignmentCause.MANUAL)


def test_a_lead_by_hand_counts_for_the_round_robin(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)

    assign_to(a_lead(1).pk, cast.sdr, acting_user=cast.revops, now=NOW)

    assert route(a_lead(2).pk, now=NOW).owner == cast.sdr_b
