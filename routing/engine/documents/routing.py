"""The routing document: territories, queues, SLA targets, re-routing and the kill-switch."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from glossary.engine.base import Key, Line, Part, PolicyDocument, require_unique
from glossary.engine.conditions import When
from routing.engine.business_time import parse_duration

CAPTURED, ROUTED, TOUCHED = "captured", "routed", "touched"
# What starts and stops clocks besides stage entries.
EVENTS = frozenset({CAPTURED, ROUTED, TOUCHED})


class Strategy(StrEnum):
    """How a queue hands out its leads."""

    WEIGHTED = "weighted"
    PULL = "pull"


class Territory(Part):
    """Whose ground a lead is on. Most specific first, then the lowest priority number."""

    key: Key
    name: Line
    priority: Annotated[int, Field(ge=0, le=9999)]
    when: When
    queue: Key


class Queue(Part):
    """A pool of people. `fallback` takes over when the queue has no members at all."""

    key: Key
    name: Line
    strategy: Strategy = Strategy.WEIGHTED
    fallback: Key | None = None
    calendar: Key


class Tell(StrEnum):
    """Who is told at a level."""

    OWNER = "owner"
    MANAGER = "manager"
    REVOPS = "revops"


class Escalate(StrEnum):
    """What is done at a level."""

    REROUTE = "reroute"


class Rung(Part):
    """One rung of the escalation ladder, at a percentage of the target in business time."""

    at: Annotated[int, Field(ge=1, le=1000)]
    tell: Tell | None = None
    do: Escalate | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.tell is None and self.do is None:
            raise ValueError(f"the rung at {self.at} % neither tells anyone nor does anything")
        return self


class SlaTarget(Part):
    """A promise between two events. `from` and `to` are captured, routed, touched or a stage key."""

    key: Key
    name: Line
    from_: Annotated[Key, Field(alias="from")]
    to: Key
    target: Line
    warn: tuple[Annotated[int, Field(ge=1, le=99)], ...] = ()
    ladder: tuple[Rung, ...] = ()
    applies_to: When = When()

    @field_validator("target")
    @classmethod
    def _target_reads(cls, value: str) -> str:
        parse_duration(value)
        return value


class Reroute(Part):
    """When a lead that does not answer moves on."""

    touch_attempts: Annotated[int, Field(ge=1, le=50)] = 6
    over: Line = "10 business days"


class KillSwitch(Part):
    """When routing stops itself: share of errors within a window, from a number of leads on."""

    error_rate: Annotated[float, Field(gt=0, le=1)] = 0.05
    window_minutes: Annotated[int, Field(ge=1)] = 15
    at_least: Annotated[int, Field(ge=1)] = 20


class RoutingDocument(PolicyDocument):
    """Where leads go and how fast."""

    territories: tuple[Territory, ...]
    queues: Annotated[tuple[Queue, ...], Field(min_length=1)]
    fallback: Key
    sla: tuple[SlaTarget, ...]
    reroute: Reroute = Reroute()
    kill_switch: KillSwitch = KillSwitch()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_unique([t.key for t in self.territories], "territories")
        require_unique([q.key for q in self.queues], "queues")
        require_unique([s.key for s in self.sla], "SLA targets")
        queues = {q.key for q in self.queues}
        named = [
            self.fallback,
            *(t.queue for t in self.territories),
            *(q.fallback for q in self.queues if q.fallback),
        ]
        missing = sorted(set(named) - queues)
        if missing:
            raise ValueError(f"queues that are named but not defined: {', '.join(missing)}")
        return self

    @cached_property
    def queue_by_key(self) -> dict[str, Queue]:
        """Queues by key."""
        return {queue.key: queue for queue in self.queues}

    @cached_property
    def sla_by_key(self) -> dict[str, SlaTarget]:
        """SLA targets by key."""
        return {target.key: target for target in self.sla}
