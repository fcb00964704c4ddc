"""The question as an analyst puts it to DuckDB: the whole answer in one statement."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from time import perf_counter
from typing import NamedTuple
from zoneinfo import ZoneInfo

import duckdb

from benchmarks.back_test.shape import AS_OF, SINCE, UNTIL, ZONE
from benchmarks.back_test.world import SQL, World, naive
from routing.engine.free_mail import FREE_MAIL_DOMAINS


class Cell(NamedTuple):
    """Leads that came out alike, and how many of them were won."""

    leads: int
    won: int


Matrix = dict[tuple[str, str], Cell]
"""By (value, kind); the kinds are both, gained, lost and neither. A combination that nobody has is left out."""


@dataclass(slots=True)
class Answer:
    """All that a back-test tells of a stage.

    Attributes:
        by: source, region, segment → matrix.
        teams: (team, kind) → leads that open the stage.
        became: (furthest stage, kind) → such leads; Concord tells it of those gained or lost.
        months: (month, before or after) → openings.
        reached: (stage, before or after) → leads that open the stage and came as far, as Concord stored them.
        moved: (lead, kind, furthest stage, microseconds since 1970 at which it opened) of those gained or lost.
        entered: leads that entered the stage by the log.
    """

    by: dict[str, Matrix] = field(default_factory=lambda: {"source": {}, "region": {}, "segment": {}})
    teams: dict[tuple[str, str], int] = field(default_factory=dict)
    became: dict[tuple[str, str], int] = field(default_factory=dict)
    months: dict[tuple[str, str], int] = field(default_factory=dict)
    reached: dict[tuple[str, str], int] = field(default_factory=dict)
    moved: set[tuple[int, str, str, int]] = field(default_factory=set)
    entered: int = 0


def prepare(world: World) -> duckdb.DuckDBPyConnection:
    """A connection that can be asked: the window as variables, free-mail domains and months as tables."""
    db = world.connect()
    midnight = time(0, tzinfo=UTC)
    variables = {
        "since": naive(datetime.combine(SINCE, midnight)),
        "until": naive(datetime.combine(UNTIL + timedelta(days=1), midnight)),
        "as_of": naive(AS_OF),
    }
    for name, value in variables.items():
        db.execute(f"SET VARIABLE {name} = ?", [value])
    db.execute(
        "CREATE OR REPLACE TEMP TABLE free_mail AS SELECT unnest(?::VARCHAR[]) AS domain",
        [[*FREE_MAIL_DOMAINS]],
    )
    db.execute("CREATE OR REPLACE TEMP TABLE months (month VARCHAR, begins TIMESTAMP)")
    db.executemany("INSERT INTO months VALUES (?, ?)", list(_months()))
    return db


def _months() -> list[tuple[str, datetime]]:
    """The months of the window and the two after it, with their first instants in the reporting zone."""
    first = SINCE.year * 12 + SINCE.month - 1
    starts = [
        datetime(place // 12, place % 12 + 1, 1, tzinfo=ZoneInfo(ZONE)) for place in range(first, first + 14)
    ]
    return [(f"{start:%Y-%m}", naive(start)) for start in starts]


def ask(db: duckdb.DuckDBPyConnection) -> tuple[Answer, float]:
    """The whole answer, and the seconds it took."""
    begin = perf_counter()
    rows = db.execute(_statement("whole")).fetchall()
    taken = perf_counter() - begin
    answer = Answer()
    for by, value, kind, leads, won, entered in rows:
        if by in answer.by:
            answer.by[by][value, kind] = Cell(leads, won)
        elif by == "moved":
            answer.moved.add((leads, kind, value, won))
        elif by == "month":
            answer.months[value, kind] = leads
        elif kind != "neither":
            (answer.teams if by == "team" else answer.became)[value, kind] = leads
        answer.entered += entered if by == "source" else 0
    return answer, taken


def ask_for_matrix(db: duckdb.DuckDBPyConnection) -> tuple[Matrix, float]:
    """The matrix by source alone, and the seconds it took."""
    begin = perf_counter()
    rows = db.execute(_statement("matrix")).fetchall()
    taken = perf_counter() - begin
    return {(source, kind): Cell(leads, won) for source, kind, leads, won in rows}, taken


def _statement(ending: str) -> str:
    return (SQL / "opened.sql").read_text(encoding="utf-8") + (SQL / f"{ending}.sql").read_text(
        encoding="utf-8"
    )
