"""Criteria whose answers stay while the values do, made ready once to be asked of very many leads.

Each test says what `is_met` and `fault_of` say of the same value; answers are remembered, since few different
values come again and again.
"""

from collections.abc import Callable, Iterable, Mapping
from types import NoneType
from typing import Any

from glossary.engine.conditions import Criterion, FieldCriterion, When
from glossary.engine.fields import ContractField, FieldType, Op
from routing.engine.comparisons import is_met, number_of
from routing.engine.documents import ScoringDocument
from routing.engine.scoring import LOWEST_GRADE
from routing.engine.validity import fault_of
from routing.engine.values import EARLIEST, LARGEST_NUMBER, is_known

Values = Mapping[str, object]
Test = Callable[[object], bool]
"""Of the value of one field."""
Answers = tuple[int, ...]
"""Field by field, the answers of its tests as bits; then, last one first, those of tests that ask several fields."""
Answer = Callable[[Answers], bool]
# Of a field with more different values than this (addresses, for one) the rest is judged anew each time.
MOST_REMEMBERED = 5_000
_REMEMBERED = (str, NoneType, bool, int, float)


def test_of(item: FieldCriterion, thresholds: Mapping[str, float]) -> Test:
    """Whether a value meets a criterion that does not ask for the time."""
    if item.op not in {Op.AT_LEAST, Op.AT_MOST}:
        return lambda value: is_met(item, value, EARLIEST, thresholds) is True
    bound, up = number_of(item, thresholds), item.op is Op.AT_LEAST

    def compared(value: object) -> bool:
        if type(value) not in {int, float}:
            return is_met(item, value, EARLIEST, thresholds) is True
        number = float(value) if -LARGEST_NUMBER < value < LARGEST_NUMBER else None  # type: ignore[operator, arg-type]  # a number, see above
        return number is not None and (number >= bound if up else number <= bound)

    return compared


class Tests:
    """The different tests of several gates, each asked once of the same values.

    Gates are mostly alike in most of what they ask, and leads in most of what is answered: what follows from a row of
    answers is worked out once for all leads that have it.
    """

    def __init__(self) -> None:
        self._fields: dict[str, _Field] = {}
        self._asked: list[tuple[str, _ByType]] = []
        self._together: list[Callable[[Values], bool]] = []
        self._answers: dict[object, Answer] = {}

    def answers(self, values: Values) -> Answers:
        """Each test's answer."""
        get = values.get
        found = [by_type[type(value := get(key))][value] for key, by_type in self._asked]
        found += [test(values) for test in self._together]
        return tuple(found)

    def criterion(self, item: Criterion, thresholds: Mapping[str, float]) -> Answer:
        """The answer to a criterion that does not ask for the time; never met, where it is on behaviours."""
        if not isinstance(item, FieldCriterion):
            return lambda answers: False
        key = item.model_dump_json(), thresholds.get(item.threshold or "")
        if key not in self._answers:
            self._answers[key] = self._of_field(item.field, test_of(item, thresholds))
        return self._answers[key]

    def required(self, key: str, field: ContractField | None) -> Answer:
        """Whether a required field is known and valid."""
        same = key, field.model_dump_json() if field else None
        if same not in self._answers:
            if field is not None and field.type is FieldType.EMAIL:  # its validity hangs on another field too
                self._answers[same] = self._of_values(lambda values: has_required(key, field, values))
            else:
                self._answers[same] = self._of_field(key, lambda value: _is_valid(field, value, {}))
        return self._answers[same]

    def grade(self, scoring: ScoringDocument) -> Callable[[Answers], str]:
        """The ICP grade by values alone, as routing.engine.scoring gives it."""
        tiers = [(tier.grade, self._when(tier.when, scoring.thresholds)) for tier in scoring.fit]

        def grade(answers: Answers) -> str:
            return next((found for found, holds in tiers if holds(answers)), LOWEST_GRADE)

        return grade

    def _when(self, when: When, thresholds: Mapping[str, float]) -> Answer:
        groups = [[self.criterion(item, thresholds) for item in group.any] for group in when.all]
        barred = [self.criterion(item, thresholds) for item in when.none]
        return lambda answers: all(any_of(group, answers) for group in groups) and not any_of(barred, answers)

    def _of_field(self, key: str, test: Test) -> Answer:
        field = self._fields.get(key)
        if field is None:
            field = self._fields[key] = _Field(len(self._asked))
            self._asked.append((key, _ByType(field)))
        place, bit = field.place, 1 << len(field.tests)
        field.tests.append(test)
        return lambda answers: bool(answers[place] & bit)

    def _of_values(self, test: Callable[[Values], bool]) -> Answer:
        self._together.insert(0, test)
        place = -len(self._together)  # from the end, where it stays whatever else comes to be asked
        return lambda answers: bool(answers[place])


class _Field:
    """The tests of one field."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.tests: list[Test] = []

    def __getitem__(self, value: object) -> int:
        """The answers of all tests to a value."""
        found = 0
        for place, test in enumerate(self.tests):
            if test(value):
                found |= 1 << place
        return found


class _Remembered(dict[Any, int]):
    """The answers of a field to values that can be remembered: to look one up again costs no call of Python."""

    def __init__(self, field: _Field) -> None:
        self._field = field

    def __missing__(self, value: object) -> int:
        found = self._field[value]
        if len(self) < MOST_REMEMBERED:
            self[value] = found
        return found


class _ByType(dict[type, _Remembered | _Field]):
    """Of one field, for each type of value: what was answered, or who answers. (True, 1 and 1.0 are one key.)"""

    def __init__(self, field: _Field) -> None:
        super().__init__({kind: _Remembered(field) for kind in _REMEMBERED})
        self._field = field

    def __missing__(self, kind: type) -> _Field:
        return self._field


def any_of(asked: Iterable[Answer], answers: Answers) -> bool:
    """Whether one of them is a yes."""
    return any(answer(answers) for answer in asked)


def has_required(key: str, field: ContractField | None, values: Values) -> bool:
    """Whether a required field is known and valid."""
    return _is_valid(field, values.get(key), values)


def _is_valid(field: ContractField | None, value: object, values: Values) -> bool:
    return is_known(value) and (field is None or not fault_of(field, value, values))
