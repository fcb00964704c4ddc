"""The static checks, in the order in which they are quickest to fail."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
APPS = ["config", "people", "notifications", "glossary", "routing", "dispositions", "reporting"]


def commands() -> list[tuple[str, list[str]]]:
    """Name and command line of every check."""
    python = sys.executable
    return [
        ("ruff", [str(BIN / "ruff"), "check", "."]),
        ("ruff format", [str(BIN / "ruff"), "format", "--check", "."]),
        ("import-linter", [str(BIN / "lint-imports"), "--no-cache"]),
        ("templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"]),
        ("mypy", [str(BIN / "mypy"), *APPS, "tests", "benchmarks"]),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("deploy check", [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
    ]


def run() -> list[str]:
    """Run every check, print what fails, and return the names of those that failed."""
    failed = []
    with tempfile.TemporaryDirectory() as var:
        environment = {
            **os.environ,
            "CONCORD_VAR": var,
            "CONCORD_HTTPS": "1",
            "CONCORD_SECRET_KEY": "checks-only-" + "x9" * 30,
            "PYTHONPATH": str(ROOT),
        }
        environment.pop("DATABASE_URL", None)
        environment.pop("REDIS_URL", None)
        for name, command in commands():
            done = subprocess.run(
                command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True
            )
            sys.stdout.write(f"{'ok  ' if done.returncode == 0 else 'FAIL'}  {name}\n")
            sys.stdout.flush()
            if done.returncode:
                sys.stdout.write(done.stdout + done.stderr)
                failed.append(name)
    return failed
