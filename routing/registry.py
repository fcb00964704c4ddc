"""The draft tables of the documents that routing owns: scoring and routing."""

from glossary.registry import Child, Shape, Table
from routing.engine.documents import RoutingDocument, ScoringDocument
from routing.engine.documents.routing import Queue as QueuePart
from routing.engine.documents.routing import SlaTarget as SlaTargetPart
from routing.engine.documents.routing import Territory as TerritoryPart
from routing.engine.documents.scoring import IntentRule, Tier
from routing.models import (
    GroupCap,
    IcpTier,
    Queue,
    RoutingSettings,
    ScoreRule,
    ScoreThreshold,
    ScoringSettings,
    SlaCriterion,
    SlaRung,
    SlaTarget,
    Territory,
    TerritoryCriterion,
    TierCriterion,
    Trigger,
)

SCORING = (
    Table(path="fit", model=IcpTier, part=Tier, columns={"grade": "grade"}, criteria={"when": TierCriterion}),
    Table(
        path="intent",
        model=ScoreRule,
        part=IntentRule,
        columns={n: n for n in ("key", "behaviour", "points", "cap", "group", "half_life_days")},
        optional=frozenset({"group"}),
    ),
    Table(path="group_caps", model=GroupCap, shape=Shape.MAPPING, columns={"key": "group", "value": "cap"}),
    Table(
        path="thresholds",
        model=ScoreThreshold,
        shape=Shape.MAPPING,
        columns={"key": "key", "value": "score"},
    ),
    Table(path="triggers", model=Trigger, shape=Shape.WORDS, columns={"value": "behaviour"}),
    Table(
        path="",
        model=ScoringSettings,
        part=ScoringDocument,
        shape=Shape.ROOT,
        columns={"total_cap": "total_cap"},
    ),
)

ROUTING = (
    Table(
        path="territories",
        model=Territory,
        part=TerritoryPart,
        columns={name: name for name in ("key", "name", "priority", "queue")},
        criteria={"when": TerritoryCriterion},
    ),
    Table(
        path="queues",
        model=Queue,
        part=QueuePart,
        columns={name: name for name in ("key", "name", "strategy", "fallback", "calendar")},
        optional=frozenset({"fallback"}),
    ),
    Table(
        path="sla",
        model=SlaTarget,
        part=SlaTargetPart,
        columns={
            "key": "key",
            "name": "name",
            "from": "from_key",
            "to": "to_key",
            "target": "target",
            "warn": "warn",
        },
        criteria={"applies_to": SlaCriterion},
        children={
            "ladder": Child(
                SlaRung,
                {"at": "at_percent", "tell": "tell", "do": "do"},
                optional=frozenset({"tell", "do"}),
            )
        },
    ),
    Table(
        path="",
        model=RoutingSettings,
        part=RoutingDocument,
        shape=Shape.ROOT,
        columns={
            "fallback": "fallback",
            "reroute.touch_attempts": "touch_attempts",
            "reroute.over": "reroute_over",
            "kill_switch.error_rate": "error_rate",
            "kill_switch.window_minutes": "window_minutes",
            "kill_switch.at_least": "at_least",
        },
    ),
)
