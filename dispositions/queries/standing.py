"""How a lead stands before its next stage: definition, criterion by criterion, and both scores explained."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime

from glossary.engine.documents import GlossaryDocument, Stage
from glossary.types import EditionInForce
from routing.engine.documents import ScoringDocument
from routing.engine.evaluate import Facts, Verdict, evaluate
from routing.engine.explained import fit_lines
from routing.engine.scoring import grade, intent
from routing.models import Lead
from routing.queries.facts import facts_of

FIRST_TOUCH = "first_touch_at"


@dataclass(frozen=True, slots=True)
class Scores:
    """Fit and intent at a moment, each with the lines that explain it."""

    grade: str
    grade_lines: list[str]
    intent: float
    intent_lines: list[str]


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges one lead at one moment by the stages of the edition in force, on fresh scores."""

    facts: Facts
    scores: Scores
    now: datetime
    edition: EditionInForce

    def verdict(self, stage: Stage, *, given_by_form: frozenset[str] = frozenset()) -> Verdict:
        """The verdict on entering `stage`, nothing confirmed yet; fields that a form asks for aside."""
        required = [key for key in stage.required_fields if key not in given_by_form]
        return evaluate(
            stage.entry,
            self.facts,
            now=self.now,
            fields=self.edition.document(GlossaryDocument).field_by_key,
            thresholds=self.edition.document(ScoringDocument).thresholds,
            required=required,
        )

    @property
    def is_touched(self) -> bool:
        """Whether a person of ours reached out in this pass."""
        return self.facts.values.get(FIRST_TOUCH) is not None


def unconfirmed(verdict: Verdict) -> Verdict:
    """The verdict without its confirmations: what stands in the way before any form is filled in."""
    return dataclasses.replace(verdict, confirmations=())


def judge_of(lead: Lead, *, now: datetime, edition: EditionInForce) -> Judge:
    """Read the facts of a lead (two queries) and score it afresh, as the gate itself will do."""
    facts = facts_of(lead, now=now)
    scores = _scores(facts, now, edition)
    values = {**facts.values, "icp_grade": scores.grade, "intent_score": scores.intent}
    return Judge(dataclasses.replace(facts, values=values), scores, now, edition)


def _scores(facts: Facts, now: datetime, edition: EditionInForce) -> Scores:
    document = edition.document(ScoringDocument)
    score = intent(facts.behaviours, document, now=now)
    fit = grade(facts, document, now=now)
    fields = edition.document(GlossaryDocument).field_by_key
    lines = fit_lines(fit, facts, document, fields, now=now)
    return Scores(fit, lines, float(score.total), score.explanation())
