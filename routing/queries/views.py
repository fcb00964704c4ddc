"""One field in SQL, seen as text, number, truth or time: the tests that operators are made of.

Every view says with `typed` for which leads the field holds a value of its kind. Equality and the bounds of
numbers are true for none but those; the other tests are to be joined with it. All may be NULL elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor
from typing import Protocol

from django.db.models import Expression, F, Q, Subquery, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Regex,
)

from people.models import User
from routing.engine.text import fold
from routing.engine.values import DAY_PATTERN, days_before, instant_of, utc_day

NEVER = Q(pk__in=())
Operand = Expression | F | Subquery


def present(operand: Operand) -> Q:
    """The operand is not NULL."""
    return Q(IsNull(operand, False))


class Texts(Protocol):
    """A view as text."""

    @property
    def typed(self) -> Q: ...
    def equal_any(self, values: Sequence[str]) -> Q: ...
    def contain(self, part: str) -> Q: ...
    def start_with(self, part: str) -> Q: ...


class Numbers(Protocol):
    """A view as number."""

    @property
    def typed(self) -> Q: ...
    def at_least(self, bound: float) -> Q: ...
    def at_most(self, bound: float) -> Q: ...


class Times(Protocol):
    """A view as day or instant."""

    @property
    def typed(self) -> Q: ...
    def before(self, day: date) -> Q: ...
    def after(self, day: date) -> Q: ...
    def later_than(self, instant: datetime) -> Q: ...
    def not_later_than(self, instant: datetime) -> Q: ...


@dataclass(frozen=True, slots=True)
class PlainTexts:
    """Text compared exactly; in `folded` it lies ready for comparing without case.

    The position of the part is asked for instead of LIKE: no wildcards to escape, no folding of its own.
    """

    text: Operand
    folded: Operand
    typed: Q

    def equal_any(self, values: Sequence[str]) -> Q:
        return Q(In(self.text, [value for value in values if value]))

    def contain(self, part: str) -> Q:
        return Q(GreaterThan(StrIndex(self.folded, Value(part)), 0))

    def start_with(self, part: str) -> Q:
        return Q(Exact(StrIndex(self.folded, Value(part)), 1))


class OwnerTexts:
    """The owner's user name. Accounts are few: those that contain a part are found in Python."""

    typed = Q(owner__isnull=False)

    def equal_any(self, values: Sequence[str]) -> Q:
        return Q(owner__in=User.objects.filter(username__in=list(values)).values("pk"))

    def contain(self, part: str) -> Q:
        return self._named([pk for pk, name in self._names() if part in fold(name)])

    def start_with(self, part: str) -> Q:
        return self._named([pk for pk, name in self._names() if fold(name).startswith(part)])

    def _names(self) -> list[tuple[int, str]]:
        return list(User.objects.values_list("pk", "username"))

    def _named(self, owners: list[int]) -> Q:
        return Q(owner__in=owners)


@dataclass(frozen=True, slots=True)
class PlainNumbers:
    """A number as a double, as Python compares it too."""

    number: Operand

    @property
    def typed(self) -> Q:
        return present(self.number)

    def at_least(self, bound: float) -> Q:
        return Q(GreaterThanOrEqual(self.number, Value(bound)))

    def at_most(self, bound: float) -> Q:
        return Q(LessThanOrEqual(self.number, Value(bound)))


@dataclass(frozen=True, slots=True)
class Ages:
    """Full days since capture, asked as a question to `captured_at` so that nothing is computed per row."""

    now: datetime

    @property
    def typed(self) -> Q:
        return Q(captured_at__lte=self.now)

    def at_least(self, bound: float) -> Q:
        return self.typed & Q(captured_at__lte=days_before(self.now, ceil(bound)))

    def at_most(self, bound: float) -> Q:
        return self.typed & Q(captured_at__gt=days_before(self.now, floor(bound) + 1))


@dataclass(frozen=True, slots=True)
class Truths:
    """Yes or no."""

    truth: Operand

    @property
    def typed(self) -> Q:
        return present(self.truth)

    def equal(self, value: bool) -> Q:
        return Q(Exact(self.truth, Value(value)))


@dataclass(frozen=True, slots=True)
class Instants:
    """An instant. A day asked for is that day in UTC."""

    instant: Operand

    @property
    def typed(self) -> Q:
        return present(self.instant)

    def before(self, day: date) -> Q:
        return Q(LessThan(self.instant, Value(instant_of(day))))

    def after(self, day: date) -> Q:
        if day == date.max:
            return NEVER
        return Q(GreaterThanOrEqual(self.instant, Value(instant_of(day + timedelta(days=1)))))

    def later_than(self, instant: datetime) -> Q:
        return Q(GreaterThan(self.instant, Value(instant)))

    def not_later_than(self, instant: datetime) -> Q:
        return Q(LessThanOrEqual(self.instant, Value(instant)))


@dataclass(frozen=True, slots=True)
class Days:
    """A day in a date column. Counting from its midnight in UTC, it is later than an instant exactly if
    it is later than the instant's day."""

    day: Operand

    @property
    def typed(self) -> Q:
        return present(self.day)

    def bound(self, day: date) -> Value:
        """The day as the column compares it."""
        return Value(day)

    def before(self, day: date) -> Q:
        return Q(LessThan(self.day, self.bound(day)))

    def after(self, day: date) -> Q:
        return Q(GreaterThan(self.day, self.bound(day)))

    def later_than(self, instant: datetime) -> Q:
        return self.after(utc_day(instant))

    def not_later_than(self, instant: datetime) -> Q:
        return Q(LessThanOrEqual(self.day, self.bound(utc_day(instant))))


class DayTexts(Days):
    """A day as a text like 2026-11-22, which sorts as it counts."""

    @property
    def typed(self) -> Q:
        return Q(Regex(self.day, DAY_PATTERN))

    def bound(self, day: date) -> Value:
        return Value(day.isoformat())
