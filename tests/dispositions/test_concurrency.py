"""Two people decide on one lead at the same moment, on PostgreSQL: one wins, the other is told."""

from threading import Barrier, Thread
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.db import connection

from dispositions.choices import DispositionKind
from dispositions.models import ActionItem, Disposition
from dispositions.services.carry_out import carry_out_due
from dispositions.services.decide import decide
from dispositions.types import Decision
from glossary.services.playbook import publish_playbook
from people.models import User
from routing.exceptions import Conflict
from routing.models import Lead
from routing.services.taking import take
from tests.dispositions.desk_for_tests import LATER, OTHER
from tests.routing.leads_for_tests import new_lead, owned_mql
from tests.routing.scene import serve
from tests.support import NOW, PLAYBOOK_SINCE

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(cast: SimpleNamespace) -> SimpleNamespace:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time by itself")
    publish_playbook(now=NOW, in_force_from=PLAYBOOK_SINCE)
    return cast


def at_once(*acts: object) -> list[object]:
    """Run the acts in threads that start together; what each returned or raised."""
    start, results = Barrier(len(acts)), []

    def run(act: object) -> None:
        try:
            start.wait()
            results.append(act())  # type: ignore[operator]  # callables
        except Exception as error:  # noqa: BLE001  (whatever it is, the test looks at it)
            results.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def recycle(lead: Lead, user: User, reason: str, token: UUID) -> Disposition:
    decision = Decision(token=token, reason=reason, stage="mql")
    return decide(lead.pk, DispositionKind.RECYCLE, decision, acting_user=user, now=LATER)


def test_one_wins_and_the_other_gets_a_conflict(scene: SimpleNamespace) -> None:
    lead = owned_mql(scene.sdr)
    results = at_once(
        lambda: recycle(lead, scene.sdr, "no_budget", uuid4()),
        lambda: recycle(lead, scene.manager, "no_need", uuid4()),
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Disposition"]
    assert (Disposition.objects.count(), ActionItem.objects.count()) == (1, 1)


def test_one_form_sent_twice_at_once_is_one_decision(scene: SimpleNamespace) -> None:
    lead, token = owned_mql(scene.sdr), uuid4()
    results = at_once(*[lambda: recycle(lead, scene.sdr, "no_budget", token)] * 3)
    assert {getattr(result, "pk", result) for result in results} == {Disposition.objects.get().pk}


def test_two_take_one_lead(scene: SimpleNamespace) -> None:
    serve("emea_sdr", scene.sdr, scene.sdr_b, cap=0)
    lead = new_lead()
    assert (lead.owner, lead.queue) == (None, "emea_sdr")
    results = at_once(
        lambda: take(lead.pk, acting_user=scene.sdr, now=LATER),
        lambda: take(lead.pk, acting_user=scene.sdr_b, now=LATER),
    )
    assert [type(result) for result in results].count(Conflict) == 1


def test_two_sweeps_carry_out_each_action_once(scene: SimpleNamespace) -> None:
    for lead in (owned_mql(scene.sdr), owned_mql(scene.sdr, **OTHER)):
        recycle(lead, scene.sdr, "no_budget", uuid4())
    ActionItem.objects.update(due_at=NOW)
    results = at_once(*[lambda: carry_out_due(now=LATER)] * 3)
    assert sum(int(str(result)) for result in results) == 2
    assert set(ActionItem.objects.values_list("state", "attempts")) == {("done", 0)}
