"""What goes into a query and what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import orjson
from typing_extensions import Doc

from jobs.engines.sql.values import NAME_HINT, Act, Engine, split_name
from jobs.errors import InvalidParams
from jobs.pipeline import Long

TIMEOUT_SECONDS = 300
MAX_SECONDS = 24.0 * 3600  # as long as any run may take: the run's own timeout is the one that counts
MAX_SQL_BYTES = 1 << 20
MAX_ROWS = 100_000_000
ALL_ROWS = 1 << 62  # for what becomes a table
PARQUET = "application/vnd.apache.parquet"
RESULT = "result.parquet"


def _bytes_of(field: str, value: object) -> bytes:
    """A text in UTF-8, or another value as JSON.

    Raises:
        InvalidParams: It is none: half of a surrogate pair, or a number of more than 64 bits.
    """
    try:
        return value.encode() if isinstance(value, str) else orjson.dumps(value)
    except (TypeError, UnicodeEncodeError) as error:
        hint = "Give a number of more than 64 bits as text, and cast it." if field == "params" else ""
        raise InvalidParams(field, "is no text, or holds what JSON cannot", hint=hint) from error


@dataclass(frozen=True, slots=True)
class QueryParams:
    """Run one statement of SQL."""

    sql: Annotated[
        str,
        Doc("One statement: SELECT, CREATE TABLE, INSERT, UPDATE, DELETE, ALTER or DROP TABLE; 1 MB at most."),
    ]
    engine: Annotated[Engine, Doc("Where it runs.")] = Engine.DUCKDB
    params: Annotated[
        object | None, Doc("Values of its parameters: a list for `?` and `$1`, an object for `$name`.")
    ] = None
    row_limit: Annotated[
        int, Doc("How many rows are kept, 1 to 100,000,000; whether there were more is told.")
    ] = 10_000
    use_cache: Annotated[
        bool, Doc("Whether the kept result of the same question over the same tables will do.")
    ] = True
    destination: Annotated[
        str | None,
        Doc("A table, as `name` or `schema.name`, new or not: all rows of the SELECT become its next version."),
    ] = None

    def __post_init__(self) -> None:
        if not self.sql.strip():
            raise InvalidParams("sql", "is empty")
        if len(self.sql) > MAX_SQL_BYTES or len(_bytes_of("sql", self.sql)) > MAX_SQL_BYTES:
            raise InvalidParams("sql", f"has more than {MAX_SQL_BYTES:,} bytes")
        if not 1 <= self.row_limit <= MAX_ROWS:
            raise InvalidParams("rowLimit", f"must be between 1 and {MAX_ROWS:,}")
        if self.params is not None and not isinstance(self.params, list | tuple | dict):
            raise InvalidParams("params", "must be a list or an object")
        _bytes_of("params", self.params)
        if self.destination is not None and self.target is None:
            raise InvalidParams("destination", "is no name of a table", hint=NAME_HINT)

    @property
    def given(self) -> Sequence[object] | Mapping[str, object]:
        """The values of its parameters, as the engine takes them."""
        return self.params if isinstance(self.params, list | tuple | dict) else ()

    @property
    def target(self) -> tuple[str, str] | None:
        """Schema and name of the table that the rows become."""
        return split_name(self.destination) if self.destination else None


@dataclass(frozen=True, slots=True)
class QueryColumn:
    """A column of rows."""

    name: Annotated[str, Doc("Its name.")]
    type: Annotated[str, Doc("Its type, as DuckDB spells it.")]


@dataclass(frozen=True, slots=True)
class PlanDetail:
    """What an operator of a plan does."""

    key: Annotated[str, Doc("What is told.")]
    text: Annotated[str, Doc("What it is.")]


@dataclass(frozen=True, slots=True)
class PlanStep:
    """An operator of the way in which a statement was executed."""

    operator: Annotated[str, Doc("What it is called.")]
    parent: Annotated[
        int | None, Doc("The place in the list of the operator that takes its rows; null at the top.")
    ]
    depth: Annotated[int, Doc("How many operators are above it.")]
    details: Annotated[tuple[PlanDetail, ...], Doc("What it does.")]
    estimated_rows: Annotated[Long | None, Doc("Rows that the engine expected.")]
    rows: Annotated[Long | None, Doc("Rows that came out of it.")]
    seconds: Annotated[float | None, Doc("What it took, in seconds, over all threads.")]


@dataclass(frozen=True, slots=True)
class QueryStatistics:
    """What executing a statement took; null where the engine does not tell."""

    rows_read: Annotated[Long | None, Doc("Rows that were read of tables.")]
    bytes_read: Annotated[Long | None, Doc("Bytes that were read of files.")]
    cpu_seconds: Annotated[float | None, Doc("Seconds of all threads.")]
    peak_memory_bytes: Annotated[Long | None, Doc("The most memory that it had.")]
    peak_temp_bytes: Annotated[Long | None, Doc("The most disk that it had.")]


@dataclass(frozen=True, slots=True)
class TableUsed:
    """A table that a statement names, and what of it was there."""

    schema: Annotated[str, Doc("Its schema.")]
    name: Annotated[str, Doc("Its name.")]
    version: Annotated[int, Doc("The version that was read.")]


@dataclass(frozen=True, slots=True)
class NewFile:
    """A Parquet file with new rows of a table."""

    sha256: Annotated[str, Doc("SHA-256 of its bytes.")]
    row_count: Annotated[Long, Doc("Its rows.")]
    size_bytes: Annotated[Long, Doc("Its bytes.")]


@dataclass(frozen=True, slots=True)
class TableChange:
    """What a statement did to a table."""

    act: Annotated[Act, Doc("What was done.")]
    schema: Annotated[str, Doc("The table's schema.")]
    name: Annotated[str, Doc("The table's name; of one that was renamed, the one before.")]
    new_name: Annotated[str | None, Doc("The name that it was given, if it was renamed.")]
    version: Annotated[
        int | None, Doc("The version that this made, or left as it was; null: there is no table any more.")
    ]
    made_of: Annotated[int | None, Doc("The version before; null: there was no such table.")]
    changed_rows: Annotated[Long, Doc("Rows that were inserted, updated or deleted.")]
    columns: Annotated[tuple[QueryColumn, ...], Doc("The columns that it has then.")]
    files: Annotated[tuple[NewFile, ...], Doc("The files that are new.")]


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What came of a statement: rows, or a change of a table."""

    engine: Annotated[Engine, Doc("Where it ran.")]
    artifact: Annotated[str | None, Doc("SHA-256 of the Parquet file with the rows; null: it had none.")]
    columns: Annotated[tuple[QueryColumn, ...], Doc("The columns of its rows.")]
    row_count: Annotated[Long, Doc("How many rows are kept.")]
    truncated: Annotated[bool, Doc("Whether there were more rows than `rowLimit`.")]
    size_bytes: Annotated[Long, Doc("Bytes of the Parquet file, or of a table's new ones.")]
    elapsed_seconds: Annotated[float, Doc("What executing it took; of a kept result, what it took then.")]
    cache_hit: Annotated[
        bool, Doc("Whether nothing was executed, because the result was kept from an earlier run.")
    ]
    change: Annotated[TableChange | None, Doc("What it did to a table; null if it only read.")]
    tables: Annotated[
        tuple[TableUsed, ...],
        Doc("The tables of the workspace that its words name, at the versions that were read."),
    ]
    statistics: Annotated[QueryStatistics, Doc("What executing it took.")]
    plan: Annotated[
        tuple[PlanStep, ...],
        Doc(
            "How it was executed, each operator behind the one that takes its rows. Empty for those "
            "who may not see definitions."
        ),
    ]
