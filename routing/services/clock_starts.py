"""How a clock starts: pinned to the edition and the calendar revision of the moment."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from glossary.types import EditionInForce
from routing.choices import ClockState
from routing.engine.business_time import parse_duration
from routing.engine.clock_face import BREACH, ClockFace
from routing.engine.documents import RoutingDocument, ScoringDocument
from routing.engine.documents.routing import ROUTED, TOUCHED, SlaTarget
from routing.engine.evaluate import holds
from routing.models import SlaClock, Touch
from routing.queries.calendars import compiled
from routing.queries.clock_faces import alert_levels
from routing.services.attempts import start_attempt
from routing.services.case import Case


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a lead: what, and when it happened. When we learned of it is the moment of the case."""

    case: Case
    event: str
    occurred_at: datetime


def start_clocks(happening: Happening) -> None:
    """Start every promise that begins with the event, unless this pass has it already or it does not apply.

    A promise that applies to some leads only begins when both its event has happened and it applies: a lead
    that was touched before it became an MQL is owed its acceptance from that moment on.
    """
    case = happening.case
    sla = case.document(RoutingDocument).sla
    targets = [t for t in sla if t.from_ == happening.event or _applies_later(t, happening)]
    if not targets:
        return
    kept = {
        clock.key
        for clock in case.clocks.clocks()
        if clock.state == ClockState.RUNNING
        or (clock.pass_number == case.lead.pass_number and clock.state != ClockState.VOID)
    }
    for target in targets:
        if target.key not in kept and _applies(target, case):
            _start(target, happening)


def _applies_later(target: SlaTarget, happening: Happening) -> bool:
    """Whether a stage was entered that may make a conditional promise apply whose event lies behind."""
    case = happening.case
    stages = case.glossary.stage_by_key
    if happening.event not in stages or not any(target.applies_to.criteria()):
        return False
    if target.from_ in stages:
        passed = case.lead.pass_number
        return any(e.stage == target.from_ and e.pass_number == passed for e in case.entered())
    if target.from_ == TOUCHED:
        return _last_touch(case, happening.occurred_at) is not None
    return target.from_ != ROUTED or bool(case.lead.owner_id or case.lead.queue)


def _applies(target: SlaTarget, case: Case) -> bool:
    if not any(target.applies_to.criteria()):
        return True
    thresholds = case.document(ScoringDocument).thresholds
    return holds(target.applies_to, case.facts(), now=case.now, thresholds=thresholds)


def _start(target: SlaTarget, happening: Happening) -> None:
    case, started = happening.case, happening.occurred_at
    lead, clock = case.lead, _clock(target, happening)
    done = _already(target, happening)
    if done is not None:
        clock.state = ClockState.MET
        clock.stopped_at, clock.stopped_before_start = done, True
        clock.business_seconds = clock.wall_seconds = 0.0
        clock.next_alert_at = clock.next_alert_level = None
    case.clocks.add_clock(clock)
    if done is None and lead.owner is not None and target.to != ROUTED:
        start_attempt(case, clock, lead.owner, started_at=started)


def _clock(target: SlaTarget, happening: Happening) -> SlaClock:
    """The unsaved clock, with everything it pins and everything copied for the reports."""
    case, started = happening.case, happening.occurred_at
    lead, edition = case.lead, case.edition
    duration = parse_duration(target.target)
    revision = case.hours(lead.queue) if duration.business else None
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
        owner_id=lead.owner_id,
        team_id=lead.owner.team_id if lead.owner else None,
    )


def _month(instant: datetime, edition: EditionInForce) -> date:
    """First day of the month of `instant` in the organisation's reporting zone."""
    # It is in the reporting document, which belongs to an app above this one.
    zones = (getattr(document, "zone", None) for document in edition.documents)
    zone = next((zone for zone in zones if isinstance(zone, str)), "UTC")
    return instant.astimezone(ZoneInfo(zone)).date().replace(day=1)


def _already(target: SlaTarget, happening: Happening) -> datetime | None:
    """When the promise was kept before it began, in this pass; None = it was not."""
    case, started = happening.case, happening.occurred_at
    if target.to == TOUCHED:
        return _last_touch(case, started)
    if target.to not in case.glossary.stage_by_key:
        return None
    reaching = case.glossary.reached_by(target.to)
    reached = [
        entry.occurred_at
        for entry in case.entered()
        if entry.pass_number == case.lead.pass_number
        and entry.stage in reaching
        and entry.occurred_at < started
    ]
    return min(reached, default=None)


def _last_touch(case: Case, before: datetime) -> datetime | None:
    """The last touch by a person, earlier than `before` but in this pass."""
    if case.is_new:
        return None
    touches = Touch.objects.filter(lead=case.lead, automatic=False, inbound=False, occurred_at__lt=before)
    if case.lead.pass_number > 1:
        touches = touches.filter(occurred_at__gte=case.pass_began(case.lead.pass_number) or before)
    return touches.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
