"""take(): a member of a queue takes a lead that waits in it."""

from datetime import datetime

from django.db import transaction

from glossary.queries.editions import memo
from people.access import name_of
from people.models import User
from routing.choices import AssignmentCause
from routing.exceptions import Conflict, NotPermitted
from routing.models import Assignment, Lead, QueueMember
from routing.services.assign import Act, quest_for, write_assignment
from routing.services.placing import Place
from routing.services.pools import count_for


@memo()
@transaction.atomic
def take(lead_id: int, *, acting_user: User, now: datetime) -> Assignment:
    """Make the acting user the owner of a lead that waits unowned in one of their queues.

    It counts in the round robin like a lead that was handed out. Taking one's own lead again changes nothing.
    Raises NotPermitted unless they are an active member of that queue, Conflict when somebody has the lead
    already, RoutingRefused for a suppressed or merged lead.
    """
    quest = quest_for(lead_id, now)
    lead = quest.lead
    active = Assignment.objects.filter(lead=lead, ended_at__isnull=True).select_related("owner").first()
    if active is not None and active.owner_id == acting_user.pk and lead.owner_id == acting_user.pk:
        return active
    if lead.owner is not None:
        raise Conflict(_who_has_it(lead, active))
    member = QueueMember.objects.filter(queue=lead.queue, user=acting_user, is_active=True)
    if not acting_user.is_active or not lead.queue or not member.exists():
        raise NotPermitted(
            f"{acting_user} is no member of the queue in which {lead} waits. RevOps adds people to queues."
        )
    count_for(acting_user.pk, lead.queue, quest.edition, now=now)
    quest.trace.note("taken", True, f"{name_of(acting_user)} took it from the queue", key=lead.queue)
    act = Act(AssignmentCause.DRAINED, acting_user, now, quest.edition)
    return write_assignment(quest, Place(lead.queue, acting_user, lead.territory), act)


def _who_has_it(lead: Lead, active: Assignment | None) -> str:
    since = f" since {active.occurred_at:%Y-%m-%d %H:%M %Z}" if active is not None else ""
    return f"{lead} is with {lead.owner}{since}. Take another one."
