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
from routing.engine.replay.arriving import Arrival, Seen, first_opening, only_falls, wish_of
from routing.engine.replay.definition import GRADE, INTENT, Definition, names
from routing.engine.replay.history import Epoch, LeadHistory, age_at
from routing.engine.replay.moments import AGE, MOVING_OPS
from routing.engine.replay.steady import Test, any_of, grade_of, required_test, test_of
from routing.engine.scoring import grade, intent_total

Behaviours = Mapping[str, list[BehaviourFact]]


class Residue(NamedTuple):
    """What is left to be judged at each moment: a member of every group, and no member of `none`."""

    groups: tuple[tuple[Criterion, ...], ...]
    none: tuple[Criterion, ...]


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
        if GRADE in self.values:  # it is the same at every moment of the epoch
            return str(self.values[GRADE])
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
    """A group of alternatives: those that the values alone decide, with their tests, and the others."""

    steady: list[Criterion]
    tests: list[Test]
    left: tuple[Criterion, ...]


class Gatekeeper:
    """Judges histories by the gate of one stage under one definition."""

    def __init__(self, definition: Definition, stage: str) -> None:
        self.definition = definition
        self.stage: Stage | None = definition.stage(stage)
        scoring, fields = definition.scoring, definition.glossary.field_by_key
        required = self.stage.required_fields if self.stage else ()
        self._requires_age = AGE in required
        self._required = required_test((key for key in required if key not in {GRADE, INTENT}), fields)
        tiers = [item for tier in scoring.fit for item in tier.when.criteria()]
        self._grade_is_steady = all(map(_is_steady_alone, tiers))
        self._asks_grade = any(names(item, GRADE) for item in definition.criteria(stage))
        self._grade = grade_of(scoring)
        self._groups = [self._split(group.any) for group in self.stage.entry.all] if self.stage else []
        none = self.stage.entry.none if self.stage else ()
        self._barred = [test_of(item, scoring.thresholds) for item in none if self._is_steady(item)]
        self._none = tuple(item for item in none if not self._is_steady(item))
        self._seen = Seen(scoring)
        # The groups that are left are always these very ones.
        self._wishes = {id(group.left): wish_of(group.left, scoring) for group in self._groups}

    @property
    def waits_for_news(self) -> bool:
        """Whether time alone never opens the gate: then `opens_on_news` finds what `opens_at` does."""
        left = [item for group in self._groups for item in group.left]
        return not self._none and all(only_falls(item, self.definition.scoring) for item in left)

    def opens_at(self, history: LeadHistory, moments: Sequence[datetime]) -> datetime | None:
        """The first of the moments (in order) at which the gate holds, confirmations aside; None = at none."""
        for epoch, own in stretches(history, moments):
            residue = self.residue(epoch) if own else None
            if residue is None:
                continue
            for now in own:
                moment = Moment(now, epoch.values, history.behaviours, self.definition)
                if _holds(residue, moment):
                    return now
        return None

    def opens_on_news(self, epochs: Sequence[Epoch], arrived: Sequence[Arrival]) -> datetime | None:
        """When the gate first holds; for gates that wait for news.

        Args:
            epochs: of one history, up to its last moment.
            arrived: what the lead did, up to that moment, as it came to be known.
        """
        for epoch in epochs:
            residue = self.residue(epoch)
            if residue is None:
                continue
            wishes = [self._wishes[id(group)] for group in residue.groups]
            at = first_opening(wishes, self._seen, arrived, epoch.start, epoch.end)
            if at is not None:
                return at
        return None

    def residue(self, epoch: Epoch, *, sparing: str | None = None) -> Residue | None:
        """What the moments of an epoch have to decide; None = the gate stays shut whatever they are.

        Puts the grade among the values where it is the same throughout. Criteria on the threshold `sparing`
        are left to the moments even where the values alone decide them.
        """
        if self.stage is None:
            return None
        values = epoch.values
        if self._asks_grade and self._grade_is_steady:
            values[GRADE] = self._grade(values)
        groups = self._open_groups(values, sparing)
        if groups is None or any_of(self._barred, values) or not self._has_required(epoch):
            return None
        return Residue(groups, self._none)

    def _has_required(self, epoch: Epoch) -> bool:
        """Whether the required fields are known and valid. Scores always are."""
        if not self._requires_age:
            return self._required(epoch.values)
        return self._required({**epoch.values, AGE: age_at(epoch.values, epoch.start)})

    def _open_groups(
        self, values: dict[str, object], sparing: str | None
    ) -> tuple[tuple[Criterion, ...], ...] | None:
        """The groups that no steady member meets, with the members that may yet; None = one has no such."""
        found = []
        for group in self._groups:
            left = group.left
            if sparing is None:
                if any_of(group.tests, values):
                    continue
            else:
                spared = tuple(item for item in group.steady if _is_on(item, sparing))
                pairs = zip(group.steady, group.tests, strict=True)
                if any(test(values) for item, test in pairs if item not in spared):
                    continue
                left = (*left, *spared)
            if not left:
                return None
            found.append(left)
        return tuple(found)

    def _split(self, items: Sequence[Criterion]) -> _Group:
        thresholds = self.definition.scoring.thresholds
        steady = [item for item in items if self._is_steady(item)]
        # What asks for little work goes first.
        left = sorted((item for item in items if item not in steady), key=lambda item: names(item, INTENT))
        return _Group(steady, [test_of(item, thresholds) for item in steady], tuple(left))

    def _is_steady(self, item: Criterion) -> bool:
        """Whether the answer stays while the values do."""
        if names(item, GRADE):
            return self._grade_is_steady
        return _is_steady_alone(item)


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
