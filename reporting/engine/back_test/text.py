"""A back-test for a reader at a terminal, and its rows by dimension as CSV."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from reporting.engine.back_test.shown import CELLS, rate_words, reached_rows, sentence
from reporting.engine.back_test.tally import DIMENSIONS
from reporting.engine.csv_table import cell
from reporting.engine.text_table import text_table

Row = dict[str, Any]
COLUMNS = ("stage", "by", "value", "leads", "won", *CELLS, *(f"{name}_won" for name in CELLS))
NO_STAGE = (
    "The gate of no funnel stage comes out otherwise. What reps confirm, the moves between stages, and stages beside "
    "the funnel are not replayed."
)
_HEADINGS = ("leads", "won", *CELLS, "conversion before", "conversion after")


def back_test_text(result: Row) -> str:
    """The whole result as lines."""
    lines = [
        f"Back-test: {result['before']['label']} → {result['after']['label']}",
        "",
        f"Window: {result['since']} to {result['until']} ({result['zone']}), {result['weeks']} weeks",
        f"As of: {result['as_of']}",
        f"Cohort: {result['leads']:,} leads, {result['won']:,} won; {result['judged']:,} replayed one by one",
        *(line for stage in result["stages"] for line in _stage(stage)),
        *([] if result["stages"] else ["", NO_STAGE]),
        "",
        "Rule:",
        *(f"  {line}" for line in result["rule"]),
    ]
    return "\n".join(lines)


def back_test_csv(result: Row) -> str:
    """A line per stage and value of each dimension; lines end with CR LF as RFC 4180 says."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for stage in result["stages"]:
        for dimension in DIMENSIONS:
            for row in stage["by"][dimension]:
                counts = [row["matrix"][name][part] for part in ("n", "won") for name in CELLS]
                values = (stage["key"], dimension, row["label"], row["leads"], row["won"], *counts)
                writer.writerow([cell(value) for value in values])
    return out.getvalue()


def _stage(stage: Row) -> Iterator[str]:
    yield from ("", stage["name"], f"  {sentence(stage)}")
    if stage["confirms"]:
        yield f"  Confirmed by a rep, and not replayed: {', '.join(stage['confirms'])}"
    yield f"  By the log {stage['entered']:,} of the cohort entered it."
    for name in ("precision", "recall"):
        before, after = (rate_words(stage[side][name]) for side in ("before", "after"))
        yield f"  {name.capitalize()}: {before} → {after}"
    for row in reached_rows(stage):
        yield f"  {row['name']}: {rate_words(row['before'])} → {rate_words(row['after'])}"
    for moved in ("gained", "lost"):
        ends = [f"{end['name'] or 'nothing beyond'} {end['n']:,}" for end in stage[moved]["became"]]
        yield f"  {moved.capitalize()} {stage[moved]['n']:,}{': ' if ends else ''}{', '.join(ends)}"
    for dimension in DIMENSIONS:
        rows = [_cells(row) for row in stage["by"][dimension]]
        if rows:
            yield ""
            yield from (f"  {line}" for line in text_table((dimension, *_HEADINGS), rows))
    yield from _teams(stage)


def _cells(row: Row) -> list[str]:
    counts = [f"{row['matrix'][name]['n']:,}" for name in CELLS]
    rates = [rate_words(row[name]) for name in ("conversion_before", "conversion_after")]
    return [row["label"], f"{row['leads']:,}", f"{row['won']:,}", *counts, *rates]


def _teams(stage: Row) -> Iterator[str]:
    if not stage["teams"]:
        return
    headings = ("team", "before", "after", "per week before", "per week after", "difference per week")
    names = ("before_per_week", "after_per_week", "difference_per_week")
    rows = [
        [row["label"], f"{row['before']:,}", f"{row['after']:,}", *(f"{row[name]:,.2f}" for name in names)]
        for row in stage["teams"]
    ]
    yield ""
    yield from (f"  {line}" for line in text_table(headings, rows))
    if stage["sla"]:
        yield f"  Promises that hang on it: {', '.join(stage['sla'])}"
