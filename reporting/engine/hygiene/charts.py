"""Charts of the hygiene report: what the gaps cost by field, and how a field does over the months."""

from collections.abc import Sequence
from typing import Any

MOST_BARS = 8


def cost_chart(result: dict[str, Any]) -> dict[str, Any] | None:
    """Bars of held-back leads for the fields that cost most; None where no gap holds anybody back."""
    costly = [field for field in by_cost(result["fields"]) if field["only"] or field["among"]][:MOST_BARS]
    if not costly:
        return None
    return {
        "type": "bar",
        "title": result["sentence"],
        "x": "Leads held back",
        "y": "",
        "labels": [field["label"] for field in costly],
        "datasets": [
            {"label": "only by it", "data": [field["only"] for field in costly], "tone": "bad"},
            {"label": "by it among others", "data": [field["among"] for field in costly], "tone": "warn"},
        ],
        "stacked": True,
        "horizontal": True,
    }


def month_chart(label: str, months: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Bars of the shares filled and valid by month of capture; None below two months."""
    if len(months) < 2:
        return None
    first, last = months[0], months[-1]
    return {
        "type": "bar",
        "title": (
            f"{label} is valid in {last['valid']:,} of {last['leads']:,} leads captured in {last['label']}; "
            f"in {first['label']} in {first['valid']:,} of {first['leads']:,}."
        ),
        "x": "Month of capture",
        "y": "Share of leads",
        "labels": [row["label"] for row in months],
        "datasets": [
            {"label": "filled", "data": [row["filled_share"] for row in months], "tone": "accent"},
            {"label": "valid", "data": [row["valid_share"] for row in months], "tone": "good"},
        ],
        "percent": True,
    }


def by_cost(fields: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields, those that cost most first, otherwise in the order of the contract."""
    return sorted(fields, key=lambda field: (-field["only"], -field["among"]))
