"""Counters: how many leads are in each stage. Apps above register what they count; glossary knows no leads."""

from collections import Counter
from collections.abc import Callable, Mapping

from people.models import User

StageCounter = Callable[[User], Mapping[str, int]]
_counters: dict[str, StageCounter] = {}


def register_counter(name: str, counter: StageCounter) -> None:
    """Make a counter known under `name`; registering the name anew replaces it.

    Args:
        counter: gives, per key of a stage, how many the person may see. A stage that is left out counts 0.
    """
    _counters[name] = counter


def stage_counts(user: User) -> Mapping[str, int] | None:
    """What the person may see in each stage, over all counters; None when nobody counts."""
    if not _counters:
        return None
    total: Counter[str] = Counter()
    for counter in _counters.values():
        total.update(counter(user))
    return total
