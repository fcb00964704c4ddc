"""Tables of leads, their log, routing, clocks and imports."""

from routing.models.activity import Behaviour, Touch
from routing.models.assignment import Assignment, NamedAccount, Pool, QueueMember, RoutingError
from routing.models.calendars import BusinessCalendar, CalendarRevision
from routing.models.clocks import Attempt, ClockAlert, ClockPause, SlaClock
from routing.models.imports import ImportBatch, ImportMapping, QuarantinedRow
from routing.models.leads import ExternalId, Lead
from routing.models.log import LeadChange, StageEntry

__all__ = [
    "Assignment",
    "Attempt",
    "Behaviour",
    "BusinessCalendar",
    "CalendarRevision",
    "ClockAlert",
    "ClockPause",
    "ExternalId",
    "ImportBatch",
    "ImportMapping",
    "Lead",
    "LeadChange",
    "NamedAccount",
    "Pool",
    "QuarantinedRow",
    "QueueMember",
    "RoutingError",
    "SlaClock",
    "StageEntry",
    "Touch",
]
