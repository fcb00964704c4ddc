"""How a clock starts: pinned to the edition and the calendar revision of the moment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from django.db.models import Min, Q

from glossary.engine.documents import GlossaryDocument
from glossary.types import EditionInForce
from routing.choices import ClockState
from routing.engine.business_time import parse_duration
from routing.engine.clock_face import BREACH, ClockFace
from routing.engine.documents import RoutingDocument, ScoringDocument
from routing.engine.documents.routing import ROUTED, TOUCHED, SlaTarget
from routing.engine.evaluate import holds
from routing.models import Lead, SlaClock, StageEntry, Touch
from routing.queries.calendars import compiled
from routing.queries.clock_faces import alert_levels
from routing.queries.facts import facts_of
from routing.services.attempts import start_attempt
from routing.services.calendars import calendar_for


@runtime_checkable
class _Zoned(Protocol):
    """The reporting document, as far as clocks need it: routing knows no app above it."""

    zone: str


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a lead: what, when it happened, when we learned of it, under which policies."""

    lead: Lead
    event: str
    occurred_at: datetime
    now: datetime
    edition: EditionInForce


def start_clocks(happening: Happening) -> None:
    """Start every promise that begins with the event, unless this pass has it already or it does not apply."""
    targets = [t for t in happening.edition.document(RoutingDocument).sla if t.from_ == happening.event]
    if not targets:
        return
    lead = happening.lead
    kept = set(
        SlaClock.objects.filter(Q(pass_number=lead.pass_number) | Q(state=ClockState.RUNNING), lead=lead)
        .exclude(state=ClockState.VOID)
        .values_list("key", flat=True)
    )
    for target in targets:
        if target.key not in kept and _applies(target, happening):
            _start(target, happening)


def _applies(target: SlaTarget, happening: Happening) -> bool:
    if not any(target.applies_to.criteria()):
        return True
    thresholds = happening.edition.document(ScoringDocument).thresholds
    facts = facts_of(happening.lead, now=happening.now)
    return holds(target.applies_to, facts, now=happening.now, thresholds=thresholds)


def _start(target: SlaTarget, happening: Happening) -> None:
    lead, started = happening.lead, happening.occurred_at
    clock = _clock(target, happening)
    done = _already(target, happening)
    if done is not None:
        clock.state = ClockState.MET
        clock.stopped_at, clock.stopped_before_start = done, True
        clock.business_seconds = clock.wall_seconds = 0.0
        clock.next_alert_at = clock.next_alert_level = None
    clock.save()
    if done is None and lead.owner is not None and target.to != ROUTED:
        start_attempt(clock, lead.owner, lead.queue, started_at=started, edition=happening.edition)


def _clock(target: SlaTarget, happening: Happening) -> SlaClock:
    """The unsaved clock, with everything it pins and everything copied for the reports."""
    lead, started, edition = happening.lead, happening.occurred_at, happening.edition
    duration = parse_duration(target.target)
    revision = calendar_for(lead.queue, edition, now=happening.now) if duration.business else None
    calendar = compiled(revision)
    face = ClockFace(calendar, started, duration.seconds(calendar.spec.day_seconds))
    due, level = face.point(), face.next_alert(alert_levels(target), after=0)
    return SlaClock(
        lead=lead,
        key=target.key,
        pass_number=lead.pass_number,
        edition_id=edition.id,
        calendar=revision,
        target_seconds=face.target_seconds,
        target_words=target.target,
        started_at=started,
        due_at=due or started,
        late_after=face.last_met(BREACH),
        next_alert_level=level[0] if level else None,
        next_alert_at=level[1] if level else None,
        month=_month(started, edition),
        region=lead.region,
        source=lead.source,
        owner=lead.owner,
        team=lead.owner.team if lead.owner else None,
    )


def _month(instant: datetime, edition: EditionInForce) -> date:
    """First day of the month of `instant` in the organisation's reporting zone."""
    zone = next((document.zone for document in edition.documents if isinstance(document, _Zoned)), "UTC")
    return instant.astimezone(ZoneInfo(zone)).date().replace(day=1)


def _already(target: SlaTarget, happening: Happening) -> datetime | None:
    """When the promise was kept before it began, in this pass; None = it was not."""
    lead, started = happening.lead, happening.occurred_at
    entries = StageEntry.objects.filter(
        lead=lead, pass_number=lead.pass_number, voids__isnull=True, voided_by__isnull=True
    )
    if target.to == TOUCHED:
        touches = Touch.objects.filter(lead=lead, automatic=False, inbound=False, occurred_at__lt=started)
        if lead.pass_number > 1:
            began = entries.aggregate(first=Min("occurred_at"))["first"]
            touches = touches.filter(occurred_at__gte=began or started)
        return touches.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
    glossary = happening.edition.document(GlossaryDocument)
    if target.to not in glossary.stage_by_key:
        return None
    reached = entries.filter(to_stage__in=glossary.reached_by(target.to), occurred_at__lt=started)
    return reached.order_by("occurred_at").values_list("occurred_at", flat=True).first()
