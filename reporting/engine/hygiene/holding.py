"""Which gaps in its data hold a lead back from its next stage: judged from its profile alone.

A gap is a field that is not known, not accepted, or off its list. A gap is *mended* when the field has a suitable
value: one that meets what the criteria ask of it, and that no disqualifier names. Several demands on one field are
taken to be satisfiable together. Mending leaves everything else as it is, the ICP grade excepted: it follows
its fields. Confirmations are no data and are not asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from glossary.engine.conditions import Criterion, FieldCriterion, When
from reporting.engine.hygiene.steps import GRADE, Step, asks_absence, could_be, on_field
from routing.engine.validity import UNLISTED, VALID

_GATE_PASSES = frozenset({UNLISTED, VALID})
NOTHING: frozenset[str] = frozenset()
Obstacle = Callable[[frozenset[str]], bool]
"""Whether a demand is fulfilled once the gaps in these fields are mended."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What stands between a lead and its next stage.

    Attributes:
        holds: nothing (but confirmations, which are no data).
        by_gaps: gaps alone: it would hold if all of them were mended.
        only: fields each of which, mended alone, would let it through.
        among: fields whose gap is in the way together with something else.
    """

    holds: bool
    by_gaps: bool = False
    only: frozenset[str] = NOTHING
    among: frozenset[str] = NOTHING


class Judge:
    """Judges the profiles of one step; equal profiles once."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self._known: dict[str, Judgement] = {}

    def __call__(self, profile: str) -> Judgement:
        """The judgement on a profile; raises ValueError for one that is not of this step."""
        if profile not in self._known:
            self._known[profile] = _judged(_Profile(self.step, profile))
        return self._known[profile]

    def standing_of(self, profile: str, key: str) -> str:
        """How a field stands in a profile; VALID for one that the step does not ask for."""
        return _Profile(self.step, profile).standing.get(key, VALID)


class _Profile:
    """One profile, read."""

    def __init__(self, step: Step, profile: str) -> None:
        count = len(step.criteria)
        if len(profile) != count + len(step.fields):
            raise ValueError(f"{profile!r} is no profile of the step from {step.stage.key}")
        self.step = step
        self.met = [sign == "1" for sign in profile[:count]]
        self.standing = dict(zip((f.key for f in step.fields), profile[count:], strict=True))
        self.gaps = frozenset(key for key in step.mendable if self.standing[key] != VALID)

    def obstacles(self) -> list[Obstacle]:
        """Everything that is asked: groups, disqualifiers, required fields."""
        entry = self.step.target.entry
        groups: list[Obstacle] = [partial(self._group, group.any) for group in entry.all]
        groups += [partial(self._avoided, item) for item in entry.none]
        return groups + [partial(self._required, key) for key in self.step.required]

    def _group(self, alternatives: tuple[Criterion, ...], mended: frozenset[str]) -> bool:
        return any(self._is_met(item, mended) for item in alternatives)

    def _avoided(self, criterion: Criterion, mended: frozenset[str]) -> bool:
        if any(on_field(criterion, key) for key in mended):
            return True
        if isinstance(criterion, FieldCriterion) and criterion.field == GRADE and self._stored(criterion):
            return self._could_grade(frozenset("ABC") - could_be(criterion), mended)
        return not self._stored(criterion)

    def _required(self, key: str, mended: frozenset[str]) -> bool:
        return key in mended or self.standing[key] in _GATE_PASSES

    def _is_met(self, criterion: Criterion, mended: frozenset[str]) -> bool:
        if any(on_field(criterion, key) for key in mended):
            return not asks_absence(criterion)
        if isinstance(criterion, FieldCriterion) and criterion.field == GRADE and not self._stored(criterion):
            return self._could_grade(could_be(criterion), mended)
        return self._stored(criterion)

    def _stored(self, criterion: Criterion) -> bool:
        return self.met[self.step.criteria.index(criterion)]

    def _could_grade(self, grades: frozenset[str], mended: frozenset[str]) -> bool:
        """Whether a tier with one of these grades would match, by a field that is mended."""
        return any(
            self._matches(tier.when, mended)
            for tier in self.step.tiers
            if tier.grade in grades
            and any(on_field(item, key) for item in tier.when.criteria() for key in mended)
        )

    def _matches(self, when: When, mended: frozenset[str]) -> bool:
        return all(self._group(group.any, mended) for group in when.all) and all(
            self._avoided(item, mended) for item in when.none
        )


def _judged(profile: _Profile) -> Judgement:
    obstacles = profile.obstacles()
    failing = [passes for passes in obstacles if not passes(NOTHING)]
    if not failing:
        return Judgement(holds=True)
    gaps = profile.gaps

    def lets_through(mended: frozenset[str]) -> bool:
        return all(passes(mended) for passes in obstacles)

    def in_the_way(key: str) -> bool:
        return any(
            passes(frozenset({key})) or (passes(gaps) and not passes(gaps - {key})) for passes in failing
        )

    only = frozenset(key for key in gaps if lets_through(frozenset({key})))
    among = frozenset(key for key in gaps - only if in_the_way(key))
    return Judgement(holds=False, by_gaps=lets_through(gaps), only=only, among=among)
