"""The sweep: late, twice, again; what is due goes in force once, what is too old ends, nobody is told twice.

Row 12. In two workers at once: test_races.
"""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from glossary.choices import RequestState
from glossary.models import ChangeRequest, PolicyVersion, SignOff
from glossary.services.emergency import declare_emergency
from glossary.services.publishing import publish_request
from glossary.services.sweeping import tick
from glossary.types import EditionInForce
from notifications.models import Notification
from tests.glossary.governing import answered, published, submitted
from tests.support import NOW
from tests.trust.oracle import Look, assert_holds, breaches
from tests.trust.scene import DUE, a_change, add_schemers, scheduled, signers

DAY = timedelta(days=1)


@pytest.fixture
def schemers(playbook: EditionInForce, cast: SimpleNamespace) -> SimpleNamespace:
    return add_schemers(cast)


def swept(now: datetime) -> int:
    """Sweep, and ask the oracle."""
    found = tick(now)
    assert_holds(Look(now, swept=True))
    return found


def told(start: str) -> int:
    return Notification.objects.filter(subject__startswith=start).count()


def fresh(request: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=request.pk)


@pytest.mark.parametrize("late", [timedelta(0), 40 * DAY])
def test_due_changes_go_in_force_once_however_late(schemers: SimpleNamespace, late: timedelta) -> None:
    request = scheduled(schemers)
    assert request.state == RequestState.SCHEDULED
    assert swept(DUE - timedelta(seconds=1)) == 0

    assert [swept(DUE + late), swept(DUE + late), swept(DUE + late + DAY)] == [1, 0, 0]

    version = PolicyVersion.objects.get(workstream="scoring", number=2)
    assert version.in_force_from == DUE + late
    assert request.events.filter(kind="published").count() == 1


