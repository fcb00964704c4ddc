"""Fit and intent of one lead, recomputed from dated facts and kept in the lead's columns."""

import dataclasses

from routing.engine.documents import ScoringDocument
from routing.engine.evaluate import Facts
from routing.engine.scoring import grade, intent
from routing.services.case import Case
from routing.services.writing import Authorship, change_of


def rescore(case: Case) -> Facts:
    """Bring `icp_grade` and `intent_score` up to the moment of the case; returns the facts with them.

    The columns always follow. A change row is written when the grade changes or the score crosses a
    threshold of the scoring policy; decay day by day is no news.
    """
    lead, now, document = case.lead, case.now, case.document(ScoringDocument)
    facts = case.facts()
    new_grade = grade(facts, document, now=now)
    score = float(intent(facts.behaviours, document, now=now).total)
    by = Authorship(None, "scoring", now, now)
    if new_grade != lead.icp_grade:
        case.log([change_of(lead, "icp_grade", lead.icp_grade, new_grade, by)])
    if _crosses(lead.intent_score or 0.0, score, document):
        case.log([change_of(lead, "intent_score", lead.intent_score, score, by)])
    if (lead.icp_grade, lead.intent_score) != (new_grade, score):
        lead.icp_grade, lead.intent_score, lead.scored_at = new_grade, score, now
    return dataclasses.replace(facts, values=case.values())


def _crosses(before: float, after: float, document: ScoringDocument) -> bool:
    return any((before >= limit) != (after >= limit) for limit in document.thresholds.values())
