"""Many routers at once: one owner per lead, and the pool's spread stays within one. Needs PostgreSQL."""

from collections import Counter
from threading import Thread
from types import SimpleNamespace

import pytest
from django.db import connection

from glossary.types import EditionInForce
from routing.models import Assignment, QueueMember
from routing.services.assign import drain, route
from tests.routing.scene import a_lead, at, serve

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="writers at once need PostgreSQL: set DATABASE_URL"
    ),
]
NOW = at("2026-11-23 10:00")


def at_once(*works: list[int]) -> None:
    """Route each list of leads in a thread of its own."""

    def run(leads: list[int]) -> None:
        try:
            for lead in leads:
                route(lead, now=NOW)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(leads,)) for leads in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_eight_routers_share_a_pool_evenly(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b, cast.ae)
    leads = [a_lead(number).pk for number in range(32)]

    at_once(*(leads[start::8] for start in range(8)))

    spread = Counter(Assignment.objects.filter(ended_at=None).values_list("owner__username", flat=True))
    assert spread.total() == 32
    assert max(spread.values()) - min(spread.values()) <= 1
    assert sum(QueueMember.objects.values_list("assigned_count", flat=True)) == 32


def test_eight_routers_and_one_lead_leave_one_active_assignment(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    lead = a_lead()

    at_once(*([lead.pk] for _ in range(8)))

    lead.refresh_from_db()
    active = Assignment.objects.get(lead=lead, ended_at=None)
    assert active.owner == lead.owner
    assert lead.clocks.filter(key="first_touch").count() == 1


def test_draining_beside_routing_ends(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    """Routing takes lead then pool, draining pool then leads: neither waits for the other for ever."""
    members = serve("emea_sdr", cast.sdr, cap=0)
    leads = [a_lead(number).pk for number in range(24)]
    at_once(leads)
    QueueMember.objects.filter(pk=members[0].pk).update(cap=None)

    def empty() -> None:
        try:
            for _ in range(4):
                drain("emea_sdr", now=NOW)
        finally:
            connection.close()

    drainers = [Thread(target=empty) for _ in range(2)]
    for drainer in drainers:
        drainer.start()
    at_once(leads[:12], leads[12:])
    for drainer in drainers:
        drainer.join()

    assert Assignment.objects.filter(ended_at=None, owner=cast.sdr).count() == 24
