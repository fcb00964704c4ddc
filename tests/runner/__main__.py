"""`python -m tests.runner`: checks, then the suite on each backend; says by name what was not run.

Options: --require-all makes anything that was not run a failure; --only NAME runs one part
(checks, sqlite, postgres, browser); everything after `--` goes to pytest.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.runner import checks, servers

PARTS = ("checks", "sqlite", "postgres", "browser")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Path of an installed Chromium; CONCORD_CHROMIUM names another one."""
    return os.environ.get("CONCORD_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def pytest_run(name: str, arguments: list[str], extra: dict[str, str]) -> bool:
    """Run pytest in its own var folder; True when everything passed and nothing was skipped."""
    sys.stdout.write(f"\n=== {name} ===\n")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory(prefix="concord-test-") as var:
        environment = {**os.environ, "CONCORD_VAR": var, **extra}
        for key in ("DATABASE_URL", "REDIS_URL"):
            if key not in extra:
                environment.pop(key, None)
        command = [sys.executable, "-m", "pytest", "-q", "--durations=5", *arguments]
        return subprocess.run(command, cwd=checks.ROOT, env=environment, check=False).returncode == 0


def workers(count: int) -> list[str]:
    """xdist arguments; one file's tests stay together so that module set-up is shared."""
    return ["-n", str(count), "--dist", "loadfile"] if count > 1 else []


def run_sqlite(options: argparse.Namespace) -> bool:
    """The suite on SQLite without any service."""
    marks = "not postgres and not redis and not browser"
    return pytest_run("suite on SQLite", ["-m", marks, *workers(options.workers), *options.pytest], {})


def run_postgres(options: argparse.Namespace) -> bool:
    """The suite on PostgreSQL and Redis.

    Raises:
        NoServerError: one of them cannot be started.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="concord-servers-")))
        urls = {
            "DATABASE_URL": stack.enter_context(servers.postgres(folder)),
            "REDIS_URL": stack.enter_context(servers.redis(folder)),
        }
        arguments = ["-m", "not browser", *workers(options.workers), *options.pytest]
        return pytest_run("suite on PostgreSQL and Redis", arguments, urls)


def run_browser(options: argparse.Namespace) -> bool:
    """The walks through a real Chromium, against SQLite.

    Raises:
        NoServerError: there is no Chromium.
    """
    chromium = find_chromium()
    if chromium is None:
        raise servers.NoServerError("no Chromium was found; install one or set CONCORD_CHROMIUM")
    extra = {"CONCORD_CHROMIUM": chromium, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
    return pytest_run("browser walks", ["-m", "browser", *options.pytest], extra)


def browser_tests() -> list[str]:
    """Names of the browser tests, for saying what was not run."""
    command = [sys.executable, "-m", "pytest", "-m", "browser", "--collect-only", "-q"]
    with tempfile.TemporaryDirectory() as var:
        environment = {**os.environ, "CONCORD_VAR": var}
        done = subprocess.run(
            command, cwd=checks.ROOT, env=environment, check=False, capture_output=True, text=True
        )
    return [line for line in done.stdout.splitlines() if "::" in line]


def main() -> int:
    """Run the chosen parts and sum up. Exit code 0: all green (and, with --require-all, all run)."""
    parser = argparse.ArgumentParser(prog="bin/test", description=__doc__)
    parser.add_argument("--require-all", action="store_true")
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1))
    parser.add_argument("pytest", nargs="*")
    options = parser.parse_args()
    if options.require_all:
        # Reference data may be absent elsewhere; here a skipped test fails the run.
        os.environ["CONCORD_NO_SKIPS"] = "1"
    failed: list[str] = []
    not_run: list[str] = []
    runs = {"sqlite": run_sqlite, "postgres": run_postgres, "browser": run_browser}
    for part in options.only or PARTS:
        started = time.monotonic()
        try:
            if part == "checks":
                failed += checks.run()
            elif not runs[part](options):
                failed.append(part)
        except (servers.NoServerError, subprocess.CalledProcessError) as error:
            not_run.append(f"{part}: {error}")
            if part == "browser":
                not_run += [f"  {name}" for name in browser_tests()]
        sys.stdout.write(f"--- {part}: {time.monotonic() - started:.0f} s\n")
    return summary(failed, not_run, require_all=options.require_all)


def summary(failed: list[str], not_run: list[str], *, require_all: bool) -> int:
    """Print what failed and, loudly, what was not run; return the exit code."""
    if not_run:
        sys.stdout.write("\n" + "!" * 78 + "\nNOT RUN:\n" + "\n".join(not_run) + "\n" + "!" * 78 + "\n")
    if failed:
        sys.stdout.write(f"\nFAILED: {', '.join(failed)}\n")
        return 1
    if not_run and require_all:
        sys.stdout.write("\nFAILED: everything was required, and the above was not run.\n")
        return 1
    sys.stdout.write("\nAll that was run is green.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
