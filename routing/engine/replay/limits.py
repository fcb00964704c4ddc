"""How high a threshold may lie for a lead to still come in: the highest it reaches while all else holds.

At a moment, a criterion on the threshold lets in up to the value seen; any other one lets in whatever the
threshold (met) or nothing (not met). A group gives its highest, a gate its lowest, a history its highest moment.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from glossary.engine.conditions import Criterion, FieldCriterion
from glossary.engine.fields import Op
from routing.engine.replay.definition import Definition
from routing.engine.replay.history import LeadHistory
from routing.engine.replay.judging import Gatekeeper, Moment, stretches
from routing.engine.values import as_number

NEVER, ALWAYS = -math.inf, math.inf


def movable(definition: Definition) -> list[tuple[str, str]]:
    """(stage, threshold) pairs in the order of the funnel: a gate asks for at least this threshold.

    Left out are thresholds that also work the other way round (at most, in a disqualifier) or through a tier
    of the ICP grade: there is no highest one for a lead then.
    """
    found = []
    for stage in definition.glossary.funnel():
        wanted = {id(item) for group in stage.entry.all for item in group.any}
        named = [
            (item, item.threshold) for item in _on_fields(definition.criteria(stage.key)) if item.threshold
        ]
        barred = {key for item, key in named if id(item) not in wanted or item.op is not Op.AT_LEAST}
        found += [(stage.key, key) for key in dict.fromkeys(key for _, key in named) if key not in barred]
    return found


def highest(keeper: Gatekeeper, threshold: str, history: LeadHistory, moments: Sequence[datetime]) -> float:
    """The highest threshold that still lets the lead in; inf = any, -inf = none does."""
    best = NEVER
    for epoch, own in stretches(history, moments):
        answers = keeper.tests.answers(epoch.values)
        residue = keeper.residue(epoch, answers, sparing=threshold) if own else None
        for now in own if residue is not None else ():
            moment = Moment(now, epoch.values, history.behaviours, keeper.definition)
            if residue is None or any(map(moment.meets, residue.none)):
                continue
            lets_in = (max(_limit(item, threshold, moment) for item in group) for group in residue.groups)
            best = max(best, min(lets_in, default=ALWAYS))
            if best == ALWAYS:
                return best
    return best


def _limit(item: Criterion, threshold: str, moment: Moment) -> float:
    if isinstance(item, FieldCriterion) and item.threshold == threshold:
        number = as_number(moment.value(item.field))
        return NEVER if number is None else number
    return ALWAYS if moment.meets(item) else NEVER


def _on_fields(criteria: Iterable[Criterion]) -> Iterator[FieldCriterion]:
    return (item for item in criteria if isinstance(item, FieldCriterion))