def test_control_a_sweep_that_does_nothing_is_seen(
    schemers: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(schemers)
    monkeypatch.setattr("glossary.services.sweeping.activate_due", lambda now: 0)
    tick(DUE)
    assert any("overdue" in breach for breach in breaches(Look(DUE, swept=True)))


def test_two_due_on_one_base_do_not_overwrite_each_other(schemers: SimpleNamespace) -> None:
    first, second = scheduled(schemers, 1), scheduled(schemers, 2)
    assert swept(DUE) == 1
    assert [fresh(first).state, fresh(second).state] == ["published", "in_review"]


def test_due_in_conflict_goes_back(schemers: SimpleNamespace) -> None:
    request = scheduled(schemers, 1)
    published("scoring", a_change("scoring", 3), schemers.marketing_ops, signers(schemers, "scoring"))
    assert swept(DUE) == 0
    assert fresh(request).state == RequestState.CHANGES_REQUESTED


def test_due_and_said_already_goes_back_instead_of_waiting_for_ever(schemers: SimpleNamespace) -> None:
    request = scheduled(schemers, 1)
    published("scoring", a_change("scoring", 1), schemers.marketing_ops, signers(schemers, "scoring"))
    assert swept(DUE) == 0
    assert fresh(request).state == RequestState.CHANGES_REQUESTED


def test_due_without_its_signer_is_held_and_asked_anew_with_time_to_answer(schemers: SimpleNamespace) -> None:
    late = NOW + 35 * DAY  # past the 30 days that a review may take
    request = scheduled(schemers, 1, at=late)
    schemers.cmo.groups.clear()
    assert swept(late) == 0
    assert fresh(request).state == RequestState.IN_REVIEW
    answered(request, "cmo", schemers.omni, now=late)
    publish_request(request.pk, acting_user=schemers.marketing_ops, now=late)
    assert_holds(Look(late))


def test_a_broken_draft_of_one_keeps_no_other_from_going_in_force(schemers: SimpleNamespace) -> None:
    broken, sound = scheduled(schemers, 1), scheduled(schemers, 2, at=DUE + timedelta(minutes=1))
    ChangeRequest.objects.filter(pk=broken.pk).update(content="no document")
    assert swept(DUE + DAY) == 1
    assert [fresh(broken).state, fresh(sound).state] == ["changes_requested", "published"]


def test_what_nobody_finishes_expires_once(schemers: SimpleNamespace) -> None:
    request = submitted("scoring", a_change("scoring", 1), schemers.marketing_ops)
    swept(NOW + 30 * DAY - timedelta(seconds=1))
    assert fresh(request).state == RequestState.IN_REVIEW
    seen = []
    for _ in range(2):
        swept(NOW + 30 * DAY)
        seen.append(told("Expired"))
    assert fresh(request).state == RequestState.EXPIRED
    assert request.events.filter(kind="expired").count() == 1
    assert seen[0] == seen[1] > 0


def test_reminders_come_every_two_days_however_often_it_sweeps(schemers: SimpleNamespace) -> None:
    submitted("scoring", a_change("scoring", 1), schemers.marketing_ops)
    seen = []
    for hours in (1, 47, 48, 49, 95, 96, 96, 97):
        swept(NOW + timedelta(hours=hours))
        seen.append(told("Still waiting for Finance"))
    each = seen[2]
    assert each > 0
    assert seen == [0, 0, each, each, each, 2 * each, 2 * each, 2 * each]


def in_emergency(people: SimpleNamespace, workstream: str, change: Any) -> ChangeRequest:
    """In force on the word of two people."""
    author = people.marketing_ops if workstream == "scoring" else people.revops
    request = submitted(workstream, change, author)
    declare_emergency(request.pk, "Now.", request.digest, acting_user=author, now=NOW)
    # To an emergency of the charter only those agree who approve it.
    answered(request, "seat_1", people.cro if workstream == "charter" else people.lead)
    answered(request, "seat_2", people.cmo)
    return fresh(request)


def test_an_emergency_not_ratified_in_time_is_told_daily_until_it_is(schemers: SimpleNamespace) -> None:
    request = in_emergency(schemers, "scoring", a_change("scoring", 1))
    assert request.state == RequestState.PUBLISHED
    seen = []
    for days in (4, 5, 5, 6):
        swept(NOW + days * DAY)
        seen.append(told("Not ratified in time"))
    each = seen[1]
    assert seen == [0, each, each, 2 * each]
    assert each > 0
    # When the charter's people sign, it ends
    for role in ("cmo", "finance"):
        answered(request, role, signers(schemers, "scoring")[role], now=NOW + 6 * DAY)
    assert fresh(request).ratified_at == NOW + 6 * DAY
    swept(NOW + 7 * DAY)
    assert told("Not ratified in time") == 2 * each


def test_no_emergency_lets_itself_off(schemers: SimpleNamespace) -> None:
    """A charter put in force by emergency that asks the CRO no more is still ratified by the CRO."""

    def without_cro(data: dict[str, Any]) -> None:
        data["raci"][0]["accountable"] = ["cmo"]

    request = in_emergency(schemers, "charter", without_cro)
    answered(request, "cmo", schemers.omni)
    assert fresh(request).ratified_at is None
    answered(request, "cro", schemers.cro)
    assert fresh(request).ratified_at == NOW
    assert_holds(Look(NOW))


def test_a_new_charter_asks_at_once_what_it_asks(schemers: SimpleNamespace) -> None:
    waiting = submitted("scoring", a_change("scoring", 1), schemers.marketing_ops)
    answered(waiting, "finance", schemers.finance)

    def cro_for_cmo(data: dict[str, Any]) -> None:
        data["raci"][2]["accountable"] = ["cro"]

    published("charter", cro_for_cmo, schemers.revops, signers(schemers, "charter"))
    assert_holds(Look(NOW))
    owed = SignOff.objects.owed().filter(request=waiting).exclude(duty="consult")
    assert set(owed.values_list("role", flat=True)) == {"cro"}
    answered(waiting, "cro", schemers.cro)
    assert fresh(waiting).state == RequestState.APPROVED


def test_a_new_charter_that_asks_less_completes_what_waits(schemers: SimpleNamespace) -> None:
    waiting = submitted("scoring", a_change("scoring", 1), schemers.marketing_ops)
    answered(waiting, "cmo", schemers.cmo)

    def without_finance(data: dict[str, Any]) -> None:
        data["validate"]["workstreams"] = ["glossary", "reporting"]

    published("charter", without_finance, schemers.revops, signers(schemers, "charter"))
    assert fresh(waiting).state == RequestState.APPROVED
    assert_holds(Look(NOW))
