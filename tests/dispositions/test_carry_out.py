"""Next actions: claimed once, tried five times, parked, and never in each other's way."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from dispositions.choices import ActionKind, ActionState
from dispositions.models import ActionItem
from dispositions.services import carry_out
from dispositions.services.carry_out import LEASE, MOST_ATTEMPTS, carry_out_due, try_again
from dispositions.tasks import carry_out as carry_out_task
from glossary.types import EditionInForce
from notifications.models import Notification
from routing.models import Lead
from tests.dispositions.desk_for_tests import LATER, OTHER, recycled
from tests.routing.leads_for_tests import owned_mql
from tests.support import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def broken(lead: Lead) -> ActionItem:
    """An action that can never be carried out: it names no survivor."""
    return ActionItem.objects.create(
        lead=lead, kind=ActionKind.MERGE, payload={"reason": "duplicate"}, due_at=NOW, created_at=NOW
    )


def test_five_tries_then_parked_and_the_others_flow(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    bad = broken(owned_mql(cast.sdr))
    good = recycled(owned_mql(cast.sdr, **OTHER), "no_budget", cast.sdr)
    ActionItem.objects.filter(pk=good.pk).update(due_at=NOW)
    for number in range(MOST_ATTEMPTS):
        assert carry_out_due(now=LATER + HOUR * number) == (2 if number == 0 else 1)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.attempts, good.state) == (ActionState.PARKED, MOST_ATTEMPTS, ActionState.DONE)
    assert "KeyError: 'survivor'" in bad.last_error
    assert carry_out_due(now=LATER + HOUR * 99) == 0
    told = Notification.objects.filter(kind="action_parked")
    assert set(told.values_list("recipient__username", flat=True)) == {"revops"}


def test_it_waits_longer_after_each_try(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    broken(owned_mql(cast.sdr))
    assert [carry_out_due(now=LATER + timedelta(minutes=m)) for m in (0, 1, 2, 3, 5, 6)] == [1, 0, 1, 0, 0, 1]


def test_a_row_that_another_worker_holds_is_left_alone(
    playbook: EditionInForce, cast: SimpleNamespace
) -> None:
    item = recycled(owned_mql(cast.sdr), "no_budget", cast.sdr)
    ActionItem.objects.filter(pk=item.pk).update(due_at=NOW, leased_until=LATER + LEASE)
    assert carry_out_due(now=LATER) == 0
    assert carry_out_due(now=LATER + LEASE) == 1


def test_the_claim_is_taken_once(
    playbook: EditionInForce, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = recycled(owned_mql(cast.sdr), "no_budget", cast.sdr)
    ActionItem.objects.filter(pk=item.pk).update(due_at=NOW)
    real, tried = carry_out.attempt, []

    def attempt(row: ActionItem, *, now: object) -> bool:
        tried.append(carry_out_due(now=LATER))  # a second worker sweeps while the first is at it
        return real(row, now=LATER)

    monkeypatch.setattr(carry_out, "attempt", attempt)
    assert (carry_out_due(now=LATER), tried) == (1, [0])


def test_parked_rows_get_five_more_tries(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    bad = broken(owned_mql(cast.sdr))
    assert not try_again(bad.pk, now=LATER)
    ActionItem.objects.filter(pk=bad.pk).update(state=ActionState.PARKED, attempts=5)
    assert try_again(bad.pk, now=LATER)
    assert carry_out_due(now=LATER) == 1
    bad.refresh_from_db()
    assert (bad.state, bad.attempts) == (ActionState.PENDING, 1)


def test_the_task_sweeps(playbook: EditionInForce, cast: SimpleNamespace) -> None:
    broken(owned_mql(cast.sdr))
    with time_machine.travel(LATER, tick=False):
        assert carry_out_task() == 1
