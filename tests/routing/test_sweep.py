"""The sweep: each alert once, to the right people, in their hours; breaches marked; re-routing; its cost."""

from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from glossary.types import EditionInForce
from notifications.models import Notification
from routing.choices import AttemptState, ClockState
from routing.models import Assignment, ClockAlert, Lead, SlaClock
from routing.services import clocks, sweep
from routing.services.assign import reroute, route
from routing.services.calendars import ensure_standard_calendars
from routing.services.sweep import sweep_breaches
from tests.routing.scene import a_lead, at, clock_of, happens, next_routing, serve

pytestmark = pytest.mark.django_db


@pytest.fixture
def routed(playbook: EditionInForce, cast: SimpleNamespace) -> Lead:
    """A lead of the SDR of team North, routed on Monday at 10:00; one business hour to the first touch."""
    serve("emea_sdr", cast.sdr)
    lead = a_lead()
    route(lead.pk, now=at("2026-11-23 10:00"))
    lead.refresh_from_db()
    return lead


def told(kind: str, channel: str = "mail") -> list[str]:
    rows = Notification.objects.filter(kind=kind, channel=channel).select_related("recipient").order_by("id")
    return [row.recipient.username for row in rows]


def levels(lead: Lead) -> list[int]:
    return list(ClockAlert.objects.filter(clock__lead=lead).order_by("level").values_list("level", flat=True))


def test_nothing_is_raised_before_its_time(routed: Lead) -> None:
    assert sweep_breaches(at("2026-11-23 10:29:59")) == 0
    assert not ClockAlert.objects.exists()


def test_warnings_go_to_the_owner_once_each(routed: Lead) -> None:
    assert sweep_breaches(at("2026-11-23 10:30")) == 1
    assert sweep_breaches(at("2026-11-23 10:30")) == 0
    assert sweep_breaches(at("2026-11-23 10:45")) == 1

    assert levels(routed) == [50, 75]
    assert told("clock_warning") == ["sdr", "sdr"]
    assert clock_of(routed).breached_at is None


def test_a_breach_is_marked_and_told_to_owner_and_manager(routed: Lead) -> None:
    sweep_breaches(at("2026-11-23 10:50"))
    assert sweep_breaches(at("2026-11-23 11:00")) == 0, "at 11:00:00 a touch is still met"

    assert sweep_breaches(at("2026-11-23 11:00:20")) == 1

    assert clock_of(routed).breached_at == at("2026-11-23 11:00:20")
    assert sorted(told("clock_breached")) == ["manager", "sdr"]
    assert not Notification.objects.filter(kind="clock_breached", body__contains="late").exists()


def test_a_target_used_up_at_close_is_not_broken_overnight(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr)
    lead = a_lead()
    route(lead.pk, now=at("2026-11-23 16:00"))

    sweep_breaches(at("2026-11-23 23:00"))
    assert clock_of(lead).breached_at is None
    assert not SlaClock.objects.overdue_at(at("2026-11-23 23:00")).filter(key="first_touch").exists()

    sweep_breaches(at("2026-11-24 09:00:01"))
    assert clock_of(lead).breached_at == at("2026-11-24 09:00:01")


def test_after_a_standstill_every_level_comes_once_and_says_how_late(routed: Lead) -> None:
    assert sweep_breaches(at("2026-11-23 11:40")) == 3

    assert levels(routed) == [50, 75, 100]
    breach = Notification.objects.get(kind="clock_breached", channel="mail", recipient__username="manager")
    assert "40 min late" in breach.body


