"""Short ways to write down a lead's story as stage entries, and the line they are counted along."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from reporting.engine.entries import Entry
from reporting.engine.rule import ConversionRule
from reporting.engine.stage_line import Stage, StageLine

DAY_0 = datetime(2026, 1, 5, tzinfo=UTC)
LINE = StageLine(
    [
        Stage("lead", "funnel", 1),
        Stage("mql", "funnel", 2),
        Stage("sal", "funnel", 3),
        Stage("sql", "funnel", 4),
        Stage("opportunity", "funnel", 5),
        Stage("won", "outcome", 6),
        Stage("lost", "outcome", 6),
        Stage("recycled", "detour", 8),
        Stage("disqualified", "detour", 9),
        Stage("partner", "detour", None),
    ]
)


def on_day(day: float) -> datetime:
    """The instant so many days after the start."""
    return DAY_0 + timedelta(days=day)


def story(lead: int, *steps: tuple[str, float], values: tuple[str, ...] = (), **more: Any) -> list[Entry]:
    """A lead's entries, from pairs of stage and day; every entry into mql after a recycling opens a pass."""
    entries, number, recycled = [], 1, False
    for stage, day in steps:
        number += recycled and stage != "recycled"
        recycled = stage == "recycled"
        entries.append(Entry(lead, stage, on_day(day), pass_number=number, values=values, **more))
    return entries


def rule(from_stage: str = "mql", to_stage: str = "sql", **more: Any) -> ConversionRule:
    """A rule in UTC, as of a year after the start, that shows every rate unless said otherwise."""
    given: dict[str, Any] = {
        "as_of": on_day(365),
        "zone": ZoneInfo("UTC"),
        "at_least": 1,
        "mature_percent": 0,
    } | more
    return ConversionRule(from_stage=from_stage, to_stage=to_stage, **given)


def olist_entries(folder: Path) -> Iterator[Entry]:
    """The real leads as entries: 'mql' on a date, 'won' at an instant, with the source as dimension."""
    with (folder / "olist_closed_deals_dataset.csv").open(newline="", encoding="utf-8") as file:
        won = {row["mql_id"]: row["won_date"] for row in csv.DictReader(file)}
    leads = folder / "olist_marketing_qualified_leads_dataset.csv"
    with leads.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            values = (row["origin"],)
            contact = datetime.fromisoformat(row["first_contact_date"]).replace(tzinfo=UTC)
            yield Entry(row["mql_id"], "mql", contact, date_only=True, values=values)
            if row["mql_id"] in won:
                closed = datetime.fromisoformat(won[row["mql_id"]]).replace(tzinfo=UTC)
                yield Entry(row["mql_id"], "won", closed, values=values)
