"""Drawing the what-if curve: the cohort is replayed lead by lead, each counted where its limit lies."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from glossary.engine.documents import StageKind
from glossary.types import EditionInForce
from reporting.engine.back_test.stages import WON
from reporting.engine.conversion_result import Json
from reporting.engine.day_window import window_of
from reporting.engine.document import ReportingDocument
from reporting.engine.errors import CountingError
from reporting.engine.parameters import WhatIfParameters
from reporting.engine.reading import gate_text
from reporting.engine.what_if.curve import CurveCount, grid
from reporting.engine.what_if.result import Basis, Gate, what_if_result
from reporting.queries.back_test import CohortLog
from reporting.queries.what_if import definition_of, gates_of
from routing.engine.replay.definition import Definition
from routing.engine.replay.unlogged import fields_without_history
from routing.queries.replay.cohort import Cohort
from routing.queries.replay.limits import limits

Tell = Callable[[float], None]


def count_what_if(parameters: WhatIfParameters, as_of: datetime, edition: EditionInForce, tell: Tell) -> Json:
    """The curve of a threshold as JSON data.

    1. Find the cohort, and which of its leads were won, in one query.
    2. Replay it in batches; each lead is counted at the highest threshold that lets it in.
    3. Sum up from the highest threshold down.

    `tell` is called after each batch with the share that is done, from 0 to 1. Raises CountingError when the
    threshold is none that can be moved under `edition`, or the period is empty.
    """
    definition = definition_of(edition)
    gate = _gate(parameters, definition, edition)
    window = window_of(
        parameters.since, parameters.until, as_of, ZoneInfo(edition.document(ReportingDocument).zone)
    )
    cohort = Cohort(window.begins, min(window.ends, as_of), as_of)
    won = CohortLog(cohort).entered_ids(WON)
    count = CurveCount(grid(gate.now, gate.highest))
    for batch in limits(cohort, definition, gate.stage, gate.threshold):
        count.add((limit, lead in won) for lead, limit in batch.limits)
        tell(batch.done)
    basis = Basis(
        as_of=as_of,
        window=window,
        edition=edition.number,
        versions=dict(edition.versions),
        leads=cohort.leads().count(),
        won=len(won) if _has_won(definition) else None,
        whatever=count.whatever,
        not_logged=fields_without_history([definition], [gate.stage]),
    )
    return what_if_result(parameters, gate, count.points(), basis)


def _gate(parameters: WhatIfParameters, definition: Definition, edition: EditionInForce) -> Gate:
    pair = parameters.stage, parameters.threshold
    gates = gates_of(edition)
    if pair not in gates:
        choices = ", ".join(gate_text(*one) for one in gates) or "none"
        raise CountingError("gate", gate_text(*pair), f"Thresholds that can be moved: {choices}.")
    stage, scoring = definition.glossary.stage_by_key[parameters.stage], definition.scoring
    return Gate(
        stage=stage.key,
        name=stage.name,
        short=stage.short,
        threshold=parameters.threshold,
        now=scoring.thresholds[parameters.threshold],
        highest=scoring.total_cap,
    )


def _has_won(definition: Definition) -> bool:
    won = definition.stage(WON)
    return won is not None and won.kind is StageKind.OUTCOME
