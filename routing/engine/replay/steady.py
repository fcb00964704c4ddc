"""Criteria whose answers stay while the values do, made ready once to be asked of very many leads.

Each test says what `is_met` and `fault_of` say of the same value; answers on texts are remembered, since few
different ones come again and again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from glossary.engine.conditions import Criterion, FieldCriterion, When
from glossary.engine.fields import ContractField, FieldType, Op
from routing.engine.comparisons import is_met, number_of
from routing.engine.documents import ScoringDocument
from routing.engine.scoring import LOWEST_GRADE
from routing.engine.validity import fault_of
from routing.engine.values import EARLIEST, LARGEST_NUMBER, is_known

Values = Mapping[str, object]
Test = Callable[[Values], bool]
# Of a field with more different texts than this (addresses, for one) the rest is judged anew each time.
MOST_REMEMBERED = 5_000


def test_of(item: Criterion, thresholds: Mapping[str, float]) -> Test:
    """Whether values meet a criterion that does not ask for the time; never, where it is on behaviours."""
    if not isinstance(item, FieldCriterion):
        return lambda values: False
    judge = _remembering(lambda value: is_met(item, value, EARLIEST, thresholds) is True)
    key = item.field
    if item.op not in {Op.AT_LEAST, Op.AT_MOST}:
        return lambda values: judge(values.get(key))
    bound, up = number_of(item, thresholds), item.op is Op.AT_LEAST

    def compared(values: Values) -> bool:
        value = values.get(key)
        if type(value) not in {int, float}:
            return judge(value)
        number = float(value) if -LARGEST_NUMBER < value < LARGEST_NUMBER else None  # type: ignore[operator, arg-type]  # a number, see above
        return number is not None and (number >= bound if up else number <= bound)

    return compared


def grade_of(scoring: ScoringDocument) -> Callable[[Values], str]:
    """The ICP grade by values alone, as routing.engine.scoring gives it."""
    tiers = [(tier.grade, _holds(tier.when, scoring.thresholds)) for tier in scoring.fit]

    def grade(values: Values) -> str:
        for found, holds in tiers:
            if holds(values):
                return found
        return LOWEST_GRADE

    return grade


def required_test(required: Iterable[str], fields: Mapping[str, ContractField]) -> Test:
    """Whether all required fields are known and valid."""
    tests = [_valid(key, fields.get(key)) for key in required]

    def has_all(values: Values) -> bool:
        for test in tests:  # noqa: SIM110 - a generator costs more than what it asks here
            if not test(values):
                return False
        return True

    return has_all


def _holds(when: When, thresholds: Mapping[str, float]) -> Test:
    groups = [[test_of(item, thresholds) for item in group.any] for group in when.all]
    barred = [test_of(item, thresholds) for item in when.none]

    def holds(values: Values) -> bool:
        for group in groups:
            if not any_of(group, values):
                return False
        return not any_of(barred, values)

    return holds


def any_of(tests: Sequence[Test], values: Values) -> bool:
    """Whether any of the tests is passed."""
    for test in tests:  # noqa: SIM110 - a generator costs more than what it asks here
        if test(values):
            return True
    return False


def _valid(key: str, field: ContractField | None) -> Test:
    if field is None:
        return lambda values: is_known(values.get(key))
    if field.type is FieldType.EMAIL:  # its validity hangs on another field too
        return lambda values: is_known(values.get(key)) and not fault_of(field, values[key], values)
    judge = _remembering(lambda value: is_known(value) and not fault_of(field, value, {}))
    return lambda values: judge(values.get(key))


def _remembering(judge: Callable[[object], bool]) -> Callable[[object], bool]:
    """The same answers, those on texts remembered. (True, 1 and 1.0 are one key to a dict, so only texts.)"""
    known: dict[str, bool] = {}

    def remembered(value: object) -> bool:
        if type(value) is not str:
            return judge(value)
        answer = known.get(value)
        if answer is None:
            answer = judge(value)
            if len(known) < MOST_REMEMBERED:
                known[value] = answer
        return answer

    return remembered
