"""The two definitions that are compared: the standard playbook, and one typical change of its scoring."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from glossary import registry
from glossary.engine.base import PolicyDocument
from glossary.services.playbook import publish_playbook, read_playbook
from glossary.services.publish import publish
from glossary.types import Publication

PLAYBOOK_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
THRESHOLD = 50
ADDED_INDUSTRY = "public_sector"
BEFORE = {"glossary": 1, "scoring": 1}
AFTER = {"glossary": 1, "scoring": 2}


class BenchmarkWarrant:
    """Lets the changed scoring in without a change request: a benchmark has nobody to sign it."""

    def allow(self, digests: Mapping[str, str]) -> None:
        return None

    def as_json(self) -> dict[str, object]:
        return {"kind": "benchmark"}


def changed_scoring() -> PolicyDocument:
    """The playbook's scoring with 50 points for an MQL, and the public sector no longer kept out of tier B."""
    data: dict[str, Any] = read_playbook()["scoring"].model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    data["thresholds"]["mql"] = THRESHOLD
    tier = next(tier for tier in data["fit"] if tier["grade"] == "B")
    left_out = tier["when"]["none"][0]
    left_out["value"] = [value for value in left_out["value"] if value != ADDED_INDUSTRY]
    return registry.parse("scoring", data)


def publish_both(now: datetime) -> None:
    """Found the organisation on the playbook and put the change in force after it, as version 2 of the scoring."""
    publish_playbook(now=now, in_force_from=PLAYBOOK_SINCE)
    publish(
        {"scoring": changed_scoring()},
        Publication("Fifty points", "Sales asked for more leads, and now serves the public sector."),
        acting_user=None,
        warrant=BenchmarkWarrant(),
        now=now,
    )
