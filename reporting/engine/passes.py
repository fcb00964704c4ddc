"""Conversion by pass: stands beside the headline by lead, where recycled leads come round more than once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reporting.engine.entries import Entry, histories, passes
from reporting.engine.errors import CountingError
from reporting.engine.funnel import ConversionResult, count_histories
from reporting.engine.rule import ConversionRule
from reporting.engine.stage_line import StageLine


def count_by_pass(
    entries: Iterable[Entry], line: StageLine, rule: ConversionRule, dimensions: Sequence[str] = ()
) -> ConversionResult:
    """Count each pass of each lead as one unit; arguments, limits and errors as `funnel.count_conversion`.

    A pass is in the cohort by its own first entry into the from-stage and converted by an entry of the same
    pass; `median_days` and `p75_days` are days within the pass. Raises CountingError when counting from a
    detour: what follows a recycling happens in the next pass, so recovery is counted by lead.
    """
    line.stage(rule.from_stage, "from_stage")
    if line.is_detour(rule.from_stage):
        remedy = "What follows a detour is in another pass; count from it by lead instead."
        raise CountingError("from_stage", rule.from_stage, remedy)
    units = (one for history in histories(entries) for one in passes(history, line.recycled))
    return count_histories(units, line, rule, dimensions)
