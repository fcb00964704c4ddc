"""The gate of one stage at the moments of a history: when it first opens.

What does not depend on the moment is judged once for as long as the values stay the same; only the rest is
asked at each moment. The answer is that of routing.engine.evaluate at every moment, which a test holds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from glossary.engine.conditions import BehaviourCriterion, Criterion, FieldCriterion
from glossary.engine.documents import Stage
from routing.engine.comparisons import are_enough, is_met, matching
from routing.engine.facts import BehaviourFact, Facts
from routing.engine.replay.arriving import Wish, only_falls, wish_of
from routing.engine.replay.definition import GRADE, INTENT, Definition, names
from routing.engine.replay.history import Epoch, LeadHistory, age_at
from routing.engine.replay.moments import AGE, MOVING_OPS
from routing.engine.replay.steady import (
    MOST_REMEMBERED,
    Answer,
    Answers,
    Tests,
    any_of,
    has_required,
    test_of,
)
from routing.engine.scoring import grade, intent_total

Behaviours = Mapping[str, list[BehaviourFact]]


class Residue(NamedTuple):
    """What is left to be judged at each moment: a member of every group, and no member of `none`.

    `wishes`: the groups once more, of gates that wait for news.
    """

    groups: tuple[tuple[Criterion, ...], ...]
    none: tuple[Criterion, ...]
    wishes: tuple[Wish, ...] = ()


@dataclass(slots=True)
class Moment:
    """One moment of a lead; scores are computed when they are first asked for."""

    now: datetime
    values: dict[str, object]
    behaviours: Behaviours
    definition: Definition
    _score: float | None = None

    def meets(self, item: Criterion) -> bool:
        """Whether a criterion is met now."""
        if isinstance(item, BehaviourCriterion):
            seen = matching(item, self.behaviours.get(item.behaviour, _NONE), self.now)
            return are_enough(item, seen, self.now)
        return is_met(item, self.value(item.field), self.now, self.definition.scoring.thresholds) is True

    def value(self, field: str) -> object:
        """The value of a field now."""
        find = _COMPUTED.get(field)
        return self.values.get(field) if find is None else find(self)

    def score(self) -> float:
        """The intent score now."""
        if self._score is None:
            now = self.now
            seen = {
                name: [fact for fact in facts if fact.is_seen_at(now)]
                for name, facts in self.behaviours.items()
            }
            self._score = intent_total(seen, self.definition.scoring, now=now)
        return self._score

    def grade(self) -> str:
        """The ICP grade now."""
        behaviours = [fact for facts in self.behaviours.values() for fact in facts]
        facts = Facts({**self.values, AGE: age_at(self.values, self.now)}, behaviours)
        return grade(facts, self.definition.scoring, now=self.now)


_NONE: list[BehaviourFact] = []
_COMPUTED: dict[str, Callable[[Moment], object]] = {
    INTENT: Moment.score,
    GRADE: Moment.grade,
    AGE: lambda moment: age_at(moment.values, moment.now),
}


class _Group(NamedTuple):
    """A group of alternatives: those that the values alone decide, with their answers, and the others."""

    steady: list[Criterion]
    answers: list[Answer]
    left: tuple[Criterion, ...]


class Gatekeeper:
    """Judges histories by the gate of one stage under one definition.

    `tests`: shared by the gatekeepers that are asked about the same leads; each test is then made once.
    """

    def __init__(self, definition: Definition, stage: str, tests: Tests | None = None) -> None:
        self.definition = definition
        self.stage: Stage | None = definition.stage(stage)
        self.tests = Tests() if tests is None else tests
        scoring = definition.scoring
        tiers = [item for tier in scoring.fit for item in tier.when.criteria()]
        self._grade_is_steady = all(map(_is_steady_alone, tiers))
        asks_grade = any(names(item, GRADE) for item in definition.criteria(stage))
        self._grade = self.tests.grade(scoring) if asks_grade and self._grade_is_steady else None
        self.requires_age, self._required = False, list[Answer]()
        self._groups, self._barred, self._none = list[_Group](), list[Answer](), tuple[Criterion, ...]()
        # Whether time alone never opens the gate: routing.engine.replay.arriving then tells when it opens.
        self.waits_for_news = True
        # What the values decide, by the answers and the threshold that is spared.
        self._residues: dict[tuple[Answers, str | None], Residue | None] = {}
        if self.stage is not None:
            self._make_ready(self.stage)

    def _make_ready(self, stage: Stage) -> None:
        fields, none = self.definition.glossary.field_by_key, stage.entry.none
        self.requires_age = AGE in stage.required_fields
        required = [key for key in stage.required_fields if key not in _COMPUTED]
        self._required = [self.tests.required(key, fields.get(key)) for key in required]
        self._groups = [self._split(group.any) for group in stage.entry.all]
        self._barred = [self._answer(item) for item in none if self._is_steady(item)]
        self._none = tuple(item for item in none if not self._is_steady(item))
        left = (item for group in self._groups for item in group.left)
        self.waits_for_news = not self._none and all(
            only_falls(item, self.definition.scoring) for item in left
        )

    def opens_at(self, history: LeadHistory, moments: Sequence[datetime]) -> datetime | None:
        """The first of the moments (in order) at which the gate holds, confirmations aside; None = at none."""
        for epoch, own in stretches(history, moments):
            residue = self.residue(epoch, self.tests.answers(epoch.values)) if own else None
            if residue is None:
                continue
            for now in own:
                moment = Moment(now, epoch.values, history.behaviours, self.definition)
                if _holds(residue, moment):
                    return now
        return None

    def residue(self, epoch: Epoch, answers: Answers, *, sparing: str | None = None) -> Residue | None:
        """What the moments of an epoch have to decide; None = the gate stays shut whatever they are.

        Args:
            answers: of `tests` to the values of the epoch.
            sparing: criteria on this threshold are left to the moments even where the values alone decide them.
        """
        if self.stage is None or (self.requires_age and not self._has_age(epoch)):
            return None
        key = answers, sparing
        if key not in self._residues:
            if len(self._residues) >= MOST_REMEMBERED:
                self._residues.clear()
            self._residues[key] = self._residue(answers, sparing)
        return self._residues[key]

    def _residue(self, answers: Answers, sparing: str | None) -> Residue | None:
        groups = self._open_groups(answers, sparing)
        shut = any_of(self._barred, answers) or not all(answer(answers) for answer in self._required)
        if groups is None or shut:
            return None
        scoring = self.definition.scoring
        wishes = tuple(wish_of(group, scoring) for group in groups) if self.waits_for_news else ()
        return Residue(groups, self._none, wishes)

    def _open_groups(self, answers: Answers, sparing: str | None) -> tuple[tuple[Criterion, ...], ...] | None:
        """The groups that no steady member meets, with the members that may yet; None = one has no such."""
        found = []
        for group in self._groups:
            pairs = list(zip(group.steady, group.answers, strict=True))
            spared = tuple(item for item, _ in pairs if _is_on(item, sparing))
            if any(answer(answers) for item, answer in pairs if item not in spared):
                continue
            left = (*group.left, *spared)
            if not left:
                return None
            found.append(left)
        return tuple(found)

    def _has_age(self, epoch: Epoch) -> bool:
        age = self.definition.glossary.field_by_key.get(AGE)
        return has_required(AGE, age, {**epoch.values, AGE: age_at(epoch.values, epoch.start)})

    def _split(self, items: Sequence[Criterion]) -> _Group:
        steady = [item for item in items if self._is_steady(item)]
        # What asks for little work goes first.
        left = sorted((item for item in items if item not in steady), key=lambda item: names(item, INTENT))
        return _Group(steady, [self._answer(item) for item in steady], tuple(left))

    def _is_steady(self, item: Criterion) -> bool:
        """Whether the answer stays while the values do."""
        if names(item, GRADE):
            return self._grade_is_steady
        return _is_steady_alone(item)

    def _answer(self, item: Criterion) -> Answer:
        """The answer to a criterion that is steady; a grade comes out of the answers to its tiers."""
        thresholds, grade = self.definition.scoring.thresholds, self._grade
        if grade is None or not isinstance(item, FieldCriterion) or item.field != GRADE:
            return self.tests.criterion(item, thresholds)
        test = test_of(item, thresholds)
        return lambda answers: test(grade(answers))


def _is_on(item: Criterion, threshold: str | None) -> bool:
    return threshold is not None and isinstance(item, FieldCriterion) and item.threshold == threshold


def _is_steady_alone(item: Criterion) -> bool:
    if not isinstance(item, FieldCriterion):
        return False
    return item.op not in MOVING_OPS and item.field not in _COMPUTED


def _holds(residue: Residue, moment: Moment) -> bool:
    return all(any(map(moment.meets, group)) for group in residue.groups) and not any(
        map(moment.meets, residue.none)
    )


def stretches(
    history: LeadHistory, moments: Sequence[datetime]
) -> Iterator[tuple[Epoch, Sequence[datetime]]]:
    """The epochs with the moments that lie in each."""
    if not history.changes:
        yield next(history.epochs()), moments
        return
    for epoch in history.epochs():
        own = [at for at in moments if at >= epoch.start and (epoch.end is None or at < epoch.end)]
        yield epoch, own
