"""When leads would have entered stages: a cohort replayed under several definitions at once, streamed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from glossary.engine.fields import DERIVED_FIELDS
from routing.engine.replay.definition import Definition
from routing.engine.replay.history import LOGGED, LeadHistory, Reads
from routing.engine.replay.judging import Gatekeeper
from routing.engine.replay.moments import moments, turning
from routing.models import Lead
from routing.queries.replay.cohort import Cohort, Span
from routing.queries.replay.histories import histories
from routing.queries.replay.narrowing import EVERY, Narrowing


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
    reads, turns = all_reads(definitions, stages), turning(definitions, stages)
    keepers = [(key, [Gatekeeper(side, key) for side in definitions]) for key in stages]
    for span in cohort.spans():
        opened, judged, imported = list[Opened](), 0, 0
        for history in histories(candidates(cohort, span, definitions, stages), reads, until=cohort.as_of):
            judged, imported = judged + 1, imported + history.imported
            opened += _judge(history, keepers, moments(history, turns))
        yield OpenedBatch(span.done, opened, judged, imported)


def all_reads(definitions: Sequence[Definition], stages: Sequence[str]) -> Reads:
    """What judging reads of a lead."""
    reads = Reads(frozenset(), frozenset())
    for side in definitions:
        reads |= side.reads(stages)
    return reads


def candidates(
    cohort: Cohort, span: Span, definitions: Sequence[Definition], stages: Sequence[str]
) -> "QuerySet[Lead]":
    """The leads of a span that may open one of the stages."""
    narrow = Narrowing(span, cohort.as_of)
    changed = narrow.changed(all_reads(definitions, stages).fields)
    late = set(changed.values_list("lead_id", flat=True)) | set(
        narrow.survivors().values_list("merged_into_id", flat=True)
    )
    leads, may = cohort.leads().filter(pk__range=span[:2]), narrow.may_open(definitions, stages)
    # Beside an empty condition, which every lead meets, Django would keep the other one alone.
    return leads if may == EVERY else leads.filter(may | Q(pk__in=late))


def _judge(
    history: LeadHistory, keepers: Sequence[tuple[str, Sequence[Gatekeeper]]], when: Sequence[datetime]
) -> Iterator[Opened]:
    for key, sides in keepers:
        at = tuple(keeper.opens_at(history, when) for keeper in sides)
        if any(at):
            yield Opened(history.lead, key, at)


def fields_without_history(definitions: Sequence[Definition], stages: Sequence[str]) -> list[str]:
    """Keys of fields that are read and whose past no log keeps: they are as of today."""
    logged = {*LOGGED, "age_days", "email_domain", "captured_at", "email_status"}
    for side in definitions:
        logged |= {key for key in side.glossary.field_by_key if key not in DERIVED_FIELDS}
    return sorted(all_reads(definitions, stages).fields - logged)
