"""What a statement would do: read, bound and planned over empty tables, and not executed."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import duckdb

from jobs.engines.sql.cache import is_steady
from jobs.engines.sql.failures import Executed, telling
from jobs.engines.sql.forbidden import check_words
from jobs.engines.sql.plans import nodes_of, planned
from jobs.engines.sql.queries import check_params, columns_of, named
from jobs.engines.sql.sandbox import add_empty, add_schemas, add_view, declared, lock, open_engine
from jobs.engines.sql.statements import Statement, read_statement
from jobs.engines.sql.values import DryRun, Kind, PlanNode, Query, Table, TableRead
from jobs.engines.sql.watch import Watch
from jobs.engines.sql.writing import ASIDE, aside, check_create, find, known, query_in, target_of, write

ONLY_OPTIMIZER = "unused_columns"
"""With all others off, a plan shows each table that is read, with the columns that matter and no others."""


def dry_run(query: Query) -> DryRun:
    """What a statement would do; to be called in a child process, for parsing takes time.

    The files of the tables need not be there: where they are, rows and bytes are estimated.

    Raises:
        StatementFailed: What is wrong with it, and where.
    """
    check_params(query.params)
    with TemporaryDirectory() as folder:
        query = replace(query, output=Path(folder) / "rows.parquet")
        with (
            open_engine(query.limits, Path(folder)) as connection,
            Watch(connection, query.limits.timeout_seconds),
        ):
            statement = read_statement(connection, query.sql, query.limits.sql_bytes)
            check_words(statement, query.tables)
            add_schemas(connection, query.tables)
            found = _tried(connection, query, statement)
        return _estimated(found, query, statement)


def _tried(connection: duckdb.DuckDBPyConnection, query: Query, statement: Statement) -> DryRun:
    found = DryRun(statement.kind, cacheable=is_steady(statement.tokens))
    if statement.kind is not Kind.SELECT:
        target = target_of(statement)
        there = find(query, target)
        found = replace(found, writes=(there.schema, there.name) if there else (target.schema, target.name))
    if statement.looks_first:
        return found  # its columns are in the rows
    executed = query_in(statement)
    if executed is None and statement.kind in {Kind.CREATE, Kind.ALTER, Kind.DROP}:
        # Over tables without rows these are done before they have begun.
        empty = replace(query, tables=tuple(replace(table, files=()) for table in query.tables))
        change = write(connection, empty, statement, monotonic()).change
        return replace(found, columns=change.columns if change else ())
    for table in named(statement, query.tables):
        add_empty(connection, table)
    if statement.kind is Kind.INSERT:
        beside = replace(known(query, statement), schema=ASIDE)
        add_schemas(connection, (beside,))
        add_empty(connection, beside)
    _plan_plainly(connection)
    lock(connection, ())
    if executed is not None:
        check_create(query, statement)
        asked = replace(executed, by="DESCRIBE FROM (", after="\n)")
        found = replace(found, columns=declared(columns_of(connection, query, asked)))
    else:
        found = replace(found, columns=known(query, statement).columns)
    plan = _explained(connection, query, statement, ())
    return replace(found, plan=plan, reads=_reads(plan, query.tables, statement))


def _estimated(found: DryRun, query: Query, statement: Statement) -> DryRun:
    """With what the footers of the files tell, if all files are there."""
    tables = [table for table in query.tables if any(read.name == table.name for read in found.reads)]
    files = [file for table in tables for file in table.files]
    if not files or statement.kind is not Kind.SELECT or not all(file.exists() for file in files):
        return found
    with open_engine(query.limits, query.output.parent) as connection:
        add_schemas(connection, query.tables)
        for table in named(statement, query.tables):
            add_view(connection, table)
        lock(connection, files)
        plan = _explained(connection, query, statement, query.tables)
    return replace(
        found,
        plan=plan,
        estimated_rows=plan.estimated_rows if plan else None,
        estimated_bytes=sum(file.stat().st_size for file in files),
    )


def _explained(
    connection: duckdb.DuckDBPyConnection, query: Query, statement: Statement, tables: Sequence[Table]
) -> PlanNode | None:
    executed = query_in(statement) or Executed(statement.sql)
    if statement.kind is Kind.INSERT:
        executed = aside(statement)
    executed = replace(executed, before="EXPLAIN (FORMAT json) ")
    with telling(executed, query.tables):
        rows = connection.execute(executed.text, query.params or None).fetchall()
    return planned(json.loads(rows[0][1]), tables)


def _plan_plainly(connection: duckdb.DuckDBPyConnection) -> None:
    names = [row[0] for row in connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()]
    connection.execute(
        f"SET disabled_optimizers = '{','.join(each for each in names if each != ONLY_OPTIMIZER)}'"
    )


def _reads(plan: PlanNode | None, tables: Sequence[Table], statement: Statement) -> tuple[TableRead, ...]:
    """The tables and columns in the scans of a plan, each table once, in the order of its first scan."""
    found: dict[str, set[str]] = {}
    for node in nodes_of(plan):
        details = dict(node.details)
        if scanned := details.get("Table"):
            found.setdefault(scanned, set()).update(details.get("Projections", "").lower().split(", "))
    if statement.kind is Kind.DELETE and found:
        # Of the table that rows are deleted from, the engine shows no columns: those that are named stand for them.
        target = target_of(statement)
        for scanned, columns in found.items():
            if scanned.replace('"', "").lower() == f"memory.{target.schema}.{target.name}".lower():
                columns.update(token.word for token in statement.tokens if token.is_name)
    by_name = {f"memory.{table.schema}.{table.name}".lower(): table for table in tables}
    return tuple(
        TableRead(
            table.schema, table.name, tuple(each.name for each in table.columns if each.name.lower() in columns)
        )
        for scanned, columns in found.items()
        if (table := by_name.get(scanned.replace('"', "").lower()))
    )
