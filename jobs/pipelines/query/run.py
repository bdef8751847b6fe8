"""Run one statement in a child process, over the files of the tables that it names."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from jobs.engines.sql.clickhouse import server as clickhouse
from jobs.engines.sql.clickhouse.engine import new_query_id
from jobs.engines.sql.clickhouse.server import Server
from jobs.engines.sql.duck import run_query
from jobs.engines.sql.errors import EngineUnavailable
from jobs.engines.sql.values import Act, Change, Column, Engine, Kind, Outcome, Query, Table
from jobs.engines.sql.watch import read_progress
from jobs.errors import ArtifactLost, InvalidParams
from jobs.pipeline import RunContext, followed, from_json
from jobs.pipelines.query.outcome import columns_of, result_of
from jobs.pipelines.query.read import TableView, kept_result, tables_named
from jobs.pipelines.query.save import Answer, Answered, note, take
from jobs.pipelines.query.settings import QuerySettings
from jobs.pipelines.query.values import (
    ALL_ROWS,
    MAX_SECONDS,
    PARQUET,
    RESULT,
    NewFile,
    QueryParams,
    QueryResult,
    TableChange,
)
from jobs.pipelines.query.work import key_of, read_words

Context = RunContext[QuerySettings]


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement's tables, and under which key its rows may be kept, if they may."""

    views: Sequence[TableView]
    key: str | None

    def find(self, schema: str, name: str) -> TableView | None:
        """The table of this name, whatever its capitals."""
        wanted = (schema.lower(), name.lower())
        return next((each for each in self.views if (each.schema.lower(), each.name.lower()) == wanted), None)


async def run(context: Context, params: QueryParams) -> QueryResult:
    async with context.stage("BIND"):
        check_server(context, params)
        bound = await bind(context, params)
        if params.use_cache and bound.key is not None and (hit := await kept(context, bound.key)):
            return hit
        here = bound.views if params.engine is Engine.DUCKDB else ()
        tables = [await table_of(context, view) for view in here]
    async with context.stage("EXECUTE"):
        outcome, output = await execute(context, params, tables)
    async with context.stage("KEEP"):
        return await keep(context, params, bound, outcome, output)


def check_server(context: Context, params: QueryParams) -> None:
    """Refuse a ClickHouse that the API knows and this worker does not.

    Raises:
        EngineUnavailable: It has no address or no driver of one.
    """
    present = context.settings.engines
    if params.engine not in present:
        hint = "Give the worker the same HEADWATER_QUERY_CLICKHOUSE_URL as the API."
        raise EngineUnavailable(params.engine.name, [each.name for each in present], hint=hint)


async def bind(context: Context, params: QueryParams) -> Bound:
    if (
        params.engine is Engine.CLICKHOUSE
    ):  # it reads what it has: of ours only the table that is written matters
        written = partial(
            tables_named, workspace=context.workspace, names=[params.target] if params.target else []
        )
        return Bound(await context.read(written), None)
    words = await context.child(read_words, params.sql, params.given)
    names = [*words.names, *([params.target] if params.target else [])]
    read = partial(tables_named, workspace=context.workspace, names=None if words.all_tables else names)
    views = await context.read(read)
    if words.question is None or words.all_tables or params.target or not context.settings.cache_seconds:
        return Bound(views, None)
    versions = [(view.pk.hex, view.version) for view in views]
    return Bound(views, key_of(words.question, params.row_limit, versions))


async def kept(context: Context, key: str) -> QueryResult | None:
    """The result of an earlier run, as this one's; None if there is none, or its file is gone."""
    seconds = context.settings.cache_seconds
    found = await context.read(partial(kept_result, workspace=context.workspace, key=key, seconds=seconds))
    if found is None:
        return None
    result = from_json(QueryResult, found.result)
    if result.artifact is None:
        return None
    await context.stream(take, [Answer(context.run_pk, result.artifact, found.size_bytes)])
    with suppress(ArtifactLost):  # between the look and the link it may have been removed: then it is made anew
        await context.fetch(result.artifact)
        return replace(result, cache_hit=True)
    return None


