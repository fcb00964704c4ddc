"""Python's search for cycles, kept small while very many rows pass through."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects made before the young ones are searched; Python's own 700 is for programs that keep little.
YOUNG = 500_000


@contextmanager
def few_collections() -> Iterator[None]:
    """Leave what is in memory already out of the search for cycles, and search less often.

    A worker holds some hundred thousand objects for good; searching them again and again took a fifth of the time
    of a back-test. Rows hold no cycles: they are freed at once, as ever.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
