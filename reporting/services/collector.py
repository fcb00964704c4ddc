"""Python's search for cycles, kept small while very many rows pass through."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

# Objects made before the young ones are searched; Python's own 700 is for programs that keep little.
YOUNG = 500_000


class _Collector:
    """The one collector of the process. Workers may be threads of it: who comes last puts back what the first found."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asking = 0
        self._thresholds = gc.get_threshold()

    def calm(self) -> None:
        """Search less often from now on."""
        with self._lock:
            self._asking += 1
            if self._asking == 1:
                self._thresholds = gc.get_threshold()
                gc.freeze()
                gc.set_threshold(YOUNG, *self._thresholds[1:])

    def wake(self) -> None:
        """Search as before, unless somebody else still asks for less."""
        with self._lock:
            self._asking -= 1
            if not self._asking:
                gc.set_threshold(*self._thresholds)
                gc.unfreeze()


_COLLECTOR = _Collector()


@contextmanager
def few_collections() -> Iterator[None]:
    """Leave what is in memory already out of the search for cycles, and search less often.

    A worker holds some hundred thousand objects for good; searching them again and again took a fifth of the time
    of a back-test. Rows hold no cycles: they are freed at once, as ever.
    """
    _COLLECTOR.calm()
    try:
        yield
    finally:
        _COLLECTOR.wake()
