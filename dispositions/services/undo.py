"""Undo: a rep takes a decision back within a few minutes, by a later row; nothing is deleted."""

from datetime import date, datetime

from django.db import transaction

from dispositions.choices import ActionKind, ActionState
from dispositions.exceptions import DecisionRefused
from dispositions.models import ActionItem, Disposition
from dispositions.queries.decided import undo_problem, with_undo
from dispositions.services.decide import CAUSE
from people.models import User
from routing.models import Lead, LeadChange
from routing.services.assign import assign_to
from routing.services.locking import locked_lead
from routing.services.rebuild import void_entry
from routing.services.stating import take_back_values
from routing.services.writing import Authorship, change_of


@transaction.atomic
def undo(disposition_id: int, *, acting_user: User, now: datetime) -> Lead:
    """Take back one's own latest decision on a lead.

    1. Lock the lead, then look: another tab may have undone it meanwhile.
    2. Pending actions are cancelled; a suppression is lifted; an enrichment gives the lead back.
    3. The stage entry it caused is voided by a later row, current state is rebuilt, and values that were
       stated with it are put back.

    Raises:
        DecisionRefused: it is not one's own, too old, not the latest, already undone, or not reversible.
    """
    found = Disposition.objects.filter(pk=disposition_id, actor=acting_user).values_list("lead_id", flat=True)
    lead_id = found.first()
    if lead_id is None:
        raise DecisionRefused({"": "Only the person who decided it can undo it."})
    lead = locked_lead(lead_id)
    decision = with_undo(Disposition.objects.filter(pk=disposition_id)).get()
    problem = undo_problem(decision, acting_user, now)
    if problem or decision.stage_entry_id is None:
        raise DecisionRefused({"": problem})
    for item in decision.actions.all():
        _reverse(item, lead, acting_user, now)
    lead.refresh_from_db()
    changes = LeadChange.objects.filter(lead=lead, cause=CAUSE, recorded_at=decision.recorded_at)
    take_back_values(lead, changes, acting_user=acting_user, now=now)
    void_entry(decision.stage_entry_id, acting_user=acting_user, now=now, reason="undone by its author")
    lead.refresh_from_db()
    return lead


def _reverse(item: ActionItem, lead: Lead, acting_user: User, now: datetime) -> None:
    done = item.state == ActionState.DONE
    if item.kind == ActionKind.SUPPRESS and done:
        Lead.objects.filter(pk=lead.pk).update(suppressed=False, suppressed_reason="")
        by = Authorship(acting_user, "undo", now, now)
        change_of(lead, "suppressed", before=True, after=False, by=by).save()
    elif item.kind == ActionKind.ENRICH and done:
        owner = User.objects.filter(pk=item.payload.get("owner"), is_active=True).first()
        assign_to(lead.pk, owner or acting_user, acting_user=None, now=now)
    elif item.kind == ActionKind.NURTURE:
        before = item.payload["before"]
        day = before["next_touch_on"]
        Lead.objects.filter(pk=lead.pk).update(
            nurture_track=before["nurture_track"], next_touch_on=day and date.fromisoformat(day)
        )
    item.state, item.outcome = ActionState.CANCELLED, "Undone by its author."
    item.save(update_fields=["state", "outcome"])
