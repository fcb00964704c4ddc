"""Fit and intent of one lead, recomputed from dated facts and kept in the lead's columns."""

import dataclasses
from datetime import datetime

from glossary.types import EditionInForce
from routing.engine.documents import ScoringDocument
from routing.engine.evaluate import Facts
from routing.engine.scoring import grade, intent
from routing.models import Lead, LeadChange
from routing.queries.facts import facts_of
from routing.services.writing import Authorship, change_of


def rescore(lead: Lead, *, edition: EditionInForce, now: datetime) -> Facts:
    """Bring `icp_grade` and `intent_score` up to `now` and return the facts with the fresh scores.

    The columns always follow. A change row is written when the grade changes or the score crosses a
    threshold of the scoring policy; decay day by day is no news.
    """
    document = edition.document(ScoringDocument)
    facts = facts_of(lead, now=now)
    new_grade = grade(facts, document, now=now)
    score = float(intent(facts.behaviours, document, now=now).total)
    by = Authorship(None, "scoring", now, now)
    changes = []
    if new_grade != lead.icp_grade:
        changes.append(change_of(lead, "icp_grade", lead.icp_grade, new_grade, by))
    if _crosses(lead.intent_score or 0.0, score, document):
        changes.append(change_of(lead, "intent_score", lead.intent_score, score, by))
    LeadChange.objects.bulk_create(changes)
    if (lead.icp_grade, lead.intent_score) != (new_grade, score):
        lead.icp_grade, lead.intent_score, lead.scored_at = new_grade, score, now
        lead.save(update_fields=["icp_grade", "intent_score", "scored_at"])
    return dataclasses.replace(facts, values={**facts.values, "icp_grade": new_grade, "intent_score": score})


def _crosses(before: float, after: float, document: ScoringDocument) -> bool:
    return any((before >= limit) != (after >= limit) for limit in document.thresholds.values())
