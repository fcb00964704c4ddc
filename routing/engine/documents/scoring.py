"""The scoring document: ICP tiers, intent rules, caps, thresholds and triggers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from glossary.engine.base import Key, Part, PolicyDocument, require_unique
from glossary.engine.conditions import When

Points = Annotated[float, Field(ge=-1000, le=1000)]
Limit = Annotated[float, Field(gt=0, le=10_000)]


class Tier(Part):
    """An ICP grade and when it is given. The first match wins; nothing matched is a D."""

    grade: Literal["A", "B", "C"]
    when: When


class IntentRule(Part):
    """Points for a behaviour, capped, optionally halving with age.

    Attributes:
        points: for each time it happened, before decay.
        cap: most points of this rule.
        half_life_days: None = no decay.
    """

    key: Key
    behaviour: Key
    points: Points
    cap: Limit | None = None
    group: Key | None = None
    half_life_days: Annotated[float, Field(gt=0, le=3650)] | None = None


class ScoringDocument(PolicyDocument):
    """Fit (ICP grade) and intent (points)."""

    fit: tuple[Tier, ...]
    intent: tuple[IntentRule, ...]
    group_caps: dict[Key, Limit] = Field(default_factory=dict)
    total_cap: Limit = 100
    thresholds: dict[Key, Limit]
    triggers: tuple[Key, ...] = ()

    def named_thresholds(self) -> dict[str, float]:
        """Its thresholds, for the words of criteria."""
        return dict(self.thresholds)

    def named_behaviours(self) -> tuple[str, ...]:
        """Behaviours that have points or are triggers, each once."""
        return tuple(dict.fromkeys([*self.triggers, *(rule.behaviour for rule in self.intent)]))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_unique([rule.key for rule in self.intent], "intent rules")
        unused = sorted(self.group_caps.keys() - {rule.group for rule in self.intent})
        if unused:
            raise ValueError(f"group caps without a rule in the group: {', '.join(unused)}")
        too_high = sorted(k for k, v in self.thresholds.items() if v > self.total_cap)
        if too_high:
            raise ValueError(
                f"thresholds above the total cap of {self.total_cap} can never be met: {', '.join(too_high)}"
            )
        return self
