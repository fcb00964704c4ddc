"""The operators of the criteria language on one value. routing.queries.criteria_sql is the same in SQL."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from glossary.engine.conditions import BehaviourCriterion, FieldCriterion, Scalar
from glossary.engine.fields import Op
from routing.engine.facts import BehaviourFact
from routing.engine.free_mail import is_free_mail
from routing.engine.text import clean, fold
from routing.engine.values import (
    as_number,
    as_text,
    as_time,
    as_truth,
    days_before,
    instant_of,
    is_known,
    utc_day,
)


class CriterionError(ValueError):
    """A criterion that cannot be evaluated: it names something that the documents in force do not have."""


def values_of(criterion: FieldCriterion) -> tuple[Scalar, ...]:
    """The values a criterion compares with; texts are cleaned like those of leads."""
    raw = criterion.value
    values = raw if isinstance(raw, tuple) else () if raw is None else (raw,)
    return tuple(clean(value) if isinstance(value, str) else value for value in values)


def number_of(criterion: FieldCriterion, thresholds: Mapping[str, float]) -> float:
    """The number of a criterion: its value, or the threshold it names.

    Raises:
        CriterionError: the threshold is not defined.
    """
    if criterion.threshold is None:
        return next(float(value) for value in values_of(criterion))
    if criterion.threshold not in thresholds:
        known = ", ".join(sorted(thresholds)) or "none"
        raise CriterionError(
            f"{criterion.field} {criterion.op.value}: the scoring document has no threshold "
            f"{criterion.threshold!r} (it has: {known}). Add it there or use another one."
        )
    return float(thresholds[criterion.threshold])


def days_of(criterion: FieldCriterion) -> tuple[date, ...]:
    """The dates a criterion compares with."""
    return tuple(date.fromisoformat(value) for value in values_of(criterion) if isinstance(value, str))


def pattern_of(criterion: FieldCriterion) -> str:
    """The folded text that `contains` and `starts_with` look for; its white space counts."""
    return fold(criterion.value)


def is_met(
    criterion: FieldCriterion, value: object, now: datetime, thresholds: Mapping[str, float]
) -> bool | None:
    """Whether `value` meets the criterion at `now`; None when that is not known.

    An absent value is unknown to every operator except `is_unknown`, also to `is_known`: it then shows as a
    gap in the data and not as a bad fit. A value of another kind than asked for is no evidence either.
    """
    if criterion.op is Op.IS_UNKNOWN:
        return not is_known(value)
    if not is_known(value):
        return None
    if criterion.op is Op.IS_KNOWN:
        return True
    if criterion.op in _NUMERIC:
        number = as_number(value)
        bound = number_of(criterion, thresholds)
        return None if number is None else _NUMERIC[criterion.op](number, bound)
    return _OPERATORS[criterion.op](criterion, value, now)


def _equals_any(criterion: FieldCriterion, value: object) -> bool | None:
    """Whether the value is one of those listed; None when none of them is of its kind."""
    wanted = values_of(criterion)
    if (truth := as_truth(value)) is not None:
        truths = [item for item in wanted if isinstance(item, bool)]
        return truth in truths if truths else None
    if (number := as_number(value)) is not None:
        numbers = [float(item) for item in wanted if not isinstance(item, bool | str)]
        return number in numbers if numbers else None
    if (text := as_text(value)) is not None:
        texts = [item for item in wanted if isinstance(item, str)]
        return text in texts if texts else None
    return None


def _differs(criterion: FieldCriterion, value: object) -> bool | None:
    equal = _equals_any(criterion, value)
    return None if equal is None else not equal


def _between(criterion: FieldCriterion, value: object) -> bool | None:
    low, high = values_of(criterion)
    if isinstance(low, str) or isinstance(high, str):
        moment = as_time(value)
        first, last = days_of(criterion)
        return None if moment is None else first <= utc_day(moment) <= last
    number = as_number(value)
    return None if number is None else low <= number <= high


def _on_text(test: Callable[[str, str], bool], criterion: FieldCriterion, value: object) -> bool | None:
    text = as_text(value)
    return None if text is None else test(fold(text), pattern_of(criterion))


def _on_day(test: Callable[[date, date], bool], criterion: FieldCriterion, value: object) -> bool | None:
    moment = as_time(value)
    return None if moment is None else test(utc_day(moment), days_of(criterion)[0])


def _free_mail(value: object) -> bool | None:
    text = as_text(value)
    return None if text is None else is_free_mail(text)


def _within(criterion: FieldCriterion, value: object, now: datetime) -> bool | None:
    moment = as_time(value)
    return None if moment is None else days_before(now, number_of(criterion, {})) < instant_of(moment) <= now


def _older(criterion: FieldCriterion, value: object, now: datetime) -> bool | None:
    moment = as_time(value)
    return None if moment is None else instant_of(moment) <= days_before(now, number_of(criterion, {}))


_NUMERIC: dict[Op, Callable[[float, float], bool]] = {
    Op.AT_LEAST: lambda number, bound: number >= bound,
    Op.AT_MOST: lambda number, bound: number <= bound,
}
_OPERATORS: dict[Op, Callable[[FieldCriterion, object, datetime], bool | None]] = {
    Op.IS: lambda c, v, now: _equals_any(c, v),
    Op.IN: lambda c, v, now: _equals_any(c, v),
    Op.IS_NOT: lambda c, v, now: _differs(c, v),
    Op.NOT_IN: lambda c, v, now: _differs(c, v),
    Op.BETWEEN: lambda c, v, now: _between(c, v),
    Op.CONTAINS: lambda c, v, now: _on_text(lambda text, part: part in text, c, v),
    Op.STARTS_WITH: lambda c, v, now: _on_text(str.startswith, c, v),
    Op.BEFORE: lambda c, v, now: _on_day(lambda day, bound: day < bound, c, v),
    Op.AFTER: lambda c, v, now: _on_day(lambda day, bound: day > bound, c, v),
    Op.WITHIN_DAYS: _within,
    Op.OLDER_THAN_DAYS: _older,
    Op.IS_FREE_MAIL: lambda c, v, now: _free_mail(v),
}


def matching(
    criterion: BehaviourCriterion, behaviours: list[BehaviourFact], now: datetime
) -> list[BehaviourFact]:
    """The behaviours (all of the criterion's name) that count: seen at `now`, in the period, as asked for."""
    since = days_before(now, criterion.within_days) if criterion.within_days else None
    return [
        fact
        for fact in behaviours
        if fact.is_seen_at(now)
        and (since is None or fact.occurred_at > since)
        and all(fact.properties.get(name) == clean(value) for name, value in criterion.where.items())
    ]


def are_enough(criterion: BehaviourCriterion, counted: list[BehaviourFact], now: datetime) -> bool:
    """Whether what counts (see `matching`) is often enough, and its latest lies as far back as asked for."""
    if len(counted) < criterion.at_least:
        return False
    if criterion.latest_before_days is None:
        return True
    bound = days_before(now, criterion.latest_before_days)
    return all(fact.occurred_at <= bound for fact in counted)
