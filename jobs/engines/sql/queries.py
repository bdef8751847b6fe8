"""What selecting and writing share: the columns of a query, the tables that it names, its parameters."""

from collections.abc import Mapping, Sequence

import duckdb

from jobs.engines.sql.errors import TooManyColumns
from jobs.engines.sql.failures import Executed, telling
from jobs.engines.sql.statements import Statement, check_text
from jobs.engines.sql.values import Column, Params, Query, Table

PARAM_CHARACTERS = 1 << 28  # more than any body of a request that is accepted


def columns_of(connection: duckdb.DuckDBPyConnection, query: Query, executed: Executed) -> tuple[Column, ...]:
    """The columns that a DESCRIBE gives; nothing of the statement in it is executed.

    Raises:
        TooManyColumns: There are more than allowed.
        StatementFailed: The statement is not right.
    """
    with telling(executed, query.tables):
        rows = connection.execute(executed.text, query.params or None).fetchall()
    if len(rows) > query.limits.columns:
        raise TooManyColumns(f"the result has {len(rows):,} columns, and {query.limits.columns:,} are allowed")
    return tuple(Column(row[0], row[1]) for row in rows)


def run(connection: duckdb.DuckDBPyConnection, text: str, params: Params = ()) -> int:
    """Execute a statement that counts what it did, and return the count."""
    rows = connection.execute(text, params or None).fetchall()
    return int(rows[0][0]) if rows else 0


def named(statement: Statement, tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables whose names stand somewhere in a statement: opening all others would cost time for nothing."""
    words = {token.word for token in statement.tokens}
    if "information_schema" in words or statement.tokens[0].word == "show":
        return tuple(tables)
    return tuple(table for table in tables if table.name.lower() in words)


def check_params(params: Params) -> None:
    """Refuse parameters that are no text where they should be.

    Raises:
        SyntaxProblem: A text has a NUL, or half of a surrogate pair.
    """
    values: list[object] = [params]
    while values:
        value = values.pop()
        if isinstance(value, str):
            check_text(value, PARAM_CHARACTERS)
        elif isinstance(value, Mapping):
            values += [*value.keys(), *value.values()]
        elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
            values += value
