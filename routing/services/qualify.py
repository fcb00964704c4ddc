"""The system's own gate: rescore a lead and follow the moves that the rules may make."""

import dataclasses
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from glossary.engine.documents import Mover, Stage, StageKind
from glossary.queries.editions import edition_at, memo
from routing.engine.documents import ScoringDocument
from routing.engine.evaluate import BehaviourFact, Facts, holds
from routing.engine.scoring import intent
from routing.models import StageEntry
from routing.services.advance import judge
from routing.services.case import Case
from routing.services.locking import locked_lead
from routing.services.moves import pass_for
from routing.services.rescore import rescore
from routing.services.stage_log import Step, write_entry


@memo()
@transaction.atomic
def qualify(lead_id: int, *, now: datetime) -> list[StageEntry]:
    """Rescore the lead, then follow every system move whose gate holds. Returns the entries written.

    Upward only, once per pass: a stage that was entered in this pass is not entered again by the rules, so
    points that decay and return move nobody twice. From a detour the rules lead back only when what the
    person did since then makes the difference (see `_crossed`). Merged and suppressed leads stay put.
    """
    case = Case(locked_lead(lead_id), edition_at(now), now)
    written = follow_rules(case)
    case.save()
    return written


def follow_rules(case: Case) -> list[StageEntry]:
    """As `qualify`, within a case; saving it is up to the caller."""
    lead, written = case.lead, list[StageEntry]()
    if lead.merged_into_id is not None or lead.suppressed:
        return written
    facts = rescore(case)
    while (step := _next_step(case, facts)) is not None:
        written.append(write_entry(case, step, acting_user=None))
    return written


def _next_step(case: Case, facts: Facts) -> Step | None:
    """The first system move whose gate holds; None when the lead stays where it is."""
    lead, thresholds = case.lead, case.document(ScoringDocument).thresholds
    for stage in _candidates(case):
        if not holds(stage.entry, facts, now=case.now, thresholds=thresholds):
            continue  # the verdict with all its words is for those that may hold
        verdict = judge(case, stage, facts)
        if verdict.holds and (not _in_detour(case) or _crossed(case, stage, facts)):
            # An entry is never earlier than the one before it: history may have been imported to the minute.
            occurred_at = max(case.now, lead.stage_entered_at or case.now)
            return Step(stage.key, pass_for(lead, stage, case.edition), occurred_at, verdict.as_json())
    return None


def _candidates(case: Case) -> list[Stage]:
    """Funnel stages that the system may move the lead to: the next one first, from a detour the furthest."""
    glossary = case.glossary
    here = glossary.stage_by_key.get(case.lead.stage)
    if here is None:
        return []
    ways = [
        glossary.stage_by_key[m.to] for m in glossary.moves if m.from_ == here.key and Mover.SYSTEM in m.by
    ]
    stages = [stage for stage in ways if stage.kind is StageKind.FUNNEL]
    if here.kind is StageKind.DETOUR:
        return sorted(stages, key=lambda stage: -stage.position)
    upward = [stage for stage in stages if stage.position > here.position]
    entered = _entered_in_pass(case) if upward else frozenset()
    return sorted((s for s in upward if s.key not in entered), key=lambda stage: stage.position)


def _entered_in_pass(case: Case) -> frozenset[str]:
    number = case.lead.pass_number
    return frozenset(entry.stage for entry in case.entered() if entry.pass_number == number)


def _in_detour(case: Case) -> bool:
    here = case.glossary.stage_by_key.get(case.lead.stage)
    return here is not None and here.kind is StageKind.DETOUR


def _crossed(case: Case, stage: Stage, facts: Facts) -> bool:
    """Whether behaviour since the detour began lifts the lead over the gate.

    It does when the gate would not hold on the older behaviour as it has decayed by now, or when the newer
    behaviour alone is enough where none would not be. A gate that asks for no behaviour is never crossed
    by itself: the way back is then a person's act or the nurture date.
    """
    since = case.lead.stage_entered_at or case.now

    def opens(keep: Callable[[BehaviourFact], bool]) -> bool:
        return judge(case, stage, _with_behaviours(case, facts, keep)).holds

    if not any(fact.occurred_at > since for fact in facts.behaviours):
        return False
    if not opens(lambda fact: fact.occurred_at <= since):
        return True
    return opens(lambda fact: fact.occurred_at > since) and not opens(lambda _: False)


def _with_behaviours(case: Case, facts: Facts, keep: Callable[[BehaviourFact], bool]) -> Facts:
    behaviours = [fact for fact in facts.behaviours if keep(fact)]
    score = float(intent(behaviours, case.document(ScoringDocument), now=case.now).total)
    return dataclasses.replace(facts, behaviours=behaviours, values={**facts.values, "intent_score": score})
