"""What a criterion asks a lead to have done at some time, as a sum in SQL over its behaviours: without any decay."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Case, Count, FloatField, Q, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Least

from glossary.engine.conditions import BehaviourCriterion, Criterion, Group
from glossary.engine.fields import Op
from routing.engine.comparisons import number_of
from routing.engine.documents import ScoringDocument
from routing.engine.documents.scoring import IntentRule
from routing.engine.replay.definition import INTENT

# The total is rounded to two decimals before it is compared.
_ROUNDING = 0.01
_NUMBER = FloatField()


@dataclass(frozen=True, slots=True)
class Deed:
    """A sum over a lead's behaviours of these names that has to reach `least`.

    Attributes:
        rules: that give points; none = the behaviours are counted.
        caps: of groups of rules.
    """

    least: float
    behaviours: tuple[str, ...]
    rules: tuple[IntentRule, ...] = ()
    caps: tuple[tuple[str, float], ...] = ()

    def most(self) -> Combinable:
        """The highest that the sum can ever have been: every time at its full points, under the caps."""
        if not self.rules:
            return Count("pk", filter=Q(name__in=self.behaviours))
        groups = dict(self.caps)
        most = sum((_most(rule) for rule in self.rules if rule.group not in groups), start=Value(0.0))
        for group, cap in self.caps:
            own = [_most(rule) for rule in self.rules if rule.group == group]
            if own:
                most += Least(sum(own, start=Value(0.0)), Value(cap), output_field=_NUMBER)
        return most


Deeds = Sequence[Deed]


def deeds_of(group: Group, scoring: ScoringDocument) -> Deeds | None:
    """The deeds of a group of which each member asks for one; None = not all do."""
    found = [deed_of(item, scoring) for item in group.any]
    deeds = [deed for deed in found if deed is not None]
    return deeds if len(deeds) == len(found) else None


def deed_of(item: Criterion, scoring: ScoringDocument) -> Deed | None:
    """The deed that a criterion asks for; None = none, or none is needed."""
    if isinstance(item, BehaviourCriterion):
        return Deed(item.at_least, (item.behaviour,))
    if item.field != INTENT or item.op is not Op.AT_LEAST:
        return None
    need = number_of(item, scoring.thresholds) - _ROUNDING
    giving = tuple(rule for rule in scoring.intent if rule.points > 0)
    names = tuple(sorted({rule.behaviour for rule in giving}))
    return Deed(need, names, giving, tuple(sorted(scoring.group_caps.items()))) if need > 0 else None


def each(gates: Iterable[Sequence[Deeds]]) -> list[Deed]:
    """The deeds of all groups of all gates, each once."""
    return list(dict.fromkeys(deed for gate in gates for group in gate for deed in group))


def weakest(gates: Iterable[Sequence[Deeds]]) -> list[list[Deeds]]:
    """The gates with each deed as little as any of them asks for; those that are alike then, once.

    Whoever meets one of the gates meets one of these, and there are mostly fewer to ask.
    """
    asked = list(gates)
    least: dict[Deed, float] = {}
    for deed in each(asked):
        kind = replace(deed, least=0.0)
        least[kind] = min(deed.least, least.get(kind, deed.least))
    eased = (
        tuple(tuple(replace(deed, least=least[replace(deed, least=0.0)]) for deed in group) for group in gate)
        for gate in asked
    )
    return [list(gate) for gate in dict.fromkeys(eased)]


def _most(rule: IntentRule) -> Combinable:
    """The most that a rule can have given."""
    times = Sum(
        Case(When(name=rule.behaviour, then=Value(rule.points)), default=Value(0.0)), output_field=_NUMBER
    )
    return times if rule.cap is None else Least(times, Value(rule.cap), output_field=_NUMBER)
