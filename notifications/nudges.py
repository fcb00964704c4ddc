"""Nudges: services ask for a task to run soon after the commit, by name, and know no task queue.

A nudge only makes things happen at once; that they happen at all is the periodic sweep's job. So a nudge that
cannot be delivered is logged and forgotten.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

logger = logging.getLogger(__name__)

_nudges: dict[str, Callable[[], object]] = {}


@dataclass(frozen=True, slots=True)
class _Nudge:
    name: str

    def __call__(self) -> None:
        send = _nudges.get(self.name)
        if send is None:
            logger.debug("nothing is registered for the nudge %s; the periodic sweep will do it", self.name)
            return
        send()


def register_nudge(name: str, send: Callable[[], object]) -> None:
    """Say what a nudge does; called by `apps.ready()` with a callable that returns at once."""
    _nudges[name] = send


def on_commit_nudge(name: str) -> None:
    """Nudge `name` when the running transaction commits, once however often it is asked for."""
    nudge = _Nudge(name)
    waiting = (entry[1] for entry in transaction.get_connection().run_on_commit)
    if nudge not in waiting:
        # robust: a broker that is down is logged and never breaks what was committed.
        transaction.on_commit(nudge, robust=True)
