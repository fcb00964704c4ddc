"""The curve as rows, for CSV and the terminal."""

from collections.abc import Sequence
from typing import Any

from reporting.engine.conversion_result import Json
from reporting.engine.figures import figure
from reporting.engine.text_table import text_table
from reporting.engine.what_if.words import plain, rate_text, sentence

Result = dict[str, Any]
COLUMNS = (
    "threshold",
    "in_force",
    "volume",
    "per_week",
    "won",
    *(f"{name}_{part}" for name in ("precision", "recall") for part in ("percent", "low", "high", "why_not")),
)
_HEADINGS = ("threshold", "let in", "a week", "won", "precision", "95 % interval", "recall", "95 % interval")


def flat_points(result: Result) -> list[Json]:
    """A row per point with the COLUMNS."""
    return [
        {
            "threshold": plain(point["at"]),
            "in_force": point["at"] == result["now"],
            "volume": point["volume"],
            "per_week": figure(point["per_week"]),
            "won": None if result["won"] is None else point["won"],
            **_flat_rate("precision", point["precision"]),
            **_flat_rate("recall", point["recall"]),
        }
        for point in result["points"]
    ]


def _flat_rate(name: str, rate: Result | None) -> Json:
    return {f"{name}_{part}": rate and rate[part] for part in ("percent", "low", "high", "why_not")}


def rounds(result: Result) -> list[Result]:
    """Every tenth point of the curve, the last one, and the one in force."""
    points: Sequence[Result] = result["points"]
    last = len(points) - 1
    return [
        p for place, p in enumerate(points) if place % 10 == 0 or place == last or p["at"] == result["now"]
    ]


def steps(result: Result) -> list[Result]:
    """The points worth a line: those that let in others than the point above, the ends, and the one in force."""
    points: Sequence[Result] = result["points"]
    shown = []
    for place, point in enumerate(points):
        above = points[place + 1] if place + 1 < len(points) else None
        if place == 0 or above is None or point["at"] == result["now"] or point["volume"] != above["volume"]:
            shown.append(point)
    return shown


def what_if_text(result: Result) -> str:
    """The report for a reader at a terminal."""
    definitions = result["definitions"]
    lines = [
        f"What if: {result['stage']['name']}, threshold {result['threshold']} (in force: {plain(result['now'])})",
        "",
        f"Rule: {result['rule']}",
        f"As of: {result['as_of']} (zone of the report: {result['zone']})",
        f"Definitions: {definitions['words']}; counted with edition {definitions['counted_with_edition']}",
        "",
        sentence(result),
        "",
        *text_table(_HEADINGS, [_cells(point, result["now"]) for point in steps(result)]),
        "",
        "* in force. Thresholds that let in the same leads as the next higher one are left out.",
        *(f"Note: {note}" for note in result["notes"]),
    ]
    return "\n".join(lines)


def _cells(point: Result, now: float) -> list[str]:
    return [
        plain(point["at"]) + (" *" if point["at"] == now else ""),
        f"{point['volume']:,}",
        figure(point["per_week"], 1),
        f"{point['won']:,}",
        *_rate_cells(point["precision"]),
        *_rate_cells(point["recall"]),
    ]


def _rate_cells(rate: Result | None) -> tuple[str, str]:
    interval = f"[{rate['low']}–{rate['high']}]" if rate and rate["percent"] else ""
    return rate_text(rate), interval
