"""The ICP grade in words: what gave it, and what the next better one would have taken."""

from collections.abc import Mapping
from datetime import datetime

from glossary.engine.fields import ContractField
from routing.engine.documents import ScoringDocument
from routing.engine.evaluate import Answer, Facts, evaluate
from routing.engine.scoring import LOWEST_GRADE


def fit_lines(
    fit: str, facts: Facts, document: ScoringDocument, fields: Mapping[str, ContractField], *, now: datetime
) -> list[str]:
    """What gave the grade `fit`, a line each; for any but the best also what the next better one lacks."""
    tiers = list(document.fit)
    place = next((i for i, tier in enumerate(tiers) if tier.grade == fit), len(tiers))
    lines = []
    if place < len(tiers):
        when = tiers[place].when
        verdict = evaluate(when, facts, now=now, fields=fields, thresholds=document.thresholds)
        results = (result for group in verdict.groups for result in group.results)
        lines = [f"{r.words}: {r.seen_words}" for r in results if r.answer is Answer.MET]
    if place > 0 and tiers:
        better = tiers[place - 1]
        verdict = evaluate(better.when, facts, now=now, fields=fields, thresholds=document.thresholds)
        lines += [f"For {better.grade}: {line}" for line in verdict.lacking()]
    return lines or [f"No tier of the scoring policy applies, so it is {LOWEST_GRADE}."]
