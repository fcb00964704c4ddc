"""A stored result as pages and the terminal show it: sentences, charts, and rows that put both sides together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reporting.engine.back_test.tally import DIMENSIONS

Row = dict[str, Any]
CELLS = ("both", "gained", "lost", "neither")


@dataclass(frozen=True, slots=True)
class ShownStage:
    """One stage of a result.

    Attributes:
        data: as it is stored.
        sentence: what the change does to it.
        reached: what came after, and the rates of both sides.
        tables: heading and rows by dimension; each row with the parts of its matrix.
        chart: of its months, None where there is nothing to compare.
    """

    data: Row
    sentence: str
    worth: str
    reached: Sequence[Row]
    tables: Sequence[tuple[str, Sequence[Row]]]
    chart: Row | None


def shown_stages(result: Row) -> list[ShownStage]:
    """The stages of a result, in the order of the funnel."""
    return [
        ShownStage(
            stage,
            sentence(stage),
            worth(stage),
            reached_rows(stage),
            [(name.capitalize(), stage["by"][name]) for name in DIMENSIONS],
            months_chart(stage),
        )
        for stage in result["stages"]
    ]


def sentence(stage: Row) -> str:
    """How many leads would have been in a stage, then and now."""
    before, after = stage["before"], stage["after"]
    could = "could have been moved to" if stage["confirms"] else "would have been"
    return (
        f"{before['n']:,} leads {could} {stage['short']} under the definition in force, {after['n']:,} under the "
        f"proposed one: {stage['gained']['n']:,} gained, {stage['lost']['n']:,} lost "
        f"({before['per_week']:,.1f} → {after['per_week']:,.1f} per week)."
    )


def worth(stage: Row) -> str:
    """How many of them were won, then and now."""
    before, after = (stage[side]["precision"] for side in ("before", "after"))
    return f"Won: {rate_words(before)} before, {rate_words(after)} after."


def rate_words(rate: Row) -> str:
    """A rate with its counts, or the counts and why there is no rate."""
    counts = f"{rate['n']:,} of {rate['of']:,}"
    if rate["percent"] is None:
        return f"{counts} ({rate['why_not']})"
    return f"{rate['percent']} % [{rate['low']}–{rate['high']}], {counts}"


def reached_rows(stage: Row) -> list[Row]:
    """Each later stage with the rates of both sides."""
    pairs = zip(stage["before"]["reached"], stage["after"]["reached"], strict=True)
    return [{"name": before["name"], "before": before, "after": after} for before, after in pairs]


def months_chart(stage: Row) -> Row | None:
    """Bars of the openings by month, both sides beside each other; None below two months."""
    months = stage["months"]
    if len(months) < 2:
        return None
    return {
        "type": "bar",
        "title": f"Leads by the month in which they would have become {stage['short']}.",
        "x": "Month",
        "y": "Leads",
        "labels": [month["label"] for month in months],
        "datasets": [
            {"label": "in force", "data": [month["before"] for month in months], "tone": "quiet"},
            {"label": "proposed", "data": [month["after"] for month in months], "tone": "accent"},
        ],
    }
