"""Reading the environment strictly: a bad value is one sentence that names variable, value and way out.

Nothing is guessed: `CONCORD_HTTPS=enabled` must not mean "off" just because nobody knows the word.
"""

import os
import warnings
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off", ""})
ENGINES = {"django.db.backends.sqlite3": "SQLite", "django.db.backends.postgresql": "PostgreSQL"}
env = environ.Env()


def text(name: str, default: str = "") -> str:
    """The value of `name` as it stands; `default` when it is not set or empty."""
    return os.environ.get(name, "").strip() or default


def words(name: str, default: list[str]) -> list[str]:
    """Comma-separated values; `default` when there are none."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or default


def flag(name: str) -> bool:
    """Yes or no; no when it is not set. Raises ImproperlyConfigured for any other word."""
    value = text(name).lower()
    if value not in YES | NO:
        raise _refused(name, value, "is neither yes nor no. Set 1 or 0")
    return value in YES


def number(name: str, default: int) -> int:
    """A positive whole number in plain digits. Raises ImproperlyConfigured for anything else."""
    value = text(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise _refused(name, value, f"is no positive whole number. Write it in digits, for example {default}")
    return int(value)


def one_of(name: str, known: tuple[str, ...]) -> str:
    """One of a few words, in capitals; the first is the default. Raises ImproperlyConfigured."""
    value = text(name, known[0]).upper()
    if value not in known:
        raise _refused(name, value, f"is not known. Use one of: {', '.join(known)}")
    return value


def folder(name: str, default: Path) -> Path:
    """A folder that may be written to, made for its owner only where it is missing.

    Raises ImproperlyConfigured otherwise.
    """
    path = Path(text(name, str(default))).expanduser().resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _refused(name, str(path), f"cannot be made ({error.strerror}). Name another folder") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise _refused(name, str(path), "cannot be written to by this user. Name another folder")
    return path


def database(default: Path) -> dict[str, Any]:
    """DATABASE_URL as Django's settings; SQLite in the file `default` where it is not set.

    Raises ImproperlyConfigured without showing the password.
    """
    example = "Use postgres://user:password@host:5432/name, or leave it empty for SQLite"
    try:
        with warnings.catch_warnings(action="ignore"):  # it would print the address, password and all
            found: dict[str, Any] = env.db_url_config(text("DATABASE_URL", f"sqlite:///{default}"))
        engine = found["ENGINE"]
    except (ValueError, KeyError, ImproperlyConfigured):
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read. {example}.") from None
    if engine not in ENGINES:
        raise ImproperlyConfigured(f"DATABASE_URL names a database that is not supported. {example}.")
    return found


def mail() -> dict[str, Any]:
    """EMAIL_URL as Django's settings; the console where it is not set. Raises ImproperlyConfigured."""
    try:
        return dict(env.email_url_config(text("EMAIL_URL", "consolemail://")))
    except (ValueError, KeyError, ImproperlyConfigured):
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be read. Use smtp+tls://user:password@host:587, or leave it empty to print mails."
        ) from None


def _refused(name: str, value: str, why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}={value!r} {why}.")
