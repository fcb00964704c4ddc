"""Nudges: services ask for a task to run soon after the commit, by name, and know no task queue.

A nudge only makes things happen at once; that they happen at all is the periodic sweep's job. So a nudge that
cannot be delivered is logged and forgotten, and for a while no further one is tried: nobody's page waits again
and again for a broker that does not answer.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

logger = logging.getLogger(__name__)

# Seconds without nudges after one that failed; about the rhythm of the periodic sweeps.
REST = 15.0

_nudges: dict[str, Callable[[], object]] = {}


@dataclass(slots=True)
class _Broker:
    """Until when (time.monotonic) this process leaves the broker alone."""

    rests_until: float = 0.0


_broker = _Broker()


@dataclass(frozen=True, slots=True)
class _Nudge:
    name: str

    def __call__(self) -> None:
        send = _nudges.get(self.name)
        if send is None or time.monotonic() < _broker.rests_until:
            logger.debug("the nudge %s is not sent; the periodic sweep will do it", self.name)
            return
        try:
            send()
        except Exception:  # whatever a broker raises: what was asked for is committed and will be swept up
            _broker.rests_until = time.monotonic() + REST
            logger.warning("the nudge %s failed; the periodic sweep will do it", self.name, exc_info=True)


def register_nudge(name: str, send: Callable[[], object]) -> None:
    """Say what a nudge does; called by `apps.ready()` with a callable that returns at once."""
    _nudges[name] = send


def on_commit_nudge(name: str) -> None:
    """Nudge `name` when the running transaction commits, once however often it is asked for."""
    nudge = _Nudge(name)
    waiting = (entry[1] for entry in transaction.get_connection().run_on_commit)
    if nudge not in waiting:
        transaction.on_commit(nudge)
