"""The question as an analyst puts it to DuckDB: the whole answer in one statement."""

from datetime import UTC, datetime, time, timedelta
from time import perf_counter
from typing import NamedTuple

import duckdb

from benchmarks.back_test.world import AS_OF, SINCE, SQL, UNTIL, World, naive
from routing.engine.free_mail import FREE_MAIL_DOMAINS

KINDS = {(True, True): "both", (False, True): "gained", (True, False): "lost", (False, False): "neither"}


class Cell(NamedTuple):
    """Leads of one source that came out alike, and how many of them were won."""

    leads: int
    won: int


Matrix = dict[tuple[str, str], Cell]
"""By (source, kind); a combination that nobody has is left out."""


def prepare(world: World) -> duckdb.DuckDBPyConnection:
    """A connection that can be asked: the window as variables, the free-mail domains as a table."""
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
    return db


def changed_later(db: duckdb.DuckDBPyConnection) -> list[str]:
    """The fields that the log holds changes of: the statement is written for `industry` alone."""
    return [
        name for (name,) in db.execute("SELECT DISTINCT field FROM routing_leadchange ORDER BY 1").fetchall()
    ]


def ask(db: duckdb.DuckDBPyConnection) -> tuple[Matrix, float]:
    """The matrix by source, and the seconds it took."""
    statement = (SQL / "question.sql").read_text(encoding="utf-8")
    begin = perf_counter()
    rows = db.execute(statement).fetchall()
    taken = perf_counter() - begin
    matrix = {(source, KINDS[before, after]): Cell(leads, won) for source, before, after, leads, won in rows}
    return matrix, taken
