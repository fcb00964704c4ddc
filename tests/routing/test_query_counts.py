"""What one act may ask of the database: a baseline, the same on SQLite and PostgreSQL.

Counted as the tests see it, each act within a transaction already: its own SAVEPOINT and RELEASE are two of the
queries. An act that becomes more expensive fails here; one that becomes cheaper gets a lower number in the table.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from dispositions.choices import DispositionKind
from dispositions.services.decide import decide
from dispositions.types import Decision
from glossary.types import EditionInForce
from people.models import User
from routing.models import Lead
from routing.services.assign import assign_to, reroute
from routing.services.behaviours import record_behaviour
from routing.services.intake import intake
from routing.services.sweep import sweep_breaches
from routing.services.touches import log_touch
from routing.types import Capture, TouchInput
from tests.routing.leads_for_tests import PERSON, demo, minutes, new_lead, new_mql, owned_mql
from tests.routing.scene import serve
from tests.support import NOW

pytestmark = pytest.mark.django_db

Act = Callable[[], object]
LATER = NOW + minutes(5)


def person(number: int) -> dict[str, Any]:
    """Somebody of a company of their own."""
    return {"email": f"anna@company{number}.example", "company": f"Company {number}"}


def intake_new(cast: SimpleNamespace, number: int) -> Act:
    return lambda: intake({**PERSON, **person(number)}, acting_user=None, now=NOW)


def intake_new_mql(cast: SimpleNamespace, number: int) -> Act:
    capture = Capture(behaviours=(demo(NOW),))
    return lambda: intake({**PERSON, **person(number)}, acting_user=None, now=NOW, capture=capture)


def intake_colleague(cast: SimpleNamespace, number: int) -> Act:
    """Somebody of a company that an owner works already."""
    new_lead(**person(number))
    colleague = {**PERSON, **person(number), "email": f"bert@company{number}.example"}
    return lambda: intake(colleague, acting_user=None, now=LATER)


def intake_changed(cast: SimpleNamespace, number: int) -> Act:
    new_lead(**person(number))
    payload = {**person(number), "job_title": "CFO"}
    return lambda: intake(payload, acting_user=None, now=LATER)


def intake_nothing_new(cast: SimpleNamespace, number: int) -> Act:
    new_lead(**person(number))
    return lambda: intake(person(number), acting_user=None, now=LATER)


def behaviour(cast: SimpleNamespace, number: int) -> Act:
    lead = new_lead(**person(number))
    return lambda: record_behaviour(lead.pk, "email_click", occurred_at=LATER, now=LATER)


def behaviour_to_mql(cast: SimpleNamespace, number: int) -> Act:
    lead = new_lead(**person(number))
    return lambda: record_behaviour(lead.pk, "demo_request", occurred_at=LATER, now=LATER)


def first_touch(cast: SimpleNamespace, number: int) -> Act:
    return touching(new_mql(**person(number)))


def next_touch(cast: SimpleNamespace, number: int) -> Act:
    lead = new_mql(**person(number))
    touching(lead)()
    return touching(lead)


def touching(lead: Lead) -> Act:
    owner, touch = afresh(lead.owner), TouchInput("call", "no_answer", uuid4())
    return lambda: log_touch(lead.pk, touch, acting_user=owner, now=LATER)


def accept(cast: SimpleNamespace, number: int) -> Act:
    lead, owner = owned_mql(cast.sdr, **person(number)), afresh(cast.sdr)
    decision = Decision(token=uuid4())
    return lambda: decide(lead.pk, DispositionKind.ACCEPT, decision, acting_user=owner, now=LATER)


def recycle(cast: SimpleNamespace, number: int) -> Act:
    lead, owner = owned_mql(cast.sdr, **person(number)), afresh(cast.sdr)
    decision = Decision(token=uuid4(), reason="no_need")
    return lambda: decide(lead.pk, DispositionKind.RECYCLE, decision, acting_user=owner, now=LATER)


def hand_over(cast: SimpleNamespace, number: int) -> Act:
    lead, manager = owned_mql(cast.sdr, **person(number)), afresh(cast.revops)
    return lambda: assign_to(lead.pk, cast.sdr_b, acting_user=manager, now=LATER)


def route_anew(cast: SimpleNamespace, number: int) -> Act:
    lead = new_mql(**person(number))
    return lambda: reroute(lead.pk, now=LATER)


def raise_alert(cast: SimpleNamespace, number: int) -> Act:
    """One warning to one owner: half of the hour until the first touch is gone."""
    new_mql(**person(number))
    return lambda: sweep_breaches(NOW + minutes(31))


def afresh(user: User | None) -> User:
    """The account as a request has it: nothing read of it yet."""
    assert user is not None
    return User.objects.get(pk=user.pk)


MOST_QUERIES: dict[Callable[[SimpleNamespace, int], Act], int] = {
    intake_new: 19,
    intake_new_mql: 20,
    intake_colleague: 16,
    intake_changed: 9,
    intake_nothing_new: 5,
    behaviour: 8,
    behaviour_to_mql: 12,
    first_touch: 13,
    next_touch: 6,
    accept: 20,
    recycle: 16,
    hand_over: 22,
    route_anew: 24,
    raise_alert: 13,
}


@pytest.mark.parametrize(("prepare", "most"), MOST_QUERIES.items(), ids=lambda x: getattr(x, "__name__", ""))
def test_an_act_asks_no_more_than_it_used_to(
    prepare: Callable[[SimpleNamespace, int], Act],
    most: int,
    playbook: EditionInForce,
    cast: SimpleNamespace,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    serve("emea_sdr", cast.sdr, cast.sdr_b)
    prepare(cast, 1)()  # calendars, pools and policies are there and were read once
    act = prepare(cast, 2)

    with django_assert_max_num_queries(most):
        assert act()
