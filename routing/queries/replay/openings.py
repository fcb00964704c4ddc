"""When leads would have entered stages: a cohort replayed under several definitions at once, streamed."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from routing.engine.replay.definition import Definition
from routing.engine.replay.judge import Judge, Opened
from routing.queries.replay.cohort import Cohort
from routing.queries.replay.reading import Question


@dataclass(frozen=True, slots=True)
class OpenedBatch:
    """What a stretch of the cohort gave.

    Attributes:
        done: the share of the cohort's ids gone through, 0 to 1.
        judged: leads that were replayed one by one; the others could not open any of the stages.
        imported: of these, leads that came as history.
    """

    done: float
    opened: list[Opened]
    judged: int
    imported: int


def openings(
    cohort: Cohort, definitions: Sequence[Definition], stages: Sequence[str], carrying: Sequence[str] = ()
) -> Generator[OpenedBatch]:
    """Replay every lead of the cohort: when would each definition have opened each stage for it?

    SQL leaves out the leads that cannot open any of the stages; those left, and those whose values changed
    since they were taken in, are judged moment by moment with the facts of the moment.

    Args:
        carrying: columns of the leads that the caller wants beside, as they are today.
    """
    if not stages:
        return
    judge, opened, judged, imported = Judge(definitions, stages), list[Opened](), 0, 0
    for stretch in Question(cohort, definitions, stages, carrying).stretches():
        for history in stretch.histories:
            judged, imported = judged + 1, imported + history.imported
            opened += judge(history)
        if stretch.done is not None:
            yield OpenedBatch(stretch.done, opened, judged, imported)
            opened, judged, imported = [], 0, 0
