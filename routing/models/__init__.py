"""Tables of leads, their log, routing, clocks and imports; draft rows of scoring and routing."""

from routing.models.activity import Behaviour, Touch
from routing.models.assignment import Assignment, NamedAccount, Pool, QueueMember, RoutingError
from routing.models.calendars import BusinessCalendar, CalendarRevision
from routing.models.clocks import Attempt, ClockAlert, ClockPause, SlaClock
from routing.models.drafts_routing import (
    Queue,
    RoutingSettings,
    SlaCriterion,
    SlaRung,
    SlaTarget,
    Territory,
    TerritoryCriterion,
)
from routing.models.drafts_scoring import (
    GroupCap,
    IcpTier,
    ScoreRule,
    ScoreThreshold,
    ScoringSettings,
    TierCriterion,
    Trigger,
)
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
    "GroupCap",
    "IcpTier",
    "ImportBatch",
    "ImportMapping",
    "Lead",
    "LeadChange",
    "NamedAccount",
    "Pool",
    "QuarantinedRow",
    "Queue",
    "QueueMember",
    "RoutingError",
    "RoutingSettings",
    "ScoreRule",
    "ScoreThreshold",
    "ScoringSettings",
    "SlaClock",
    "SlaCriterion",
    "SlaRung",
    "SlaTarget",
    "StageEntry",
    "Territory",
    "TerritoryCriterion",
    "TierCriterion",
    "Touch",
    "Trigger",
]
