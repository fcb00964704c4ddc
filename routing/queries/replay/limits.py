"""How high a threshold may lie for each lead of a cohort to still come in, streamed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from routing.engine.replay.definition import Definition
from routing.engine.replay.judging import Gatekeeper
from routing.engine.replay.limits import NEVER, highest, movable
from routing.engine.replay.moments import moments, turning
from routing.queries.replay.cohort import Cohort
from routing.queries.replay.histories import histories
from routing.queries.replay.reading import Candidates

__all__ = ["LimitBatch", "limits", "movable"]


@dataclass(frozen=True, slots=True)
class LimitBatch:
    """What a stretch of the cohort gave. `done`: share of its ids gone through; `limits`: (lead, limit)."""

    done: float
    limits: list[tuple[int, float]]


def limits(cohort: Cohort, definition: Definition, stage: str, threshold: str) -> Iterator[LimitBatch]:
    """For each lead that any threshold lets in: the highest that does; inf = it comes in whatever it is.

    Raises ValueError for a pair that is not `movable`.
    """
    if (stage, threshold) not in movable(definition):
        raise ValueError(f"there is no curve for the threshold {threshold!r} of the stage {stage!r}")
    thresholds = {**definition.scoring.thresholds, threshold: 0.0}
    lowest = replace(definition, scoring=definition.scoring.model_copy(update={"thresholds": thresholds}))
    reads, turns = definition.reads([stage]), turning([definition], [stage])
    keeper = Gatekeeper(definition, stage)
    candidates = Candidates(cohort, [lowest], [stage])
    for span in cohort.spans():
        found = []
        for history in histories(candidates.of(span), reads, until=cohort.as_of):
            limit = highest(keeper, threshold, history, moments(history, turns))
            if limit > NEVER:
                found.append((history.lead, limit))
        yield LimitBatch(span.done, found)
