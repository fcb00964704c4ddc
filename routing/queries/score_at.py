"""The scores of a lead at any instant since Concord knows of it, explained line by line."""

from dataclasses import dataclass
from datetime import datetime

from glossary.engine.documents import GlossaryDocument
from glossary.queries.editions import edition_at
from routing.engine.documents import ScoringDocument
from routing.engine.explained import fit_lines
from routing.engine.scoring import IntentScore, grade, intent
from routing.models import Lead
from routing.queries.facts_then import facts_then


@dataclass(frozen=True, slots=True)
class ScoreThen:
    """Fit and intent as of an instant, by the policies in force then.

    Attributes:
        scoring_version: of the scoring policy that was in force.
        grade_lines: what gave the grade, and what the next better one would have taken.
    """

    instant: datetime
    scoring_version: int
    grade: str
    grade_lines: list[str]
    intent: IntentScore


def score_at(lead: Lead, instant: datetime) -> ScoreThen | None:
    """Score a lead as of `instant` (aware, not in the future); None = Concord did not know of it then.

    Seen is what had occurred and been recorded by then (routing.queries.facts_then), and the policies are those
    in force at the instant, so the answer stays the same whatever comes later. At the moment of the last
    scoring it is what the lead's columns hold. Raises NoPolicyInForce before the first edition.
    """
    if instant < lead.recorded_at:
        return None
    edition = edition_at(instant)
    document = edition.document(ScoringDocument)
    facts = facts_then(lead, instant=instant)
    fit = grade(facts, document, now=instant)
    fields = edition.document(GlossaryDocument).field_by_key
    return ScoreThen(
        instant,
        edition.versions["scoring"],
        fit,
        fit_lines(fit, facts, document, fields, now=instant),
        intent(facts.behaviours, document, now=instant),
    )
