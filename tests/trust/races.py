"""Two acts at once, reproducibly: the first one pauses at a named place until the second has ended, or waits for it.

Where a lock keeps the second act out, the pause runs into its time limit, the first act ends, and then the
second one runs. Where nothing keeps it out, it runs wholly within the first: the worst that can happen.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from threading import Event, Thread, current_thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model, QuerySet

PATIENCE = 0.6  # seconds that the first act waits for the second: long enough for it to end if it can
LIMIT = 30  # seconds until a thread that does not end counts as a deadlock

Act = Callable[[], object]


@dataclass
class Outcome:
    """What two acts came to: what each returned, or the exception it raised."""

    first: object = None
    second: object = None
    met: bool = False  # the second act ran within the first
    paused: Event = field(default_factory=Event)
    ended: Event = field(default_factory=Event)


def unlocked(patch: pytest.MonkeyPatch, *models: type[Model]) -> None:
    """Switch the row locks of these models off."""
    lock = QuerySet.select_for_update

    def without(rows: "QuerySet[Any]", *args: Any, **options: Any) -> "QuerySet[Any]":
        return rows.all() if issubclass(rows.model, models) else lock(rows, *args, **options)

    patch.setattr(QuerySet, "select_for_update", without)


def interleave(patch: pytest.MonkeyPatch, place: str, first: Act, second: Act) -> Outcome:
    """Run `first`; after its first call of the function at `place` (module:function), let `second` run."""
    outcome = Outcome()
    module_name, name = place.split(":")
    module = import_module(module_name)
    original = getattr(module, name)

    def paused(*args: Any, **kwargs: Any) -> Any:
        found = original(*args, **kwargs)
        if current_thread().name == "first" and not outcome.paused.is_set():
            outcome.paused.set()
            outcome.met = outcome.ended.wait(PATIENCE)
        return found

    patch.setattr(module, name, paused)
    threads = [
        Thread(target=_run, args=(first, outcome, "first"), name="first"),
        Thread(target=_run, args=(second, outcome, "second"), name="second"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive(), f"{thread.name} hangs"
    assert outcome.paused.is_set(), f"{place} was never called"
    patch.setattr(module, name, original)
    return outcome


def _run(act: Act, outcome: Outcome, name: str) -> None:
    if name == "second":
        outcome.paused.wait(LIMIT)
    try:
        setattr(outcome, name, act())
    except Exception as error:  # noqa: BLE001  (whatever it is, the test looks at it)
        setattr(outcome, name, error)
    finally:
        if name == "second":
            outcome.ended.set()
        with suppress(Exception):
            connection.close()
