"""What is held against won and lost: every criterion of the policies once, and values of one more field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from glossary.engine.conditions import BehaviourCriterion, Criterion, Kind, When
from glossary.engine.documents import GlossaryDocument
from glossary.engine.words import criterion_words
from routing.engine.documents import ScoringDocument
from routing.engine.replay.unlogged import keeps_history

POLICY, VALUE = "criterion", "value"


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the comparison.

    Attributes:
        key: names the line in addresses; the same as long as the criterion reads the same.
        words: the criterion in English.
        places: where the policies ask for it, in words; a value of a chosen field stands in none.
        group: POLICY or VALUE.
    """

    key: str
    criterion: Criterion
    words: str
    places: tuple[str, ...] = ()
    group: str = POLICY

    @property
    def about(self) -> str:
        """The key of its field, or of its behaviour."""
        return about(self.criterion)


class Policies(NamedTuple):
    """The two documents that hold criteria on leads."""

    glossary: GlossaryDocument
    scoring: ScoringDocument


def about(criterion: Criterion) -> str:
    """The key of the field or of the behaviour that a criterion is about."""
    return criterion.behaviour if isinstance(criterion, BehaviourCriterion) else criterion.field


def asked_of(criterion: Criterion, policies: Policies, *, group: str = POLICY) -> Asked:
    """A criterion as a line of the comparison."""
    words = criterion_words(criterion, policies.glossary.field_by_key, policies.scoring.thresholds)
    return Asked(key_of(criterion, words), criterion, words, group=group)


def key_of(criterion: Criterion, words: str) -> str:
    """The key of a line: from what it is about and how it reads, so that the same line is there once."""
    kind = "behaviour" if isinstance(criterion, BehaviourCriterion) else "field"
    text = json.dumps([kind, about(criterion), words])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def criteria_of(policies: Policies) -> list[Asked]:
    """Every criterion of the gates and ICP tiers, and every behaviour that scores or triggers, each once.

    In the order of the policies. Fields that the log does not keep are left out (`left_out` names them), as are
    those known only after the outcome, which no policy may hold.
    """
    found: dict[str, Asked] = {}
    places: dict[str, list[str]] = {}
    for place, criterion in _everywhere(policies):
        if is_comparable(criterion, policies.glossary):
            item = asked_of(criterion, policies)
            found.setdefault(item.key, item)
            places.setdefault(item.key, []).append(place)
    return [
        Asked(item.key, item.criterion, item.words, tuple(dict.fromkeys(places[key])))
        for key, item in found.items()
    ]


def is_comparable(criterion: Criterion, glossary: GlossaryDocument) -> bool:
    """Whether a criterion says something of the time before the outcome."""
    if isinstance(criterion, BehaviourCriterion):
        return True
    # What no log keeps is as of today: it may come of the outcome instead of foretelling it.
    fields = glossary.field_by_key
    late = criterion.field in fields and fields[criterion.field].after_outcome
    return keeps_history(criterion.field, fields) and not late


def left_out(policies: Policies) -> list[str]:
    """Labels of the fields whose criteria are not compared."""
    fields = policies.glossary.field_by_key
    keys = {about(item) for _, item in _everywhere(policies) if not is_comparable(item, policies.glossary)}
    return sorted(fields[key].label if key in fields else key for key in keys)


def _everywhere(policies: Policies) -> Iterator[tuple[str, Criterion]]:
    stages = sorted(policies.glossary.stages, key=lambda stage: stage.position)
    for stage in stages:
        yield from _of_place(stage.short, stage.entry)
    for tier in policies.scoring.fit:
        yield from _of_place(f"ICP tier {tier.grade}", tier.when)
    yield from _of_behaviours("trigger", policies.scoring.triggers)
    yield from _of_behaviours("intent points", (rule.behaviour for rule in policies.scoring.intent))


def _of_place(place: str, when: When) -> Iterator[tuple[str, Criterion]]:
    for group in when.all:
        yield from ((place, item) for item in group.any)
    yield from ((f"{place}, as disqualifier", item) for item in when.none)


def _of_behaviours(place: str, names: Iterable[str]) -> Iterator[tuple[str, Criterion]]:
    for name in names:
        yield place, BehaviourCriterion(kind=Kind.BEHAVIOUR, behaviour=name)
