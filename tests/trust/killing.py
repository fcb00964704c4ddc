"""Killing a process at a chosen statement: a forked child acts, and SIGKILLs itself there."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

Act = Callable[[], object]


@contextmanager
def on_file(path: Path) -> Iterator[None]:
    """On SQLite: work on a file that holds a copy of the test's database in memory. Elsewhere: nothing."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    memory, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection = None
    connection.settings_dict["NAME"] = str(path)
    try:
        connection.ensure_connection()
        memory.backup(connection.connection)
        yield
    finally:
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = memory, name


def killed_at(number: int, act: Act) -> bool:
    """Act in a child that dies before its statement `number` (COMMIT counts); False when it ended before that.

    Statements within a savepoint count like any other. The child has its own connection.
    """
    connection.close()  # a child must not inherit an open one
    child = os.fork()
    if child == 0:
        _die_at(number, act)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGKILL
    if os.WEXITSTATUS(status):
        pytest.fail(f"the child failed by itself before statement {number}")
    return False


def _die_at(number: int, act: Act) -> None:
    left = number

    def count() -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapper(execute: Callable[..., object], sql: str, params: object, many: bool, context: Any) -> object:
        count()
        return execute(sql, params, many, context)

    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]  # not in the stubs

    def counted_commit(self: BaseDatabaseWrapper) -> object:
        count()
        return commit(self)

    try:
        BaseDatabaseWrapper._commit = counted_commit  # type: ignore[attr-defined]  # the child ends here
        with connection.execute_wrapper(wrapper):
            act()
        os._exit(0)
    except BaseException:  # noqa: BLE001  (the child must never return into the test run)
        os._exit(1)
