"""One lead's history before the gates of several stages under several definitions: when would each have opened?"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from routing.engine.replay.arriving import Seen, Spell, arrivals, first_openings
from routing.engine.replay.definition import Definition
from routing.engine.replay.history import LeadHistory
from routing.engine.replay.judging import Gatekeeper
from routing.engine.replay.moments import moments, turning
from routing.engine.replay.steady import Tests


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
        for seen, places in self._alike:
            spells = []
            for epoch, told in zip(epochs, answers, strict=True):
                left = [self._keepers[place].residue(epoch, told) for place in places]
                wishes = [None if residue is None else residue.wishes for residue in left]
                spells.append(Spell(epoch.start, epoch.end, wishes))
            for place, at in zip(places, first_openings(spells, seen, arrived, len(places)), strict=True):
                found[place] = at
        return found


def _scored_alike(keepers: Sequence[Gatekeeper]) -> list[tuple[Seen, list[int]]]:
    """The places of the gates whose leads score alike, with what scores them: one score serves them all."""
    found: list[tuple[object, Seen, list[int]]] = []
    for place, keeper in enumerate(keepers):
        scoring = keeper.definition.scoring
        rules = (scoring.intent, scoring.group_caps, scoring.total_cap)
        own = next((places for known, _, places in found if known == rules), None)
        if own is None:
            found.append((rules, Seen(scoring), [place]))
        else:
            own.append(place)
    return [(seen, places) for _, seen, places in found]
