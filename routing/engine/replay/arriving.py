"""Gates that time alone never opens: they are judged when something was recorded, and not in between.

Points that only fade, and days that only run out, can shut such a gate but never open it. So the first moment at
which it holds is one at which news came in: routing.engine.replay.judging would find the same at all moments.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from glossary.engine.conditions import BehaviourCriterion, Criterion, FieldCriterion
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


class Wish(NamedTuple):
    """A group of criteria that only fall: what is met at once, and what each kind of news may meet.

    `by_news`: name of a behaviour → the criteria that ask for it.
    """

    items: tuple[Criterion, ...]
    by_news: dict[str, tuple[Criterion, ...]]


def wish_of(items: Sequence[Criterion], scoring: ScoringDocument) -> Wish:
    """A group, made ready."""
    by_news: dict[str, list[Criterion]] = {}
    for item in items:
        scored = {rule.behaviour for rule in scoring.intent}
        for name in {item.behaviour} if isinstance(item, BehaviourCriterion) else scored:
            by_news.setdefault(name, []).append(item)
    return Wish(tuple(items), {name: tuple(own) for name, own in by_news.items()})


class Seen:
    """What is known of a lead as its behaviours come in, under one scoring."""

    def __init__(self, scoring: ScoringDocument) -> None:
        self._scoring = scoring
        self._worth: dict[str, float] = {}
        for rule in scoring.intent:
            self._worth[rule.behaviour] = self._worth.get(rule.behaviour, 0.0) + rule.points
        self.by_name: dict[str, list[BehaviourFact]] = {}
        self.most = 0.0

    def forget(self) -> None:
        """Begin with another lead."""
        self.by_name, self.most = {}, 0.0

    def add(self, fact: BehaviourFact) -> None:
        """Something more that the lead did."""
        name = fact.name
        own = self.by_name.get(name)
        if own is None:
            own = self.by_name[name] = []
        own.append(fact)
        self.most += self._worth.get(name, 0.0)

    def meets_any(self, items: Iterable[Criterion], now: datetime) -> bool:
        """Whether one of some criteria that only fall is met."""
        for item in items:
            if isinstance(item, FieldCriterion):
                if self._has_points(item, now):
                    return True
            elif self._did(item, now):
                return True
        return False

    def _has_points(self, item: FieldCriterion, now: datetime) -> bool:
        need = number_of(item, self._scoring.thresholds)
        if self.most < need - _ROUNDING:  # not even without any decay
            return False
        return intent_total(self.by_name, self._scoring, now=now) >= need

    def _did(self, item: BehaviourCriterion, now: datetime) -> bool:
        facts = self.by_name.get(item.behaviour)
        if facts is None or len(facts) < item.at_least:
            return False
        if item.within_days is None:
            return True
        since = now - timedelta(days=item.within_days)
        return sum(fact.occurred_at > since for fact in facts) >= item.at_least


def arrivals(behaviours: Iterable[Sequence[BehaviourFact]]) -> list[Arrival]:
    """Behaviours in the order in which they came to be known."""
    found = [(max(fact.occurred_at, fact.recorded_at), fact) for facts in behaviours for fact in facts]
    found.sort(key=itemgetter(0))
    return found


def first_opening(
    wishes: Sequence[Wish],
    seen: Seen,
    arrived: Sequence[Arrival],
    start: datetime,
    end: datetime | None,
) -> datetime | None:
    """The first moment in [start, end) at which each wish is met; None = none."""
    seen.forget()
    place = 0
    for known, fact in arrived:
        if known > start:
            break
        seen.add(fact)
        place += 1
    if all(seen.meets_any(wish.items, start) for wish in wishes):
        return start
    last = len(arrived)
    while place < last:
        now = arrived[place][0]
        if end is not None and now >= end:
            return None
        news = []
        while place < last and arrived[place][0] == now:
            fact = arrived[place][1]
            seen.add(fact)
            news.append(fact.name)
            place += 1
        if _may_meet(wishes, news, seen, now):
            return now
    return None


def _may_meet(wishes: Sequence[Wish], news: Sequence[str], seen: Seen, now: datetime) -> bool:
    """Whether all wishes are met; of a single one, only what the news is about can have turned."""
    if len(wishes) > 1:
        return all(seen.meets_any(wish.items, now) for wish in wishes)
    by_news = wishes[0].by_news
    return any(seen.meets_any(by_news[name], now) for name in news if name in by_news)
