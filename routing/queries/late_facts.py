"""Facts of one lead, read when they are first wanted: most acts ask for a few of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from typing import overload

from django.db.models import Q

from routing.engine.evaluate import BehaviourFact
from routing.engine.values import whole_days
from routing.models import Behaviour, Lead, LeadChange
from routing.queries.facts import field_values

Record = tuple[datetime, str]
"""When a value was recorded, and what caused it."""


class LateValues(Mapping[str, object]):
    """The values of a lead in memory by field key; owner and first touch are asked for when they are wanted."""

    def __init__(self, lead: Lead, *, first_touch_at: Callable[[], datetime | None], now: datetime) -> None:
        self._known = field_values(lead) | {"age_days": whole_days(lead.captured_at, now)}
        self._late: dict[str, Callable[[], object]] = {
            "owner": lambda: lead.owner.username if lead.owner else "",
            "first_touch_at": first_touch_at,
        }

    def __getitem__(self, key: str) -> object:
        if key in self._late:
            self._known[key] = self._late.pop(key)()
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._known, **self._late})

    def __len__(self) -> int:
        return len({**self._known, **self._late})


class LateRecords(Mapping[str, Record]):
    """When each value of a lead was recorded. `news` are records that are not in the log yet, the latest."""

    def __init__(self, load: Callable[[], Mapping[str, Record]], news: Mapping[str, Record]) -> None:
        self._load, self._news = load, news

    @cached_property
    def _known(self) -> dict[str, Record]:
        return {**self._load(), **self._news}

    def __getitem__(self, key: str) -> Record:
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


class LateBehaviours(Sequence[BehaviourFact]):
    """What the lead did."""

    def __init__(self, load: Callable[[], Sequence[BehaviourFact]]) -> None:
        self._load = load

    @cached_property
    def _rows(self) -> Sequence[BehaviourFact]:
        return tuple(self._load())

    @overload
    def __getitem__(self, index: int) -> BehaviourFact: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[BehaviourFact]: ...
    def __getitem__(self, index: int | slice) -> BehaviourFact | Sequence[BehaviourFact]:
        return self._rows[index]

    def __iter__(self) -> Iterator[BehaviourFact]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def behaviours_of(lead: Lead, *, now: datetime) -> list[BehaviourFact]:
    """What a lead that is not merged itself, and those merged into it, did by `now`, oldest first (one query)."""
    rows = (
        Behaviour.objects.filter(Q(lead=lead) | Q(lead__merged_into=lead))
        .filter(occurred_at__lte=now, recorded_at__lte=now)
        .order_by()
        .values_list("occurred_at", "pk", "name", "recorded_at", "properties")
    )
    return [
        BehaviourFact(name, occurred_at, recorded_at, properties)
        for occurred_at, _, name, recorded_at, properties in sorted(rows, key=itemgetter(0, 1))
    ]


def records_of(lead: Lead, *, now: datetime) -> dict[str, Record]:
    """The latest record of each field by `now` (one query)."""
    rows = (
        LeadChange.objects.filter(lead=lead, occurred_at__lte=now, recorded_at__lte=now)
        .order_by()
        .values_list("recorded_at", "pk", "field", "cause")
    )
    ordered = sorted(rows, key=itemgetter(0, 1))
    return {record_key(name): (recorded_at, cause) for recorded_at, _, name, cause in ordered}


def record_key(name: str) -> str:
    """The field key that a change row is about."""
    return name.removeprefix("attributes.")
