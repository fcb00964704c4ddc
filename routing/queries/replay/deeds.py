"""What a criterion asks a lead to have done at some time, as one weighted sum in SQL over its behaviours.

Each time that a lead did something is worth a share of what is asked: of a deed wanted three times a third, of 50
points the rule's points by 50, without decay and caps. Whoever ever meets the criterion has shares of 1 at least.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Case, FloatField, Sum, Value, When

from glossary.engine.conditions import BehaviourCriterion, Criterion, Group
from glossary.engine.fields import Op
from routing.engine.comparisons import number_of
from routing.engine.documents import ScoringDocument
from routing.engine.replay.definition import INTENT

# The total is rounded to two decimals before it is compared.
_ROUNDING = 0.01
ENOUGH = 1 - 1e-9
"""What shares have to add up to, less what floating point may lose."""

Shares = Mapping[str, float]
"""Name of a behaviour → what one time is worth."""


def shares_of_group(group: Group, scoring: ScoringDocument) -> Shares | None:
    """The shares of a group of which each member asks for deeds; None = not all do."""
    found = [shares_of(item, scoring) for item in group.any]
    known = [shares for shares in found if shares is not None]
    return highest(known) if len(known) == len(found) else None


def shares_of(item: Criterion, scoring: ScoringDocument) -> Shares | None:
    """The shares of a criterion; None = it asks for no deeds, or none are needed."""
    if isinstance(item, BehaviourCriterion):
        return {item.behaviour: 1 / item.at_least}
    if item.field != INTENT or item.op is not Op.AT_LEAST:
        return None
    need = number_of(item, scoring.thresholds) - _ROUNDING
    points: dict[str, float] = {}
    for rule in scoring.intent:
        points[rule.behaviour] = points.get(rule.behaviour, 0.0) + max(0.0, rule.points)
    return {name: worth / need for name, worth in points.items() if worth} if need > 0 else None


def highest(alternatives: Iterable[Shares]) -> Shares:
    """The highest share of each name: whoever meets one of the alternatives meets these."""
    found: dict[str, float] = {}
    for shares in alternatives:
        for name, share in shares.items():
            found[name] = max(share, found.get(name, 0.0))
    return dict(sorted(found.items()))


def weakest(gates: Iterable[Sequence[Shares]]) -> list[list[Shares]]:
    """Gates of as many groups each as one: whoever meets one of those given meets one of these, and they are few."""
    alike: dict[int, list[Sequence[Shares]]] = {}
    for gate in gates:
        alike.setdefault(len(gate), []).append(gate)
    return [list(map(highest, zip(*own, strict=True))) for own in alike.values()]


def total(shares: Shares) -> Sum:
    """What the behaviours of a lead add up to."""
    worth = [When(name=name, then=Value(share)) for name, share in shares.items()]
    return Sum(Case(*worth, default=Value(0.0)), output_field=FloatField())
