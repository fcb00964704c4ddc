"""A broker that is down or hangs costs nobody their work: what was committed stands, pages go on."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from notifications import nudges
from notifications.nudges import on_commit_nudge
from tests.support import ROOT

NAME = "tests.nudged"
# An act in a process of its own, as a page does it, twice.
ACT = """
import django
django.setup()
from django.db import transaction
from notifications.nudges import on_commit_nudge
for _ in range(2):
    with transaction.atomic():
        on_commit_nudge("notifications.deliver")
    print("went on")
"""


@pytest.fixture(autouse=True)
def _awake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nudges, "_broker", nudges._Broker())


@pytest.mark.django_db(transaction=True)
def test_a_failed_nudge_breaks_nothing_and_is_not_tried_again_at_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[str] = []

    def refused() -> None:
        tries.append(NAME)
        raise ConnectionRefusedError

    monkeypatch.setitem(nudges._nudges, NAME, refused)
    for _ in range(3):
        with transaction.atomic():
            on_commit_nudge(NAME)

    assert tries == [NAME]
    assert "the nudge tests.nudged failed" in caplog.text
    # When it has rested, it is tried again
    nudges._broker.rests_until = 0.0
    with transaction.atomic():
        on_commit_nudge(NAME)
    assert len(tries) == 2


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield server.getsockname()[1]


def act(redis_url: str, var: Path) -> str:
    given = {
        "REDIS_URL": redis_url,
        "DATABASE_URL": "",
        "CONCORD_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "-c", ACT]
    environment = {**os.environ, **given, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True, timeout=90
    )
    return done.stdout


def test_with_redis_down_acts_go_on(tmp_path: Path) -> None:
    assert act("redis://127.0.0.1:1/0", tmp_path).count("went on") == 2


def test_with_redis_hanging_acts_go_on(silent_port: int, tmp_path: Path) -> None:
    """Without a time limit of its own the first act would never end."""
    assert act(f"redis://127.0.0.1:{silent_port}/0", tmp_path).count("went on") == 2
