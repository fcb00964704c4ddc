"""What is known of a decided lead at the moment at which it is judged: the facts of then, with their scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from glossary.engine.conditions import BehaviourCriterion
from reporting.engine.win_loss.asked import Asked
from routing.engine.documents import ScoringDocument
from routing.engine.facts import Facts
from routing.engine.replay.definition import GRADE, INTENT
from routing.engine.replay.history import LeadHistory, Reads
from routing.engine.scoring import grade, intent

# What derived fields are derived from.
_SOURCES = frozenset({"email", "captured_at"})

_REST_OF_DAY = timedelta(days=1) - timedelta(microseconds=1)


class Reached(NamedTuple):
    """An entry into a funnel stage."""

    stage: str
    at: datetime


def deadline(occurred_at: datetime, *, date_only: bool) -> datetime:
    """The last moment that belongs to the time before an outcome; the end of the day where only that is known."""
    return occurred_at + _REST_OF_DAY if date_only else occurred_at


def moment_to_judge(entries: Iterable[Reached], judged: str, before: datetime) -> datetime | None:
    """The first entry into the stage `judged`; without one, the earliest entry into any of the others.

    Args:
        entries: into that stage and those behind it, in any order; entries after `before` do not count.
    """
    known = [entry for entry in entries if entry.at <= before]
    own = [entry.at for entry in known if entry.stage == judged]
    return min(own or [entry.at for entry in known], default=None)


def facts_to_judge(history: LeadHistory, moment: datetime, scoring: ScoringDocument) -> Facts:
    """The facts of a moment, with the grade and the score that they give under `scoring`."""
    facts = history.facts_at(moment)
    scores = {
        GRADE: grade(facts, scoring, now=moment),
        INTENT: intent(facts.behaviours, scoring, now=moment).total,
    }
    return Facts({**facts.values, **scores}, facts.behaviours)


def reads_of(asked: Sequence[Asked], scoring: ScoringDocument, field: str | None) -> Reads:
    """What has to be read of a lead: what the lines and the tiers name, and every behaviour that scores."""
    criteria = [item.criterion for item in asked]
    criteria += [item for tier in scoring.fit for item in tier.when.criteria()]
    behaviours = {item.behaviour for item in criteria if isinstance(item, BehaviourCriterion)}
    fields = {item.field for item in criteria if not isinstance(item, BehaviourCriterion)}
    fields |= _SOURCES | ({field} if field else set())
    return Reads(frozenset(fields - {GRADE, INTENT}), frozenset(behaviours | set(scoring.named_behaviours())))
