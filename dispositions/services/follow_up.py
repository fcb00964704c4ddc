"""What follows a decision: a row per action, carried out at once where it is due at once."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dispositions.choices import ActionKind
from dispositions.engine.document import Do, Reason
from dispositions.models import ActionItem, Disposition
from dispositions.services.carry_out import attempt
from notifications.nudges import on_commit_nudge
from people.middleware import zone_of
from routing.models import Lead

NUDGE = "dispositions.carry_out"
MORNING = time(8)


def follow_up(
    disposition: Disposition, reason: Reason, *, survivor_id: int | None, now: datetime
) -> ActionItem:
    """Write the action that the reason asks for, and carry it out when it is due now.

    The row is the promise: should carrying out fail, it stays pending with its error and the sweep goes on.
    The caller holds the lead.
    """
    day = _day(disposition, reason, now)
    item = ActionItem.objects.create(
        lead_id=disposition.lead_id,
        disposition=disposition,
        kind=ActionKind(reason.action.do.value),
        payload=_payload(disposition, reason, survivor_id),
        due_at=now if day is None else datetime.combine(day, MORNING, tzinfo=_zone(disposition)),
        created_at=now,
    )
    if day is not None:
        Lead.objects.filter(pk=disposition.lead_id).update(
            nurture_track=reason.action.track or "", next_touch_on=day
        )
    if item.due_at <= now:
        attempt(item, now=now)
        item.refresh_from_db()
    on_commit_nudge(NUDGE)
    return item


def _payload(disposition: Disposition, reason: Reason, survivor_id: int | None) -> dict[str, object]:
    """What carrying out needs, and what undoing puts back."""
    payload: dict[str, object] = {"reason": reason.key, "label": reason.label, "track": reason.action.track}
    if reason.action.queue:
        payload["queue"] = reason.action.queue
    if survivor_id is not None:
        payload["survivor"] = survivor_id
    if reason.action.do is Do.NURTURE:
        lead = Lead.objects.get(pk=disposition.lead_id)
        before = lead.next_touch_on.isoformat() if lead.next_touch_on else None
        payload["before"] = {"nurture_track": lead.nurture_track, "next_touch_on": before}
    return payload


def _day(disposition: Disposition, reason: Reason, now: datetime) -> date | None:
    """The day to come back, where the rep is: the agreed one, or so many days from now. None = act now."""
    if reason.action.do is not Do.NURTURE:
        return None
    today = now.astimezone(_zone(disposition)).date()
    return disposition.next_touch_on or today + timedelta(days=reason.action.after_days or 1)


def _zone(disposition: Disposition) -> tzinfo:
    return zone_of(disposition.actor) if disposition.actor else UTC
