"""The graph that was planted in a SQLite file, moved into PostgreSQL."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

TABLES = (
    "sources",
    "definitions",
    "statements",
    "revisions",
    "assets",
    "columns",
    "edges",
    "asset_facts",
    "column_facts",
    "evidence",
)
BATCH = 10_000  # rows read at once
# Nobody else is there yet: keys are checked by nobody, and indexes are made when all rows are in.
QUICKLY = "SET session_replication_role = replica; SET maintenance_work_mem = '512MB'; SET TimeZone = 'UTC'"
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)
AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def transplant(file: Path, url: str) -> None:
    """Copy a planted file into a migrated database in which nothing is yet but its workspaces."""
    with (
        contextlib.closing(sqlite3.connect(file)) as planted,
        psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as database,
    ):
        database.execute(QUICKLY)
        indexes: dict[str, str] = dict(database.execute(INDEXES, (list(TABLES),)).fetchall())
        for name in indexes:
            database.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        for table in TABLES:
            _copy(planted, database, table)
        for made in indexes.values():
            database.execute(made)
        database.execute("UPDATE workspaces SET head = 1 WHERE name = 'main'")
        database.execute("VACUUM ANALYZE")


def _copy(planted: sqlite3.Connection, database: psycopg.Connection, table: str) -> None:
    rows = planted.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in rows.description]
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with database.cursor() as cursor, cursor.copy(copy) as target:
        for row in _rows(rows):
            target.write_row(row)


def _rows(rows: sqlite3.Cursor) -> Iterator[tuple[str | None, ...]]:
    """Rows as text, of which PostgreSQL makes what its columns hold."""
    while batch := rows.fetchmany(BATCH):
        yield from (tuple(None if value is None else str(value) for value in row) for row in batch)
