"""What goes into a query, and what comes out of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

Params = Sequence[object] | Mapping[str, object]
"""For `?` and `$1` a sequence, for `$name` a mapping; values as JSON has them."""

Progress = float | None
"""A fraction between 0 and 1, or None while the engine cannot tell."""


NAME = re.compile(r"(?:([A-Za-z_]\w{0,127})\.)?([A-Za-z_]\w{0,127})", re.ASCII)
NAME_HINT = "A name has letters, digits and `_`, and begins with no digit; a schema may stand before it."


def split_name(text: str) -> tuple[str, str] | None:
    """Schema and name of a table that people name outside of SQL; None if this is no name.

    >>> split_name("trips"), split_name("shop.sales"), split_name("a.b.c")
    (('main', 'trips'), ('shop', 'sales'), None)
    """
    found = NAME.fullmatch(text)
    return (found[1] or "main", found[2]) if found else None


class Engine(StrEnum):
    """Where a statement runs."""

    DUCKDB = "duckdb"
    """Beside the worker, over the tables of the workspace."""
    CLICKHOUSE = "clickhouse"
    """On a ClickHouse, over what that has."""


class Kind(StrEnum):
    """What a statement does."""

    SELECT = "select"
    CREATE = "create"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    ALTER = "alter"
    DROP = "drop"


class Act(StrEnum):
    """What is to be done with the table that a statement wrote."""

    CREATE = "create"
    """It is new, or stands in the place of the one of its name: its rows are those of `files` alone."""
    APPEND = "append"
    """`files` come behind the files that it has."""
    REPLACE = "replace"
    """`files` take the place of all files that it has; its columns may be others."""
    RENAME = "rename"
    """It has another name, and the same files."""
    DROP = "drop"
    """It goes."""
    NOTHING = "nothing"
    """All is as it was: IF EXISTS or IF NOT EXISTS decided so, or no row was touched."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its type, as DuckDB spells it."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a statement may name: its rows are those of its files, in their order.

    The files hold what `store` makes of the types of `columns`, which is what this engine writes.
    """

    name: str
    columns: tuple[Column, ...]
    files: tuple[Path, ...] = ()
    schema: str = "main"

    def __post_init__(self) -> None:
        if not self.name or not self.schema or not self.columns:
            raise ValueError("a table has a name, a schema and a column at least")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one statement may use. Whoever runs it in a child gives that child some more."""

    memory_bytes: int = 1 << 30
    threads: int = 2
    temp_bytes: int = 4 << 30
    """Of the disk, for what does not fit into memory."""
    timeout_seconds: float = 300.0
    rows: int = 1_000_000
    """Of a result; what a statement writes into a table has no limit but memory and disk."""
    columns: int = 4_096
    sql_bytes: int = 1 << 20

    def __post_init__(self) -> None:
        whole = (self.memory_bytes, self.threads, self.temp_bytes, self.rows, self.columns, self.sql_bytes)
        if min(whole) < 1 or self.timeout_seconds <= 0:
            raise ValueError("a limit must be more than zero")


@dataclass(frozen=True, slots=True)
class Query:
    """One statement over these tables and no other; its rows go to `output`, a Parquet file that is not there.

    The folder of `output` is the statement's own: it keeps its temporary files there.
    """

    sql: str
    output: Path
    tables: tuple[Table, ...] = ()
    params: Params = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class PlanNode:
    """One operator of the way in which a statement was executed, or would be."""

    operator: str
    details: tuple[tuple[str, str], ...] = ()
    """What the operator does, in pairs of key and text; no path of a file is among them."""
    estimated_rows: int | None = None
    rows: int | None = None
    """That came out of it; None if nothing was executed."""
    seconds: float | None = None
    children: tuple["PlanNode", ...] = ()


@dataclass(frozen=True, slots=True)
class Statistics:
    """What executing a statement took; None where the engine does not tell."""

    rows_read: int | None = None
    bytes_read: int | None = None
    cpu_seconds: float | None = None
    peak_memory_bytes: int | None = None
    peak_temp_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a statement did to one table: the caller makes it the table's next version."""

    act: Act
    schema: str
    name: str
    columns: tuple[Column, ...] = ()
    """Of the table as it is then; nothing for DROP."""
    files: tuple[Path, ...] = ()
    row_count: int = 0
    """Rows of `files`."""
    changed_rows: int = 0
    """Rows inserted, updated or deleted."""
    new_name: str = ""
    """For RENAME."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a statement gave: rows in `Query.output`, or a change of a table."""

    kind: Kind
    columns: tuple[Column, ...] = ()
    """Of the result; nothing if the statement wrote a table."""
    row_count: int = 0
    truncated: bool = False
    """Whether there were more rows than `Limits.rows`: then exactly so many are in the file."""
    size_bytes: int = 0
    elapsed_seconds: float = 0.0
    plan: PlanNode | None = None
    statistics: Statistics = field(default_factory=Statistics)
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class TableRead:
    """A table that a statement reads, with the columns of it that matter for what comes out."""

    schema: str
    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a statement would do; nothing was executed."""

    kind: Kind
    columns: tuple[Column, ...] = ()
    """Of the result, or of the table that it would write."""
    reads: tuple[TableRead, ...] = ()
    writes: tuple[str, str] | None = None
    """Schema and name of the table that it would write."""
    plan: PlanNode | None = None
    estimated_rows: int | None = None
    estimated_bytes: int | None = None
    """Of the files of the tables that it reads."""
    cacheable: bool = True
    """Whether running it twice over the same tables gives the same rows."""
