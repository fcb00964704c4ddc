"""Settings from the environment: what is wrong is told in one line, with the way out."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import Settings

from config import environment
from tests.support import ROOT


def manage(var: Path, *arguments: str, **given: str) -> "subprocess.CompletedProcess[str]":
    """`manage.py` in a process of its own, without what this one was given."""
    inherited = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**inherited, "CONCORD_VAR": str(var), **given},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "not a url", "Use postgres://"),
        ("DATABASE_URL", "mysql://root:secret@db/concord", "not supported"),
        ("DATABASE_URL", "postgres://u:secret@db:port/concord", "cannot be read"),
        ("CONCORD_VAR", "/proc/concord", "cannot be made"),
        ("CONCORD_HTTPS", "enabled", "neither yes nor no"),
        ("CONCORD_IMPORT_MAX_BYTES", "10MB", "no positive whole number"),
        ("CONCORD_LOG_LEVEL", "chatty", "Use one of: INFO"),
        ("EMAIL_URL", "nonsense", "smtp+tls://"),
    ],
)
def test_a_bad_value_is_one_line(name: str, value: str, words: str, tmp_path: Path) -> None:
    done = manage(tmp_path, "check", **{name: value})

    (line,) = done.stderr.strip().splitlines()
    assert done.returncode == 1
    assert line.startswith("concord: ")
    assert name in line
    assert words in line
    assert "secret" not in line


def test_a_database_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = manage(tmp_path, "migrate", DATABASE_URL="postgres://concord@127.0.0.1:1/concord")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "the database cannot be used" in done.stderr


def test_empty_means_not_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Container files pass empty variables on."""
    for name in ("DATABASE_URL", "CONCORD_DEBUG", "CONCORD_HOSTS"):
        monkeypatch.setenv(name, " ")
    assert environment.database(tmp_path / "x.sqlite3")["ENGINE"].endswith("sqlite3")
    assert environment.flag("CONCORD_DEBUG") is False
    assert environment.words("CONCORD_HOSTS", ["localhost"]) == ["localhost"]


@pytest.mark.parametrize(("value", "meaning"), [("1", True), ("Yes", True), ("off", False), ("0", False)])
def test_yes_and_no(value: str, meaning: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_HTTPS", value)
    assert environment.flag("CONCORD_HTTPS") is meaning


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "٣"])
def test_numbers_are_positive_digits(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_IMPORT_MAX_BYTES", value)
    with pytest.raises(ImproperlyConfigured, match="CONCORD_IMPORT_MAX_BYTES="):
        environment.number("CONCORD_IMPORT_MAX_BYTES", 5)


def test_what_is_written_at_run_time_is_its_owners_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    """The database and the uploads are full of personal data."""
    monkeypatch.setenv("CONCORD_VAR", str(tmp_path / "new" / "var"))
    made = environment.folder("CONCORD_VAR", tmp_path)
    assert made.stat().st_mode & 0o077 == 0

    storage = settings.STORAGES["default"]
    options = {**storage["OPTIONS"], "location": made}
    settings.STORAGES = {**settings.STORAGES, "default": {**storage, "OPTIONS": options}}
    path = made / default_storage.save("imports/leads.csv", ContentFile(b"email"))
    assert path.stat().st_mode & 0o077 == path.parent.stat().st_mode & 0o077 == 0
