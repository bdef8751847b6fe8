"""Rows of a Parquet file, a page at a time, by the value rule."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from jobs.engines.sql.sandbox import TYPES_KEY
from jobs.engines.sql.telling import Told, teller
from jobs.engines.sql.texts import literal, shown
from jobs.engines.sql.values import Column

NUMBER = "file_row_number"  # what DuckDB calls the number of a row in its file, unless a column is called so


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a file, in the order of the file."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Told, ...], ...]
    row_count: int
    """Of the whole file."""


def read_page(path: Path, first: int, count: int) -> Page:
    """The rows from number `first`, counted from 0; at most `count` of them.

    Row groups before the page are skipped, so the last page costs what the first one does.

    Raises:
        ValueError: A number is negative.
    """
    if first < 0 or count < 0:
        raise ValueError("a page begins at 0 or later, and has 0 rows or more")
    with open_reader() as connection:
        return read_rows(connection, path, first, count)


def read_rows(connection: duckdb.DuckDBPyConnection, path: Path, first: int, count: int) -> Page:
    """A page, by the engine that is at hand."""
    columns, row_count = _head(connection, path)
    kinds = [duckdb.sqltype(column.type) for column in columns]
    places = [f"c{place}" for place in range(len(columns))]
    values = ", ".join(shown(place, kind) for place, kind in zip(places, kinds, strict=True))
    numbered = NUMBER not in {column.name.lower() for column in columns}
    source = f"read_parquet({literal(str(path))}{f', {NUMBER} = true' if numbered else ''})"
    aliases = ", ".join([*places, "place"] if numbered else places)
    # By its number a row is found in its row group alone; OFFSET would walk through all those before.
    span = f"WHERE place >= {first} AND place < {first + count} ORDER BY place"
    which = span if numbered else f"LIMIT {count} OFFSET {first}"
    found = connection.execute(f"SELECT {values} FROM {source} AS r({aliases}) {which}").fetchall()
    tells = [teller(kind) for kind in kinds]
    rows = tuple(tuple(tell(value) for tell, value in zip(tells, row, strict=True)) for row in found)
    return Page(columns, rows, row_count)


def read_columns(path: Path) -> tuple[Column, ...]:
    """The columns of a file: with the types that were declared when we wrote it, or with those of Parquet."""
    with open_reader() as connection:
        return _head(connection, path)[0]


def open_reader() -> duckdb.DuckDBPyConnection:
    """A cursor for files of ours, to be closed: no statement of a user is ever executed on its engine."""
    return _reader().cursor()


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    # One a process: opening it takes longer than reading a page. Cursors of it may be used side by side.
    connection = duckdb.connect(config={"python_enable_replacements": "false", "threads": "1"})
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def columns_in(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[Column, ...]:
    """The columns of a file, by the engine that is at hand."""
    return _head(connection, path)[0]


def _head(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[tuple[Column, ...], int]:
    file = literal(str(path))
    counted = connection.execute(f"SELECT num_rows FROM parquet_file_metadata({file})").fetchall()
    told = connection.execute(
        f"SELECT decode(value) FROM parquet_kv_metadata({file}) WHERE decode(key) = $1", [TYPES_KEY]
    ).fetchall()
    if told:
        columns = tuple(Column(each, kind) for each, kind in json.loads(told[0][0]))
    else:
        described = connection.execute(f"DESCRIBE FROM read_parquet({file})").fetchall()
        columns = tuple(Column(row[0], row[1]) for row in described)
    return columns, counted[0][0]
