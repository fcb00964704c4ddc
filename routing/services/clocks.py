"""The lead's SLA clocks: events start and stop them; pauses, merges and new owners reach them here.

Callers hold the lead's row lock. Counting itself is in `engine.clock_face`.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from glossary.engine.documents import GlossaryDocument, StageKind
from glossary.queries.editions import edition_at
from glossary.types import EditionInForce
from people.access import is_revops, manages_owner
from people.models import User
from routing.engine.clock_face import BREACH
from routing.engine.documents import RoutingDocument
from routing.engine.documents.routing import ROUTED, TOUCHED, SlaTarget
from routing.exceptions import NotPermitted, RoutingRefused
from routing.models import Attempt, ClockPause, Lead, SlaClock
from routing.queries.clock_faces import alert_levels, face_of, face_of_attempt, promise_of
from routing.services.attempts import start_attempt, withdraw_attempt
from routing.services.case import Case
from routing.services.clock_book import ClockBook
from routing.services.clock_starts import Happening, start_clocks
from routing.services.clock_stops import leave_funnel, stop, void, void_clock
from routing.services.locking import locked_lead

__all__ = ["assigned", "happened", "merge_clocks", "on_assigned", "on_event", "pause", "resume", "void"]


def on_event(
    lead: Lead, event: str, *, occurred_at: datetime, now: datetime, edition: EditionInForce
) -> None:
    """Tell the clocks that `event` happened, as an act of its own; see `happened`."""
    case = Case(lead, edition, now)
    happened(case, event, occurred_at)
    case.save()


def happened(case: Case, event: str, occurred_at: datetime) -> None:
    """Tell the clocks of a case that `event` happened: captured, routed, touched, or a stage that was entered.

    1. Running clocks that end with it stop with their verdict; a stage that was passed ends them too.
    2. If the lead left the funnel, the others end: late stays late, what was not yet due is void.
    3. For a lead within the funnel, the promises that begin with it start, once per pass of the lead. A lead
       that comes back from a detour and still has its place is routed at that moment.
    """
    lead, glossary, book = case.lead, case.glossary, case.clocks
    left = _is_outside(event, glossary)
    for clock in book.running():
        if _ends(promise_of(clock), event, glossary):
            stop(book, clock, occurred_at)
        elif left:
            leave_funnel(book, clock, occurred_at, f"left the funnel: {event}")
    if _is_outside(lead.stage, glossary) or left or lead.suppressed or lead.merged_into_id is not None:
        return
    start_clocks(Happening(case, event, occurred_at))
    if _comes_back_placed(case, event):
        start_clocks(Happening(case, ROUTED, occurred_at))


def _is_outside(stage: str, glossary: GlossaryDocument) -> bool:
    """Whether `stage` is a detour or an outcome. Events and a lead without a stage are not."""
    known = glossary.stage_by_key.get(stage)
    return known is not None and known.kind is not StageKind.FUNNEL


def _comes_back_placed(case: Case, event: str) -> bool:
    """Whether a later pass enters a stage before the touch while the lead still has an owner or a queue.

    A stage that a promise counts from the touch to is one that implies the touch.
    """
    lead, glossary = case.lead, case.glossary
    if event not in glossary.stage_by_key or lead.pass_number == 1 or not (lead.owner_id or lead.queue):
        return False
    after_touch = [target.to for target in case.document(RoutingDocument).sla if target.from_ == TOUCHED]
    return not any(event in glossary.reached_by(to) for to in after_touch if to in glossary.stage_by_key)


def _ends(target: SlaTarget, event: str, glossary: GlossaryDocument) -> bool:
    if event == target.to:
        return True
    return target.to in glossary.stage_by_key and event in glossary.reached_by(target.to)


def on_assigned(lead: Lead, *, now: datetime, edition: EditionInForce) -> None:
    """The lead has another owner (or none), as an act of its own; see `assigned`."""
    case = Case(lead, edition, now)
    assigned(case)
    case.save()


def assigned(case: Case) -> None:
    """The lead of a case has another owner (or none): the lead's clocks run on, attempts change hands.

    Columns that the reports read (owner, team) follow the current owner.
    """
    book, owner = case.clocks, case.lead.owner
    for clock in book.running():
        if promise_of(clock).to == ROUTED:
            continue
        withdraw_attempt(book, clock, now=case.now, but_of=owner)
        book.change(clock, owner_id=case.lead.owner_id, team_id=owner.team_id if owner else None)
        if owner is not None and book.attempt_on(clock) is None:
            start_attempt(case, clock, owner, started_at=case.now)


@transaction.atomic
def pause(clock_id: int, reason: str, *, acting_user: User | None, now: datetime) -> ClockPause:
    """Stop counting from `now` on. No alert comes while it is paused.

    Raises NotPermitted unless the owner's manager or RevOps asks, RoutingRefused if it is not running,
    is paused already, or no reason is given.
    """
    clock = _held(clock_id, acting_user)
    if clock.paused_since is not None:
        raise RoutingRefused(f"The clock has been paused since {clock.paused_since:%Y-%m-%d %H:%M} UTC.")
    if not reason.strip():
        raise RoutingRefused("Say why the clock is paused.")
    SlaClock.objects.filter(pk=clock.pk).update(paused_since=now, next_alert_at=None, next_alert_level=None)
    return ClockPause.objects.create(clock=clock, reason=reason.strip()[:120], started_at=now)


@transaction.atomic
def resume(clock_id: int, *, acting_user: User | None, now: datetime) -> SlaClock:
    """Count on from `now`; the due time and the alerts that are left move by the pause. Refuses like `pause`."""
    clock = _held(clock_id, acting_user)
    if clock.paused_since is None:
        raise RoutingRefused("The clock is not paused.")
    ClockPause.objects.filter(clock=clock, ended_at__isnull=True).update(ended_at=now)
    clock.paused_since = None
    reschedule(clock)
    for attempt in Attempt.objects.filter(clock=clock, state="running").select_related("calendar", "clock"):
        reschedule_attempt(attempt)
    return clock


def _held(clock_id: int, acting_user: User | None) -> SlaClock:
    """A running clock with its lead locked, if the person may pause it."""
    found = SlaClock.objects.filter(pk=clock_id).values_list("lead_id", flat=True).first()
    if found is None:
        raise RoutingRefused(f"There is no clock {clock_id}.")
    lead = locked_lead(found)
    if acting_user is not None and not (manages_owner(acting_user, lead) or is_revops(acting_user)):
        raise NotPermitted("Only the owner's manager and RevOps pause and resume clocks.")
    clock = SlaClock.objects.running().filter(pk=clock_id).select_related("calendar").first()
    if clock is None:
        raise RoutingRefused("The clock has stopped already.")
    return clock


def reschedule(clock: SlaClock) -> None:
    """Lay due time and next alert anew after a pause or an edit of the calendar; alerts raised stay raised."""
    face = face_of(clock)
    raised = clock.alerts.aggregate(highest=Max("level"))["highest"] or 0
    following = face.next_alert(alert_levels(promise_of(clock)), after=raised)
    if face.used_seconds < face.target_seconds:
        clock.due_at = face.point() or clock.due_at
    clock.late_after = face.last_met(BREACH) or clock.late_after
    clock.next_alert_level, clock.next_alert_at = following or (None, None)
    clock.save(update_fields=["paused_since", "due_at", "late_after", "next_alert_level", "next_alert_at"])


def reschedule_attempt(attempt: Attempt) -> None:
    """The same for an attempt: only its due time moves."""
    face = face_of_attempt(attempt)
    if face.used_seconds < face.target_seconds:
        attempt.due_at = face.point() or attempt.due_at
        attempt.save(update_fields=["due_at"])


def merge_clocks(duplicate: Lead, survivor: Lead, *, now: datetime) -> None:
    """Two leads become one: of two running clocks on a promise the older runs on, for the survivor.

    The caller holds both leads. Merging again finds nothing that runs on the duplicate.
    """
    ours, theirs = ClockBook(survivor), ClockBook(duplicate)
    kept = {clock.key: clock for clock in ours.running()}
    for clock in theirs.running():
        other = kept.get(clock.key)
        if other is not None and other.started_at <= clock.started_at:
            void_clock(theirs, clock, f"merged into lead {survivor.pk}", now)
            continue
        if other is not None:
            void_clock(ours, other, f"merged: the clock of lead {duplicate.pk} is older", now)
        theirs.change(clock, lead_id=survivor.pk, pass_number=survivor.pass_number)
    ours.save()  # first, so that the survivor has room for the older clocks
    theirs.save()
    on_assigned(survivor, now=now, edition=edition_at(now))
