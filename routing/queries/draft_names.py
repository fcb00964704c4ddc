"""What the forms of scoring and routing drafts offer: thresholds, groups, queues, calendars."""

from dataclasses import replace
from datetime import datetime

from glossary.engine.words import humanised
from glossary.models import ChangeRequest
from glossary.queries.draft_names import Names, names_for
from glossary.queries.editions import edition_at
from routing.engine.documents import RoutingDocument
from routing.engine.documents.routing import CAPTURED, ROUTED, TOUCHED
from routing.models import BusinessCalendar, GroupCap, Queue, ScoreRule, ScoreThreshold, Trigger

EVENT_NAMES = {CAPTURED: "Captured", ROUTED: "Routed to a queue", TOUCHED: "First touch by a person"}


def scoring_names(request: ChangeRequest, now: datetime) -> Names:
    """Names for a scoring draft: its own thresholds, behaviours and groups."""
    names = names_for(request, now)
    thresholds = ScoreThreshold.objects.filter(request=request).values_list("key", "score")
    behaviours = [
        *Trigger.objects.filter(request=request).values_list("behaviour", flat=True),
        *ScoreRule.objects.filter(request=request).values_list("behaviour", flat=True),
    ]
    groups = [
        *ScoreRule.objects.filter(request=request).values_list("group", flat=True),
        *GroupCap.objects.filter(request=request).values_list("group", flat=True),
    ]
    return replace(
        names,
        thresholds=dict(thresholds),
        behaviours={key: humanised(key) for key in dict.fromkeys(behaviours) if key},
        more={"groups": {key: humanised(key) for key in sorted(set(groups)) if key}},
    )


def routing_names(request: ChangeRequest, now: datetime) -> Names:
    """Names for a routing draft: its own queues, the calendars there are, and the ends of a promise."""
    names = names_for(request, now)
    queues = Queue.objects.filter(request=request).order_by("position", "pk").values_list("key", "name")
    return replace(
        names,
        more={
            "queues": dict(queues),
            "calendars": dict(BusinessCalendar.objects.order_by("name").values_list("key", "name")),
            "ends": {**EVENT_NAMES, **names.stages},
        },
    )


def queues_in_force(now: datetime) -> dict[str, str]:
    """Queues of the routing in force: key → name. Raises NoPolicyInForce or ForgedPolicy."""
    return {queue.key: queue.name for queue in edition_at(now).document(RoutingDocument).queues}
