"""Giving leads to owners and queues: by the rules, from the queue, by hand, anew. One active assignment each.

Lock order, everywhere: the lead, then the pool. `drain` holds the pool first and therefore skips leads that
somebody else holds instead of waiting for them.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from glossary.queries.editions import edition_at, memo
from glossary.types import EditionInForce
from notifications.choices import Channel
from notifications.services.outbox import notify
from notifications.types import Message
from people.access import name_of
from people.choices import REPS, RUNS_OPERATIONS, Role
from people.models import User
from routing.choices import AssignmentCause
from routing.engine.documents import RoutingDocument
from routing.engine.documents.routing import ROUTED, Strategy
from routing.exceptions import NotPermitted, RoutingRefused
from routing.models import Assignment, Attempt, Lead
from routing.services import clocks
from routing.services.case import Case
from routing.services.locking import locked_lead
from routing.services.placing import Place, Quest, Trace, from_pool, place, queue_of
from routing.services.pools import count_for, lock_pool, open_stages
from routing.services.routing_errors import raise_error, settle_errors

BATCH = 200


@dataclass(frozen=True, slots=True)
class Act:
    """Why, by whom, when and under which policies a lead is assigned."""

    cause: AssignmentCause
    acting_user: User | None
    now: datetime
    edition: EditionInForce


@memo()
@transaction.atomic
def route(
    lead_id: int,
    *,
    now: datetime,
    cause: AssignmentCause = AssignmentCause.ROUTED,
    acting_user: User | None = None,
) -> Assignment:
    """Find the lead's place by the rules in force and assign it, with the full decision trace.

    With the cause REROUTED the present owner is left out, and `reroute` is what happens. Where no rule can
    place the lead, it waits in the fallback queue, with a RoutingError and an alert to RevOps. Raises
    RoutingRefused for a suppressed or merged lead.
    """
    if cause == AssignmentCause.REROUTED:
        return reroute(lead_id, acting_user=acting_user, now=now)
    quest = quest_for(lead_id, now)
    return write_assignment(quest, place(quest), Act(cause, acting_user, now, quest.edition))


def route_case(case: Case) -> Assignment:
    """As `route`, within a case; saves it."""
    quest = _quest(case)
    return write_assignment(quest, place(quest), Act(AssignmentCause.ROUTED, None, case.now, case.edition))


@memo()
@transaction.atomic
def reroute(lead_id: int, *, acting_user: User | None = None, now: datetime) -> Assignment:
    """Route anew, past the present owner and everyone whose attempt is withdrawn: next member, then manager.

    Raises as `route`.
    """
    quest = quest_for(lead_id, now, anew=True)
    found = place(quest)
    manager = _manager(quest) if found.owner is None and not found.error else None
    if manager is not None:
        found = Place(found.queue, manager, found.territory)
    return write_assignment(quest, found, Act(AssignmentCause.REROUTED, acting_user, now, quest.edition))


@memo()
@transaction.atomic
def assign_to(lead_id: int, owner: User, *, acting_user: User | None, now: datetime) -> Assignment:
    """Give the lead to `owner` by hand (None = the system does). Giving it to its owner again changes nothing.

    Raises NotPermitted unless RevOps or the operations roles ask, or a sales manager who sees the lead, for
    people of a team they manage; RoutingRefused if `owner` is deactivated or works no leads.
    """
    quest = quest_for(lead_id, now)
    lead = quest.lead
    _require_may_assign(lead, owner, acting_user)
    active = Assignment.objects.filter(lead=lead, ended_at__isnull=True).first()
    if active is not None and active.owner_id == owner.pk:
        return active
    queue = queue_of(owner, lead.queue or quest.policy.fallback)
    count_for(owner.pk, queue, quest.edition, now=now)
    quest.trace.note("by hand", True, f"{name_of(acting_user)} gave it to {owner}")
    act = Act(AssignmentCause.MANUAL, acting_user, now, quest.edition)
    return write_assignment(quest, Place(queue, owner, lead.territory), act)


@memo()
@transaction.atomic
def assign_to_queue(lead_id: int, queue: str, *, acting_user: User | None, now: datetime) -> Assignment:
    """Let the lead wait in `queue` without an owner. Raises RoutingRefused for an unknown queue.

    Only the system and the operations roles may; others raise NotPermitted.
    """
    quest = quest_for(lead_id, now)
    if acting_user is not None and not acting_user.has_role(*RUNS_OPERATIONS):
        raise NotPermitted("Only RevOps and the operations roles put leads into queues.")
    if queue not in quest.policy.queue_by_key:
        known = ", ".join(sorted(quest.policy.queue_by_key))
        raise RoutingRefused(f"There is no queue {queue!r}; the policy in force has {known}.")
    quest.trace.note("by hand", True, f"{name_of(acting_user)} put it into the queue", key=queue)
    act = Act(AssignmentCause.MANUAL, acting_user, now, quest.edition)
    return write_assignment(quest, Place(queue, None, quest.lead.territory), act)


@memo()
@transaction.atomic
def drain(queue: str, *, now: datetime) -> int:
    """Hand out what waits in a queue, oldest capture first, while somebody is free. Returns how many leads.

    At most 200 leads a time, so that the pool is not held for long.
    """
    edition = edition_at(now)
    known = edition.document(RoutingDocument).queue_by_key.get(queue)
    if known is None or known.strategy is Strategy.PULL:
        return 0
    lock_pool(queue)
    done = 0
    for lead in _waiting(queue, edition):
        quest = Quest(Case(lead, edition, now))
        owner = from_pool(quest, queue)
        if owner is None:
            break
        act = Act(AssignmentCause.DRAINED, None, now, edition)
        write_assignment(quest, Place(queue, owner, lead.territory), act)
        done += 1
    return done


def drain_all(*, now: datetime) -> int:
    """Drain every queue in which leads wait. Returns how many leads got an owner."""
    edition = edition_at(now)
    policy = edition.document(RoutingDocument)
    handed_out = [queue.key for queue in policy.queues if queue.strategy is not Strategy.PULL]
    waiting = Lead.objects.standing().filter(owner__isnull=True, queue__in=handed_out, suppressed=False)
    busy = (
        waiting.filter(stage__in=open_stages(edition)).order_by().values_list("queue", flat=True).distinct()
    )
    return sum(drain(queue, now=now) for queue in sorted(busy))


def _waiting(queue: str, edition: EditionInForce) -> list[Lead]:
    leads = Lead.objects.standing().filter(
        queue=queue, owner__isnull=True, suppressed=False, stage__in=open_stages(edition)
    )
    return list(leads.order_by("captured_at", "id").select_for_update(skip_locked=True)[:BATCH])


def quest_for(lead_id: int, now: datetime, *, anew: bool = False) -> Quest:
    """The locked lead, ready to be placed; `anew` leaves out who had it. Raises as `route`."""
    return _quest(Case(locked_lead(lead_id), edition_at(now), now), anew=anew)


def _quest(case: Case, *, anew: bool = False) -> Quest:
    lead = case.lead
    if lead.merged_into_id is not None:
        raise RoutingRefused(f"Lead {lead.pk} was merged into lead {lead.merged_into_id}; route that one.")
    if lead.suppressed:
        raise RoutingRefused(f"Lead {lead.pk} is suppressed ({lead.suppressed_reason or 'no reason given'}).")
    trace = Trace()
    trace.note("suppression", False, "the lead is not suppressed")
    trace.note(
        "existing lead", False, "no other lead has this address" if lead.email else "no address is known"
    )
    excluded = _had_it(lead) if anew else frozenset()
    return Quest(case, excluded, trace)


def _had_it(lead: Lead) -> frozenset[int]:
    """The present owner, and the owners of earlier attempts on promises that still run."""
    attempts = Attempt.objects.filter(clock__lead=lead, clock__state="running").values_list(
        "owner_id", flat=True
    )
    return frozenset([*attempts, *([lead.owner_id] if lead.owner_id else [])])


def _manager(quest: Quest) -> User | None:
    """The manager of the present owner's team, when nobody else in the queue can take the lead."""
    owner = quest.lead.owner
    manager = owner.team.manager if owner is not None and owner.team is not None else None
    if manager is None or not manager.is_active or manager.pk in quest.excluded:
        quest.trace.note("manager", False, "the owner's team has no manager to take it")
        return None
    quest.trace.note("manager", True, f"{manager} manages the team of {owner}")
    return manager


