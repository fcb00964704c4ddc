"""Criteria in words: one English line each, the same on every page, in every verdict and export."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from glossary.engine.conditions import (
    BehaviourCriterion,
    Confirmation,
    Criterion,
    FieldCriterion,
    Gate,
    Group,
    Needs,
    Scalar,
    When,
)
from glossary.engine.fields import ContractField, Op

NEEDS_WORDS = {
    Needs.NOTHING: "",
    Needs.NOTE: "with a note",
    Needs.DATE: "with a date",
    Needs.MEETING: "with the meeting",
}
NO_THRESHOLDS: Mapping[str, float] = {}


def criterion_words(
    criterion: Criterion, fields: Mapping[str, ContractField], thresholds: Mapping[str, float] = NO_THRESHOLDS
) -> str:
    """One line, e.g. "Intent score is at least 65 (threshold mql)".

    Args:
        criterion: of a field or of a behaviour.
        fields: contract and derived fields by key, for the labels; an unknown key is humanised.
        thresholds: of the scoring document; one that is missing is called by its key alone.
    """
    if isinstance(criterion, BehaviourCriterion):
        return _behaviour_words(criterion)
    field = fields.get(criterion.field)
    label = field.label if field else capitalised(criterion.field)
    if criterion.threshold is not None:
        return f"{label} {_threshold_words(criterion, thresholds)}"
    return f"{label} {_FIELD_WORDS[criterion.op](criterion)}"


def group_words(
    group: Group, fields: Mapping[str, ContractField], thresholds: Mapping[str, float] = NO_THRESHOLDS
) -> str:
    """The alternatives of a group, joined with "or"."""
    return ", or ".join(criterion_words(item, fields, thresholds) for item in group.any)


def confirmation_words(item: Confirmation) -> str:
    """A rep's confirmation and the evidence it asks for."""
    needs = NEEDS_WORDS[item.needs]
    return f"{item.label} ({needs})" if needs else item.label


def gate_words(
    when: Gate | When, fields: Mapping[str, ContractField], thresholds: Mapping[str, float] = NO_THRESHOLDS
) -> list[str]:
    """A gate as a list: a line per group, per disqualifier ("not if …") and per confirmation."""
    lines = [group_words(group, fields, thresholds) for group in when.all]
    lines += [f"not if {criterion_words(item, fields, thresholds)}" for item in when.none]
    confirm = when.confirm if isinstance(when, Gate) else ()
    return lines + [f"a rep confirms: {confirmation_words(item)}" for item in confirm]


def humanised(key: str) -> str:
    """A key as words: demo_request → demo request."""
    return key.replace("_", " ").strip()


def capitalised(key: str) -> str:
    """A key as the beginning of a line: job_title → Job title."""
    words = humanised(key)
    return words[:1].upper() + words[1:]


def number_words(value: float) -> str:
    """A number without an idle .0; thousands are grouped from 10,000 on."""
    whole = int(value) if float(value).is_integer() else value
    return f"{whole:,}" if abs(whole) >= 10_000 else str(whole)


def date_words(day: date) -> str:
    """A date as 22 Nov 2026."""
    return f"{day.day} {day:%b} {day.year}"


def value_words(value: Scalar) -> str:
    """One value: yes or no, a number, or the text as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number_words(value) if isinstance(value, int | float) else value


def joined(words: Sequence[str], last: str) -> str:
    """Join alternatives: A; A or B; A, B or C."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def days_words(days: float) -> str:
    """A number of days: 1 day, 30 days."""
    return f"{number_words(days)} day{'' if days == 1 else 's'}"


def _values(criterion: FieldCriterion) -> tuple[Scalar, ...]:
    value = criterion.value
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _one(criterion: FieldCriterion) -> str:
    return "".join(value_words(value) for value in _values(criterion)[:1])


def _number(criterion: FieldCriterion) -> float:
    return next((float(v) for v in _values(criterion)), 0.0)


def _day(value: Scalar) -> str:
    return date_words(date.fromisoformat(value)) if isinstance(value, str) else value_words(value)


def _first_day(criterion: FieldCriterion) -> str:
    return "".join(_day(value) for value in _values(criterion)[:1])


def _between(criterion: FieldCriterion) -> str:
    return "is between " + " and ".join(_day(value) for value in _values(criterion))


def _one_of(criterion: FieldCriterion) -> str:
    return "is " + joined([value_words(value) for value in _values(criterion)], "or")


def _none_of(criterion: FieldCriterion) -> str:
    values = [value_words(value) for value in _values(criterion)]
    return f"is not {values[0]}" if len(values) == 1 else f"is none of {joined(values, 'and')}"


_FIELD_WORDS: dict[Op, Callable[[FieldCriterion], str]] = {
    Op.IS: _one_of,
    Op.IS_NOT: _none_of,
    Op.IN: _one_of,
    Op.NOT_IN: _none_of,
    Op.AT_LEAST: lambda c: f"is at least {_one(c)}",
    Op.AT_MOST: lambda c: f"is at most {_one(c)}",
    Op.BETWEEN: _between,
    Op.CONTAINS: lambda c: f"contains “{_one(c)}”",
    Op.STARTS_WITH: lambda c: f"starts with “{_one(c)}”",
    Op.IS_KNOWN: lambda c: "is known",
    Op.IS_UNKNOWN: lambda c: "is not known",
    Op.BEFORE: lambda c: f"is before {_first_day(c)}",
    Op.AFTER: lambda c: f"is after {_first_day(c)}",
    Op.WITHIN_DAYS: lambda c: f"is within the last {_period_words(_number(c))}",
    Op.OLDER_THAN_DAYS: lambda c: f"is {days_words(_number(c))} ago or longer",
    Op.IS_FREE_MAIL: lambda c: "is a free-mail provider",
}


def _threshold_words(criterion: FieldCriterion, thresholds: Mapping[str, float]) -> str:
    side = "is at least" if criterion.op is Op.AT_LEAST else "is at most"
    value = thresholds.get(criterion.threshold or "")
    if value is None:
        return f"{side} the threshold {criterion.threshold}"
    return f"{side} {number_words(value)} (threshold {criterion.threshold})"


def _behaviour_words(criterion: BehaviourCriterion) -> str:
    # In one order: a sealed document comes back with its keys sorted and must read as it did.
    where = joined(
        [f"{humanised(name)} is {value}" for name, value in sorted(criterion.where.items())], "and"
    )
    words = f"{capitalised(criterion.behaviour)}{f' ({where})' if where else ''}{_times_words(criterion)}"
    if criterion.within_days:
        words += f" in the last {_period_words(criterion.within_days)}"
    if criterion.latest_before_days:
        words += f", the latest {days_words(criterion.latest_before_days)} ago or longer"
    return words


def _times_words(criterion: BehaviourCriterion) -> str:
    if criterion.at_least > 1:
        return f" at least {criterion.at_least} times"
    return "" if criterion.within_days else " at least once"


def _period_words(days: float) -> str:
    return "day" if days == 1 else days_words(days)
