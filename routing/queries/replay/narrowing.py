"""Which leads may open a stage at all: a condition in SQL that every lead meets that does, and many do not.

It is a necessary one. What depends on the moment is taken as met as far as it could ever be: a behaviour that
happened at some time, points that never decayed. Who is left is decided one by one by routing.engine.replay.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Least

from glossary.engine.conditions import BehaviourCriterion, Criterion, FieldCriterion
from glossary.engine.conditions import When as Criteria
from glossary.engine.fields import Op
from routing.engine.comparisons import is_met, number_of
from routing.engine.documents import ScoringDocument
from routing.engine.documents.scoring import IntentRule
from routing.engine.replay.definition import GRADE, INTENT, Definition
from routing.engine.replay.history import LOGGED
from routing.engine.replay.moments import AGE, MOVING_OPS
from routing.engine.scoring import LOWEST_GRADE
from routing.models import Behaviour, Lead, LeadChange
from routing.queries.criteria_sql import met, not_true
from routing.queries.replay.cohort import Span
from routing.queries.sources import source_of

EVERY = Q()
# The total is rounded to two decimals before it is compared.
_ROUNDING = 0.01
_NUMBER = FloatField()


class Narrowing:
    """Conditions for the leads of one span of ids, looked at up to `until`."""

    def __init__(self, span: Span, until: datetime) -> None:
        self.span, self.until = span, until

    def may_open(self, definitions: Sequence[Definition], stages: Sequence[str]) -> Q:
        """Leads that may open one of the stages under one of the definitions, by the values they have now."""
        gates = [self._gate(side, key) for side in definitions for key in stages if side.stage(key)]
        # Alike parts of different definitions are asked for once.
        parts = list(dict.fromkeys(part for gate in gates for part in gate))
        shared = [part for part in parts if all(part in gate for gate in gates)]
        own = [[part for part in gate if part not in shared] for gate in gates]
        if not gates:
            return Q(pk__in=())
        condition = reduce(lambda found, part: found & part, shared, EVERY)
        return condition & _any_of(reduce(lambda found, part: found & part, gate, EVERY) for gate in own)

    def changed(self, fields: Iterable[str]) -> "QuerySet[LeadChange]":
        """Changes of these fields that were recorded after their leads: today's values say too little of those."""
        names = [name for key in fields for name in (key, f"attributes.{key}")]
        later = LeadChange.objects.filter(field__in=names, **self._within("lead"))
        return later.filter(recorded_at__gt=F("lead__recorded_at"))

    def survivors(self) -> "QuerySet[Lead]":
        """Leads merged into others: what they did counts for those."""
        return Lead.objects.filter(**self._within("merged_into"))

    def _within(self, path: str) -> dict[str, int]:
        """The span as literal bounds, which planners judge well."""
        return {f"{path}__gte": self.span.first, f"{path}__lte": self.span.last}

    def _gate(self, side: Definition, key: str) -> list[Q]:
        stage = side.glossary.stage_by_key[key]
        parts = self._when(stage.entry, side.scoring)
        known = (source_of(name, self.until).known for name in stage.required_fields if not _moves(name))
        return [*parts, *known]

    def _when(self, when: Criteria, scoring: ScoringDocument) -> list[Q]:
        """What all must hold, without the parts that hold for every lead."""
        groups = [_any_of(self._possible(item, scoring) for item in group.any) for group in when.all]
        barred = [
            not_true(met(item, self.until, scoring.thresholds)) for item in when.none if not _depends(item)
        ]
        return [part for part in (*groups, *barred) if part != EVERY]

    def _possible(self, item: Criterion, scoring: ScoringDocument) -> Q:
        if isinstance(item, BehaviourCriterion):
            return self._did(item)
        if item.field == INTENT:
            return self._scored(item, scoring)
        if item.field == GRADE:
            return self._graded(item, scoring)
        return EVERY if _depends(item) else met(item, self.until, scoring.thresholds)

    def _did(self, item: BehaviourCriterion) -> Q:
        rows = self._behaviours([item.behaviour]).values("lead_id")
        if item.at_least > 1:
            rows = rows.annotate(times=Count("pk")).filter(times__gte=item.at_least).values("lead_id")
        return Q(pk__in=rows)

    def _graded(self, item: FieldCriterion, scoring: ScoringDocument) -> Q:
        """One of the tiers of an accepted grade may hold; whether an earlier one does is decided later."""
        wanted = [grade for grade in ("A", "B", "C", LOWEST_GRADE) if is_met(item, grade, self.until, {})]
        if LOWEST_GRADE in wanted:
            return EVERY
        tiers = [self._when(tier.when, scoring) for tier in scoring.fit if tier.grade in wanted]
        if not tiers:
            return Q(pk__in=())
        return _any_of(reduce(lambda found, part: found & part, parts, EVERY) for parts in tiers)

    def _scored(self, item: FieldCriterion, scoring: ScoringDocument) -> Q:
        """The points without decay, under the caps, would be enough."""
        need = number_of(item, scoring.thresholds) if item.op is Op.AT_LEAST else 0.0
        if need <= 0:
            return EVERY
        giving = [rule for rule in scoring.intent if rule.points > 0]
        most = sum((_most(rule, scoring) for rule in _alone(giving, scoring)), start=Value(0.0))
        for group, cap in sorted(scoring.group_caps.items()):
            own = [_most(rule, scoring) for rule in giving if rule.group == group]
            if own:
                most += Least(sum(own, start=Value(0.0)), Value(cap), output_field=_NUMBER)
        rows = self._behaviours(sorted({rule.behaviour for rule in giving})).values("lead_id")
        return Q(pk__in=rows.annotate(most=most).filter(most__gte=need - _ROUNDING).values("lead_id"))

    def _behaviours(self, names: Sequence[str]) -> "QuerySet[Behaviour]":
        rows = Behaviour.objects.filter(name__in=names, **self._within("lead")).order_by()
        return rows.filter(occurred_at__lte=self.until, recorded_at__lte=self.until)


def _alone(rules: Iterable[IntentRule], scoring: ScoringDocument) -> Iterable[IntentRule]:
    return (rule for rule in rules if rule.group not in scoring.group_caps)


def _most(rule: IntentRule, scoring: ScoringDocument) -> Combinable:
    """The most that a rule can have given: every time at its full points, under its cap."""
    times = Sum(
        Case(When(name=rule.behaviour, then=Value(rule.points)), default=Value(0.0)), output_field=_NUMBER
    )
    return times if rule.cap is None else Least(times, Value(rule.cap), output_field=_NUMBER)


def _any_of(conditions: Iterable[Q]) -> Q:
    found = list(conditions)
    return EVERY if EVERY in found else reduce(or_, found)


def _moves(field: str) -> bool:
    """Whether what is known of a field now says too little of what it was."""
    return field in LOGGED or field in {AGE, GRADE, INTENT}


def _depends(item: Criterion) -> bool:
    """Whether the answer depends on the moment, or on a log, and not on the values alone."""
    if isinstance(item, BehaviourCriterion):
        return True
    return item.op in MOVING_OPS or _moves(item.field)
