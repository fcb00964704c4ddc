"""/desk/: the order of the leads, what waits, whose desk it is, and that its cost does not grow."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dispositions.choices import DispositionKind
from dispositions.queries.desk import SIZE, Desk, desk_of
from glossary.types import EditionInForce
from people.models import User
from routing.models import Lead, SlaClock
from routing.services.assign import assign_to, assign_to_queue
from routing.services.clocks import pause
from tests.dispositions.desk_for_tests import LATER, OTHER, decided, recycled
from tests.routing.leads_for_tests import minutes, new_mql, owned_mql
from tests.routing.scene import clock_of, serve
from tests.support import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """The pages ask the clock: it is Monday, 10:10 in London."""
    with time_machine.travel(LATER, tick=False):
        yield


def routed(owner: User, ago: float, number: int) -> Lead:
    """An MQL routed `ago` minutes before now, not touched yet."""
    lead = new_mql(LATER - minutes(ago), email=f"p{number}@firm{number}.example", first_name=f"P{number}")
    assign_to(lead.pk, owner, acting_user=None, now=LATER - minutes(ago))
    lead.refresh_from_db()
    return lead


def desk(user: User, edition: EditionInForce, **values: object) -> Desk:
    return desk_of(user, now=LATER, today=LATER.date(), edition=edition, **values)  # type: ignore[arg-type]


def test_what_is_due_first_stands_first(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    # London opens at 09:00, so an hour of business before 10:10 is over for what was routed before 09:10.
    longest, late = routed(cast.sdr, 60 * 24 * 4, 1), routed(cast.sdr, 61, 2)
    soon, running = routed(cast.sdr, 46, 3), routed(cast.sdr, 10, 4)
    paused = routed(cast.sdr, 5, 5)
    pause(clock_of(paused).pk, "On holiday", acting_user=cast.manager, now=LATER)
    bare = [
        Lead.objects.create(
            company=name, owner=cast.sdr, stage="lead", captured_at=NOW - timedelta(days=age), recorded_at=NOW
        )
        for name, age in (("Older", 9), ("Newer", 1))
    ]
    shown = desk(cast.sdr, playbook)
    assert [row.lead for row in shown.rows] == [longest, late, soon, running, paused, bare[1], bare[0]]
    assert shown.counts == {"late": 2, "due-soon": 1, "on-time": 1, "paused": 1, "": 2}
    assert [row.act for row in shown.rows[:3]] == ["touch"] * 3
    clock = shown.rows[2].clock
    assert clock is not None
    assert (clock.promise, clock.words, clock.left) == ("Routed to first touch", "14 min left", 14 * 60)
    first = shown.rows[1].clock
    assert first is not None
    assert (first.words, first.wall_left) == ("1 min late", -60)


def test_due_soon_begins_at_three_quarters_of_business_time(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    routed(cast.sdr, 45, 1)
    routed(cast.sdr, 44.9, 2)
    assert [row.section for row in desk(cast.sdr, playbook).rows] == ["due-soon", "on-time"]


def test_the_most_urgent_clock_of_a_lead_counts(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    lead = owned_mql(cast.sdr)
    acceptance = clock_of(lead, "acceptance")
    SlaClock.objects.filter(pk=acceptance.pk).update(due_at=LATER - minutes(1), late_after=LATER - minutes(1))
    shown = desk(cast.sdr, playbook)
    assert len(shown.rows) == 1
    assert (shown.rows[0].section, shown.rows[0].act) == ("late", "accept")


def test_what_is_no_open_work_is_not_there(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    states: list[dict[str, object]] = [
        {"stage": "won"},
        {"stage": "lost"},
        {"stage": "disqualified"},
        {"stage": "recycled"},
        {"stage": "recycled", "next_touch_on": LATER.date() + timedelta(days=1)},
        {"stage": "mql", "suppressed": True},
        {"stage": "mql", "owner": cast.sdr_b},
        {"stage": "mql", "owner": None},
    ]
    for values in states:
        Lead.objects.create(**{"owner": cast.sdr, "captured_at": NOW, "recorded_at": NOW, **values})
    due = Lead.objects.create(
        owner=cast.sdr, stage="recycled", next_touch_on=LATER.date(), captured_at=NOW, recorded_at=NOW
    )
    assert [row.lead for row in desk(cast.sdr, playbook).rows] == [due]


def test_what_waits_in_my_queues_can_be_taken(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr)
    serve("enrichment", cast.sdr_b)
    waits = routed(cast.ae, 30, 1)
    assign_to_queue(waits.pk, "emea_sdr", acting_user=None, now=LATER)
    recycled(owned_mql(cast.ae, **OTHER), "wrong_contact", cast.ae, note="Look for the CTO.")
    assert [row.lead.pk for row in desk(cast.sdr, playbook).waiting] == [waits.pk]
    assert [row.lead.label for row in desk(cast.sdr_b, playbook).waiting] == ["Carla Conti"]
    client.force_login(cast.sdr)
    page = client.get("/desk/").content.decode()
    assert f'action="/desk/leads/{waits.pk}/take/"' in page
    assert "Carla" not in page


def test_decisions_of_the_day_with_undo(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    done = decided(
        owned_mql(cast.sdr), DispositionKind.RECYCLE, cast.sdr, NOW + minutes(8), reason="no_budget"
    )
    client.force_login(cast.sdr)
    page = client.get("/desk/").content.decode()
    assert f'action="/desk/undo/{done.pk}/"' in page
    assert "Nurture: it comes back on 21 Feb 2027." in page
    with time_machine.travel(LATER + minutes(20), tick=False):
        page = client.get("/desk/").content.decode()
    assert f"/desk/undo/{done.pk}/" not in page
    assert "Nurture: it comes back" in page


def test_a_lead_that_went_out_of_sight_keeps_its_name_to_itself(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr_b)
    lead = owned_mql(cast.sdr)
    decided(lead, DispositionKind.HAND_OVER, cast.sdr, NOW + minutes(8), reason="out_of_territory")
    client.force_login(cast.sdr)
    page = client.get("/desk/").content.decode()
    assert f"Lead {lead.pk}" in page
    assert "Anna" not in page


def test_another_team_reads_nothing_of_it(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    owned_mql(cast.sdr)
    client.force_login(cast.sdr_b)
    page = client.get("/desk/").content.decode()
    assert "Anna" not in page
    assert "Your desk is clear" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("sdr", 200), ("ae", 200), ("manager", 200), ("revops", 200), ("cro", 403), ("finance", 403)],
)
def test_who_has_a_desk(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace, who: str, status: int
) -> None:
    client.force_login(getattr(cast, who))
    assert client.get("/desk/").status_code == status
    assert client.post("/desk/").status_code == 405


def cost(client: Client) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get("/desk/").status_code == 200
    return len(queries)


def test_the_cost_does_not_grow_with_the_leads(
    client: Client, playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    serve("emea_sdr", cast.sdr)
    client.force_login(cast.sdr)
    numbers = iter(range(1000))

    def add(count: int) -> None:
        for _ in range(count):
            number = next(numbers)
            lead = routed(cast.sdr, 5 + number, number)
            if number % 3 == 0:
                pause(clock_of(lead).pk, "Asked to wait", acting_user=cast.manager, now=LATER)
            waits = routed(cast.ae, 5 + number, 500 + number)
            assign_to_queue(waits.pk, "emea_sdr", acting_user=None, now=LATER)
            Lead.objects.create(
                company=f"B{number}", owner=cast.sdr, stage="lead", captured_at=NOW, recorded_at=NOW
            )

    add(5)
    done = Lead.objects.filter(owner=cast.sdr, stage="mql").earliest("pk")
    decided(done, DispositionKind.RECYCLE, cast.sdr, reason="no_need")
    few = cost(client)
    add(55)
    assert cost(client) == few
    assert few <= 30


def test_it_is_paged(client: Client, playbook: EditionInForce, cast: SimpleNamespace) -> None:
    Lead.objects.bulk_create(
        Lead(company=f"C{n:02}", owner=cast.sdr, stage="lead", captured_at=NOW - minutes(n), recorded_at=NOW)
        for n in range(SIZE + 3)
    )
    assert [row.lead.company for row in desk(cast.sdr, playbook, number="2").rows] == ["C50", "C51", "C52"]
    client.force_login(cast.sdr)
    for number in ("2", "99", "x", "-1"):
        assert client.get("/desk/", {"page": number}).status_code == 200
