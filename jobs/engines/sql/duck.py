"""One statement in a DuckDB of its own: its rows as a Parquet file, or what it did to a table."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic

import duckdb

from jobs.engines.sql.failures import Executed, telling
from jobs.engines.sql.forbidden import check_words
from jobs.engines.sql.plans import executed_plan, statistics_of
from jobs.engines.sql.queries import check_params, columns_of, named, run
from jobs.engines.sql.sandbox import add_schemas, add_view, copying, declared, lock, open_engine
from jobs.engines.sql.statements import Statement, read_statement
from jobs.engines.sql.texts import literal
from jobs.engines.sql.values import Kind, Outcome, Progress, Query
from jobs.engines.sql.watch import Watch, tell_progress
from jobs.engines.sql.writing import write


def run_query(query: Query, progress_file: Path | None = None) -> Outcome:
    """Execute one statement; to be called in a child process.

    Args:
        query: The folder of its output is there, and has nothing else in it.
        progress_file: Where to tell how far it is, for `watch.read_progress`.

    Raises:
        StatementFailed: What went wrong, and where; see `errors`.
    """
    return execute(query, report=tell_progress(progress_file) if progress_file else None)


def execute(
    query: Query, *, stop: Event | None = None, report: Callable[[Progress], None] | None = None
) -> Outcome:
    """Execute one statement, telling progress and looking at `stop` meanwhile.

    Raises:
        StatementFailed: What went wrong, and where.
        StopRequested: `stop` was set.
    """
    began = monotonic()
    check_params(query.params)
    connection = open_engine(query.limits, query.output.parent)
    try:
        with Watch(connection, query.limits.timeout_seconds, stop=stop, report=report):
            statement = read_statement(connection, query.sql, query.limits.sql_bytes)
            check_words(statement, query.tables)
            add_schemas(connection, query.tables)
            work = _select if statement.kind is Kind.SELECT else write
            return work(connection, query, statement, began)
    finally:
        connection.close()


def _select(connection: duckdb.DuckDBPyConnection, query: Query, statement: Statement, began: float) -> Outcome:
    tables = named(statement, query.tables)
    for table in tables:
        add_view(connection, table)
    whole = query.output.with_suffix(".whole")
    lock(connection, (*(file for table in tables for file in table.files), query.output, whole))

    columns = columns_of(connection, query, Executed(statement.sql, "DESCRIBE FROM (", after="\n)"))
    most = query.limits.rows
    # One row more than asked for: the only cheap way to know that rows were left out.
    head, tail = copying(columns, whole, most + 1)
    executed = Executed(statement.sql, f"{head}(", after=f"\n){tail}")
    with telling(executed, query.tables):
        found = run(connection, executed.text, query.params)
    profile = json.loads(connection.get_profiling_information(format="json"))
    if statement.looks_first:  # such a statement does not count what it wrote
        found = run(connection, f"SELECT num_rows FROM parquet_file_metadata({literal(str(whole))})")
    if found > most:
        head, tail = copying(columns, query.output)
        run(connection, f"{head}(FROM read_parquet({literal(str(whole))}) LIMIT {most}){tail}")
        whole.unlink()
    else:
        whole.rename(query.output)
    return Outcome(
        kind=statement.kind,
        columns=declared(columns),
        row_count=min(found, most),
        truncated=found > most,
        size_bytes=query.output.stat().st_size,
        elapsed_seconds=monotonic() - began,
        plan=executed_plan(profile, tables, most + 1),
        statistics=statistics_of(profile),
    )
