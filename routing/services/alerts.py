"""Who is told what when a clock reaches a level, each in their own working hours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from glossary.types import EditionInForce
from notifications.services.outbox import notify
from notifications.types import Message
from people.access import REVOPS
from people.models import User
from routing.engine.business_time import next_open
from routing.engine.clock_face import BREACH
from routing.engine.documents.routing import SlaTarget, Tell
from routing.models import Lead, SlaClock
from routing.queries.calendars import compiled
from routing.services.calendars import calendar_for

# What counts as in time for an alert; beyond it the message says how late it is.
PROMPT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Alert:
    """One level of one clock: the percentage, and when it should have been raised."""

    clock: SlaClock
    target: SlaTarget
    level: int
    due_at: datetime


def tell(alert: Alert, *, now: datetime, edition: EditionInForce) -> None:
    """Notify everyone whom the policy names for the level; the inbox at once, mail in the person's hours."""
    message = _message(alert, now)
    for person in _recipients(alert):
        calendar = compiled(calendar_for(_queue_of(person, alert.clock.lead), edition, now=now))
        notify([person], replace(message, not_before=next_open(calendar, now)), now=now)


def _recipients(alert: Alert) -> list[User]:
    told = {rung.tell for rung in alert.target.ladder if rung.at == alert.level and rung.tell is not None}
    if alert.level in alert.target.warn or alert.level == BREACH:
        told.add(Tell.OWNER)
    lead = alert.clock.lead
    people: dict[int, User] = {}
    for whom in sorted(told):
        people.update((person.pk, person) for person in _people(whom, lead))
    return list(people.values())


def _people(whom: Tell, lead: Lead) -> Sequence[User]:
    """The people behind a word of the ladder; nobody there: the next level up hears of it."""
    if whom is Tell.OWNER:
        return [lead.owner] if lead.owner is not None and lead.owner.is_active else []
    if whom is Tell.MANAGER:
        managers = _managers(lead)
        if managers:
            return managers
    return _active(User.objects.filter(groups__name__in=REVOPS))


def _managers(lead: Lead) -> Sequence[User]:
    """The manager of the owner's team; of a lead without owner, those whose people serve its queue."""
    if lead.owner is not None:
        manager = lead.owner.team.manager if lead.owner.team is not None else None
        return [manager] if manager is not None and manager.is_active else []
    return _active(
        User.objects.filter(
            managed_teams__members__queue_memberships__queue=lead.queue,
            managed_teams__members__queue_memberships__is_active=True,
        )
    )


def _active(people: Iterable[User]) -> Sequence[User]:
    return sorted({person for person in people if person.is_active}, key=lambda person: person.pk)


def _queue_of(person: User, lead: Lead) -> str:
    """The queue whose hours a person keeps: their own first one, else the lead's."""
    own = (
        person.queue_memberships.filter(is_active=True)
        .order_by("queue")
        .values_list("queue", flat=True)
        .first()
    )
    return own or lead.queue


def _message(alert: Alert, now: datetime) -> Message:
    clock, target = alert.clock, alert.target
    lead = clock.lead
    if alert.level < BREACH:
        kind, subject = "clock_warning", f"{alert.level} % used: {target.name}, {lead.label}"
    elif alert.level == BREACH:
        kind, subject = "clock_breached", f"Late: {target.name}, {lead.label}"
    else:
        kind, subject = "clock_escalated", f"{alert.level} % of the target used: {target.name}, {lead.label}"
    lines = [
        f"{target.name}: {clock.target_words}, due {clock.due_at:%a %d %b %Y %H:%M} UTC.",
        f"Owner: {lead.owner or 'nobody'}. Queue: {lead.queue or 'none'}.",
    ]
    behind = now - alert.due_at
    if behind > PROMPT:
        lines.append(
            f"This message is {_words(behind)} late: it was due at {alert.due_at:%a %d %b %H:%M} UTC, "
            "and nothing swept the clocks in between."
        )
    return Message(
        kind=kind,
        subject=subject,
        dedupe_key=f"clock:{clock.pk}:{alert.level}",
        body="\n".join(lines),
        url=f"/desk/leads/{lead.pk}/",
    )


def _words(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "1 min"