async def table_of(context: Context, view: TableView) -> Table:
    files = [await context.fetch(file.digest) for file in view.files]
    columns = tuple(Column(name, kind) for name, kind in view.columns)
    return Table(view.name, columns, tuple(files), view.schema)


async def execute(context: Context, params: QueryParams, tables: Sequence[Table]) -> tuple[Outcome, Path]:
    """What the statement gave, and the file with its rows.

    Raises:
        StatementFailed: What went wrong, and where.
    """
    folder = context.scratch / "statement"
    await asyncio.to_thread(folder.mkdir)
    output, told = folder / "rows.parquet", context.scratch / "progress"
    limits = context.settings.limits(ALL_ROWS if params.target else params.row_limit)
    query = Query(params.sql, output, tuple(tables), params.given, limits)
    server = context.settings.clickhouse
    if params.engine is Engine.CLICKHOUSE and server is not None:
        return await ask_server(context, query, server, told), output
    work = context.child(run_query, query, told, seconds=MAX_SECONDS)
    return await followed(context, work, partial(read_progress, told)), output


async def ask_server(context: Context, query: Query, server: Server, told: Path) -> Outcome:
    """What a ClickHouse gave. If nobody waits for it any more, it is told to give up.

    Raises:
        StatementFailed: What went wrong, and where.
        EngineUnavailable: It does not answer.
    """
    query_id, over = new_query_id(), False
    work = context.child(clickhouse.run_query, query, server, told, query_id, seconds=MAX_SECONDS)
    try:
        outcome = await followed(context, work, partial(read_progress, told))
        over = True
        return outcome
    finally:
        if not over:  # the child is gone by now, and the server may not have noticed
            await asyncio.to_thread(clickhouse.kill_query, server, query_id)


async def keep(
    context: Context, params: QueryParams, bound: Bound, outcome: Outcome, output: Path
) -> QueryResult:
    """Keep the files of an outcome, linked to this run before any table names them."""
    if outcome.kind is not Kind.SELECT:
        if params.target:
            raise InvalidParams("destination", "is for the rows of a SELECT, and this statement writes a table")
        done = await keep_change(context, bound, outcome.change) if outcome.change else None
        return result_of(outcome, bound.views, engine=params.engine, change=done)
    digest = await context.keep(output, RESULT, PARQUET)
    change = None
    if params.target:
        before = bound.find(*params.target)
        schema, name = (before.schema, before.name) if before else params.target
        made_of = before.version if before else None
        file = NewFile(digest, outcome.row_count, outcome.size_bytes)
        change = TableChange(
            act=Act.CREATE,
            schema=schema,
            name=name,
            new_name=None,
            version=(made_of or 0) + 1,
            made_of=made_of,
            changed_rows=outcome.row_count,
            columns=columns_of(outcome.columns),
            files=(file,) if outcome.row_count else (),
        )
    if bound.key is not None:
        await context.stream(note, [Answered(context.workspace, bound.key, context.run_pk)])
    return result_of(outcome, bound.views, engine=params.engine, artifact=digest, change=change)


async def keep_change(context: Context, bound: Bound, change: Change) -> TableChange:
    """Keep the new files of a table, of which there is one at most, and say what is to be done with them."""
    before = bound.find(change.schema, change.name)
    made_of = before.version if before else None
    files = []
    for place, path in enumerate(change.files):
        size = (await asyncio.to_thread(path.stat)).st_size
        digest = await context.keep(path, f"table/{place}.parquet", PARQUET)
        files.append(NewFile(digest, change.row_count if place == 0 else 0, size))
    version = {Act.DROP: None, Act.NOTHING: made_of}.get(change.act, (made_of or 0) + 1)
    return TableChange(
        act=change.act,
        schema=before.schema if before else change.schema,
        name=before.name if before else change.name,
        new_name=change.new_name or None,
        version=version,
        made_of=made_of,
        changed_rows=change.changed_rows,
        columns=columns_of(change.columns),
        files=tuple(files),
    )
