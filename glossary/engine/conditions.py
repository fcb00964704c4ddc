"""The criteria language: criteria, groups of alternatives, gates. Evaluation lives in routing."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
    Tag,
    model_validator,
)

from glossary.engine.base import Key, Line, Part, require_unique
from glossary.engine.fields import PREFIX, Op

# Up to here whole numbers are exact in floating point, which is how both databases and Python compare them.
LARGEST = 10**15
Whole = Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
Real = Annotated[StrictFloat, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
# Texts are compared as they are, never run as patterns; longer ones than any field keeps match nothing.
MAX_TEXT = 500
MAX_VALUES = 500
Text = Annotated[StrictStr, StringConstraints(max_length=MAX_TEXT)]
Scalar = StrictBool | Whole | Real | Text
PropertyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$")]
Days = Annotated[int, Field(ge=1, le=3650)]
MAX_CRITERIA = 200


class Kind(StrEnum):
    """What a criterion stands for in the definition."""

    FIRMOGRAPHIC = "firmographic"
    BEHAVIOUR = "behaviour"
    TRIGGER = "trigger"
    CONSENT = "consent"
    DISQUALIFIER = "disqualifier"


NO_VALUE = frozenset({Op.IS_KNOWN, Op.IS_UNKNOWN, Op.IS_FREE_MAIL})
LIST_VALUE = frozenset({Op.IN, Op.NOT_IN})
NUMERIC = frozenset({Op.AT_LEAST, Op.AT_MOST})
DAY_COUNT = frozenset({Op.WITHIN_DAYS, Op.OLDER_THAN_DAYS})


class FieldCriterion(Part):
    """A field compared with a value, or with a named threshold of the scoring document."""

    kind: Kind
    field: Key
    op: Op
    value: Scalar | Annotated[tuple[Scalar, ...], Field(max_length=MAX_VALUES)] | None = None
    threshold: Key | None = None

    @model_validator(mode="after")
    def _value_fits_operator(self) -> Self:
        problem = _value_problem(self)
        if problem:
            raise ValueError(f"{self.field} {self.op.value}: {problem}")
        return self


class BehaviourCriterion(Part):
    """Something the person did: at least n times, optionally within the last days, with given properties.

    `where` compares properties that are texts, exactly. `latest_before_days`: of what is counted, the most
    recent lies so many days back or longer, so that what was never done does not meet it either.
    """

    kind: Kind
    behaviour: Key
    at_least: Annotated[int, Field(ge=1, le=1000)] = 1
    within_days: Days | None = None
    # Left out where it is not given: documents written before there was such a part keep their digests.
    latest_before_days: Annotated[Days | None, Field(exclude_if=lambda days: days is None)] = None
    where: dict[PropertyName, Line] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _latest_lies_within(self) -> Self:
        within, before = self.within_days, self.latest_before_days
        if within is not None and before is not None and before >= within:
            raise ValueError(
                f"latest_before_days {before}: what lies {before} days back is not within the last {within} "
                "days, so nobody could ever meet it; give fewer days than within_days"
            )
        return self


def _shape(value: Any) -> str:
    has_behaviour = "behaviour" in value if isinstance(value, dict) else hasattr(value, "behaviour")
    return "behaviour" if has_behaviour else "field"


Criterion = Annotated[
    Annotated[FieldCriterion, Tag("field")] | Annotated[BehaviourCriterion, Tag("behaviour")],
    Discriminator(_shape),
]


class Group(Part):
    """Alternatives: the group holds when any one of them is met."""

    any: Annotated[tuple[Criterion, ...], Field(min_length=1)]


class When(Part):
    """All groups hold and no criterion of `none` is met. An empty one always holds."""

    all: tuple[Group, ...] = ()
    none: tuple[Criterion, ...] = ()

    def criteria(self) -> Iterator[FieldCriterion | BehaviourCriterion]:
        """Every criterion, in reading order."""
        for group in self.all:
            yield from group.any
        yield from self.none

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        count = sum(1 for _ in self.criteria())
        if count > MAX_CRITERIA:
            raise ValueError(f"{count} criteria; at most {MAX_CRITERIA} are allowed in one place")
        return self


class Needs(StrEnum):
    """Evidence that a rep's confirmation asks for."""

    NOTHING = "nothing"
    NOTE = "note"
    DATE = "date"
    MEETING = "meeting"


class Confirmation(Part):
    """What a rep must tick before the stage is entered, with the evidence it needs."""

    key: Key
    label: Line
    needs: Needs = Needs.NOTHING


class Gate(When):
    """The entry definition of a stage: criteria, disqualifiers and rep-confirmed evidence."""

    confirm: tuple[Confirmation, ...] = ()

    @model_validator(mode="after")
    def _confirmations_differ(self) -> Self:
        require_unique([item.key for item in self.confirm], "confirmations")
        return self


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_iso_date(value: object) -> bool:
    # Python also reads 20261122 and 2026-W47-7; one spelling keeps dates comparable as texts.
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _value_problem(criterion: FieldCriterion) -> str:
    """What is wrong with the value for the operator; empty when nothing is."""
    op, value = criterion.op, criterion.value
    if criterion.threshold is not None:
        fits = op in NUMERIC and value is None
        return "" if fits else "a threshold goes with at_least or at_most and without a value"
    if op in NO_VALUE:
        return "" if value is None else "this operator takes no value"
    if op in LIST_VALUE:
        return "" if isinstance(value, tuple) and value else "the value must be a list with an entry or more"
    if op is Op.BETWEEN:
        return _between_problem(value)
    if isinstance(value, tuple) or value is None or value == "":
        return "exactly one value is needed"
    return _scalar_problem(op, value)


def _scalar_problem(op: Op, value: object) -> str:
    if op in NUMERIC and not _is_number(value):
        return f"{value!r} is not a number"
    if op in DAY_COUNT and not (_is_number(value) and 0 < float(str(value)) <= 3650):
        return f"{value!r} is not a number of days between 1 and 3650"
    if op in {Op.BEFORE, Op.AFTER} and not _is_iso_date(value):
        return f"{value!r} is not a date like 2026-11-22"
    if op in PREFIX and not isinstance(value, str):
        return f"{value!r} is not a text"
    return ""


def _between_problem(value: object) -> str:
    if not isinstance(value, tuple) or len(value) != 2:
        return "the value must be a list of the lower and the upper bound"
    low, high = value
    if _is_number(low) and _is_number(high):
        return "" if low <= high else f"the lower bound {low} is above the upper bound {high}"
    if _is_iso_date(low) and _is_iso_date(high):
        return "" if str(low) <= str(high) else f"the first date {low} is after the second {high}"
    return f"{low!r} and {high!r} are neither two numbers nor two dates"
