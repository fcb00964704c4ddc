"""advance(): the way of a lead from stage to stage, under its lock and by the policies in force."""

from datetime import datetime

from django.db import transaction

from glossary.engine.documents import Stage
from glossary.queries.editions import edition_at, memo
from people.models import User
from routing.engine.documents import ScoringDocument
from routing.engine.evaluate import Facts, Verdict, evaluate
from routing.exceptions import AdvanceRefused, Conflict, RoutingRefused
from routing.models import Lead, StageEntry
from routing.services.case import Case
from routing.services.locking import locked_lead, require_may_act
from routing.services.moves import check_move, pass_for
from routing.services.rescore import rescore
from routing.services.stage_log import Step, write_entry
from routing.types import Evidence

NO_EVIDENCE = Evidence()


@memo()
@transaction.atomic
def advance(
    lead_id: int,
    to_stage: str,
    *,
    acting_user: User | None,
    now: datetime,
    evidence: Evidence = NO_EVIDENCE,
) -> StageEntry:
    """Move a lead into a stage. `acting_user` None = the system.

    1. Lock the lead; a merged one is refused, naming its survivor.
    2. Permission: owner, the owner's manager, RevOps, or the system.
    3. The move must be in the glossary in force, for one of the movers that the person is.
    4. The entry definition must hold on fresh scores, with the confirmations given and the required fields.
    5. Write the entry with its verdict, the current-state columns and the clock events.

    `evidence.occurred_at` may lie in the past, but not before the lead's last entry. Raises NotPermitted,
    MoveNotAllowed, Conflict (already there), AdvanceRefused (with the verdict) or RoutingRefused.
    """
    lead = locked_lead(lead_id, acting_user=acting_user)
    return advance_held(lead, to_stage, acting_user=acting_user, now=now, evidence=evidence)


def advance_held(
    lead: Lead,
    to_stage: str,
    *,
    acting_user: User | None,
    now: datetime,
    evidence: Evidence = NO_EVIDENCE,
) -> StageEntry:
    """As `advance`, from step 2 on, for a lead from `locked_lead`; its columns are brought along in memory too."""
    if lead.merged_into_id is not None:
        raise Conflict(f"{lead} was merged into lead {lead.merged_into_id}. Work on that one.")
    require_may_act(acting_user, lead)
    case = Case(lead, edition_at(now), now)
    stage = check_move(lead, to_stage, case.edition, acting_user)
    occurred_at = check_time(lead, evidence.occurred_at, now)
    verdict = judge(case, stage, rescore(case), evidence)
    if not verdict.holds:
        lines = verdict.lacking() or ["its entry definition does not hold"]
        raise AdvanceRefused(
            [f"{lead} cannot enter {stage.short} yet: {line}" for line in lines], verdict.as_json()
        )
    number = pass_for(lead, stage, case.edition)
    step = Step(to_stage, number, occurred_at, verdict.as_json(), evidence.reason)
    entry = write_entry(case, step, acting_user=acting_user)
    case.save()
    return entry


def check_time(lead: Lead, occurred_at: datetime | None, now: datetime) -> datetime:
    """When it happened: not in the future, not before the lead's last entry. Raises RoutingRefused."""
    if occurred_at is None:
        return now
    if occurred_at.tzinfo is None:
        raise RoutingRefused(f"The time {occurred_at} has no time zone. Give one, for example in UTC.")
    if occurred_at > now:
        raise RoutingRefused(f"{occurred_at:%Y-%m-%d %H:%M %Z} lies in the future. Enter when it happened.")
    last = lead.stage_entered_at
    if last is not None and occurred_at < last:
        raise RoutingRefused(
            f"{occurred_at:%Y-%m-%d %H:%M %Z} is before {lead} entered its present stage "
            f"({last:%Y-%m-%d %H:%M %Z}). Enter a later time, or have the earlier entry voided first."
        )
    return occurred_at


def judge(case: Case, stage: Stage, facts: Facts, evidence: Evidence = NO_EVIDENCE) -> Verdict:
    """The verdict on entering `stage`. Raises AdvanceRefused for a confirmation that it does not ask for."""
    asked = {item.key for item in stage.entry.confirm}
    strangers = sorted(set(evidence.given) - asked)
    if strangers:
        known = ", ".join(sorted(asked)) or "none"
        raise AdvanceRefused(
            f"{stage.short} asks for no confirmation {', '.join(strangers)}; it asks for: {known}."
        )
    return evaluate(
        stage.entry,
        facts,
        now=case.now,
        fields=case.glossary.field_by_key,
        thresholds=case.document(ScoringDocument).thresholds,
        given=evidence.given,
        required=stage.required_fields,
    )
