"""Scores: fit (ICP grade, does not age) and intent (points of dated behaviours, with half-life and caps).

Both are computed from facts at a moment, so that any past score can be had again. Decay: the points of a rule
with a half-life of h days are worth points × 0.5^(age / h) when `age` days have gone by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum

from glossary.engine.words import days_words, humanised, number_words
from routing.engine.documents.scoring import IntentRule, ScoringDocument
from routing.engine.evaluate import BehaviourFact, Facts, holds
from routing.engine.facts import by_name

LOWEST_GRADE = "D"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class IntentLine:
    """What one rule gives.

    Attributes:
        raw: points before decay and cap.
        decayed: after decay, before the cap.
        points: what counts towards its group or the total.
    """

    key: str
    behaviour: str
    times: int
    raw: float
    decayed: float
    points: float
    words: str


@dataclass(frozen=True, slots=True)
class IntentGroup:
    """Rules that share a cap."""

    key: str
    summed: float
    points: float
    words: str


@dataclass(frozen=True, slots=True)
class IntentScore:
    """The intent score at a moment. The total has two decimals: so it is stored, shown, compared."""

    total: float
    lines: tuple[IntentLine, ...]
    groups: tuple[IntentGroup, ...]
    words: str

    def as_json(self) -> dict[str, object]:
        """For storage."""
        return {
            "total": self.total,
            "lines": [{"key": x.key, "points": round(x.points, 2), "words": x.words} for x in self.lines],
            "groups": [{"key": x.key, "points": round(x.points, 2), "words": x.words} for x in self.groups],
            "words": self.words,
        }

    def explanation(self) -> list[str]:
        """All lines for people: rules that gave something, caps that bit, the total."""
        return [line.words for line in self.lines] + [group.words for group in self.groups] + [self.words]


def grade(facts: Facts, document: ScoringDocument, *, now: datetime) -> str:
    """The ICP grade: of the first tier whose criteria hold, D when none does."""
    tiers = (
        tier.grade
        for tier in document.fit
        if holds(tier.when, facts, now=now, thresholds=document.thresholds)
    )
    return next(tiers, LOWEST_GRADE)


def intent(behaviours: Sequence[BehaviourFact], document: ScoringDocument, *, now: datetime) -> IntentScore:
    """The intent score at `now`, explained.

    Behaviours that happened or were recorded after `now` do not count. The cap of a rule bounds its points
    on both sides of zero; group caps and the total cap bound sums from above; the total is never below 0.
    Sums are exactly rounded (fsum), so that the order of behaviours and rules does not matter.
    """
    seen = by_name(fact for fact in behaviours if fact.is_seen_at(now))
    lines = tuple(
        _line(rule, seen[rule.behaviour], now) for rule in document.intent if rule.behaviour in seen
    )
    groups = _groups(lines, document)
    grouped = {rule.key for rule in document.intent if rule.group in document.group_caps}
    alone = [line.points for line in lines if line.key not in grouped]
    summed = fsum([*alone, *(group.points for group in groups)])
    total = round(max(0.0, min(summed, document.total_cap)), 2)
    return IntentScore(total, lines, groups, _total_words(summed, total, document.total_cap))


def intent_total(
    seen: Mapping[str, Sequence[BehaviourFact]], document: ScoringDocument, *, now: datetime
) -> float:
    """The total of `intent` alone, many times as fast: for replaying history.

    Args:
        seen: behaviours by name, all of which happened and were recorded by `now`.
    """
    alone, groups = list[float](), dict[str, list[float]]()
    for rule in document.intent:
        if facts := seen.get(rule.behaviour):
            _, points = _worth(rule, facts, now)
            capped = rule.group if rule.group in document.group_caps else None
            (alone if capped is None else groups.setdefault(capped, [])).append(points)
    sums = (min(fsum(own), document.group_caps[key]) for key, own in groups.items())
    return round(max(0.0, min(fsum([*alone, *sums]), document.total_cap)), 2)


def _worth(rule: IntentRule, facts: Sequence[BehaviourFact], now: datetime) -> tuple[float, float]:
    """The points of a rule after decay, and what is left of them after its cap."""
    worth, half_life = rule.points, rule.half_life_days
    if half_life is None:
        decayed = worth * len(facts)  # as exactly rounded as the sum would be
    else:
        decayed = fsum([worth * 0.5 ** ((now - fact.occurred_at) / _DAY / half_life) for fact in facts])
    return decayed, decayed if rule.cap is None else max(-rule.cap, min(decayed, rule.cap))


def _line(rule: IntentRule, facts: Sequence[BehaviourFact], now: datetime) -> IntentLine:
    raw = rule.points * len(facts)
    decayed, points = _worth(rule, facts, now)
    return IntentLine(
        rule.key,
        rule.behaviour,
        len(facts),
        raw,
        decayed,
        points,
        _line_words(rule, len(facts), decayed, points),
    )


def _groups(lines: Sequence[IntentLine], document: ScoringDocument) -> tuple[IntentGroup, ...]:
    members: dict[str, list[IntentLine]] = {}
    group_of: Mapping[str, str | None] = {rule.key: rule.group for rule in document.intent}
    for line in lines:
        group = group_of[line.key]
        if group in document.group_caps:
            members.setdefault(str(group), []).append(line)
    return tuple(_group(key, own, document.group_caps[key]) for key, own in members.items())


def _group(key: str, lines: Sequence[IntentLine], cap: float) -> IntentGroup:
    summed = fsum(line.points for line in lines)
    points = min(summed, cap)
    capped = f", capped at {_points(cap)}" if points < summed else f" of at most {_points(cap)}"
    return IntentGroup(key, summed, points, f"group {humanised(key)}: {_points(summed)}{capped}")


def _points(value: float) -> str:
    return number_words(round(value, 2))


def _line_words(rule: IntentRule, times: int, decayed: float, points: float) -> str:
    often = "once" if times == 1 else f"{times} times"
    line = f"{humanised(rule.behaviour)} {often} at {_points(rule.points)} points"
    if rule.half_life_days is not None:
        line += f", halving every {days_words(rule.half_life_days)}"
    line += f": {_points(decayed)}"
    return line if points == decayed else f"{line}, capped at {_points(points)}"


def _total_words(summed: float, total: float, cap: float) -> str:
    if summed > cap:
        return f"total: {_points(summed)}, capped at {_points(cap)}"
    return f"total: {_points(summed)}, counted as 0" if summed < 0 else f"total: {_points(total)}"
