"""One lead's history before the gates of several stages under several definitions: when would each have opened?"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from routing.engine.replay.arriving import Hopes, Seen, Spell, arrivals, first_openings, hopes_of
from routing.engine.replay.definition import Definition
from routing.engine.replay.history import Epoch, LeadHistory
from routing.engine.replay.judging import Gatekeeper
from routing.engine.replay.moments import moments, turning
from routing.engine.replay.steady import MOST_REMEMBERED, Answers, Tests


class Opened(NamedTuple):
    """A lead and a stage that it opens. `at`: when first, for each definition; None = never.

    `carried`: the columns of the lead that were asked for beside, as they are today.
    """

    lead: int
    stage: str
    at: tuple[datetime | None, ...]
    carried: tuple[Any, ...] = ()


class Judge:
    """Asks the gates about one history after the other."""

    def __init__(self, definitions: Sequence[Definition], stages: Sequence[str]) -> None:
        tests = Tests()
        self._stages, self._sides = stages, len(definitions)
        self._keepers = [Gatekeeper(side, key, tests) for key in stages for side in definitions]
        self._tests = tests
        self._turns = turning(definitions, stages)
        self.waits_for_news = all(keeper.waits_for_news for keeper in self._keepers)
        self._alike = _scored_alike(self._keepers)

    def __call__(self, history: LeadHistory) -> Iterator[Opened]:
        """What a lead opens."""
        found = self.on_news(history) if self.waits_for_news else self.at_moments(history)
        for place, key in enumerate(self._stages):
            at = tuple(found[place * self._sides : (place + 1) * self._sides])
            if any(at):
                yield Opened(history.lead, key, at, history.carried)

    def at_moments(self, history: LeadHistory) -> list[datetime | None]:
        """When the gates open, stage by stage and in each definition by definition, asked at every moment."""
        when = moments(history, self._turns)
        return [keeper.opens_at(history, when) for keeper in self._keepers]

    def on_news(self, history: LeadHistory) -> list[datetime | None]:
        """The same, asked only when news came in; for gates that all wait for news."""
        epochs = [epoch for epoch in history.epochs() if epoch.start <= history.until]
        answers = [self._tests.answers(epoch.values) for epoch in epochs]
        found: list[datetime | None] = [None] * len(self._keepers)
        arrived = arrivals(history.facts)
        for alike in self._alike:
            spells = [
                Spell(epoch.start, epoch.end, alike.hopes(epoch, told))
                for epoch, told in zip(epochs, answers, strict=True)
            ]
            opened = first_openings(spells, alike.seen, arrived, len(alike.places))
            for place, at in zip(alike.places, opened, strict=True):
                found[place] = at
        return found


class _Alike:
    """Gates whose leads score alike: one score serves them all. `places`: theirs among all gates."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.places: list[int] = []
        self._keepers: list[Gatekeeper] = []
        self._hopes: dict[Answers, Hopes] = {}

    def add(self, place: int, keeper: Gatekeeper) -> None:
        """One more gate."""
        self.places.append(place)
        self._keepers.append(keeper)

    def hopes(self, epoch: Epoch, answers: Answers) -> Hopes:
        """What is left for the gates to open in an epoch."""
        if any(keeper.requires_age for keeper in self._keepers):
            return self._left(epoch, answers)
        found = self._hopes.get(answers)
        if found is None:
            if len(self._hopes) >= MOST_REMEMBERED:
                self._hopes.clear()
            found = self._hopes[answers] = self._left(epoch, answers)
        return found

    def _left(self, epoch: Epoch, answers: Answers) -> Hopes:
        residues = [keeper.residue(epoch, answers) for keeper in self._keepers]
        left = enumerate(residues)
        return hopes_of((gate, residue.wishes) for gate, residue in left if residue is not None)


def _scored_alike(keepers: Sequence[Gatekeeper]) -> list[_Alike]:
    found: list[tuple[object, _Alike]] = []
    for place, keeper in enumerate(keepers):
        scoring = keeper.definition.scoring
        rules = (scoring.intent, scoring.group_caps, scoring.total_cap)
        own = next((alike for known, alike in found if known == rules), None)
        if own is None:
            own = _Alike(Seen(scoring))
            found.append((rules, own))
        own.add(place, keeper)
    return [alike for _, alike in found]
