"""Reports as CSV: a heading row, then one line per row and total; cells that no spreadsheet computes."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from reporting.engine.what_if.tables import COLUMNS as WHAT_IF_COLUMNS
from reporting.engine.what_if.tables import flat_points
from reporting.engine.win_loss.tables import COLUMNS as WIN_LOSS_COLUMNS
from reporting.engine.win_loss.tables import flat_lines
from routing.engine.export_cells import neutralise

CONVERSION_COLUMNS = (
    "row",
    "entered",
    "mature",
    "immature",
    "converted",
    "rate_percent",
    "low_percent",
    "high_percent",
    "rate",
    "why_not",
    "timed",
    "median_days",
    "p75_days",
    "negative_durations",
    "advanced",
    "recycled",
    "disqualified",
    "other_outcome",
    "other_detour",
    "still_open",
    "voided",
    "immature_converted",
    "late",
    "skipped",
    "from_entries",
    "to_entries",
    "activity_percent",
    "left_truncated",
)
SLA_COLUMNS = (
    "row",
    "met",
    "late",
    "overdue",
    "counted",
    "rate_percent",
    "low_percent",
    "high_percent",
    "rate",
    "pending",
    "void",
    "flagged",
    "timed",
    "zero",
    "p50",
    "p75",
    "p90",
    "p50_wall",
    "p75_wall",
    "p90_wall",
)
_TOTALS = ("total", "total_without_truncated")


def csv_text(result: dict[str, Any]) -> str:
    """The table of a report; lines end with CR LF as RFC 4180 says."""
    columns, rows = _table(result)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(row[name]) for name in columns] for row in rows)
    return out.getvalue()


def _table(result: dict[str, Any]) -> tuple[Sequence[str], Iterable[dict[str, Any]]]:
    """Columns and flat rows of a report."""
    if result["kind"] == "what_if":
        return WHAT_IF_COLUMNS, flat_points(result)
    if result["kind"] == "win_loss":
        return WIN_LOSS_COLUMNS, flat_lines(result)
    rows = [*result["rows"], *(result[name] for name in _TOTALS if name in result)]
    flat = ({**row, **_flat_percentiles(row), "row": row["label"]} for row in rows)
    return SLA_COLUMNS if result["kind"] == "sla" else CONVERSION_COLUMNS, flat


def _flat_percentiles(row: dict[str, Any]) -> dict[str, Any]:
    if "business" not in row:
        return {}
    names = ("p50", "p75", "p90")
    business = {name: row["business"][name] for name in names}
    return business | {f"{name}_wall": row["wall"][name] for name in names}


def cell(value: object) -> str:
    """A value as a spreadsheet shows it: nothing for None, yes and no, texts that it never computes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    # A number is no formula, not even a negative one.
    return neutralise(value) if isinstance(value, str) else str(value)
