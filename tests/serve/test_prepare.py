"""bin/prepare.sh: when something goes wrong before Concord runs, the next run can begin anew."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import ROOT

# A Python without ensurepip, as on Debian without python3-venv: it leaves half a folder and fails.
HALF = """#!/bin/sh
case "$1" in
    -m) mkdir -p .venv/bin && touch .venv/bin/python && chmod +x .venv/bin/python && exit 1 ;;
esac
exit 0
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A fresh clone with nothing installed, and only what the script itself needs on the path."""
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "prepare.sh", tmp_path / "bin")
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "mkdir", "touch", "chmod", "rm", "cat", "cmp"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    return tmp_path


def prepare(house: Path, python: str) -> "subprocess.CompletedProcess[str]":
    fake = house / "tools" / "python3"
    fake.write_text(python, encoding="utf-8")
    fake.chmod(0o755)
    environment = {"PATH": str(house / "tools"), "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        ["sh", "-c", ". bin/prepare.sh && prepare requirements.txt"],
        cwd=house,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_failed_venv_is_not_left_behind(house: Path) -> None:
    done = prepare(house, HALF)

    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert not (house / ".venv").exists()
