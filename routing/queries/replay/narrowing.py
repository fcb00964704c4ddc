"""Which leads may open a stage at all: a condition in SQL that every lead meets that does, and many do not.

It is a necessary one. What depends on the moment is taken as met as far as it could ever be: a behaviour that
happened at some time, points that never decayed. Who is left is decided one by one by routing.engine.replay.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce
from operator import and_, or_

from django.db.models import Exists, OuterRef, Q, Sum

from glossary.engine.conditions import BehaviourCriterion, Criterion, FieldCriterion
from glossary.engine.conditions import When as Criteria
from routing.engine.comparisons import is_met
from routing.engine.documents import ScoringDocument
from routing.engine.replay.definition import GRADE, INTENT, Definition
from routing.engine.replay.history import LOGGED
from routing.engine.replay.moments import AGE, MOVING_OPS
from routing.engine.scoring import LOWEST_GRADE
from routing.models import Behaviour
from routing.queries.criteria_sql import met, not_true
from routing.queries.replay.deeds import ENOUGH, Shares, shares_of, shares_of_group, total, weakest
from routing.queries.sources import source_of

EVERY = Q()


class Narrowing:
    """Conditions for leads that are looked at up to `until`.

    `loose`: keys of fields whose values now say too little, since they changed after their leads came in.
    """

    def __init__(self, until: datetime, loose: Iterable[str] = ()) -> None:
        self.until = until
        derived = {"email_domain": "email", AGE: "captured_at"}
        self._loose = frozenset({*loose, *(key for key, source in derived.items() if source in {*loose})})

    def may_open(self, definitions: Sequence[Definition], stages: Sequence[str]) -> tuple[Q, Q]:
        """Leads that may open one of the stages under one of the definitions: by their values, by what they did.

        Both have to hold. What they did is the dear question, so it is one for all definitions and comes last.
        """
        gates = [self._gate(side, key) for side in definitions for key in stages if side.stage(key)]
        if not gates:
            return Q(pk__in=()), EVERY
        # Alike parts of different definitions are asked for once, and so are alike alternatives.
        parts = list(dict.fromkeys(part for gate, _ in gates for part in gate))
        shared = [part for part in parts if all(part in gate for gate, _ in gates)]
        own = [[part for part in gate if part not in shared] for gate, _ in gates]
        alternatives = dict.fromkeys(each for gate in own for each in _alternatives(gate))
        return _all_of([*shared, any_of(alternatives)]), self._did_any(deeds for _, deeds in gates)

    def _gate(self, side: Definition, key: str) -> tuple[list[Q], list[Shares]]:
        """What its values must say, and what a lead must have done for each group that asks for deeds only."""
        stage = side.glossary.stage_by_key[key]
        deeds = [shares_of_group(group, side.scoring) for group in stage.entry.all]
        others = [group for group, own in zip(stage.entry.all, deeds, strict=True) if own is None]
        parts = self._when(stage.entry.model_copy(update={"all": tuple(others)}), side.scoring)
        known = (source_of(name, self.until).known for name in stage.required_fields if not self._moves(name))
        return [*parts, *known], [own for own in deeds if own is not None]

    def _when(self, when: Criteria, scoring: ScoringDocument) -> list[Q]:
        """What all must hold, without the parts that hold for every lead."""
        groups = [any_of(self._possible(item, scoring) for item in group.any) for group in when.all]
        barred = [
            not_true(met(item, self.until, scoring.thresholds))
            for item in when.none
            if not self._depends(item)
        ]
        return [part for part in (*groups, *barred) if part != EVERY]

    def _possible(self, item: Criterion, scoring: ScoringDocument) -> Q:
        shares = shares_of(item, scoring)
        if shares is not None:
            return self._did_any([[shares]])
        if not isinstance(item, FieldCriterion) or item.field == INTENT:
            return EVERY
        if item.field == GRADE:
            return self._graded(item, scoring)
        return EVERY if self._depends(item) else met(item, self.until, scoring.thresholds)

    def _graded(self, item: FieldCriterion, scoring: ScoringDocument) -> Q:
        """One of the tiers of an accepted grade may hold; whether an earlier one does is decided later."""
        wanted = [grade for grade in ("A", "B", "C", LOWEST_GRADE) if is_met(item, grade, self.until, {})]
        if LOWEST_GRADE in wanted:
            return EVERY
        tiers = [self._when(tier.when, scoring) for tier in scoring.fit if tier.grade in wanted]
        return any_of(map(_all_of, tiers)) if tiers else Q(pk__in=())

    def _did_any(self, gates: Iterable[Sequence[Shares]]) -> Q:
        """Leads that did what one of the gates asks for in each of its groups. One look at what they did."""
        asked = weakest(gates)
        if not all(asked):
            return EVERY
        sums: dict[str, Sum] = {}
        conditions = []
        for gate in asked:
            aliases = [f"share_{len(sums) + place}" for place, _ in enumerate(gate)]
            sums |= {alias: total(shares) for alias, shares in zip(aliases, gate, strict=True)}
            conditions.append(_all_of(Q(**{f"{alias}__gte": ENOUGH}) for alias in aliases))
        names = sorted({name for gate in asked for shares in gate for name in shares})
        rows = Behaviour.objects.filter(lead=OuterRef("pk"), name__in=names).order_by()
        rows = rows.filter(occurred_at__lte=self.until)
        return Q(Exists(rows.values("lead_id").annotate(**sums).filter(any_of(conditions))))

    def _depends(self, item: Criterion) -> bool:
        """Whether the answer depends on the moment, or on a log, and not on the values alone."""
        if isinstance(item, BehaviourCriterion):
            return True
        return item.op in MOVING_OPS or self._moves(item.field)

    def _moves(self, field: str) -> bool:
        """Whether what is known of a field now says too little of what it was."""
        return field in LOGGED or field in {AGE, GRADE, INTENT} or field in self._loose


def any_of(conditions: Iterable[Q]) -> Q:
    """One of them holds. (To Django an empty Q in an "or" says nothing, here it says: every lead.)"""
    found = list(conditions)
    return reduce(or_, found) if all(found) else EVERY


def _alternatives(parts: Sequence[Q]) -> list[Q]:
    """Conditions of which one has to hold for all the parts to hold."""
    if len(parts) == 1 and parts[0].connector == Q.OR and not parts[0].negated:
        return [Q(child) for child in parts[0].children]
    return [_all_of(parts)]


def _all_of(conditions: Iterable[Q]) -> Q:
    return reduce(and_, conditions, EVERY)
