"""Statements that write a table: what they do goes out as new Parquet files, and those that there are stay."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

import duckdb

from jobs.engines.sql.errors import ForbiddenStatement, TableExists, UnknownName
from jobs.engines.sql.failures import Executed, close_to, names_of, telling
from jobs.engines.sql.plans import executed_plan, statistics_of
from jobs.engines.sql.queries import columns_of, named, run
from jobs.engines.sql.sandbox import (
    add_copy,
    add_empty,
    add_schemas,
    add_view,
    copying,
    declared,
    full_name,
    lock,
)
from jobs.engines.sql.statements import Statement, Target
from jobs.engines.sql.texts import name
from jobs.engines.sql.tokens import Token, place_of
from jobs.engines.sql.values import Act, Change, Column, Kind, Outcome, Query, Table

ASIDE = "headwater_aside"
"""The schema of a table that takes new rows beside the table itself, which the statement may read."""
NOT_KEPT = "a table is columns and rows; keys, checks, NOT NULL and defaults would be forgotten"

Profile = Mapping[str, Any]
Done = tuple[Change, Profile]


def write(connection: duckdb.DuckDBPyConnection, query: Query, statement: Statement, began: float) -> Outcome:
    """Execute a statement that writes a table, and leave its new rows in `query.output`, if there are any.

    Raises:
        StatementFailed: What went wrong, and where.
    """
    writing = WRITERS[statement.kind]
    change, profile = writing(connection, query, statement)
    tables = named(statement, query.tables)
    return Outcome(
        kind=statement.kind,
        size_bytes=sum(file.stat().st_size for file in change.files),
        elapsed_seconds=monotonic() - began,
        plan=executed_plan(profile, tables, None),
        statistics=statistics_of(profile),
        change=change,
    )


def target_of(statement: Statement) -> Target:
    """The table that a statement writes."""
    if statement.target is None:
        raise ValueError(f"{statement.kind} writes no table")
    return statement.target


def find(query: Query, target: Target) -> Table | None:
    """The table of a query that a target means, whatever the case of its letters."""
    wanted = (target.schema.lower(), target.name.lower())
    return next((each for each in query.tables if (each.schema.lower(), each.name.lower()) == wanted), None)


def known(query: Query, statement: Statement) -> Table:
    """The table that a statement writes, which must be there.

    Raises:
        UnknownName: It is not.
    """
    target = target_of(statement)
    if found := find(query, target):
        return found
    line, column = place_of(statement.sql, target.start)
    raise UnknownName(
        f"Table with name {target.name} does not exist!",
        suggestions=close_to(target.name, names_of(query.tables)),
        line=line,
        column=column,
    )


def refuse(statement: Statement, at: Token, what: str, why: str) -> ForbiddenStatement:
    """The error that names something in a statement that is not done."""
    line, column = place_of(statement.sql, at.start)
    return ForbiddenStatement(what, why, line=line, column=column)


def _create(connection: duckdb.DuckDBPyConnection, query: Query, statement: Statement) -> Done:
    if there := check_create(query, statement):
        return Change(Act.NOTHING, there.schema, there.name, there.columns), {}
    _open(connection, query, statement)
    if executed := query_in(statement):
        return _create_streaming(connection, query, target_of(statement), executed)
    return _executed_aside(connection, query, statement, Act.CREATE)


def check_create(query: Query, statement: Statement) -> Table | None:
    """The table that stands where one is to be created, if that leaves nothing to do.

    Raises:
        TableExists: It stands there, and nothing is said about that.
    """
    target = statement.target
    if target is None or (there := find(query, target)) is None or statement.has("or", "replace"):
        return None
    if statement.has("if", "not", "exists"):
        return there
    line, column = place_of(statement.sql, target.start)
    hint = "Use CREATE OR REPLACE TABLE, or another name."
    raise TableExists(f"there is a table {target.name}", hint=hint, line=line, column=column)


def query_in(statement: Statement) -> Executed | None:
    """The query of a SELECT or a CREATE TABLE AS, what stands before it cut off; of other statements None."""
    if statement.kind is Kind.SELECT:
        return Executed(statement.sql)
    if statement.kind is Kind.CREATE and not statement.has("no", "data"):
        behind = [token for token in statement.tokens if token.start >= target_of(statement).end]
        if behind and behind[0].word == "as":
            return Executed(statement.sql, cut=(0, behind[0].end))
    return None


def _create_streaming(
    connection: duckdb.DuckDBPyConnection, query: Query, target: Target, asked: Executed
) -> Done:
    """CREATE TABLE AS: its query writes the file, so that its rows need no room in memory."""
    columns = columns_of(connection, query, replace(asked, by="DESCRIBE FROM (", after="\n)"))
    head, tail = copying(columns, query.output)
    executed = replace(asked, by=f"{head}(", after=f"\n){tail}")
    with telling(executed, query.tables):
        count = run(connection, executed.text, query.params)
    profile = _profile(connection)
    if not count:
        query.output.unlink()
    files = (query.output,) if count else ()
    change = Change(Act.CREATE, target.schema, target.name, declared(columns), files, count, count)
    return change, profile


def _insert(connection: duckdb.DuckDBPyConnection, query: Query, statement: Statement) -> Done:
    """The new rows alone: a table of ten million rows is not touched when a thousand come."""
    there = known(query, statement)
    _open(connection, query, statement)
    beside = replace(there, schema=ASIDE)
    add_schemas(connection, (beside,))
    add_empty(connection, beside)
    change, profile = _executed_aside(connection, query, statement, Act.APPEND)
    return replace(change, schema=there.schema, name=there.name, columns=there.columns), profile


def aside(statement: Statement) -> Executed:
    """The statement with another table to write, so that what it reads of its own table stays what that is."""
    target = target_of(statement)
    return Executed(statement.sql, cut=(target.start, target.end), by=f"{name(ASIDE)}.{name(target.name)}")


def _executed_aside(
    connection: duckdb.DuckDBPyConnection, query: Query, statement: Statement, act: Act
) -> Done:
    """Execute a statement with another target, and write what is in that then."""
    target = target_of(statement)
    there = Table(target.name, (Column("nothing", "INTEGER"),), schema=ASIDE)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name(ASIDE)}")
    executed = aside(statement)
    with telling(executed, query.tables):
        run(connection, executed.text, query.params)
    profile = _profile(connection)
    if act is Act.CREATE:
        _check_plain(connection, there, statement)
    change = _kept(connection, query, there, act)
    return replace(change, schema=target.schema, name=target.name), profile


def _rewrite(connection: duckdb.DuckDBPyConnection, query: Query, statement: Statement) -> Done:
    """UPDATE and DELETE, over a copy of the table; nothing is written if no row was touched."""
    there = known(query, statement)
    _open(connection, query, statement, copied=there)
    executed = Executed(statement.sql)
    with telling(executed, query.tables):
        touched = run(connection, executed.text, query.params)
    profile = _profile(connection)
    if not touched:
        return Change(Act.NOTHING, there.schema, there.name, there.columns), profile
    change = _kept(connection, query, there, Act.REPLACE)
    return replace(change, columns=there.columns, changed_rows=touched), profile


def _alter(connection: duckdb.DuckDBPyConnection, query: Query, statement: Statement) -> Done:
    target = target_of(statement)
    if find(query, target) is None and statement.has("if", "exists"):
        return Change(Act.NOTHING, target.schema, target.name), {}
    there = known(query, statement)
    if statement.has("rename", "to"):
        return _rename(query, statement, there), {}
    for words in (("set", "default"), ("drop", "default"), ("set", "schema")):
        if statement.has(*words):
            raise refuse(statement, statement.tokens[0], " ".join(words).upper(), NOT_KEPT)
    _open(connection, query, statement, copied=there)
    executed = Executed(statement.sql)
    with telling(executed, query.tables):
        run(connection, executed.text, query.params)
    profile = _profile(connection)
    _check_plain(connection, there, statement, defaults=True)
    return _kept(connection, query, there, Act.REPLACE), profile


def _rename(query: Query, statement: Statement, there: Table) -> Change:
    new = statement.tokens[-1]
    if find(query, Target(there.schema, new.name, new.start, new.end)):
        line, column = place_of(statement.sql, new.start)
        raise TableExists(f"there is a table {new.name}", line=line, column=column)
    return Change(Act.RENAME, there.schema, there.name, there.columns, new_name=new.name)


def _drop(connection: duckdb.DuckDBPyConnection, query: Query, statement: Statement) -> Done:
    del connection  # nothing is executed: the caller lets go of the table
    target = target_of(statement)
    for token in statement.tokens:
        if token.start >= target.end and token.word not in {"cascade", "restrict"}:
            raise refuse(statement, token, "dropping several tables", "a run changes one table")
    if find(query, target) is None and statement.has("if", "exists"):
        return Change(Act.NOTHING, target.schema, target.name), {}
    there = known(query, statement)
    return Change(Act.DROP, there.schema, there.name), {}


def _open(
    connection: duckdb.DuckDBPyConnection, query: Query, statement: Statement, copied: Table | None = None
) -> None:
    """The tables that a statement names, one of them copied if it is to be changed; then nothing any more."""
    tables = named(statement, query.tables)
    for table in tables:
        if table is copied:
            add_copy(connection, table)
        else:
            add_view(connection, table)
    lock(connection, (*(file for table in tables for file in table.files), query.output))


def _kept(connection: duckdb.DuckDBPyConnection, query: Query, table: Table, act: Act) -> Change:
    """What is in a table of the engine now, as a file; no file if there is no row."""
    source = full_name(table)
    columns = columns_of(connection, replace(query, params=()), Executed("", before=f"DESCRIBE {source}"))
    head, tail = copying(columns, query.output)
    count = run(connection, f"{head}{source}{tail}")
    if not count:
        query.output.unlink()
        done = Act.NOTHING if act is Act.APPEND else act
        return Change(done, table.schema, table.name, columns)
    return Change(act, table.schema, table.name, columns, (query.output,), count, count)


def _check_plain(
    connection: duckdb.DuckDBPyConnection, table: Table, statement: Statement, *, defaults: bool = False
) -> None:
    """Refuse what a table would have and its files cannot keep.

    Defaults are fine where ADD COLUMN fills the rows that there are with one.
    """
    mine = "schema_name = $1 AND table_name = $2"
    asked = [f"SELECT 1 FROM duckdb_constraints() WHERE {mine}"]
    if not defaults:
        asked.append(f"SELECT 1 FROM duckdb_columns() WHERE {mine} AND column_default IS NOT NULL")
    for question in asked:
        if connection.execute(question, [table.schema, table.name]).fetchall():
            raise refuse(statement, statement.tokens[0], "a constraint or default", NOT_KEPT)


def _profile(connection: duckdb.DuckDBPyConnection) -> Profile:
    profile: Profile = json.loads(connection.get_profiling_information(format="json"))
    return profile


WRITERS: Mapping[Kind, Callable[[duckdb.DuckDBPyConnection, Query, Statement], Done]] = {
    Kind.CREATE: _create,
    Kind.INSERT: _insert,
    Kind.UPDATE: _rewrite,
    Kind.DELETE: _rewrite,
    Kind.ALTER: _alter,
    Kind.DROP: _drop,
}