def test_mail_waits_for_the_persons_hours_and_the_inbox_does_not(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    """The routing clock runs round the clock; RevOps is asleep on Saturday night."""
    lead = a_lead()
    happens(lead, "captured", at("2026-11-21 02:00"))

    sweep_breaches(at("2026-11-21 02:05:10"))

    rows = {row.channel: row for row in Notification.objects.filter(recipient=cast.revops)}
    assert rows["mail"].not_before == at("2026-11-23 09:00")
    assert rows["inbox"].sent_at == at("2026-11-21 02:05:10")


def test_a_lead_without_owner_reaches_those_who_manage_its_queue(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr, cap=0)
    lead = a_lead()
    route(lead.pk, now=at("2026-11-23 10:00"))

    sweep_breaches(at("2026-11-23 11:00:01"))

    assert told("clock_warning") == []
    assert told("clock_breached") == ["manager"]


def test_at_twice_the_target_the_lead_moves_on(routed: Lead, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr_b)

    sweep_breaches(at("2026-11-23 12:00:01"))

    routed.refresh_from_db()
    assert routed.owner == cast.sdr_b
    assert clock_of(routed).state == ClockState.RUNNING
    assert levels(routed) == [50, 75, 100, 200]
    assert list(clock_of(routed).attempts.order_by("id").values_list("state", flat=True)) == [
        AttemptState.WITHDRAWN,
        AttemptState.RUNNING,
    ]


def test_moving_on_waits_for_the_hours_of_the_queue(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    """The target was used up twice at 16:59:59; the sweep comes in the evening."""
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    lead = a_lead()
    route(lead.pk, now=at("2026-11-23 14:59"))
    first = Assignment.objects.get(lead=lead).owner

    sweep_breaches(at("2026-11-23 19:00"))
    lead.refresh_from_db()
    assert lead.owner == first
    assert clock_of(lead).next_alert_at == at("2026-11-24 09:00")

    sweep_breaches(at("2026-11-24 09:00"))
    lead.refresh_from_db()
    assert lead.owner != first


def test_an_owner_in_time_keeps_the_lead(routed: Lead, cast: SimpleNamespace) -> None:
    """Moved by hand at 11:50, ten minutes before the rung: the new owner has an hour of their own."""
    serve("emea_sdr", cast.sdr_b)
    reroute(routed.pk, now=at("2026-11-23 11:50"))

    sweep_breaches(at("2026-11-23 12:00:01"))

    routed.refresh_from_db()
    assert routed.owner == cast.sdr_b
    later = clock_of(routed).next_alert_at
    assert later is not None
    assert at("2026-11-23 12:50") < later < at("2026-11-23 12:50:01")


def test_a_paused_clock_raises_nothing_until_it_runs_on(routed: Lead, cast: SimpleNamespace) -> None:
    clock = clock_of(routed)
    clocks.pause(clock.pk, "outage", acting_user=cast.revops, now=at("2026-11-23 10:20"))
    assert sweep_breaches(at("2026-11-23 15:00")) == 0

    clocks.resume(clock.pk, acting_user=cast.revops, now=at("2026-11-23 15:00"))

    assert sweep_breaches(at("2026-11-23 15:09:59")) == 0
    assert sweep_breaches(at("2026-11-23 15:10")) == 1


def test_a_stopped_clock_raises_nothing(routed: Lead) -> None:
    happens(routed, "touched", at("2026-11-23 10:10"))

    sweep_breaches(at("2026-11-23 15:00"))

    assert not ClockAlert.objects.filter(clock=clock_of(routed)).exists()


def test_who_comes_second_finds_the_level_taken(routed: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sweeps have read the due clock; the second one's claim changes no row."""
    now = at("2026-11-23 10:30")
    read = sweep._due(clock_of(routed).pk, now)
    assert read is not None
    assert sweep_breaches(now) == 1

    monkeypatch.setattr(sweep, "_due", lambda pk, now: read)

    assert sweep._raise_next(read.pk, now) is False
    assert levels(routed) == [50]


def test_one_failing_clock_does_not_hold_up_the_others(routed: Lead, cast: SimpleNamespace) -> None:
    other = a_lead(2)
    route(other.pk, now=at("2026-11-23 10:00"))
    SlaClock.objects.filter(lead=routed).update(edition_id=_another_edition())

    raised = sweep_breaches(at("2026-11-23 10:30"))

    assert raised == 1
    assert levels(other) == [50]
    assert clock_of(routed).next_alert_level == 50


def _another_edition() -> int:
    """An edition without the promise: what it says of the clock cannot be read."""
    return next_routing({"sla": []}, now=at("2026-11-23 10:10")).id


@pytest.mark.parametrize("waiting", [5, 50])
def test_the_cost_depends_on_what_is_due_only(
    playbook: EditionInForce, cast: SimpleNamespace, waiting: int
) -> None:
    ensure_standard_calendars(now=at("2026-11-23 08:00"))
    serve("emea_sdr", cast.sdr)
    due = a_lead()
    route(due.pk, now=at("2026-11-23 10:00"))
    template = clock_of(due)
    later = at("2026-11-25 10:00")
    for number in range(waiting):
        template.pk, template.lead = None, a_lead(100 + number)
        template.next_alert_at, template.due_at = later, later
        template.save(force_insert=True)
    sweep_breaches(at("2026-11-23 10:00"))

    with CaptureQueriesContext(connection) as queries:
        assert sweep_breaches(at("2026-11-23 10:30")) == 1

    assert len(queries) <= 24
    assert SlaClock.objects.running().count() == waiting + 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="two writers at once need PostgreSQL: set DATABASE_URL"
)
def test_two_sweeps_at_once_alert_once(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr)
    leads = [a_lead(number) for number in range(6)]
    for lead in leads:
        route(lead.pk, now=at("2026-11-23 10:00"))
    start, raised = Barrier(2), []

    def run() -> None:
        start.wait()
        raised.append(sweep_breaches(at("2026-11-23 11:00:01")))
        connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(raised) == ClockAlert.objects.count() == len(leads) * 3
    assert Notification.objects.filter(kind="clock_breached", channel="mail").count() == len(leads) * 2
