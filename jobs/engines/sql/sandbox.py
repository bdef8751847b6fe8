"""A DuckDB of one statement: it sees the files of its tables, and nothing else of this machine."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from jobs.engines.sql.texts import literal, name, restored, stored
from jobs.engines.sql.values import Column, Limits, Table

FILE_TYPE = "FORMAT parquet, COMPRESSION zstd"
TYPES_KEY = "headwater_types"
UNTYPED = '"NULL"'


def open_engine(limits: Limits, folder: Path) -> duckdb.DuckDBPyConnection:
    """A fresh engine in memory with its limits, not locked yet: nothing of a user is executed before `lock`.

    `folder` is where its temporary files go, which only this statement has.
    """
    connection = duckdb.connect(
        config={
            "allow_community_extensions": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "errors_as_json": "true",
            "memory_limit": f"{limits.memory_bytes}B",
            "python_enable_replacements": "false",
            "threads": str(limits.threads),
        }
    )
    connection.execute(f"SET temp_directory = {literal(str(folder / 'spilled'))}")
    # Given with `config` above it would be shown and not be kept.
    connection.execute(f"SET max_temp_directory_size = '{limits.temp_bytes}B'")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    connection.execute("PRAGMA enable_profiling = 'no_output'")
    return connection


def lock(connection: duckdb.DuckDBPyConnection, files: Iterable[Path]) -> None:
    """Let it reach these files, to read and to write, and nothing else, for ever.

    The order matters: what is allowed cannot be said any more once the outside is closed, and the last line
    closes the settings themselves. The temporary folder stays open: DuckDB allows it by itself.
    """
    allowed = ", ".join(literal(str(file)) for file in files)
    connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def add_schemas(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> None:
    """The schemas of all tables, so that a table is missed where a table is missing, and not its schema."""
    for schema in {table.schema for table in tables} - {"main"}:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name(schema)}")


def add_view(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """A table as a view of its files: nothing is read before the statement does."""
    connection.execute(f"CREATE VIEW {full_name(table)} AS {rows_of(table)}")


def add_copy(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """A table with the rows of its files, to be changed."""
    connection.execute(f"CREATE TABLE {full_name(table)} AS {rows_of(table)}")


def add_empty(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """A table with its columns and no rows."""
    columns = ", ".join(f"{name(column.name)} {column.type}" for column in table.columns)
    connection.execute(f"CREATE TABLE {full_name(table)} ({columns})")


def rows_of(table: Table) -> str:
    """SQL that reads a table's files as the types that it declares."""
    kinds = {column.name: duckdb.sqltype(column.type) for column in table.columns}
    if not table.files:
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {name(each)}" for each, kind in kinds.items())
        return f"SELECT {nothing} WHERE false"
    values = ", ".join(
        value if (value := restored(name(each), kind)) == name(each) else f"{value} AS {name(each)}"
        for each, kind in kinds.items()
    )
    files = ", ".join(literal(str(file)) for file in table.files)
    return f"SELECT {values} FROM read_parquet([{files}])"


def full_name(table: Table) -> str:
    """Its name in SQL, with its schema."""
    return f"{name(table.schema)}.{name(table.name)}"


def copying(columns: Sequence[Column], to: Path, limit: int | None = None) -> tuple[str, str]:
    """SQL before and behind a source, which writes its rows to a Parquet file, stored, with declared types.

    Args:
        columns: Of the source, by position.
        to: A file that the engine may reach.
        limit: How many rows at most.
    """
    places = [f"c{place}" for place in range(len(columns))]
    values = ", ".join(
        f"{_kept(place, column.type)} AS {name(column.name)}"
        for place, column in zip(places, declared(columns), strict=True)
    )
    bound = "" if limit is None else f" LIMIT {limit}"
    types = literal(json.dumps([[column.name, column.type] for column in declared(columns)]))
    form = f"{FILE_TYPE}, KV_METADATA {{{TYPES_KEY}: {types}}}"
    return (
        f"COPY (SELECT {values} FROM ",
        f" AS r({', '.join(places)}){bound}) TO {literal(str(to))} ({form})",
    )


def declared(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Columns as a table has them: no two names are equal, and a NULL without a type is an INTEGER."""
    names = unique([column.name for column in columns])
    return tuple(
        Column(each, "INTEGER" if column.type == UNTYPED else column.type)
        for each, column in zip(names, columns, strict=True)
    )


def _kept(value: str, type_name: str) -> str:
    # Costs nothing for what is an INTEGER, and gives one to a NULL that has no type.
    return f"CAST({value} AS INTEGER)" if type_name == "INTEGER" else stored(value, duckdb.sqltype(type_name))


def unique(names: Sequence[str]) -> list[str]:
    """Names of which no two are equal, whatever their case: a later one gets a number behind it."""
    taken: set[str] = set()
    found = []
    for each in names:
        free, count = each, 1
        while free.lower() in taken:
            free, count = f"{each}_{count}", count + 1
        taken.add(free.lower())
        found.append(free)
    return found
