"""A back-test in a real worker process: killed midway it is left to another, cancelled midway nothing of it is kept."""

import json
import os
import signal
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from glossary.choices import JobState
from glossary.models import BackTest
from glossary.services.measuring import cancel
from glossary.services.playbook import publish_playbook
from people.services import ensure_roles
from reporting.models import BackTestLead
from reporting.services.back_testing import LEASE, compute
from tests.reporting.back_test.scene import asked, crowd, lower_bar
from tests.support import PLAYBOOK_SINCE
from tests.workers.test_real_worker import _elsewhere, wait_until, worker

pytestmark = [pytest.mark.redis, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ASK = "from tests.reporting.back_test.scene import asked; print(asked().pk)"


@pytest.fixture
def past(transactional_db: None) -> None:
    """Leads of the last months, and a change of the scoring."""
    ensure_roles()
    edition = publish_playbook(now=timezone.now(), in_force_from=PLAYBOOK_SINCE)
    lower_bar(edition)
    crowd(150, edition)


def claimed_and_held() -> int:
    """A back-test that a worker has begun and cannot go on with: the log is locked. Within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE routing_stageentry IN ACCESS EXCLUSIVE MODE")
    row = int(_elsewhere(ASK))
    wait_until(lambda: state_seen_elsewhere(row) == JobState.RUNNING, "the claim")
    return row


def state_seen_elsewhere(row: int) -> str:
    return _elsewhere(f"from glossary.models import BackTest; print(BackTest.objects.get(pk={row}).state)")


@pytest.mark.usefixtures("past")
def test_killed_midway_it_is_left_to_another() -> None:
    with worker() as process, transaction.atomic():
        pk = claimed_and_held()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    # Nothing partial is visible, and while the lease holds nobody else begins
    left = BackTest.objects.get(pk=pk)
    assert (left.state, left.result, BackTestLead.objects.count()) == (JobState.RUNNING, None, 0)
    assert not compute(pk, now=timezone.now())
    # Once it is over another finishes it, to the byte as an undisturbed one of the same question
    assert compute(pk, now=timezone.now() + LEASE + timedelta(seconds=1))
    undisturbed = asked()
    assert compute(undisturbed.pk, now=timezone.now())
    results = [json.dumps(BackTest.objects.get(pk=one).result) for one in (pk, undisturbed.pk)]
    assert results[0] == results[1]
    assert BackTestLead.objects.filter(back_test=pk).count() > 0


@pytest.mark.usefixtures("past")
def test_cancelled_midway_nothing_of_it_is_kept() -> None:
    with worker():
        with transaction.atomic():
            pk = claimed_and_held()
            cancel(pk, acting_user=None, now=timezone.now())
        # The worker goes on, finds that it is cancelled, and does the next one
        other = asked()
        wait_until(lambda: BackTest.objects.get(pk=other.pk).state == JobState.DONE, "the next one")
    row = BackTest.objects.get(pk=pk)
    assert (row.state, row.result, row.leads.count()) == (JobState.CANCELLED, None, 0)
