"""Laying down business hours: every edit is a new revision, which clocks started later pin.

Open clocks stay on the revision they started under; `services.relay` lays them on new hours on purpose.
"""

from datetime import datetime

from django.db import transaction

from glossary.types import EditionInForce
from people.choices import RUNS_OPERATIONS
from people.models import User
from routing.engine.business_time import CalendarSpec
from routing.engine.calendars import Weekday
from routing.engine.documents import RoutingDocument
from routing.exceptions import NotPermitted, RoutingRefused
from routing.models import BusinessCalendar, CalendarRevision
from routing.queries.calendars import latest_revision

WORKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
# Calendars that the standard playbook names: name, zone, country of the public holidays.
STANDARD = {
    "london": ("London", "Europe/London", "GB", "ENG"),
    "new_york": ("New York", "America/New_York", "US", None),
    "singapore": ("Singapore", "Asia/Singapore", "SG", None),
}


class CalendarMissing(RoutingRefused):
    """A queue names a calendar that has no hours."""


@transaction.atomic
def lay_down(
    key: str, name: str, spec: CalendarSpec, *, acting_user: User | None, now: datetime
) -> CalendarRevision:
    """Make `spec` the hours of the calendar `key` from now on; equal hours change nothing.

    Raises NotPermitted unless the person runs operations (None = the system).
    """
    if acting_user is not None and not acting_user.has_role(*RUNS_OPERATIONS):
        raise NotPermitted("Only RevOps and the operations roles edit calendars.")
    BusinessCalendar.objects.get_or_create(key=key, defaults={"name": name})
    calendar = BusinessCalendar.objects.select_for_update().get(key=key)
    content = spec.model_dump(mode="json")
    last: CalendarRevision | None = calendar.revisions.order_by("-number").first()
    if last is not None and last.spec == content:
        return last
    return CalendarRevision.objects.create(
        calendar=calendar,
        number=1 if last is None else last.number + 1,
        spec=content,
        recorded_at=now,
        actor=acting_user,
    )


def standard_spec(key: str) -> CalendarSpec:
    """Monday to Friday 09-17 in the zone of a standard calendar, without its public holidays."""
    name, zone, country, part = STANDARD[key]
    return CalendarSpec(
        label=name,
        zone=zone,
        windows=dict.fromkeys(WORKDAYS, (("09:00", "17:00"),)),
        holiday_country=country,
        holiday_subdivision=part,
    )


def ensure_standard_calendars(*, now: datetime) -> list[str]:
    """Lay down those standard calendars that have no hours yet. Returns their keys; edited ones stay."""
    missing = [key for key in STANDARD if latest_revision(key) is None]
    for key in missing:
        lay_down(key, STANDARD[key][0], standard_spec(key), acting_user=None, now=now)
    return missing


def calendar_for(queue_key: str, edition: EditionInForce, *, now: datetime | None = None) -> CalendarRevision:
    """The hours that a queue works by: the latest revision of the calendar that the policy gives it.

    A queue that the edition does not know works by the fallback queue's hours. A standard calendar that was
    never laid down is laid down now (recorded at `now`, or when the edition began). Raises CalendarMissing
    for any other calendar without hours.
    """
    document = edition.document(RoutingDocument)
    queue = document.queue_by_key.get(queue_key) or document.queue_by_key[document.fallback]
    revision = latest_revision(queue.calendar)
    if revision is not None:
        return revision
    if queue.calendar in STANDARD:
        name = STANDARD[queue.calendar][0]
        began = now or edition.in_force_from
        return lay_down(queue.calendar, name, standard_spec(queue.calendar), acting_user=None, now=began)
    raise CalendarMissing(
        f"The queue {queue.key!r} works by the calendar {queue.calendar!r}, which has no hours. "
        "Add it under Administration → Business calendars."
    )