def _require_may_assign(lead: Lead, owner: User, acting_user: User | None) -> None:
    if not owner.is_active:
        raise RoutingRefused(f"{owner}'s account is deactivated; choose somebody else.")
    if not owner.has_role(*REPS, Role.SALES_MANAGER, *RUNS_OPERATIONS):
        raise RoutingRefused(f"{owner} works no leads; choose a rep or a sales manager.")
    if acting_user is None or acting_user.has_role(*RUNS_OPERATIONS):
        return
    manages = owner.team is not None and owner.team.manager_id == acting_user.pk
    sees = Lead.objects.visible_to(acting_user).filter(pk=lead.pk).exists()
    if not (acting_user.has_role(Role.SALES_MANAGER) and sees and (manages or owner.pk == acting_user.pk)):
        raise NotPermitted(
            f"{acting_user} may not give {lead} to {owner}: RevOps may, and managers within their own teams."
        )


def write_assignment(quest: Quest, place: Place, act: Act) -> Assignment:
    """End the active assignment, begin the next one, bring the lead's columns and the clocks along; saves all."""
    case, lead = quest.case, quest.lead
    former = lead.owner_id
    if not case.is_new:
        Assignment.objects.filter(lead=lead, ended_at__isnull=True).update(ended_at=act.now)
    assignment = Assignment.objects.create(
        lead=lead,
        owner=place.owner,
        queue=place.queue,
        territory=place.territory,
        cause=act.cause,
        trace=quest.trace.steps,
        occurred_at=act.now,
        recorded_at=act.now,
        edition_id=act.edition.id,
        actor=act.acting_user,
        actor_name=name_of(act.acting_user),
    )
    lead.owner, lead.queue, lead.territory = place.owner, place.queue, place.territory
    if lead.owner_id != former:
        clocks.assigned(case)
    if place.error:
        raise_error(lead, place.error, place.error_key, quest.trace.steps, now=act.now)
    elif not case.is_new:
        settle_errors(lead, acting_user=act.acting_user, now=act.now)
    # A lead that no rule could place is not routed yet, unless somebody got it after all.
    if not place.error or place.owner is not None:
        clocks.happened(case, ROUTED, act.now)
    case.save()
    _tell_new_owner(assignment, former, act)
    return assignment


def _tell_new_owner(assignment: Assignment, former: int | None, act: Act) -> None:
    handed_over = act.cause in {AssignmentCause.MANUAL, AssignmentCause.REROUTED}
    if assignment.owner is None or assignment.owner_id == former or not handed_over:
        return
    lead = assignment.lead
    message = Message(
        kind="lead_assigned",
        subject=f"{lead.label} is yours now ({act.cause.label.lower()})",
        dedupe_key=f"assignment:{assignment.pk}",
        url=f"/desk/leads/{lead.pk}/",
        channels=(Channel.INBOX,),
    )
    notify([assignment.owner], message, now=act.now)
