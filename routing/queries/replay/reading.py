"""The histories that a replay judges, out of the database in order: the spans of a cohort by several connections."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from django.db.models import Q, QuerySet

from routing.engine.replay.definition import Definition, all_reads
from routing.engine.replay.history import LeadHistory
from routing.models import Lead
from routing.queries.numbers import Among
from routing.queries.replay.ahead import Ahead
from routing.queries.replay.cohort import Cohort, Span
from routing.queries.replay.histories import BATCH, histories
from routing.queries.replay.narrowing import Narrowing, any_of
from routing.queries.replay.news import News

# Connections that read at the same time. More would only wait for the one process that judges.
READERS = 2
# How many stretches each may be ahead; one is some six megabytes.
STRETCHES_AHEAD = 4


class Stretch(NamedTuple):
    """Some histories of a span. `done`: with the last of them, the share of the cohort's ids gone through."""

    histories: list[LeadHistory]
    done: float | None


@dataclass(frozen=True, slots=True)
class Question:
    """Which gates are asked about which leads, and which columns of them the caller wants beside."""

    cohort: Cohort
    definitions: Sequence[Definition]
    stages: Sequence[str]
    carrying: Sequence[str] = ()

    def stretches(self) -> Iterator[Stretch]:
        """All candidates, in order. Reading begins with the first of them, and goes on ahead of who judges."""
        spans = list(self.cohort.spans())
        with ExitStack() as stack:
            readers = []
            for first in range(min(READERS, len(spans))):
                ahead = Ahead(self._of_spans(spans[first::READERS]), STRETCHES_AHEAD)
                readers.append(stack.enter_context(closing(ahead)))
            for place in range(len(spans)):
                for stretch in readers[place % READERS]:
                    yield stretch
                    if stretch.done is not None:
                        break

    def _of_spans(self, spans: Iterable[Span]) -> Iterator[Stretch]:
        reads, until = all_reads(self.definitions, self.stages), self.cohort.as_of
        candidates = Candidates(self.cohort, self.definitions, self.stages)
        for span in spans:
            found = histories(candidates.of(span), reads, until=until, at_once=True, carrying=self.carrying)
            while some := list(islice(found, BATCH)):
                yield Stretch(some, None)
            yield Stretch([], span.done)


class Candidates:
    """The leads that may open one of the stages; its conditions are made once for all spans."""

    def __init__(self, cohort: Cohort, definitions: Sequence[Definition], stages: Sequence[str]) -> None:
        self._cohort, self._definitions, self._stages = cohort, definitions, stages
        self._fields = all_reads(definitions, stages).fields
        self._conditions: dict[frozenset[str], tuple[Q, Q]] = {}

    def of(self, span: Span) -> "QuerySet[Lead]":
        """Those of a span.

        Of leads whose values changed, or that took over others, today's values say nothing on what changed.
        """
        news = News(span)
        values, deeds = self._may_open(frozenset())
        changed, fields = news.changed(self._fields)
        if changed:
            loose, _ = self._may_open(frozenset(fields))
            values = any_of([values, Q(Among("pk", changed)) & loose])
        may = values & deeds
        if news.survivors().exists():
            may = any_of([may, Q(pk__in=news.survivors().values("merged_into_id"))])
        return self._cohort.leads().filter(pk__range=span[:2]).filter(may)

    def _may_open(self, loose: frozenset[str]) -> tuple[Q, Q]:
        if loose not in self._conditions:
            narrow = Narrowing(self._cohort.as_of, loose)
            self._conditions[loose] = narrow.may_open(self._definitions, self._stages)
        return self._conditions[loose]
