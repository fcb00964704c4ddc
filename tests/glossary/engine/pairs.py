"""Random facts without a database, and pairs of criteria sets of which one grew out of the other."""

from typing import Any

from hypothesis import strategies as st

from glossary.engine.conditions import Confirmation, Criterion, FieldCriterion, Gate, Group, Needs, When
from routing.engine.evaluate import BehaviourFact, Facts
from tests.routing.criteria.strategies import (
    DATES,
    FIELDS,
    INSTANTS,
    NUMBERS,
    TEXTS,
    _values,
    behaviours,
    criteria,
    field_criteria,
    groups,
    whens,
    wild,
)

# Few fields and many edits: criteria sets that have something to do with each other.
thresholds = st.fixed_dictionaries(
    {"mql": st.sampled_from((60.0, 65.0, 70.0)), "low": st.sampled_from((12.0, 13.0))}
)
_seen = st.sampled_from((*TEXTS, *NUMBERS, *DATES, *INSTANTS, True, False)) | wild
facts = st.builds(
    lambda values, done: Facts(values, [BehaviourFact(**item) for item in done]),
    st.dictionaries(st.sampled_from(sorted(FIELDS)), _seen, min_size=5),
    st.lists(behaviours(), max_size=4),
)
# One value for all fields: it meets what stands in the criteria more often.
uniform_facts = st.builds(
    lambda value, done: Facts(dict.fromkeys(FIELDS, value), [BehaviourFact(**item) for item in done]),
    _seen,
    st.lists(behaviours(), max_size=4),
)


_BEHAVED: tuple[dict[str, Any], ...] = (
    {"at_least": 2}, {"within_days": None}, {"within_days": 7}, {"where": {}},
    {"latest_before_days": 1}, {"latest_before_days": 2}, {"latest_before_days": None},
)  # fmt: skip


@st.composite
def related(draw: st.DrawFn) -> tuple[When, When]:
    """A criteria set, and the same after one to three edits."""
    old = draw(whens)
    new = old
    for _ in range(draw(st.integers(1, 3))):
        new = draw(st.sampled_from(_EDITS))(draw, new)
    return (old, new) if draw(st.booleans()) else (new, old)


def _add_group(draw: st.DrawFn, when: When) -> When:
    return When(all=(*when.all, draw(groups)), none=when.none)


def _drop_group(draw: st.DrawFn, when: When) -> When:
    return When(all=when.all[1:], none=when.none)


def _add_alternative(draw: st.DrawFn, when: When) -> When:
    if not when.all:
        return when
    first = Group(any=(*when.all[0].any, draw(criteria)))
    return When(all=(first, *when.all[1:]), none=when.none)


def _add_none(draw: st.DrawFn, when: When) -> When:
    return When(all=when.all, none=(*when.none, draw(criteria)))


def _drop_none(draw: st.DrawFn, when: When) -> When:
    return When(all=when.all, none=when.none[1:])


def _turn(draw: st.DrawFn, when: When) -> When:
    return When(all=when.all[::-1], none=when.none[::-1])


def _other_value(draw: st.DrawFn, when: When) -> When:
    """Another operator or value of the same field."""
    return When(
        all=tuple(Group(any=tuple(_varied(draw, c) for c in group.any)) for group in when.all),
        none=tuple(_varied(draw, c) for c in when.none),
    )


def _varied(draw: st.DrawFn, criterion: Criterion) -> Criterion:
    if isinstance(criterion, FieldCriterion):
        other = draw(field_criteria())
        same_op: dict[str, Any] = draw(_values(criterion.op))
        if draw(st.booleans()):
            return FieldCriterion(kind=criterion.kind, field=criterion.field, op=criterion.op, **same_op)
        return other.model_copy(update={"field": criterion.field})
    update: dict[str, Any] = draw(st.sampled_from(_BEHAVED))
    varied = criterion.model_copy(update=update)
    within, before = varied.within_days, varied.latest_before_days
    impossible = within is not None and before is not None and before >= within
    return varied.model_copy(update={"latest_before_days": None}) if impossible else varied


_EDITS = (_add_group, _drop_group, _add_alternative, _add_none, _drop_none, _turn, _other_value, _other_value)

confirmations = st.lists(
    st.builds(
        Confirmation,
        key=st.sampled_from(("need", "budget")),
        label=st.sampled_from(("A need", "Budget")),
        needs=st.sampled_from(list(Needs)),
    ),
    max_size=2,
    unique_by=lambda item: item.key,
).map(tuple)
gates = st.builds(Gate, confirm=confirmations)
