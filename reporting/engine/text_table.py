"""Reports as plain text for the terminal: aligned columns, and around them everything that must be said."""

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]
GAP = "  "


def text_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: the first column to the left, all others to the right, a rule below the headings."""
    widths = [max(len(line[place]) for line in (headings, *rows)) for place in range(len(headings))]
    lines = [_line(headings, widths), GAP.join("-" * width for width in widths)]
    return lines + [_line(row, widths) for row in rows]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return GAP.join((first, *rest)).rstrip()


def conversion_text(result: Row) -> str:
    """The conversion report for a reader at a terminal."""
    question = result["question"]
    headings = (
        question["by"],
        "entered",
        "mature",
        "immature",
        "converted",
        "rate %",
        "95 % interval",
        "median d",
        "p75 d",
        "activity %",
    )
    rows = [*result["rows"]] if question["by"] != "total" else []
    totals = [result["total"], result["total_without_truncated"]]
    lines = [
        f"Conversion {result['from_name']} → {result['to_name']}",
        "",
        *_about(result),
        f"Window: {_window(result['window_days'])}",
        f"Basis: {result['basis']['key']}. {result['basis']['words']}",
        "",
        *text_table(headings, [_conversion_cells(row) for row in (*rows, *totals)]),
        "",
        *_legend(result),
        "Reconciliation:",
        *(f"  {row['label']}: {row['reconciliation']}" for row in (*rows, *totals)),
        *(_by_pass(result["by_pass"])),
        *_notes(result),
    ]
    return "\n".join(lines)


def sla_text(result: Row) -> str:
    """The SLA report for a reader at a terminal."""
    headings = (
        result["question"]["by"],
        "met",
        "late",
        "overdue",
        "rate %",
        "95 % interval",
        "pending",
        "void",
        "p50",
        "p75",
        "p90",
    )
    rows = [*result["rows"], result["total"]]
    lines = [
        "SLA attainment",
        "",
        *_about(result),
        "",
        *text_table(headings, [_sla_cells(row) for row in rows]),
        "",
        "Percentiles are business time. n/a: too few clocks to say.",
        "Reconciliation:",
        *(f"  {row['label']}: {row['reconciliation']}" for row in rows),
        *_notes(result),
    ]
    return "\n".join(lines)


def _about(result: Row) -> list[str]:
    definitions = result["definitions"]
    return [
        f"Rule: {result['rule']}",
        f"As of: {result['as_of']} (zone of the report: {result['zone']})",
        f"Definitions covered: {definitions['words']}; counted with edition {definitions['counted_with_edition']}",
    ]


def _window(days: int | None) -> str:
    return f"{days} days of 24 hours" if days else "none"


def _conversion_cells(row: Row) -> list[str]:
    return [
        row["label"] + (" *" if row["left_truncated"] else ""),
        *(f"{row[name]:,}" for name in ("entered", "mature", "immature", "converted")),
        row["rate_percent"] or row["why_not"],
        f"[{row['low_percent']}–{row['high_percent']}]" if row["interval"] else "",
        row["median_text"],
        row["p75_text"],
        row["activity_percent"],
    ]


def _sla_cells(row: Row) -> list[str]:
    return [
        row["label"],
        *(f"{row[name]:,}" for name in ("met", "late", "overdue")),
        row["rate_percent"] or "n/a",
        f"[{row['low_percent']}–{row['high_percent']}]" if row["interval"] else "",
        *(f"{row[name]:,}" for name in ("pending", "void")),
        *(row["business"][f"{name}_text"] for name in ("p50", "p75", "p90")),
    ]


def _legend(result: Row) -> list[str]:
    marked = any(row["left_truncated"] for row in [*result["rows"], result["total"]])
    legend = [f"* left-truncated: began before {result['first_outcome_on']} (first recorded outcome)"]
    return [
        *(legend if marked else []),
        "activity %: entries into the to-stage per entry into the from-stage in the period; no conversion.",
        "",
    ]


def _by_pass(row: Row | None) -> list[str]:
    if row is None:
        return []
    rate = f"{row['rate_percent']} %" if row["rate_percent"] else row["why_not"]
    return [f"By pass (beside the headline by lead): {row['converted']:,} of {row['mature']:,}, {rate}"]


def _notes(result: Row) -> list[str]:
    return [f"Note: {note}" for note in result["notes"]]
