"""The history of a stage: the versions that changed its definition, or something that the definition uses."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from glossary.models import PolicyVersion, VersionTouch


@dataclass(frozen=True, slots=True)
class StageEvent:
    """One version in the history of a stage.

    Attributes:
        is_direct: the definition itself changed; otherwise something that it uses.
    """

    version: PolicyVersion
    is_direct: bool


def touching(versions: "QuerySet[PolicyVersion]", stage: str) -> "QuerySet[PolicyVersion]":
    """Those of some versions that changed a stage, directly or by what its definition uses."""
    return versions.filter(Exists(VersionTouch.objects.filter(version=OuterRef("pk"), stage=stage)))


def is_known(stage: str) -> bool:
    """Whether any version ever changed a stage of that key, whatever became of it."""
    return VersionTouch.objects.filter(stage=stage).exists()


def stage_history(stage: str, limit: int) -> list[StageEvent]:
    """The newest `limit` versions that changed a stage, newest first. One query."""
    touches = (
        VersionTouch.objects.filter(stage=stage)
        .select_related("version")
        .defer("version__content", "version__why")
        .order_by("-version__in_force_from", "version__workstream", "-version__number")
    )
    return [StageEvent(touch.version, touch.is_direct) for touch in touches[:limit]]
