"""What the columns of a table hold, in figures: one pass over its files."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from duckdb.sqltypes import DuckDBPyType

from jobs.engines.sql.failures import Executed, telling
from jobs.engines.sql.sandbox import add_schemas, add_view, full_name, lock, open_engine
from jobs.engines.sql.telling import Told, teller
from jobs.engines.sql.texts import name, shown, stored
from jobs.engines.sql.values import Column, Limits, Table
from jobs.engines.sql.watch import Watch

CHARACTERS = 200  # of a text that is shown as the least or the greatest
ORDERED = {
    *(
        "bigint",
        "boolean",
        "date",
        "decimal",
        "double",
        "enum",
        "float",
        "hugeint",
        "integer",
        "smallint",
        "time",
    ),
    *("timestamp", "timestamp with time zone", "timestamp_ms", "timestamp_ns", "timestamp_s", "tinyint"),
    *("ubigint", "uhugeint", "uinteger", "usmallint", "utinyint", "uuid", "varchar"),
}
"""Types of which a least value says something."""


@dataclass(frozen=True, slots=True)
class Profiling:
    """A table whose columns are to be looked at, and what that may use."""

    table: Table
    limits: Limits = field(default_factory=lambda: Limits(timeout_seconds=25.0))


@dataclass(frozen=True, slots=True)
class Profile:
    """What a column holds. The last three are None where values have no order that people care about.

    `distinct` is an estimate, some 2 % off; texts are cut at 200 characters.
    """

    name: str
    nulls: int
    distinct: int | None
    least: Told
    greatest: Told


def profile(asked: Profiling) -> tuple[Profile, ...]:
    """The columns of a table, in order; to be called in a child process.

    Raises:
        StatementFailed: It takes more memory or time than it may.

    Cost: reads every column of every file, some 0.2 s for a million rows of three columns.
    """
    table = asked.table
    with TemporaryDirectory() as folder, open_engine(asked.limits, Path(folder)) as connection:
        add_schemas(connection, (table,))
        add_view(connection, table)
        lock(connection, table.files)
        kinds = [duckdb.sqltype(column.type) for column in table.columns]
        figures = ["count(*)"]
        for column, kind in zip(table.columns, kinds, strict=True):
            figures += _figures(column, kind)
        sql = f"SELECT {', '.join(figures)} FROM {full_name(table)}"
        with Watch(connection, asked.limits.timeout_seconds), telling(Executed(sql)):
            found = connection.execute(sql).fetchall()[0]
    count, rest = int(found[0]), list(found[1:])
    profiles = []
    for column, kind in zip(table.columns, kinds, strict=True):
        there, distinct, least, greatest = (rest.pop(0) for _ in range(4))
        tell = teller(kind)
        ends = (None if least is None else tell(least), None if greatest is None else tell(greatest))
        profiles.append(Profile(column.name, count - int(there), distinct, *ends))
    return tuple(profiles)


def _figures(column: Column, kind: DuckDBPyType) -> list[str]:
    """SQL of how many values there are, how many different ones, the least and the greatest."""
    value = name(column.name)
    if kind.id not in ORDERED:
        return [f"count({value})", "NULL", "NULL", "NULL"]
    ends = (f"min({value})", f"max({value})")
    if kind.id == "varchar":
        ends = (f"left({ends[0]}, {CHARACTERS})", f"left({ends[1]}, {CHARACTERS})")
    return [
        f"count({value})",
        f"approx_count_distinct({value})",
        *(shown(stored(end, kind), kind) for end in ends),
    ]
