"""The world of the benchmark: leads, behaviours, stage entries and changes, made by DuckDB from hashes.

The same number of leads gives the same rows wherever it runs: each draw is a hash of the lead's number and what is
drawn. The tables have the names and columns of Concord's own, so that one source loads all databases.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.back_test.shape import AS_OF, FIRST, LAST, OWNERS

SQL = Path(__file__).parent / "sql"
TABLES = ("routing_lead", "routing_behaviour", "routing_leadchange", "routing_stageentry")
SCRATCH = ("drawn", "acts", "keen", "path", "steps", "log")
STEPS = ("leads", "behaviours", "changes", "entries", "lead_rows")
THREADS = 2


@dataclass(frozen=True, slots=True)
class World:
    """The DuckDB file that holds the rows."""

    path: Path

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection with as many threads as the comparison allows."""
        return duckdb.connect(str(self.path), config={"threads": THREADS})

    def counts(self) -> dict[str, int]:
        """Rows by table."""
        with self.connect() as db:
            return {table: _count(db, table) for table in TABLES}


def build(path: Path, leads: int) -> World:
    """Make a world of `leads` leads in a new DuckDB file."""
    world = World(path)
    with world.connect() as db:
        variables = {"leads": leads, "owners": OWNERS, "first": FIRST, "last": LAST, "as_of": naive(AS_OF)}
        for name, value in variables.items():
            db.execute(f"SET VARIABLE {name} = ?", [value])
        for step in STEPS:
            db.execute((SQL / f"{step}.sql").read_text(encoding="utf-8"))
        for table in SCRATCH:
            db.execute(f"DROP TABLE {table}")
        db.execute("CHECKPOINT")
    return world


def naive(instant: datetime) -> datetime:
    """An aware instant as DuckDB's TIMESTAMP columns hold it: UTC without saying so."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def _count(db: duckdb.DuckDBPyConnection, table: str) -> int:
    found = db.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
