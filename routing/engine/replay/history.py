"""One lead's history as it is replayed: its values with every recorded change, and what the person did."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from routing.engine.facts import BehaviourFact, Facts, by_name
from routing.engine.text import email_domain
from routing.engine.values import whole_days

LOGGED = frozenset({"stage", "owner", "first_touch_at"})
"""Fields that are no values of the lead: they come out of its stage entries, assignments and touches."""


@dataclass(frozen=True, slots=True)
class Reads:
    """Keys of fields and names of behaviours that definitions read; and whether their properties are."""

    fields: frozenset[str]
    behaviours: frozenset[str]
    properties: bool = True

    def __or__(self, other: "Reads") -> "Reads":
        return Reads(
            self.fields | other.fields,
            self.behaviours | other.behaviours,
            self.properties or other.properties,
        )


class ValueChange(NamedTuple):
    """From `at` on a field has this value."""

    at: datetime
    field: str
    value: object


class Epoch(NamedTuple):
    """Values that did not change from `start` to `end` (None = to the last moment), the first included."""

    start: datetime
    end: datetime | None
    values: dict[str, object]


@dataclass(frozen=True)
class LeadHistory:
    """What was known of a lead, from when on.

    Attributes:
        lead: its id.
        began: when Concord knew it first; for imported history, when it was captured.
        until: the last moment that is looked at.
        values: field → value as of `began`.
        changes: later ones, in order of time.
        facts: what the person did, in any order; `recorded_at` is when each counts from.
        imported: the values of the beginning are those that an import recorded later.
        carried: what the caller asked for beside; nothing is judged by it.
    """

    lead: int
    began: datetime
    until: datetime
    values: Mapping[str, object]
    changes: Sequence[ValueChange] = ()
    facts: Sequence[BehaviourFact] = ()
    imported: bool = False
    carried: tuple[object, ...] = ()

    @cached_property
    def behaviours(self) -> dict[str, list[BehaviourFact]]:
        """What the person did, by name."""
        return by_name(self.facts)

    def epochs(self) -> Iterator[Epoch]:
        """The stretches of time between changes, each with its values and the domain of its address."""
        if not self.changes:
            yield Epoch(self.began, None, _with_domain(self.values))
            return
        values, start = dict(self.values), self.began
        for at, key, value in self.changes:
            if at > start:
                yield Epoch(start, at, _with_domain(values))
                start = at
            values[key] = value
        yield Epoch(start, None, _with_domain(values))

    def facts_at(self, instant: datetime) -> Facts:
        """All that was known at an instant; scores are not among the values, they come out of facts."""
        values = dict(self.values)
        values.update((key, value) for at, key, value in self.changes if at <= instant)
        seen = [fact for fact in self.facts if fact.is_seen_at(instant)]
        return Facts({**_with_domain(values), "age_days": age_at(values, instant)}, seen)


def age_at(values: Mapping[str, object], instant: datetime) -> int | None:
    """The days since the capture that was on record; None without one, or where it lies ahead."""
    captured_at = values.get("captured_at")
    return whole_days(captured_at, instant) if isinstance(captured_at, datetime) else None


def _with_domain(values: Mapping[str, object]) -> dict[str, object]:
    """A copy of the values, with the domain of the address of the moment where the address is read."""
    if "email" not in values:
        return {**values}
    return {**values, "email_domain": email_domain(values["email"])[:255]}
