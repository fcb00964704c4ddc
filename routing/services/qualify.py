"""The system's own gate: rescore a lead and follow the moves that the rules may make."""

import dataclasses
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from glossary.engine.documents import GlossaryDocument, Mover, Stage, StageKind
from glossary.queries.editions import edition_at
from glossary.types import EditionInForce
from routing.engine.documents import ScoringDocument
from routing.engine.evaluate import BehaviourFact, Facts
from routing.engine.scoring import intent
from routing.models import Lead, StageEntry
from routing.queries.history import standing_entries
from routing.services.advance import NO_EVIDENCE, judge
from routing.services.locking import locked_lead
from routing.services.moves import pass_for
from routing.services.rescore import rescore
from routing.services.stage_log import Step, write_entry


@transaction.atomic
def qualify(lead_id: int, *, now: datetime) -> list[StageEntry]:
    """Rescore the lead, then follow every system move whose gate holds. Returns the entries written.

    Upward only, once per pass: a stage that was entered in this pass is not entered again by the rules, so
    points that decay and return move nobody twice. From a detour the rules lead back only when what the
    person did since then makes the difference (see `_crossed`). Merged and suppressed leads stay put.
    """
    edition = edition_at(now)
    lead = locked_lead(lead_id)
    written: list[StageEntry] = []
    if lead.merged_into_id is not None or lead.suppressed:
        return written
    facts = rescore(lead, edition=edition, now=now)
    while (step := _next_step(lead, facts, edition, now)) is not None:
        written.append(write_entry(lead, step, edition=edition, acting_user=None, now=now))
    return written


def _next_step(lead: Lead, facts: Facts, edition: EditionInForce, now: datetime) -> Step | None:
    """The first system move whose gate holds; None when the lead stays where it is."""
    for stage in _candidates(lead, edition):
        verdict = judge(stage, facts, edition, NO_EVIDENCE, now)
        if verdict.holds and (not _in_detour(lead, edition) or _crossed(lead, stage, facts, edition, now)):
            # An entry is never earlier than the one before it: history may have been imported to the minute.
            occurred_at = max(now, lead.stage_entered_at or now)
            return Step(stage.key, pass_for(lead, stage, edition), occurred_at, verdict.as_json())
    return None


def _candidates(lead: Lead, edition: EditionInForce) -> list[Stage]:
    """Funnel stages that the system may move the lead to: the next one first, from a detour the furthest."""
    glossary = edition.document(GlossaryDocument)
    here = glossary.stage_by_key.get(lead.stage)
    if here is None:
        return []
    ways = [
        glossary.stage_by_key[m.to] for m in glossary.moves if m.from_ == here.key and Mover.SYSTEM in m.by
    ]
    stages = [stage for stage in ways if stage.kind is StageKind.FUNNEL]
    if here.kind is StageKind.DETOUR:
        return sorted(stages, key=lambda stage: -stage.position)
    entered = _entered_in_pass(lead)
    upward = [stage for stage in stages if stage.position > here.position and stage.key not in entered]
    return sorted(upward, key=lambda stage: stage.position)


def _entered_in_pass(lead: Lead) -> frozenset[str]:
    entries = standing_entries(lead).filter(pass_number=lead.pass_number)
    return frozenset(entries.values_list("to_stage", flat=True))


def _in_detour(lead: Lead, edition: EditionInForce) -> bool:
    here = edition.document(GlossaryDocument).stage_by_key.get(lead.stage)
    return here is not None and here.kind is StageKind.DETOUR


def _crossed(lead: Lead, stage: Stage, facts: Facts, edition: EditionInForce, now: datetime) -> bool:
    """Whether behaviour since the detour began lifts the lead over the gate.

    It does when the gate would not hold on the older behaviour as it has decayed by now, or when the newer
    behaviour alone is enough where none would not be. A gate that asks for no behaviour is never crossed
    by itself: the way back is then a person's act or the nurture date.
    """
    since = lead.stage_entered_at or now

    def holds(keep: Callable[[BehaviourFact], bool]) -> bool:
        part = _with_behaviours(facts, keep, edition, now)
        return judge(stage, part, edition, NO_EVIDENCE, now).holds

    if not any(fact.occurred_at > since for fact in facts.behaviours):
        return False
    if not holds(lambda fact: fact.occurred_at <= since):
        return True
    return holds(lambda fact: fact.occurred_at > since) and not holds(lambda _: False)


def _with_behaviours(
    facts: Facts, keep: Callable[[BehaviourFact], bool], edition: EditionInForce, now: datetime
) -> Facts:
    behaviours = [fact for fact in facts.behaviours if keep(fact)]
    score = float(intent(behaviours, edition.document(ScoringDocument), now=now).total)
    return dataclasses.replace(facts, behaviours=behaviours, values={**facts.values, "intent_score": score})
