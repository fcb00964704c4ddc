"""Gates that time alone never opens: they are judged when something was recorded, and not in between.

Points that only fade, and days that only run out, can shut such a gate but never open it. So the first moment at
which it holds is one at which news came in: routing.engine.replay.judging would find the same at all moments.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import inf
from operator import itemgetter
from typing import NamedTuple

from glossary.engine.conditions import BehaviourCriterion, Criterion
from glossary.engine.fields import Op
from routing.engine.comparisons import number_of
from routing.engine.documents import ScoringDocument
from routing.engine.facts import BehaviourFact
from routing.engine.replay.definition import INTENT
from routing.engine.scoring import intent_total

Arrival = tuple[datetime, BehaviourFact]
"""When it was known, and what."""
# The total is rounded to two decimals before it is compared.
_ROUNDING = 0.01


def only_falls(item: Criterion, scoring: ScoringDocument) -> bool:
    """Whether a criterion, once not met, stays so until the lead does something more."""
    if isinstance(item, BehaviourCriterion):
        return item.latest_before_days is None and not item.where
    return (
        item.field == INTENT and item.op is Op.AT_LEAST and all(rule.points >= 0 for rule in scoring.intent)
    )


class Asked(NamedTuple):
    """Alternatives: so many points are enough (None = none are), and so is any of these deeds.

    `deeds`: (name of the behaviour, how often at least, how long ago at most or None).
    """

    points: float | None
    deeds: tuple[tuple[str, int, timedelta | None], ...]


class Wish(NamedTuple):
    """A group of criteria that only fall: all that is asked, and what a behaviour of each name may have met.

    `names`: of the behaviours of which deeds are asked.
    """

    whole: Asked
    by_news: dict[str, Asked]
    names: frozenset[str]


def wish_of(items: Iterable[Criterion], scoring: ScoringDocument) -> Wish:
    """A group, made ready. Other criteria than those that only fall are left out."""
    deeds, points = list[tuple[str, int, timedelta | None]](), list[float]()
    for item in items:
        if isinstance(item, BehaviourCriterion):
            within = None if item.within_days is None else timedelta(days=item.within_days)
            deeds.append((item.behaviour, item.at_least, within))
        elif item.field == INTENT and item.op is Op.AT_LEAST:
            points.append(number_of(item, scoring.thresholds))
    enough = min(points, default=None)
    scored = {rule.behaviour for rule in scoring.intent} if points else set()
    by_news = {
        name: Asked(enough if name in scored else None, tuple(deed for deed in deeds if deed[0] == name))
        for name in {*scored, *(deed[0] for deed in deeds)}
    }
    return Wish(Asked(enough, tuple(deeds)), by_news, frozenset(deed[0] for deed in deeds))


class Seen:
    """What is known of a lead as its behaviours come in, under one way to score them.

    The points are bounded from above, and only worked out where the bound is enough: since they only fall as time
    goes by, they are at most what they last were and what came in since is worth.
    """

    def __init__(self, scoring: ScoringDocument) -> None:
        self._scoring = scoring
        self._worth: dict[str, float] = {}
        for rule in scoring.intent:
            self._worth[rule.behaviour] = self._worth.get(rule.behaviour, 0.0) + rule.points
        self.forget()

    def forget(self) -> None:
        """Begin with another lead."""
        self._by_name: dict[str, list[BehaviourFact]] = {}
        self._bound = 0.0
        self._score = 0.0
        self._scored_at: datetime | None = None

    def add(self, fact: BehaviourFact) -> None:
        """Something more that the lead did."""
        name = fact.name
        own = self._by_name.get(name)
        if own is None:
            own = self._by_name[name] = []
        own.append(fact)
        self._bound += self._worth.get(name, 0.0)
        self._scored_at = None

    def meets(self, asked: Asked, now: datetime) -> bool:
        """Whether the lead has the points or did one of the deeds."""
        for name, at_least, within in asked.deeds:
            facts = self._by_name.get(name)
            if facts is None or len(facts) < at_least:
                continue
            if within is None or _count_since(facts, now - within) >= at_least:
                return True
        need = asked.points
        return need is not None and self.may_have(need) and self.score(now) >= need

    def may_have(self, points: float) -> bool:
        """Whether the lead can have so many points by now."""
        return self._bound >= points - _ROUNDING

    def did_none(self, names: frozenset[str]) -> bool:
        """Whether the lead did none of these yet."""
        return names.isdisjoint(self._by_name)

    def score(self, now: datetime) -> float:
        """The intent score of the moment."""
        if self._scored_at != now:
            self._score, self._scored_at = intent_total(self._by_name, self._scoring, now=now), now
            self._bound = self._score + _ROUNDING
        return self._score


def _count_since(facts: Sequence[BehaviourFact], since: datetime) -> int:
    count = 0
    for fact in facts:
        if fact.occurred_at > since:
            count += 1
    return count


def arrivals(facts: Iterable[BehaviourFact]) -> list[Arrival]:
    """Behaviours in the order in which they came to be known."""
    found = []
    for fact in facts:
        _, occurred, recorded, _ = fact
        found.append((max(occurred, recorded), fact))
    found.sort(key=itemgetter(0))
    return found


class Hopes(NamedTuple):
    """What is left for gates to open: each gate that may, with its wishes, and what any of them takes at least.

    None opens before the lead can have so many `points`, or did a deed of one of the `names`.
    """

    gates: tuple[tuple[int, Sequence[Wish]], ...]
    points: float
    names: frozenset[str]


def hopes_of(gates: Iterable[tuple[int, Sequence[Wish]]]) -> Hopes:
    """Gates by number, each with its wishes; one without any opens at once."""
    asked = tuple(gates)
    wishes = [wish for _, own in asked for wish in own]
    points = [wish.whole.points for wish in wishes if wish.whole.points is not None]
    if not all(own for _, own in asked):
        points.append(-inf)
    return Hopes(asked, min(points, default=inf), frozenset(name for wish in wishes for name in wish.names))


class Spell(NamedTuple):
    """A time in which the values did not change: [start, end), None = to the last moment."""

    start: datetime
    end: datetime | None
    hopes: Hopes


def first_openings(
    spells: Iterable[Spell], seen: Seen, arrived: Sequence[Arrival], gates: int
) -> list[datetime | None]:
    """For each gate, the first moment at which each of its wishes of the time is met; None = at none.

    Args:
        spells: in order, one after the other.
        arrived: in order, up to the last moment.
        gates: how many there are.
    """
    seen.forget()
    found: list[datetime | None] = [None] * gates
    place, last = 0, len(arrived)
    for spell in spells:
        while place < last and arrived[place][0] <= spell.start:
            seen.add(arrived[place][1])
            place += 1
        hopes = _at_once(spell, seen, found)
        if hopes.gates:
            place = _as_news_comes(spell, hopes, seen, arrived, place, found)
    return found


def _at_once(spell: Spell, seen: Seen, found: list[datetime | None]) -> Hopes:
    """Note the gates that are open when a spell begins; those that may open within it."""
    hopes = spell.hopes
    if any(found):
        hopes = hopes._replace(gates=tuple(entry for entry in hopes.gates if found[entry[0]] is None))
    if not seen.may_have(hopes.points) and seen.did_none(hopes.names):
        return hopes
    met = [
        gate for gate, wishes in hopes.gates if all(seen.meets(wish.whole, spell.start) for wish in wishes)
    ]
    return _without(hopes, met, spell.start, found) if met else hopes


def _as_news_comes(
    spell: Spell,
    hopes: Hopes,
    seen: Seen,
    arrived: Sequence[Arrival],
    place: int,
    found: list[datetime | None],
) -> int:
    """Note the gates that open within a spell; the place of the first arrival that was not looked at."""
    last, end = len(arrived), spell.end
    while hopes.gates and place < last:
        now = arrived[place][0]
        if end is not None and now >= end:
            break
        news = []
        while place < last and arrived[place][0] == now:
            fact = arrived[place][1]
            seen.add(fact)
            news.append(fact.name)
            place += 1
        if not seen.may_have(hopes.points) and hopes.names.isdisjoint(news):
            continue
        met = [gate for gate, wishes in hopes.gates if _may_meet(wishes, news, seen, now)]
        if met:
            hopes = _without(hopes, met, now, found)
    return place


def _without(hopes: Hopes, met: Sequence[int], now: datetime, found: list[datetime | None]) -> Hopes:
    """Note that gates opened; the others, which take no less than all did together."""
    for gate in met:
        found[gate] = now
    return hopes._replace(gates=tuple(entry for entry in hopes.gates if entry[0] not in met))


def _may_meet(wishes: Sequence[Wish], news: Sequence[str], seen: Seen, now: datetime) -> bool:
    """Whether all wishes are met; of a single one, only what the news is about can have turned."""
    if len(wishes) > 1:
        return all(seen.meets(wish.whole, now) for wish in wishes)
    by_news = wishes[0].by_news
    for name in news:
        asked = by_news.get(name)
        if asked is not None and seen.meets(asked, now):
            return True
    return False
