"""Read a file in a child process, into a Parquet file that a table is made of."""

import asyncio
from functools import partial

from jobs.engines.sql.errors import TableExists
from jobs.engines.sql.loading import Load, Loaded, load_rows
from jobs.engines.sql.values import Column
from jobs.engines.sql.watch import read_progress
from jobs.errors import InvalidParams
from jobs.pipeline import RunContext, followed
from jobs.pipelines.table.read import Given, given
from jobs.pipelines.table.settings import TableSettings
from jobs.pipelines.table.values import MAX_SECONDS, PARQUET, LoadedColumn, TableMode, TableParams, TableResult

Context = RunContext[TableSettings]


async def run(context: Context, params: TableParams) -> TableResult:
    async with context.stage("BIND"):
        found = await context.read(
            partial(given, workspace=context.workspace, run_pk=context.run_pk, params=params)
        )
        check_mode(params, found)
        load = await load_of(context, params, found)
    async with context.stage("READ"):
        told = context.scratch / "progress"
        work = context.child(load_rows, load, told, seconds=MAX_SECONDS)
        loaded = await followed(context, work, partial(read_progress, told))
        await context.notice(f"{loaded.row_count:,} rows of {len(loaded.columns):,} columns read.")
    async with context.stage("KEEP"):
        return await keep(context, params, found, load, loaded)


def check_mode(params: TableParams, found: Given) -> None:
    """Refuse a table that there is, or that there is not.

    Raises:
        TableExists: It is there and must not be.
        InvalidParams: It is not there and must be.
    """
    if params.mode is TableMode.CREATE and found.table is not None:
        hint = "Give another name, or mode REPLACE or APPEND."
        raise TableExists(f"there is a table {params.name}", hint=hint)
    if params.mode is TableMode.APPEND and found.table is None:
        raise InvalidParams("name", "is no table that there is", hint="Give mode CREATE to make it.")


async def load_of(context: Context, params: TableParams, found: Given) -> Load:
    folder = context.scratch / "file"
    await asyncio.to_thread(folder.mkdir)
    into = found.table.columns if params.mode is TableMode.APPEND and found.table else ()
    return Load(
        file=await context.fetch(found.digest),
        file_name=found.file_name,
        form=found.form,
        output=folder / "rows.parquet",
        encoding=params.encoding,
        header=params.header,
        delimiter=params.delimiter,
        into=tuple(Column(name, kind) for name, kind in into),
        limits=context.settings.limits(MAX_SECONDS),
    )


async def keep(context: Context, params: TableParams, found: Given, load: Load, loaded: Loaded) -> TableResult:
    """Keep the rows, linked to this run before any table names them."""
    artifact = await context.keep(load.output, "table/0.parquet", PARQUET) if loaded.row_count else None
    before = found.table
    schema, name = (before.schema, before.name) if before else params.target
    return TableResult(
        schema=schema,
        name=name,
        version=(before.version if before else 0) + 1,
        made_of=before.version if before else None,
        mode=params.mode,
        columns=tuple(LoadedColumn(column.name, column.type) for column in loaded.columns),
        row_count=loaded.row_count,
        size_bytes=loaded.size_bytes if artifact else 0,
        artifact=artifact,
        file=found.file_name,
        file_sha256=found.digest,
        format=found.form,
        elapsed_seconds=loaded.elapsed_seconds,
    )
