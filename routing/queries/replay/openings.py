"""When leads would have entered stages: a cohort replayed under several definitions at once, streamed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from routing.engine.replay.arriving import arrivals
from routing.engine.replay.definition import Definition, all_reads
from routing.engine.replay.history import LeadHistory
from routing.engine.replay.judging import Gatekeeper
from routing.engine.replay.moments import moments, turning
from routing.models import Lead
from routing.queries.numbers import Numbers
from routing.queries.replay.cohort import Cohort, Span
from routing.queries.replay.histories import histories
from routing.queries.replay.narrowing import Narrowing, any_of


@dataclass(frozen=True, slots=True)
class Opened:
    """A lead and a stage that it opens. `at`: when first, for each definition; None = never."""

    lead: int
    stage: str
    at: tuple[datetime | None, ...]


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
    cohort: Cohort, definitions: Sequence[Definition], stages: Sequence[str]
) -> Iterator[OpenedBatch]:
    """Replay every lead of the cohort: when would each definition have opened each stage for it?

    SQL leaves out the leads that cannot open any of the stages; those left, and those whose values changed
    since they were taken in, are judged moment by moment with the facts of the moment.
    """
    reads, judge = all_reads(definitions, stages), _Judge(definitions, stages)
    for span in cohort.spans():
        opened, judged, imported = list[Opened](), 0, 0
        leads = candidates(cohort, span, definitions, stages)
        for history in histories(leads, reads, until=cohort.as_of, at_once=True):
            judged, imported = judged + 1, imported + history.imported
            opened += judge(history)
        yield OpenedBatch(span.done, opened, judged, imported)


class _Judge:
    """Asks the gates of all definitions about one history after the other."""

    def __init__(self, definitions: Sequence[Definition], stages: Sequence[str]) -> None:
        self._turns = turning(definitions, stages)
        self._keepers = [(key, [Gatekeeper(side, key) for side in definitions]) for key in stages]
        self._wait_for_news = all(keeper.waits_for_news for _, sides in self._keepers for keeper in sides)

    def __call__(self, history: LeadHistory) -> Iterator[Opened]:
        """What a lead opens."""
        find = self._on_news(history) if self._wait_for_news else self._at_moments(history)
        for key, sides in self._keepers:
            at = tuple(map(find, sides))
            if any(at):
                yield Opened(history.lead, key, at)

    def _at_moments(self, history: LeadHistory) -> Callable[[Gatekeeper], datetime | None]:
        when = moments(history, self._turns)
        return lambda keeper: keeper.opens_at(history, when)

    def _on_news(self, history: LeadHistory) -> Callable[[Gatekeeper], datetime | None]:
        epochs = [epoch for epoch in history.epochs() if epoch.start <= history.until]
        arrived = arrivals(history.behaviours.values())
        return lambda keeper: keeper.opens_on_news(epochs, arrived)


def candidates(
    cohort: Cohort, span: Span, definitions: Sequence[Definition], stages: Sequence[str]
) -> "QuerySet[Lead]":
    """The leads of a span that may open one of the stages.

    Of leads whose values changed, or that took over others, today's values say nothing on what changed.
    """
    narrow = Narrowing(span, cohort.as_of)
    values, deeds = narrow.may_open(definitions, stages)
    changed, fields = narrow.changed(all_reads(definitions, stages).fields)
    if changed:
        loose, _ = Narrowing(span, cohort.as_of, fields).may_open(definitions, stages)
        values = any_of([values, Q(pk__in=Numbers(changed)) & loose])
    may = values & deeds
    if narrow.survivors().exists():
        may = any_of([may, Q(pk__in=narrow.survivors().values("merged_into_id"))])
    return cohort.leads().filter(pk__range=span[:2]).filter(may)
