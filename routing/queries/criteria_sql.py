"""Criteria on many leads at once: a Q that selects exactly the leads for which `evaluate` says yes.

Each criterion becomes a condition that is true where it is met; where the value is unknown it may be NULL,
which no lead passes. Disqualifiers are turned round with care: only true rules out, NULL does not.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import BooleanField, Case, Count, Max, Q, Value
from django.db.models import When as WhenSql
from django.db.models.functions import Coalesce

from glossary.engine.conditions import BehaviourCriterion, Criterion, FieldCriterion, Gate, When
from glossary.engine.fields import DERIVED_FIELDS, ContractField, Op
from routing.engine.comparisons import CriterionError, days_of, number_of, pattern_of, values_of
from routing.engine.free_mail import FREE_MAIL_DOMAINS
from routing.engine.text import clean
from routing.engine.values import days_before
from routing.models import Behaviour
from routing.queries.columns import COLUMNS
from routing.queries.json_values import JsonText
from routing.queries.sources import Source, source_of
from routing.queries.views import NEVER


def where(
    when: When | Gate, *, now: datetime, fields: Mapping[str, ContractField], thresholds: Mapping[str, float]
) -> Q:
    """The condition for `Lead.objects.filter()`; confirmations of a gate are no data and not asked for.

    Args:
        when: criteria; empty ones select every lead.
        now: behaviours and touches that happened or were recorded later do not count.
        fields: the contract; criteria may name its fields, columns and derived fields.
        thresholds: of the scoring document.

    Raises:
        CriterionError: a criterion names a field or a threshold that does not exist.
    """
    _refuse_strangers(when, fields)
    condition = Q()
    for group in when.all:
        condition &= _any(met(item, now, thresholds) for item in group.any)
    for item in when.none:
        condition &= not_true(met(item, now, thresholds))
    return condition


def _refuse_strangers(when: When, fields: Mapping[str, ContractField]) -> None:
    for item in when.criteria():
        if isinstance(item, FieldCriterion) and not any(
            item.field in known for known in (fields, DERIVED_FIELDS, COLUMNS)
        ):
            raise CriterionError(
                f"{item.field!r} is no field of the data contract, so no lead can have it. "
                f"Add it to the contract or use one of: {', '.join(sorted(fields)) or 'none is defined'}."
            )


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)


def not_true(condition: Q) -> Q:
    turned = Case(WhenSql(condition, then=Value(False)), default=Value(True), output_field=BooleanField())
    return Q(turned)


def met(criterion: Criterion, now: datetime, thresholds: Mapping[str, float]) -> Q:
    """The condition for one criterion; NULL where the value is unknown. Raises CriterionError."""
    if isinstance(criterion, BehaviourCriterion):
        return _happened(criterion, now)
    source = source_of(criterion.field, now)
    if criterion.op in _NUMERIC:
        bound = number_of(criterion, thresholds)
        return _NUMERIC[criterion.op](source, bound)
    return _OPERATORS[criterion.op](criterion, source, now)


def _happened(criterion: BehaviourCriterion, now: datetime) -> Q:
    """Leads with enough behaviours of the kind; those of leads merged into them count as theirs."""
    rows = Behaviour.objects.filter(name=criterion.behaviour, occurred_at__lte=now, recorded_at__lte=now)
    if criterion.within_days:
        rows = rows.filter(occurred_at__gt=days_before(now, criterion.within_days))
    for number, (name, value) in enumerate(criterion.where.items()):
        rows = rows.alias(**{f"property_{number}": JsonText("properties", name)})
        rows = rows.filter(**{f"property_{number}": clean(value)})
    subjects = rows.order_by().values(subject=Coalesce("lead__merged_into_id", "lead_id"))
    if criterion.at_least > 1:
        subjects = (
            subjects.annotate(times=Count("pk")).filter(times__gte=criterion.at_least).values("subject")
        )
    if criterion.latest_before_days:
        bound = days_before(now, criterion.latest_before_days)
        subjects = subjects.annotate(latest=Max("occurred_at")).filter(latest__lte=bound).values("subject")
    return Q(pk__in=subjects)


def _equal_any(criterion: FieldCriterion, source: Source) -> list[tuple[Q, Q]]:
    """(the field holds this kind, it equals one of its values), for each kind that is asked for."""
    values = values_of(criterion)
    truths = [value for value in values if isinstance(value, bool)]
    numbers = [float(value) for value in values if not isinstance(value, bool | str)]
    texts = [value for value in values if isinstance(value, str)]
    found: list[tuple[Q, Q]] = []
    if truths and (as_truth := source.truths):
        found.append((as_truth.typed, _any(as_truth.equal(value) for value in truths)))
    if numbers and (as_number := source.numbers):
        equal = (as_number.at_least(value) & as_number.at_most(value) for value in numbers)
        found.append((as_number.typed, _any(equal)))
    if texts and (as_text := source.texts):
        found.append((as_text.typed, as_text.equal_any(texts)))
    return found


def _equals(criterion: FieldCriterion, source: Source) -> Q:
    return _any([equal for _, equal in _equal_any(criterion, source)] or [NEVER])


def _differs(criterion: FieldCriterion, source: Source) -> Q:
    return _any([typed & ~equal for typed, equal in _equal_any(criterion, source)] or [NEVER])


def _between(criterion: FieldCriterion, source: Source) -> Q:
    low, high = values_of(criterion)
    if isinstance(low, str) or isinstance(high, str):
        first, last = days_of(criterion)
        times = source.times
        return times.typed & ~times.before(first) & ~times.after(last) if times else NEVER
    numbers = source.numbers
    return numbers.at_least(low) & numbers.at_most(high) if numbers else NEVER


def _contains(criterion: FieldCriterion, source: Source) -> Q:
    return source.texts.typed & source.texts.contain(pattern_of(criterion)) if source.texts else NEVER


def _starts_with(criterion: FieldCriterion, source: Source) -> Q:
    return source.texts.typed & source.texts.start_with(pattern_of(criterion)) if source.texts else NEVER


def _free_mail(source: Source) -> Q:
    return source.texts.typed & source.texts.equal_any(sorted(FREE_MAIL_DOMAINS)) if source.texts else NEVER


def _before(criterion: FieldCriterion, source: Source) -> Q:
    return source.times.typed & source.times.before(days_of(criterion)[0]) if source.times else NEVER


def _after(criterion: FieldCriterion, source: Source) -> Q:
    return source.times.typed & source.times.after(days_of(criterion)[0]) if source.times else NEVER


def _within(criterion: FieldCriterion, source: Source, now: datetime) -> Q:
    times, since = source.times, days_before(now, number_of(criterion, {}))
    return times.typed & times.later_than(since) & times.not_later_than(now) if times else NEVER


def _older(criterion: FieldCriterion, source: Source, now: datetime) -> Q:
    times, since = source.times, days_before(now, number_of(criterion, {}))
    return times.typed & times.not_later_than(since) if times else NEVER


def _at_least(source: Source, bound: float) -> Q:
    return source.numbers.at_least(bound) if source.numbers else NEVER


def _at_most(source: Source, bound: float) -> Q:
    return source.numbers.at_most(bound) if source.numbers else NEVER


_NUMERIC: dict[Op, Callable[[Source, float], Q]] = {Op.AT_LEAST: _at_least, Op.AT_MOST: _at_most}
_OPERATORS: dict[Op, Callable[[FieldCriterion, Source, datetime], Q]] = {
    Op.IS: lambda c, source, now: _equals(c, source),
    Op.IN: lambda c, source, now: _equals(c, source),
    Op.IS_NOT: lambda c, source, now: _differs(c, source),
    Op.NOT_IN: lambda c, source, now: _differs(c, source),
    Op.BETWEEN: lambda c, source, now: _between(c, source),
    Op.CONTAINS: lambda c, source, now: _contains(c, source),
    Op.STARTS_WITH: lambda c, source, now: _starts_with(c, source),
    Op.IS_KNOWN: lambda c, source, now: source.known,
    Op.IS_UNKNOWN: lambda c, source, now: ~source.known,
    Op.BEFORE: lambda c, source, now: _before(c, source),
    Op.AFTER: lambda c, source, now: _after(c, source),
    Op.WITHIN_DAYS: _within,
    Op.OLDER_THAN_DAYS: _older,
    Op.IS_FREE_MAIL: lambda c, source, now: _free_mail(source),
}
