"""The chart of a curve: bars of the volume, lines of precision and recall, marks at two thresholds."""

from typing import Any

from reporting.engine.what_if.words import plain, sentence

Result = dict[str, Any]
CHOSEN = "chosen"


def what_if_chart(result: Result, chosen: int) -> dict[str, Any] | None:
    """The chart with marks at the threshold in force and at the point of place `chosen`; None without leads."""
    points = result["points"]
    if not points[0]["volume"]:
        return None
    labels = [plain(point["at"]) for point in points]
    now = next(place for place, point in enumerate(points) if point["at"] == result["now"])
    bars = {
        "label": f"Leads that become {result['stage']['short']} (left)",
        "data": [point["volume"] for point in points],
        "tone": "second",
    }
    lines = [
        {
            "label": f"{words} (right)",
            "data": [_share(point[name]) for point in points],
            "tone": tone,
            **_RIGHT,
        }
        for name, words, tone in (
            ("precision", "Precision: won of those let in", "good"),
            ("recall", "Recall: let in of all won", "warn"),
        )
    ]
    return {
        "type": "bar",
        "title": sentence(result),
        "x": f"Threshold “{result['threshold']}”",
        "y": "Leads",
        "right": {"title": "Share", "percent": True},
        "labels": labels,
        "datasets": [bars] if result["won"] is None else [bars, *lines],
        "marks": [
            {"name": "now", "at": now, "label": f"in force: {labels[now]}"},
            {"name": CHOSEN, "at": chosen, "label": f"chosen: {labels[chosen]}"},
        ],
    }


_RIGHT = {"type": "line", "right": True}


def _share(rate: Result | None) -> float | None:
    return rate["n"] / rate["of"] if rate and rate["percent"] else None
