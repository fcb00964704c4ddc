"""Which promises more or fewer leads in a stage would weigh on."""

from glossary.engine.conditions import FieldCriterion
from routing.engine.documents.routing import RoutingDocument, SlaTarget

STAGE = "stage"


def promises_of(routing: RoutingDocument, stage: str) -> list[str]:
    """Names of the promises that begin when a stage is entered, or that hold for leads in it alone."""
    return [target.name for target in routing.sla if target.from_ == stage or _is_for(target, stage)]


def _is_for(target: SlaTarget, stage: str) -> bool:
    criteria = (item for group in target.applies_to.all for item in group.any)
    return any(
        isinstance(item, FieldCriterion) and item.field == STAGE and stage in _values(item)
        for item in criteria
    )


def _values(item: FieldCriterion) -> tuple[object, ...]:
    return item.value if isinstance(item.value, tuple) else (item.value,)
