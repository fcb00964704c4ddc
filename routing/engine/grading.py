"""Grades of changes that only routing understands: numbers of scoring, and targets of promises.

A number of scoring tightens or loosens only where everything that asks for it asks in one direction: "at least",
in groups and not in disqualifiers. One use another way, anywhere in the documents, and it is just a change.
"""

from collections.abc import Iterator
from math import inf

from glossary.engine.conditions import FieldCriterion
from glossary.engine.fields import Op
from glossary.engine.grading import Grade
from glossary.engine.places import criteria_sets
from glossary.types import Documents
from routing.engine.documents.scoring import IntentRule, ScoringDocument
from routing.engine.durations import Duration, parse_duration
from routing.engine.instants import BusinessTimeError

# Places where who misses one entry falls to the next: a higher bar there is a gain somewhere else.
_FALL_THROUGH = frozenset({"fit", "territories"})
DAY_SECONDS = 86_400  # compares wall-clock days; business days are compared with their like only
# What an absent number of a rule means: no bound, no decay.
_UNBOUNDED = frozenset({"cap", "half_life_days"})


def grade(path: tuple[str, ...], old: object, new: object, documents: Documents) -> Grade | None:
    """The grade of one changed value of the scoring or the routing document; None = not for routing to say.

    Args:
        path: such as ("sla", "first_touch", "target") or ("thresholds", "mql").
        old: the value before; None = it was not there.
        new: the value after, likewise.
        documents: all documents that would result.
    """
    match path:
        case ("thresholds", key):
            return _grade_threshold(key, old, new, documents)
        case ("intent", key, "points" | "cap" | "half_life_days" as attribute):
            return _grade_rule(key, attribute, (old, new), documents)
        case ("total_cap",) | ("group_caps", _):
            return _grade_score(old, new, documents)
        case ("sla", _, "target"):
            return _grade_target(old, new)
    return None


def _grade_threshold(key: str, old: object, new: object, documents: Documents) -> Grade | None:
    """A higher bar tightens."""
    if not (_is_number(old) and _is_number(new)):
        return None
    if not all(upward for c, upward in _uses(documents) if c.threshold == key):
        return Grade.CHANGED
    return Grade.TIGHTENED if _number(new) > _number(old) else Grade.LOOSENED


def _grade_rule(
    key: str, attribute: str, values: tuple[object, object], documents: Documents
) -> Grade | None:
    """More points, a wider cap and slower decay raise the score; of negative points the latter two lower it."""
    rule = next((r for r in documents.get(ScoringDocument).intent if r.key == key), None)
    if rule is None:
        return None
    old, new = (_of_rule(attribute, value) for value in values)
    return _grade_score(*((new, old) if _lowers(rule, attribute) else (old, new)), documents)


def _lowers(rule: IntentRule, attribute: str) -> bool:
    return attribute in _UNBOUNDED and rule.points < 0


def _of_rule(attribute: str, value: object) -> object:
    return inf if value is None and attribute in _UNBOUNDED else value


def _grade_score(old: object, new: object, documents: Documents) -> Grade | None:
    """A change after which every lead's intent score is at least (new > old), or at most, what it was."""
    if not (_is_number(old) and _is_number(new)):
        return None
    if not all(upward for c, upward in _uses(documents) if c.field == "intent_score"):
        return Grade.CHANGED
    return Grade.LOOSENED if _number(new) > _number(old) else Grade.TIGHTENED


def _uses(documents: Documents) -> Iterator[tuple[FieldCriterion, bool]]:
    """Field criteria of all documents, and whether a higher value of the field can only help everywhere."""
    for document in documents:
        for path, when in criteria_sets(document):
            for criterion in when.criteria():
                if isinstance(criterion, FieldCriterion):
                    upward = criterion.op is Op.AT_LEAST and criterion not in when.none
                    yield criterion, upward and not _FALL_THROUGH & set(path)


def _grade_target(old: object, new: object) -> Grade | None:
    """A shorter promise tightens; business days and hours cannot be compared, that hangs on the calendar."""
    try:
        was, now = parse_duration(str(old)), parse_duration(str(new))
    except BusinessTimeError:
        return None
    if _measure(was) != _measure(now):
        return Grade.CHANGED
    before, after = was.seconds(DAY_SECONDS), now.seconds(DAY_SECONDS)
    if before == after:
        return Grade.WORDING
    return Grade.TIGHTENED if after < before else Grade.LOOSENED


def _measure(duration: Duration) -> tuple[bool, bool]:
    return duration.business, duration.business and duration.unit == "day"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
