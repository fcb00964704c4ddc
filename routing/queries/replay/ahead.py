"""Reading ahead: while what was read is worked on, the database already works on what comes next."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Batch = TypeVar("Batch")


class Ahead(Iterator[Batch]):
    """The same batches in the same order, read by a thread with a connection of its own, from now on.

    What reading one raises is raised in its place. Within a transaction, and of a database in memory, nobody else
    sees what this connection does: there each batch is read when its turn comes. Close it when done.
    """

    def __init__(self, batches: Iterator[Batch], most: int) -> None:
        """`batches`: nobody else goes on with it, and each is something; `most`: how many may wait to be worked on."""
        self._batches = batches
        self._reader = ThreadPoolExecutor(1, "ahead") if others_see_it() else None
        self._coming = deque(self._ask(self._reader) for _ in range(most)) if self._reader else deque()

    def _ask(self, reader: ThreadPoolExecutor) -> "Future[Batch | None]":
        return reader.submit(next, self._batches, None)

    def __next__(self) -> Batch:
        if self._reader is None:
            return next(self._batches)
        batch = self._coming.popleft().result() if self._coming else None
        if batch is None:
            self._coming.clear()  # there is no more, however often it is asked for
            raise StopIteration
        self._coming.append(self._ask(self._reader))
        return batch

    def close(self) -> None:
        """Stop reading, once what is being read has come, and close the connection."""
        if self._reader is None:
            return
        for future in self._coming:
            future.cancel()
        self._reader.submit(_leave)
        self._reader.shutdown()


def _leave() -> None:
    """Close the connection of the thread that this is called in."""
    connection.close()


def others_see_it() -> bool:
    """Whether another connection sees what this one does."""
    in_memory = connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]  # has it
    return not (in_memory or connection.in_atomic_block)
