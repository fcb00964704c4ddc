"""bin/serve from an empty folder: web, worker and beat come up, work, and stop cleanly."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runner.servers import free_port
from tests.support import ROOT

PATIENCE = 120


class Visitor:
    """A browser of the simplest kind: cookies and forms."""

    def __init__(self, base: str) -> None:
        self.base = base
        jar = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open

    def get(self, path: str) -> str:
        with self.open(self.base + path, timeout=20) as answer:
            return str(answer.read().decode())

    def post(self, page: str, path: str, **fields: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(page))
        assert token is not None
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        request = urllib.request.Request(self.base + path, body, {"Referer": self.base + page})
        with self.open(request, timeout=20) as answer:
            return str(answer.read().decode())


def environment(var: Path) -> dict[str, str]:
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    }
    return {**kept, "CONCORD_VAR": str(var)}


def start(var: Path, port: int, *more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        ["bin/serve", "--port", str(port), *more],
        cwd=ROOT,
        env=environment(var),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for(base: str, serve: "subprocess.Popen[str]") -> Visitor:
    visitor = Visitor(base)
    for _ in range(PATIENCE * 5):
        if serve.poll() is not None:
            pytest.fail(f"bin/serve ended: {serve.stdout.read() if serve.stdout else ''}")
        try:
            visitor.get("/account/login/")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
            continue
        return visitor
    pytest.fail("bin/serve did not answer")


def stop(serve: "subprocess.Popen[str]") -> str:
    """Ctrl-C for the group, as a terminal sends it; returns what it printed."""
    if serve.poll() is None:
        os.killpg(serve.pid, signal.SIGINT)
    try:
        out, _ = serve.communicate(timeout=40)
    finally:
        if serve.poll() is None:
            os.killpg(serve.pid, signal.SIGKILL)
    return out


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve")


@pytest.fixture(scope="module")
def served(var: Path) -> Iterator[tuple[Visitor, "subprocess.Popen[str]"]]:
    port = free_port()
    serve = start(var, port, "--demo-leads", "25")
    try:
        yield wait_for(f"http://127.0.0.1:{port}", serve), serve
    finally:
        stop(serve)


def test_a_rep_signs_in_and_sees_the_desk(served: tuple[Visitor, "subprocess.Popen[str]"]) -> None:
    visitor, _ = served
    page = visitor.post(
        "/account/login/", "/account/login/?next=/desk/", username="ava", password="concord-demo"
    )
    assert "Ava Novak" in page
    assert "Desk" in page


def test_the_worker_computes_a_report(served: tuple[Visitor, "subprocess.Popen[str]"], var: Path) -> None:
    visitor, _ = served
    visitor.post("/account/login/", "/account/login/?next=/desk/", username="ava", password="concord-demo")
    visitor.post("/reports/", "/reports/compute/")
    for _ in range(PATIENCE):
        if "of" in visitor.get("/reports/") and done_runs(var):
            return
        time.sleep(0.5)
    pytest.fail("no report was computed by the worker")


def done_runs(var: Path) -> int:
    command = [
        str(ROOT / ".venv/bin/python"),
        "manage.py",
        "shell",
        "-v0",
        "-c",
        "from reporting.models import ReportRun; print(ReportRun.objects.filter(state='done').count())",
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment(var), check=True, capture_output=True, text=True)
    return int(done.stdout.strip().splitlines()[-1])


def test_it_stops_on_ctrl_c_and_keeps_the_data(var: Path, tmp_path: Path) -> None:
    # Given a second start on the same folder
    collected = (var / "static" / "staticfiles.json").stat().st_mtime_ns
    port = free_port()
    serve = start(var, port)
    visitor = wait_for(f"http://127.0.0.1:{port}", serve)
    assert "Concord" in visitor.get("/account/login/")
    # When it is stopped
    printed = stop(serve)
    # Then nothing of it lives on, and the demo was not played again
    assert "Demo logins" in printed
    assert "Playing a year" not in printed
    # And it did not collect and compress the static files anew: a second start takes seconds
    assert (var / "static" / "staticfiles.json").stat().st_mtime_ns == collected
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    alive = subprocess.run(["pgrep", "-g", str(serve.pid)], check=False, capture_output=True, text=True)
    assert alive.stdout == ""


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        serve = start(tmp_path, port)
        out, _ = serve.communicate(timeout=60)
    assert serve.returncode == 1
    assert out.strip().splitlines()[-1].startswith(f"concord: cannot listen on 127.0.0.1:{port}")
    assert "Traceback" not in out


def test_an_old_python_is_one_line(tmp_path: Path) -> None:
    # Given a machine whose only Python is too old
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        fake = tmp_path / name
        fake.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
        fake.chmod(0o755)
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/sh", "bin/serve"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "concord: Python 3.11 or newer is needed; found Python 3.9.2. Set PYTHON=/path/to/python3.11."
    ]


def test_empty_asks_for_the_first_administrator(tmp_path: Path) -> None:
    # Given no terminal to ask on and nothing in the environment
    serve = start(tmp_path, free_port(), "--empty")
    out, _ = serve.communicate(timeout=120)
    # Then it says what to set, and does not start
    assert serve.returncode != 0
    assert "CONCORD_ADMIN_USERNAME" in out
