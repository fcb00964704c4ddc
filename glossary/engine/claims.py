"""What a criterion claims of one lead, in a form whose consequences can be decided (implication).

Two criteria that are met by the same leads make equal claims, however they are written: `is A` and `in [A]`,
`65` and `65.0`, a threshold and its number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Literal

from glossary.engine.conditions import BehaviourCriterion, Criterion, FieldCriterion, Scalar
from glossary.engine.fields import Op
from glossary.engine.text import clean, fold

# A value with its kind: a value of another kind than asked for is no evidence, and True is not 1.
Value = tuple[Literal["truth", "number", "text"], bool | float | str]


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value is one of these. Of none at all: never met."""

    values: frozenset[Value]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """The value is of a kind that stands among these, and is none of them."""

    values: frozenset[Value]


@dataclass(frozen=True, slots=True)
class Range:
    """The number, or the day as its ordinal, lies between these, both included."""

    unit: Literal["number", "day"]
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Recent:
    """The moment lies within the last so many days."""

    days: float


@dataclass(frozen=True, slots=True)
class Older:
    """The moment lies so many days back, or longer."""

    days: float


@dataclass(frozen=True, slots=True)
class Containing:
    """The folded text contains this folded text; `first` = at its beginning."""

    text: str
    first: bool


@dataclass(frozen=True, slots=True)
class Plain:
    """A claim without a value: that it is known, that it is not, that it is a free-mail domain."""

    op: Op


@dataclass(frozen=True, slots=True)
class Done:
    """It was done so often, in so many days (infinity = ever), with these properties; the last time it was
    done like that lies `quiet` days back or longer (0 = whenever)."""

    times: int
    days: float
    where: frozenset[tuple[str, str]]
    quiet: int = 0


@dataclass(frozen=True, slots=True)
class Undecided:
    """A threshold that the documents do not define: nothing can be said."""


Shape = OneOf | NoneOf | Range | Recent | Older | Containing | Plain | Done | Undecided
_TRUTHS: frozenset[Value] = frozenset({("truth", True), ("truth", False)})
KNOWN, UNKNOWN = Plain(Op.IS_KNOWN), Plain(Op.IS_UNKNOWN)


@dataclass(frozen=True, slots=True)
class Claim:
    """A shape, and what it is about: ("field", key) or ("behaviour", name)."""

    about: tuple[str, str]
    shape: Shape


def claim_of(criterion: Criterion, thresholds: Mapping[str, float]) -> Claim:
    """The claim that a criterion makes under these thresholds."""
    if isinstance(criterion, BehaviourCriterion):
        where = frozenset((name, clean(value)) for name, value in criterion.where.items())
        quiet = criterion.latest_before_days or 0
        done = Done(criterion.at_least, criterion.within_days or inf, where, quiet)
        return Claim(("behaviour", criterion.behaviour), done)
    return Claim(("field", criterion.field), _shape(criterion, thresholds))


def value_of(scalar: Scalar) -> Value:
    """A scalar with its kind; numbers as floats, texts as leads keep them."""
    if isinstance(scalar, bool):
        return "truth", scalar
    return ("text", clean(scalar)) if isinstance(scalar, str) else ("number", float(scalar))


def kinds(values: frozenset[Value]) -> set[str]:
    """The kinds that occur among values."""
    return {kind for kind, _ in values}


def _shape(criterion: FieldCriterion, thresholds: Mapping[str, float]) -> Shape:
    op, value = criterion.op, criterion.value
    if op in {Op.IS, Op.IN}:
        return OneOf(_values(value))
    if op in {Op.IS_NOT, Op.NOT_IN}:
        return _none_of(_values(value))
    if op in {Op.CONTAINS, Op.STARTS_WITH}:
        return Containing(fold(value), first=op is Op.STARTS_WITH)
    if isinstance(value, str | tuple):
        return _range_of_pair(op, value)
    return _by_number(op, _number(criterion, thresholds))


def _by_number(op: Op, number: float | None) -> Shape:
    if op in {Op.IS_KNOWN, Op.IS_UNKNOWN, Op.IS_FREE_MAIL}:
        return Plain(op)
    if number is None:
        return Undecided()
    shapes: dict[Op, Shape] = {
        Op.AT_LEAST: Range("number", number, inf),
        Op.AT_MOST: Range("number", -inf, number),
        Op.WITHIN_DAYS: Recent(number),
        Op.OLDER_THAN_DAYS: Older(number),
    }
    return shapes.get(op, Undecided())


def _range_of_pair(op: Op, value: str | tuple[Scalar, ...]) -> Shape:
    if op is Op.BEFORE:
        return Range("day", -inf, _ordinal(value) - 1)
    if op is Op.AFTER:
        return Range("day", _ordinal(value) + 1, inf)
    if op is not Op.BETWEEN or isinstance(value, str):
        return Undecided()
    low, high = value
    if isinstance(low, str) or isinstance(high, str):
        return Range("day", _ordinal(low), _ordinal(high))
    return Range("number", float(low), float(high))


def _ordinal(day: object) -> int:
    return date.fromisoformat(str(day)).toordinal()


def _number(criterion: FieldCriterion, thresholds: Mapping[str, float]) -> float | None:
    if criterion.threshold is not None:
        number = thresholds.get(criterion.threshold)
        return None if number is None else float(number)
    value = criterion.value
    return float(value) if isinstance(value, int | float) else None


def _values(value: Scalar | tuple[Scalar, ...] | None) -> frozenset[Value]:
    scalars = value if isinstance(value, tuple) else () if value is None else (value,)
    return frozenset(value_of(scalar) for scalar in scalars)


def _none_of(values: frozenset[Value]) -> Shape:
    """Of yes and no, what is not the one is the other."""
    if kinds(values) == {"truth"}:
        return OneOf(_TRUTHS - values)
    return NoneOf(values)
