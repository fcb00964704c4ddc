"""What the stored verdicts say of a month's MQLs: by which definitions, how close to the bar, by what alone."""

from datetime import datetime

from glossary.engine.conditions import FieldCriterion
from glossary.engine.documents import GlossaryDocument
from glossary.models import Edition
from glossary.queries.editions import edition_by_id
from reporting.engine.inflation_months import FROM, JUST_ABOVE, Evidence
from reporting.queries.entries import CHUNK, known_entries
from reporting.queries.lead_values import AsOf
from routing.engine.comparisons import CriterionError, number_of
from routing.engine.documents import ScoringDocument

SCORE = "intent_score"
Answers = list[dict[str, object]]


def evidence_of(since: datetime, until: datetime, as_of: AsOf) -> Evidence:
    """The evidence of the entries into MQL in [since, until) that stood as of then; streamed, one query."""
    entries = known_entries(as_of).filter(to_stage=FROM, occurred_at__gte=since, occurred_at__lt=until)
    entries = entries.exclude(voided_by__recorded_at__lte=as_of.instant).order_by()
    editions: set[int] = set()
    bars: dict[int, float | None] = {}
    judged = just_above = score_only = 0
    for edition, verdict in entries.values_list("edition_id", "verdict").iterator(CHUNK):
        if edition is None:
            continue
        editions.add(edition)
        alternatives = _with_score(verdict)
        if alternatives is None:
            continue
        if edition not in bars:
            bars[edition] = _bar(edition)
        judged += 1
        just_above += _is_just_above(alternatives, bars[edition])
        score_only += _by_score_alone(alternatives)
    return Evidence(_versions(editions), judged, just_above, score_only)


def _with_score(verdict: dict[str, object]) -> Answers | None:
    """The alternatives among which the score stands; None = the verdict says nothing of it."""
    groups = verdict.get("groups", ())
    for group in groups if isinstance(groups, list) else ():
        answers: Answers = group["any"]
        if any(item.get("about") == SCORE for item in answers):
            return answers
    return None


def _is_just_above(answers: Answers, bar: float | None) -> bool:
    seen = next(item.get("seen") for item in answers if item.get("about") == SCORE)
    return bar is not None and isinstance(seen, int | float) and bar <= seen < bar * (1 + JUST_ABOVE)


def _by_score_alone(answers: Answers) -> bool:
    return {item.get("about") for item in answers if item.get("answer") == "met"} == {SCORE}


def _bar(edition_id: int) -> float | None:
    """The score that the definition of an edition asks for; None when it asks for none."""
    edition = edition_by_id(edition_id)
    stage = edition.document(GlossaryDocument).stage_by_key.get(FROM)
    thresholds = edition.document(ScoringDocument).thresholds
    for item in stage.entry.criteria() if stage else ():
        if isinstance(item, FieldCriterion) and item.field == SCORE:
            try:
                return number_of(item, thresholds)
            except (CriterionError, StopIteration):
                return None
    return None


def _versions(editions: set[int]) -> dict[str, list[int]]:
    rows = list(Edition.objects.filter(pk__in=editions).values_list("versions", flat=True))
    return {key: sorted({versions[key] for versions in rows}) for key in ("glossary", "scoring")}
