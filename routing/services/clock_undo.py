"""What a voided stage entry did to the clocks is undone: as if the entry had never happened.

A clock that it started becomes void. A clock that it stopped runs on under the edition and calendar it
started under; its time never stood still, so it may be overdue at once. A pause that it ended stays ended.
Each is a row in the lead's change log: a verdict never changes silently.
"""

from datetime import datetime

from glossary.engine.documents import GlossaryDocument, StageKind
from glossary.types import EditionInForce
from routing.choices import AttemptState, ClockState
from routing.models import Attempt, Lead, LeadChange, SlaClock, StageEntry
from routing.queries.clock_faces import promise_of
from routing.services import clocks
from routing.services.clock_book import ClockBook
from routing.services.clock_stops import void_clock
from routing.services.writing import Authorship, change_of

_STOPPED = (ClockState.MET, ClockState.LATE, ClockState.VOID)


def undo_clocks(lead: Lead, voiding: StageEntry, *, edition: EditionInForce, now: datetime) -> None:
    """Undo what the entry that `voiding` voids did to the clocks of the locked `lead`."""
    entry = voiding.voids
    if entry is None:
        return
    by = Authorship(voiding.actor, "entry voided", now, now)
    changes = _void_started(entry, lead, by)
    changes += [_run_on(clock, entry, lead, by) for clock in _stopped_by(entry, lead, edition)]
    LeadChange.objects.bulk_create(changes)
    clocks.on_assigned(lead, now=now, edition=edition)


def _stopped_by(entry: StageEntry, lead: Lead, edition: EditionInForce) -> list[SlaClock]:
    running = {clock.key for clock in ClockBook(lead).running()}
    stopped = SlaClock.objects.filter(
        lead=lead, stopped_at=entry.occurred_at, state__in=_STOPPED, stopped_before_start=False
    )
    glossary = edition.document(GlossaryDocument)
    return [clock for clock in stopped if clock.key not in running and _is_its_doing(clock, entry, glossary)]


def _is_its_doing(clock: SlaClock, entry: StageEntry, glossary: GlossaryDocument) -> bool:
    if clock.state == ClockState.VOID:
        return clock.void_reason == f"left the funnel: {entry.to_stage}"
    stage = glossary.stage_by_key.get(entry.to_stage)
    if stage is not None and stage.kind is not StageKind.FUNNEL:
        return True
    end = promise_of(clock).to
    return end == entry.to_stage or (
        end in glossary.stage_by_key and entry.to_stage in glossary.reached_by(end)
    )


def _void_started(entry: StageEntry, lead: Lead, by: Authorship) -> list[LeadChange]:
    book = ClockBook(lead)
    started = [
        clock
        for clock in book.running()
        if clock.started_at == entry.occurred_at and promise_of(clock).from_ == entry.to_stage
    ]
    for clock in started:
        void_clock(book, clock, "the stage entry that started it was voided", by.now)
    book.save()
    before, after = ClockState.RUNNING.value, ClockState.VOID.value
    return [change_of(lead, f"clock {clock.key}"[:40], before, after, by) for clock in started]


def _run_on(clock: SlaClock, entry: StageEntry, lead: Lead, by: Authorship) -> LeadChange:
    before = clock.state
    SlaClock.objects.filter(pk=clock.pk).update(
        state=ClockState.RUNNING,
        stopped_at=None,
        business_seconds=None,
        wall_seconds=None,
        void_reason="",
    )
    reopened = SlaClock.objects.select_related("calendar").get(pk=clock.pk)
    clocks.reschedule(reopened)
    attempt = Attempt.objects.filter(clock=clock, stopped_at=entry.occurred_at).order_by("-id").first()
    if attempt is not None:
        Attempt.objects.filter(pk=attempt.pk).update(
            state=AttemptState.RUNNING, stopped_at=None, business_seconds=None
        )
    return change_of(lead, f"clock {clock.key}"[:40], before, ClockState.RUNNING.value, by)
