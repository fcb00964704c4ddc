"""take(): who may take what waits, and who was faster."""

from types import SimpleNamespace

import pytest

from glossary.types import EditionInForce
from notifications.models import Notification
from routing.exceptions import Conflict, NotPermitted, RoutingRefused
from routing.models import Assignment, Lead, QueueMember, SlaClock
from routing.services.assign import assign_to_queue
from routing.services.taking import take
from tests.routing.leads_for_tests import minutes, new_mql
from tests.routing.scene import serve
from tests.support import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + minutes(5)


@pytest.fixture
def waiting(playbook: EditionInForce, cast: SimpleNamespace) -> Lead:
    """An MQL that waits in emea_sdr, which the SDR serves."""
    serve("emea_sdr", cast.sdr)
    lead = new_mql()
    assign_to_queue(lead.pk, "emea_sdr", acting_user=None, now=NOW)
    return lead


def test_a_member_takes_it(waiting: Lead, cast: SimpleNamespace) -> None:
    clock = SlaClock.objects.get(lead=waiting, key="first_touch")
    counted = QueueMember.objects.get().assigned_count
    assignment = take(waiting.pk, acting_user=cast.sdr, now=LATER)
    waiting.refresh_from_db()
    assert (waiting.owner, waiting.queue) == (cast.sdr, "emea_sdr")
    assert (assignment.actor, assignment.cause, assignment.trace[-1]["rule"]) == (
        cast.sdr,
        "drained",
        "taken",
    )
    assert Assignment.objects.filter(lead=waiting, ended_at__isnull=True).count() == 1
    assert QueueMember.objects.get().assigned_count == counted + 1
    running = SlaClock.objects.get(lead=waiting, key="first_touch")
    assert (running.pk, running.started_at, running.owner) == (clock.pk, NOW, cast.sdr)
    assert not Notification.objects.filter(recipient=cast.sdr, dedupe_key__startswith="assignment").exists()


def test_taking_it_twice_changes_nothing(waiting: Lead, cast: SimpleNamespace) -> None:
    first = take(waiting.pk, acting_user=cast.sdr, now=LATER)
    assert take(waiting.pk, acting_user=cast.sdr, now=LATER + minutes(1)).pk == first.pk


def test_somebody_has_it(waiting: Lead, cast: SimpleNamespace) -> None:
    serve("emea_sdr", cast.sdr_b)
    take(waiting.pk, acting_user=cast.sdr, now=LATER)
    with pytest.raises(Conflict, match="is with sdr since 2026-11-23 10:05"):
        take(waiting.pk, acting_user=cast.sdr_b, now=LATER)


@pytest.mark.parametrize("who", ["sdr_b", "ae", "manager", "revops"])
def test_who_is_no_member_may_not(waiting: Lead, cast: SimpleNamespace, who: str) -> None:
    with pytest.raises(NotPermitted, match="no member of the queue"):
        take(waiting.pk, acting_user=getattr(cast, who), now=LATER)


def test_who_left_the_queue_may_not(waiting: Lead, cast: SimpleNamespace) -> None:
    QueueMember.objects.update(is_active=False)
    with pytest.raises(NotPermitted):
        take(waiting.pk, acting_user=cast.sdr, now=LATER)


def test_a_suppressed_lead_is_left_alone(waiting: Lead, cast: SimpleNamespace) -> None:
    Lead.objects.filter(pk=waiting.pk).update(suppressed=True)
    with pytest.raises(RoutingRefused, match="suppressed"):
        take(waiting.pk, acting_user=cast.sdr, now=LATER)
