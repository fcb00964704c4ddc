"""Facts: all that is known of one lead at a moment. Read from the database by routing.queries.facts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from types import MappingProxyType
from typing import NamedTuple

NO_PROPERTIES: Mapping[str, object] = MappingProxyType({})


class BehaviourFact(
    NamedTuple
):  # made by the hundred thousand when history is replayed: a tuple costs a third
    """Something the lead did. `recorded_at` is when Concord learned of it."""

    name: str
    occurred_at: datetime
    recorded_at: datetime
    properties: Mapping[str, object] = NO_PROPERTIES

    def is_seen_at(self, now: datetime) -> bool:
        """Whether it had happened and was recorded by `now`."""
        return self.occurred_at <= now and self.recorded_at <= now


def facts_of(
    names: Iterable[str],
    occurred: Iterable[datetime],
    recorded: Iterable[datetime],
    properties: Iterable[Mapping[str, object]],
) -> list[BehaviourFact]:
    """Facts out of their columns, in a quarter of the time that making them one by one takes."""
    # Past BehaviourFact.__new__, which is a Python function.
    return list(map(_AS_FACT, zip(names, occurred, recorded, properties, strict=False)))


_AS_FACT: Callable[[tuple[object, ...]], BehaviourFact] = partial(tuple.__new__, BehaviourFact)


@dataclass(frozen=True)
class Facts:
    """One lead.

    Attributes:
        values: by field key: columns, attributes and derived fields. None and "" mean unknown.
        behaviours: in any order; those after `now` are ignored by whoever evaluates.
        recorded: by field key: when the value was recorded, and what caused it (intake, import, …).
    """

    values: Mapping[str, object]
    behaviours: Sequence[BehaviourFact] = ()
    recorded: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)

    @cached_property
    def behaviours_by_name(self) -> dict[str, list[BehaviourFact]]:
        """Behaviours by name."""
        return by_name(self.behaviours)


def by_name(behaviours: Iterable[BehaviourFact]) -> dict[str, list[BehaviourFact]]:
    """Behaviours by name, each in the order given."""
    found: dict[str, list[BehaviourFact]] = {}
    for behaviour in behaviours:
        found.setdefault(behaviour.name, []).append(behaviour)
    return found
