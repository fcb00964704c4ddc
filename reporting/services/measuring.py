"""Measuring two definitions on one window of history: replayed by routing, counted here as it streams by."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC
from zoneinfo import ZoneInfo

from glossary.models import BackTest
from glossary.queries.editions import edition_at
from reporting.engine.back_test.promises import promises_of
from reporting.engine.back_test.result import Basis, Judged, StageFacts, back_test_result
from reporting.engine.back_test.stages import Stages
from reporting.engine.back_test.tally import Opening, StageTally
from reporting.engine.conversion_result import Json
from reporting.engine.day_window import DayWindow
from reporting.engine.document import ReportingDocument
from reporting.queries.back_test import CARRIED, CohortLog, Owners
from reporting.queries.back_test_sides import Compared, side_after, side_before
from reporting.services.collector import few_collections
from routing.engine.documents.routing import RoutingDocument
from routing.engine.replay.definition import Definition, stages_touched
from routing.engine.replay.unlogged import fields_without_history
from routing.queries.replay.ahead import Ahead
from routing.queries.replay.cohort import Cohort
from routing.queries.replay.openings import OpenedBatch, openings

Told = Callable[[float], None]
# The share of the cohort after which the database, with less left to read, counts it as a whole beside.
READ_BY_THEN = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """A result, and the leads that it lists."""

    result: Json
    tallies: list[StageTally]


@dataclass(frozen=True, slots=True)
class _Question:
    """What is compared over which leads, in whose days, with whose queues and promises."""

    sides: tuple[Compared, Compared]
    touched: list[str]
    cohort: Cohort
    window: DayWindow
    routing: RoutingDocument

    @property
    def definitions(self) -> tuple[Definition, Definition]:
        """The definition in force and the proposed one."""
        return self.sides[0].definition, self.sides[1].definition


def measure(back_test: BackTest, *, told: Told) -> Measured:
    """Replay and count. The same log gives the same result, to the byte, and the same leads.

    Args:
        told: called with the share that is done, 0 to 1, after every batch; what it raises ends the counting.

    Raises PolicyError, CriterionError for definitions that cannot be replayed, ReconciliationError when leads
    changed while they were counted.
    """
    asked = _question(back_test)
    before, after = asked.definitions
    stages = Stages(before.glossary.stages, after.glossary.stages)
    log = CohortLog(asked.cohort)
    told(0.0)
    counter = _Counter(asked, stages, log)
    questions = asked.cohort, asked.definitions, asked.touched
    total = log.total(asked.touched, has_won=stages.has_won)
    with few_collections(), ExitStack() as stack:
        for batch in stack.enter_context(closing(openings(*questions, CARRIED))):
            if not isinstance(total, Ahead) and batch.done >= READ_BY_THEN:
                total = stack.enter_context(closing(Ahead(total, 1)))
            counter.add(batch)
            told(batch.done)
        totals = next(total)
    basis = _basis(back_test, asked)
    judged = Judged(counter.judged, counter.imported)
    facts = {key: _facts(key, asked) for key in asked.touched}
    return Measured(
        back_test_result(basis, judged, totals, facts, counter.tallies.values()), [*counter.tallies.values()]
    )


class _Counter:
    """Counts batches as they come."""

    def __init__(self, asked: _Question, stages: Stages, log: CohortLog) -> None:
        self.tallies = {key: StageTally(key, stages, asked.window.zone) for key in asked.touched}
        self.judged = self.imported = 0
        self._log = log
        self._owners = Owners({queue.key: queue.name for queue in asked.routing.queues})
        self._bits = {key: stages.bits[key] for key in stages.telling(asked.touched)}

    def add(self, batch: OpenedBatch) -> None:
        """Count a batch: one query for the entries of its leads."""
        self.judged += batch.judged
        self.imported += batch.imported
        entered = self._log.entered_by(sorted({opened.lead for opened in batch.opened}), self._bits)
        for lead, stage, (before, after), (*values, owner, queue) in batch.opened:
            team = self._owners.team(owner, queue)
            self.tallies[stage].add(Opening(lead, before, after, values, team, entered.get(lead, 0)))


def _question(back_test: BackTest) -> _Question:
    edition = edition_at(back_test.as_of)
    before, after = side_before(back_test), side_after(back_test)
    window = DayWindow(back_test.since, back_test.until, ZoneInfo(edition.document(ReportingDocument).zone))
    return _Question(
        (before, after),
        stages_touched(before.definition, after.definition),
        Cohort(window.begins.astimezone(UTC), window.ends.astimezone(UTC), back_test.as_of),
        window,
        edition.document(RoutingDocument),
    )


def _facts(key: str, asked: _Question) -> StageFacts:
    found = [side.stage(key) for side in asked.definitions]
    confirms = dict.fromkeys(item.label for stage in found if stage for item in stage.entry.confirm)
    return StageFacts(list(confirms), promises_of(asked.routing, key))


def _basis(back_test: BackTest, asked: _Question) -> Basis:
    before, after = asked.sides
    return Basis(
        window=asked.window,
        as_of=back_test.as_of.astimezone(UTC),
        before=before.side,
        after=after.side,
        not_logged=fields_without_history(asked.definitions, asked.touched),
    )
