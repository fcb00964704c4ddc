"""The win/loss check as CSV columns and as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from reporting.engine.text_table import text_table
from reporting.engine.win_loss.asked import POLICY, VALUE

WIDTH = 100
COLUMNS = (
    "criterion_words",
    "where",
    "won_met",
    "won_not_met",
    "won_unknown",
    "lost_met",
    "lost_not_met",
    "lost_unknown",
    "met_in_won",
    "met_in_lost",
    "won_when_met",
    "won_when_not",
    "ratio",
    "low",
    "high",
    "z",
    "p",
    "finding",
    "words",
)
_HEADINGS = ("criterion", "won met", "not met", "lost met", "not met", "unknown", "ratio", "95 % interval")


def flat_lines(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The lines as rows of COLUMNS."""
    for row in result["rows"]:
        yield {**row, "criterion_words": row["label"]}


def win_loss_text(result: dict[str, Any]) -> str:
    """The check for a reader at a terminal: the sentence, the lines, what each means, how it was counted."""
    definitions = result["definitions"]
    lines = [
        "Won and lost: which criteria separate them",
        "",
        *wrap(f"Rule: {result['rule']}", WIDTH),
        f"As of: {result['as_of']} (zone of the report: {result['zone']})",
        f"Definitions: {definitions['words']}; counted with edition {definitions['counted_with_edition']}",
        "",
        *wrap(result["sentence"], WIDTH),
        *_table("By strength of evidence:", _rows(result, POLICY)),
    ]
    if result["field"]:
        lines += _table(f"{result['field']['label']}. {result['field']['how']}", _rows(result, VALUE))
    return "\n".join(
        [*lines, "", *(line for note in result["notes"] for line in wrap(f"Note: {note}", WIDTH))]
    )


def _rows(result: dict[str, Any], group: str) -> list[dict[str, Any]]:
    return [row for row in result["rows"] if row["group"] == group]


def _table(heading: str, rows: Sequence[dict[str, Any]]) -> list[str]:
    if not rows:
        return ["", heading, "(none)"]
    cells = [[row["label"], *_numbers(row), row["ratio_text"], row["interval_text"]] for row in rows]
    said = [f"- {row['label']}: {row['words']}" for row in rows]
    return ["", heading, "", *text_table(_HEADINGS, cells), "", *said]


def _numbers(row: dict[str, Any]) -> list[str]:
    return [f"{row[name]:,}" for name in ("won_met", "won_not_met", "lost_met", "lost_not_met", "unknown")]
