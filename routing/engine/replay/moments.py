"""The moments at which a lead is judged: whenever news of it came in, or a criterion turned by time alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import floor

from glossary.engine.conditions import BehaviourCriterion, Criterion, FieldCriterion
from glossary.engine.fields import Op
from routing.engine.comparisons import number_of, values_of
from routing.engine.replay.definition import Definition
from routing.engine.replay.history import LeadHistory
from routing.engine.values import as_time, instant_of

AGE, CAPTURED = "age_days", "captured_at"
_DAY = timedelta(days=1)
MOVING_OPS = frozenset({Op.WITHIN_DAYS, Op.OLDER_THAN_DAYS})


@dataclass(frozen=True, slots=True)
class Turning:
    """How long after a fact a criterion on it turns.

    Attributes:
        behaviours: (name, days).
        fields: (key of a date, days).
    """

    behaviours: tuple[tuple[str, int], ...] = ()
    fields: tuple[tuple[str, float], ...] = ()


def turning(definitions: Sequence[Definition], stages: Sequence[str]) -> Turning:
    """The turns of all criteria that these definitions judge these stages by."""
    asked = [
        (item, side.scoring.thresholds)
        for side in definitions
        for key in stages
        for item in side.criteria(key)
    ]
    deeds = [item for item, _ in asked if isinstance(item, BehaviourCriterion)]
    behaviours = {(item.behaviour, days) for item in deeds for days in _days(item)}
    dates = {
        (item.field, days)
        for item, _ in asked
        if isinstance(item, FieldCriterion) and item.op in MOVING_OPS
        # A date that lies ahead begins to be "within the last days" when it comes.
        for days in (number_of(item, {}), 0.0)
    }
    ages = {(CAPTURED, day) for item, thresholds in asked for day in _ages(item, thresholds)}
    return Turning(tuple(sorted(behaviours)), tuple(sorted(dates | ages)))


def moments(history: LeadHistory, turns: Turning) -> list[datetime]:
    """When the lead is judged, in order, each once: from its beginning to the last instant, both included."""
    found = {history.began, history.until, *(change.at for change in history.changes)}
    for facts in history.behaviours.values():
        found.update(max(fact.occurred_at, fact.recorded_at) for fact in facts)
    if turns.behaviours or turns.fields:
        found.update(_turns(history, turns))
    return sorted(at for at in found if history.began <= at <= history.until)


def _turns(history: LeadHistory, turns: Turning) -> Iterator[datetime]:
    for name, days in turns.behaviours:
        for fact in history.behaviours.get(name, ()):
            yield fact.occurred_at + days * _DAY
    for key, span in turns.fields:
        values = [history.values.get(key), *(value for _, field, value in history.changes if field == key)]
        for moment in filter(None, map(as_time, values)):
            yield from _later(moment, span)


def _later(moment: date | datetime, days: float) -> Iterable[datetime]:
    try:
        return [instant_of(moment) + timedelta(days=days)]
    except OverflowError:  # beyond the years that datetimes know; nobody is judged there
        return []


def _days(item: BehaviourCriterion) -> Iterator[int]:
    return (days for days in (item.within_days, item.latest_before_days) if days is not None)


def _ages(item: Criterion, thresholds: dict[str, float]) -> Iterator[float]:
    """The days at which the age passes a number of a criterion on it: upon it, and beyond it."""
    if not isinstance(item, FieldCriterion) or item.field != AGE:
        return
    numeric = item.op in {Op.AT_LEAST, Op.AT_MOST}
    numbers = (
        [number_of(item, thresholds)]
        if numeric
        else [float(value) for value in values_of(item) if isinstance(value, int | float)]
    )
    for number in numbers:
        yield from (float(floor(number)), float(floor(number) + 1))
