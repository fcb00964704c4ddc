"""The chart of a win/loss check: the share won with and without, for the lines with the strongest evidence."""

from __future__ import annotations

from typing import Any

MOST_BARS = 8


def win_loss_chart(result: dict[str, Any]) -> dict[str, Any] | None:
    """Bars of the share won among leads that meet a criterion and among those that do not; None without any."""
    rows = [row for row in result["rows"] if row["compared"]][:MOST_BARS]
    if not rows:
        return None
    return {
        "type": "bar",
        "title": f"Share won with and without, {result['period']}: the strongest evidence first.",
        "x": "Share won of decided leads",
        "y": "",
        "labels": [row["label"] for row in rows],
        "datasets": [
            {
                "label": "leads that meet it",
                "data": [row["won_when_met"] for row in rows],
                "tone": "accent",
            },
            {
                "label": "leads that do not",
                "data": [row["won_when_not"] for row in rows],
                "tone": "quiet",
            },
        ],
        "percent": True,
        "horizontal": True,
    }
