"""What runs beside the browser: a Chromium that is found, and a real Celery worker on the test database."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from tests.support import ROOT

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WORKER_STARTS_WITHIN = 120  # seconds, on a busy machine


def chromium() -> str | None:
    """Path of a Chromium; CONCORD_CHROMIUM names one."""
    return os.environ.get("CONCORD_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def database_url() -> str:
    """Address of the test database, for another process."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@contextmanager
def celery_worker(log: Path) -> Iterator[None]:
    """A worker process on the test database and the same broker, ready to take tasks; ended afterwards.

    Raises RuntimeError with its log when it does not come up.
    """
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "threads"]
    command += ["--concurrency", "2", "--loglevel", "info", "--without-gossip", "--without-mingle"]
    environment = {**os.environ, "CONCORD_VAR": str(settings.VAR_DIR), "DATABASE_URL": database_url()}
    with log.open("w") as output:
        worker = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        _wait_until_ready(worker, log)
        yield
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        try:
            worker.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


def _wait_until_ready(worker: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up = time.monotonic() + WORKER_STARTS_WITHIN
    while " ready." not in log.read_text():
        if worker.poll() is not None or time.monotonic() > give_up:
            raise RuntimeError(f"The Celery worker did not start:\n{log.read_text()}")
        time.sleep(0.2)
