"""The rep's decisions: accept, qualify, open, won, lost, recycle, disqualify, hand over. Each is one transaction."""

from datetime import datetime

from django.db import transaction

from dispositions.choices import DispositionKind
from dispositions.engine.acts import TARGETS
from dispositions.exceptions import DecisionRefused, DefinitionsChanged
from dispositions.models import Disposition
from dispositions.services.follow_up import follow_up
from dispositions.services.reasons import checked_reason
from dispositions.types import Decision
from glossary.queries.editions import edition_at, memo
from people.access import name_of
from people.models import User
from routing.engine.values import as_json
from routing.exceptions import Conflict, IntakeRefused
from routing.models import Lead, StageEntry
from routing.queries.history import standing_entries
from routing.services.advance import advance_held, check_time
from routing.services.locking import locked_lead, require_may_act
from routing.services.stating import state_values
from routing.types import Evidence

CAUSE = "desk"


@memo()
@transaction.atomic
def decide(
    lead_id: int, kind: DispositionKind, decision: Decision, *, acting_user: User, now: datetime
) -> Disposition:
    """Carry out one decision of a rep on one lead.

    1. Lock the lead; the same token again returns what was decided the first time.
    2. The lead must still be where the form showed it, under the definitions the form showed.
    3. The reason must be offered for the lead's stage by the document in force, with all it asks for.
    4. Values stated with the decision are written; the lead advances through the gate of the target stage.
    5. The disposition and its next action are written in the same transaction.

    Raises:
        DefinitionsChanged: another edition is in force than the form was rendered under.
        DecisionRefused: something is missing or does not fit; names the form field.
        AdvanceRefused, MoveNotAllowed: the gate or the moves in force say no.
        Conflict: somebody else was faster.
        NotPermitted: the lead is not the person's to decide on.
    """
    lead = locked_lead(lead_id, acting_user=acting_user)
    done = Disposition.objects.filter(token=decision.token).first()
    if done is not None:
        return _same_decision(done, lead_id, kind, acting_user)
    edition = edition_at(now)
    _require_decidable(lead, decision, acting_user)
    if decision.edition_id is not None and decision.edition_id != edition.id:
        raise DefinitionsChanged
    reason = checked_reason(lead, kind, decision, edition, acting_user=acting_user, now=now)
    occurred_at = check_time(lead, decision.occurred_at, now)
    decided_in = lead.stage
    entry = _advance(lead, kind, decision, acting_user=acting_user, now=now)
    disposition: Disposition = Disposition.objects.create(
        lead=lead,
        kind=kind,
        reason=reason.key if reason else "",
        stage=decided_in,
        confirmations={key: as_json(value) for key, value in decision.given.items()},
        note=decision.note.strip(),
        next_touch_on=decision.next_touch_on,
        stage_entry=entry,
        actor=acting_user,
        actor_name=name_of(acting_user),
        occurred_at=occurred_at,
        recorded_at=now,
        edition_id=edition.id,
        token=decision.token,
    )
    if reason is not None:
        follow_up(disposition, reason, survivor_id=decision.survivor_id, now=now)
    return disposition


def _same_decision(done: Disposition, lead_id: int, kind: DispositionKind, acting_user: User) -> Disposition:
    if (done.lead_id, done.kind, done.actor_id) != (lead_id, kind.value, acting_user.pk):
        raise DecisionRefused({"": "This form was already used for another decision. Open the page again."})
    return done


def _require_decidable(lead: Lead, decision: Decision, acting_user: User) -> None:
    if lead.merged_into_id is not None:
        raise Conflict(f"{lead} was merged into lead {lead.merged_into_id}. Work on that one.")
    require_may_act(acting_user, lead)
    if decision.stage and decision.stage != lead.stage:
        raise Conflict(moved_on(lead))
    if lead.suppressed:
        words = f"{lead} is suppressed ({lead.suppressed_reason or 'no reason given'}). RevOps can reopen it."
        raise DecisionRefused({"": words})


def moved_on(lead: Lead) -> str:
    """Who moved the lead on meanwhile, and when."""
    last = standing_entries(lead).last()
    by = f"{last.actor_name} moved it there at {last.occurred_at:%Y-%m-%d %H:%M %Z}. " if last else ""
    return f"{lead} is in {lead.stage.upper() or 'no stage'} by now: {by}Look at it again before you decide."


def _advance(
    lead: Lead, kind: DispositionKind, decision: Decision, *, acting_user: User, now: datetime
) -> StageEntry | None:
    target = TARGETS.get(kind)
    if target is None:
        return None
    if decision.facts:
        _state(lead, decision, acting_user, now)
        lead = locked_lead(lead.pk, acting_user=acting_user)  # with what was stated
    evidence = Evidence(occurred_at=decision.occurred_at, given=decision.given, reason=decision.reason)
    return advance_held(lead, target, acting_user=acting_user, now=now, evidence=evidence)


def _state(lead: Lead, decision: Decision, acting_user: User, now: datetime) -> None:
    try:
        state_values(lead.pk, decision.facts, cause=CAUSE, acting_user=acting_user, now=now)
    except IntakeRefused as refusal:
        raise DecisionRefused({error.field: error.message for error in refusal.errors}) from refusal
