"""A real worker process does what a commit nudged, and one that is killed midway loses nothing."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from glossary.services.playbook import publish_playbook
from notifications.choices import Channel, DeliveryState
from notifications.models import Notification
from notifications.services.outbox import notify
from notifications.types import Message
from people.services import ensure_roles
from reporting.choices import ReportKind, RunState
from reporting.engine.parameters import ConversionParameters
from reporting.models import ReportRun
from reporting.services.runs import LEASE, compute, request_run
from routing.services.intake import intake
from tests.conftest import make_person
from tests.support import PLAYBOOK_SINCE, ROOT

pytestmark = [pytest.mark.redis, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PATIENCE = 90.0


def environment_of_test() -> dict[str, str]:
    """The environment of another process that works on the test database."""
    name = connection.settings_dict["NAME"]
    url = re.sub(r"(://[^/]*/)[^?]*", rf"\g<1>{name}", os.environ["DATABASE_URL"])
    return {**os.environ, "DATABASE_URL": url}


@contextmanager
def worker() -> Iterator["subprocess.Popen[bytes]"]:
    """A Celery worker of its own process group on the test database."""
    environment = environment_of_test()
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "prefork", "-c", "1"]
    process = subprocess.Popen(
        [*command, "--loglevel", "error"], cwd=ROOT, env=environment, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait_until(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if done():
            return
        time.sleep(0.1)
    pytest.fail(f"waited {PATIENCE:.0f} s in vain: {what}")


@pytest.fixture
def world(transactional_db: None) -> None:
    ensure_roles()
    publish_playbook(now=timezone.now(), in_force_from=PLAYBOOK_SINCE)
    for number in range(3):
        intake({"email": f"p{number}@acme.example"}, acting_user=None, now=timezone.now())


def asked() -> ReportRun:
    question = ConversionParameters(from_stage="inquiry", to_stage="mql")
    return request_run(ReportKind.CONVERSION, question, acting_user=None, now=timezone.now())


def state_of(run: ReportRun) -> str:
    return str(ReportRun.objects.values_list("state", flat=True).get(pk=run.pk))


@pytest.mark.usefixtures("world")
def test_a_nudge_reaches_a_worker() -> None:
    reader = make_person("reader")
    with worker():
        run = asked()
        notify([reader], Message(kind="test", subject="Hello", dedupe_key="hello"), now=timezone.now())
        wait_until(lambda: state_of(run) == RunState.DONE, "the report")
        mail = Notification.objects.filter(channel=Channel.MAIL, state=DeliveryState.SENT)
        wait_until(mail.exists, "the mail")
    assert ReportRun.objects.get(pk=run.pk).result is not None


@pytest.mark.usefixtures("world")
def test_a_worker_killed_midway_leaves_a_run_that_another_finishes() -> None:
    # Given a worker that has claimed a run and is in the middle of reading the log
    with worker() as process, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE routing_stageentry IN ACCESS EXCLUSIVE MODE")
        run = _asked_elsewhere()
        wait_until(lambda: _state_seen_elsewhere(run) == RunState.RUNNING, "the claim")
        # When it is killed
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    # Then nothing partial is visible, and while the lease holds nobody else begins
    left = ReportRun.objects.get(pk=run)
    assert (left.state, left.result) == (RunState.RUNNING, None)
    assert not compute(run, now=timezone.now())
    # And once it is over another one finishes it, to the byte as an undisturbed run of the same question
    assert compute(run, now=timezone.now() + LEASE + timedelta(seconds=1))
    finished = ReportRun.objects.get(pk=run)
    undisturbed = ReportRun.objects.create(
        kind=finished.kind,
        parameters=finished.parameters,
        parameters_digest=finished.parameters_digest,
        as_of=finished.as_of,
        edition=finished.edition,
        requested_at=finished.requested_at,
    )
    assert compute(undisturbed.pk, now=timezone.now() + LEASE + timedelta(seconds=1))
    undisturbed.refresh_from_db()
    assert finished.result == undisturbed.result


def _elsewhere(code: str) -> str:
    """Run code in another process: this one is inside the transaction that holds the lock."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=ROOT,
        env=environment_of_test(),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip().splitlines()[-1]


def _asked_elsewhere() -> int:
    return int(_elsewhere("from tests.workers.test_real_worker import asked; print(asked().pk)"))


def _state_seen_elsewhere(run: int) -> str:
    return _elsewhere(f"from reporting.models import ReportRun; print(ReportRun.objects.get(pk={run}).state)")
