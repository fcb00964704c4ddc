"""The same rows into Concord's own tables: COPY on PostgreSQL, executemany on SQLite, with all indexes."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import psycopg

from benchmarks.back_test.world import TABLES, World

AT_ONCE = 20_000
# How SQLite keeps what it has no type for, as Django writes it.
_AS_SQLITE = {
    "TIMESTAMP": "strftime({0}, '%Y-%m-%d %H:%M:%S.%f')",
    "DATE": "strftime({0}, '%Y-%m-%d')",
    "BOOLEAN": "{0}::INTEGER",
    "DECIMAL(16,2)": "{0}::VARCHAR",
}


def load(world: World, url: str) -> None:
    """Copy the world into the migrated database at `url` (postgres:// or sqlite:///) and gather its statistics."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        _into_sqlite(world, Path(parts.path))
    else:
        _into_postgres(world, url)


def _into_postgres(world: World, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as target, world.connect() as source:
        # Foreign keys are right by construction; the triggers would look up each of them.
        target.execute("SET session_replication_role = replica")
        target.execute("SET timezone = 'UTC'")
        for table in TABLES:
            file = world.path.with_name(f"{table}.csv")
            source.execute(f"COPY {table} TO '{file}' (FORMAT csv, HEADER false, NULLSTR '\\N', QUOTE '\"')")
            names = ", ".join(name for name, _ in _columns(source, table))
            indexes = _postgres_without_indexes(target, table)
            statement = f"COPY {table} ({names}) FROM STDIN (FORMAT csv, NULL '\\N')"
            with file.open("rb") as rows, target.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                while chunk := rows.read(1 << 20):
                    copy.write(chunk)
            file.unlink()
            for again in indexes:
                target.execute(again.encode())
        # After all of it, as autovacuum would in time: of a table just copied it passes over pages still being written.
        target.execute("VACUUM (ANALYZE)")


def _postgres_without_indexes(target: "psycopg.Connection[tuple[str, ...]]", table: str) -> list[str]:
    """Take away the indexes that stand for no constraint, and give the statements that make them anew."""
    found = """SELECT indexname, indexdef FROM pg_indexes
               WHERE tablename = %s AND indexname NOT IN (SELECT conname FROM pg_constraint)"""
    indexes = target.execute(found, [table]).fetchall()
    for name, _ in indexes:
        target.execute(f'DROP INDEX "{name}"'.encode())
    return [statement for _, statement in indexes]


def _into_sqlite(world: World, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as target, world.connect() as source:
        target.execute("PRAGMA synchronous = OFF")
        target.execute("PRAGMA cache_size = -500000")
        for table in TABLES:
            indexes = _sqlite_without_indexes(target, table)
            columns = _columns(source, table)
            names, marks = ", ".join(name for name, _ in columns), ", ".join("?" for _ in columns)
            target.execute("BEGIN")
            for rows in _rows(source, table, columns):
                target.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
            for statement in indexes:
                target.execute(statement)
            target.execute("COMMIT")
        target.execute("ANALYZE")
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _sqlite_without_indexes(target: sqlite3.Connection, table: str) -> list[str]:
    """Take the indexes away, which is quicker than keeping them up, and give the statements that make them anew."""
    found = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
    indexes = target.execute(found, [table]).fetchall()
    for name, _ in indexes:
        target.execute(f'DROP INDEX "{name}"')
    return [statement for _, statement in indexes]


def _rows(
    source: duckdb.DuckDBPyConnection, table: str, columns: list[tuple[str, str]]
) -> Iterator[list[tuple[object, ...]]]:
    wanted = ", ".join(_AS_SQLITE.get(kind, "{0}").format(name) for name, kind in columns)
    source.execute(f"SELECT {wanted} FROM {table} ORDER BY id")
    while rows := source.fetchmany(AT_ONCE):
        yield rows


def _columns(source: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    """(name, type) of each column, in order."""
    return [(row[0], row[1]) for row in source.execute(f"DESCRIBE {table}").fetchall()]
