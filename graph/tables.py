"""The tables of a workspace's warehouse, what a statement over them would do, and statements to begin with."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import strawberry
from strawberry import relay

from db.columns import fold_case
from db.models import MAIN_WORKSPACE
from db.warehouse import DEFAULT_SCHEMA, TableVersion, TableView, tables_of, versions_of
from graph.analyses import SqlEdge
from graph.arguments import After, First, Workspace
from graph.context import Info
from graph.paging import decode_cursor, encode_cursor, number_behind, page_of, page_size
from graph.profiles import ColumnStatistics, statistics
from graph.scalars import BigInt, Json
from graph.tabular import Row, page_in
from jobs.analysis import Question
from jobs.engines.sql.errors import StatementFailed, UnknownTable
from jobs.engines.sql.sample import EXAMPLES
from jobs.engines.sql.values import Column, Query, Table
from jobs.errors import InvalidParams
from jobs.pipelines.lineage.values import Dialect

MAX_SQL = 100_000  # characters of a statement that is looked at and not run
NOWHERE = Path("nowhere")  # a dry run writes nothing


@strawberry.type(description="A column of a table.")
class TableColumn:
    name: str = strawberry.field(description="Its name.")
    type: str = strawberry.field(description="Its type, in DuckDB's words.")


@strawberry.type(name="WarehouseTableVersion", description="A state of a table; it never changes.")
class Version:
    number: int = strawberry.field(description="From 1, without gaps.")
    act: str = strawberry.field(description="What was done: `create`, `insert`, `update`, `delete`, …")
    run_id: str = strawberry.field(description="Of the run that wrote it.")
    changed_rows: BigInt = strawberry.field(description="Rows written, changed or deleted.")
    row_count: BigInt = strawberry.field(description="Rows it has.")
    size_bytes: BigInt = strawberry.field(description="Bytes of its files.")
    created_at: datetime = strawberry.field(description="When readers first saw it.")
    superseded_at: datetime | None = strawberry.field(description="Until when it was the newest; null: it is.")

    @classmethod
    def of(cls, row: TableVersion) -> "Version":
        return cls(
            number=row.number,
            act=row.act,
            run_id=row.run_id,
            changed_rows=BigInt(row.changed_rows),
            row_count=BigInt(row.row_count),
            size_bytes=BigInt(row.size_bytes),
            created_at=row.created_at,
            superseded_at=row.superseded_at,
        )


@strawberry.type(name="WarehouseTableVersionEdge", description="A version in a list.")
class VersionEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Version = strawberry.field(description="The version.")


@strawberry.type(name="WarehouseTableVersionConnection", description="Versions of a table, newest first.")
class VersionConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[VersionEdge] = strawberry.field(description="The versions of this page.")


@strawberry.type(description="A table of the warehouse, at one of its versions.")
class WarehouseTable:
    view: strawberry.Private[TableView]
    schema: str = strawberry.field(description="Its schema.")
    name: str = strawberry.field(description="Its name.")
    version: int = strawberry.field(description="Which of its versions this is.")
    columns: list[TableColumn] = strawberry.field(description="Its columns, in order.")
    row_count: BigInt = strawberry.field(description="Its rows.")
    size_bytes: BigInt = strawberry.field(description="Bytes of its Parquet files.")
    file_count: int = strawberry.field(description="Its Parquet files.")
    changed_at: datetime = strawberry.field(description="When this version was written.")
    run_id: str = strawberry.field(description="Of the run that wrote this version.")

    @strawberry.field(description="Its first rows, read from its first file.")
    async def sample(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many at most, from 1 to 100.")] = 10,
    ) -> list[Row]:
        count, files = page_size(first), [file for file in self.view.files if file.row_count]
        if not files:
            return []
        path = info.context.transfers.intake.folder.path(files[0].digest)
        page = await asyncio.to_thread(page_in, path, 0, count)
        return [
            Row(number=BigInt(at), values=[Json(value) for value in row]) for at, row in enumerate(page.rows)
        ]

    @strawberry.field(
        description="What each column holds: found by reading its files, once for each version. At most 5 "
        "tables of one request."
    )
    async def statistics(self, info: Info) -> list[ColumnStatistics]:
        return list(await statistics(info, self.view))

    @strawberry.field(description="All its versions that are kept, newest first.")
    async def versions(self, info: Info, first: First = 20, after: After = None) -> VersionConnection:
        limit, behind, pk = page_size(first), number_behind(after), self.view.pk
        rows = await info.context.desk.store.read(
            lambda session: versions_of(session, pk, after=behind, limit=limit + 1)
        )
        cursors = [encode_cursor(str(row.number)) for row in rows]
        edges = [VersionEdge(cursor=at, node=Version.of(row)) for at, row in zip(cursors, rows, strict=True)]
        page_info = page_of(rows, first, after=after, cursors=cursors)
        return VersionConnection(page_info=page_info, edges=edges[:first])

    @classmethod
    def of(cls, view: TableView) -> "WarehouseTable":
        return cls(
            view=view,
            schema=view.schema,
            name=view.name,
            version=view.version,
            columns=[TableColumn(name=name, type=kind) for name, kind in view.columns],
            row_count=BigInt(view.row_count),
            size_bytes=BigInt(view.size_bytes),
            file_count=len(view.files),
            changed_at=view.created_at,
            run_id=view.run_id,
        )


@strawberry.type(description="A table in a list.")
class WarehouseTableEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: WarehouseTable = strawberry.field(description="The table.")


@strawberry.type(description="Tables, by schema and name.")
class WarehouseTableConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[WarehouseTableEdge] = strawberry.field(description="The tables of this page.")


@strawberry.type(description="A table that a statement reads.")
class TableReading:
    schema: str = strawberry.field(description="Its schema.")
    name: str = strawberry.field(description="Its name.")
    columns: list[str] = strawberry.field(description="Those of its columns that matter for what comes out.")


@strawberry.type(description="What is wrong with a statement.")
class StatementProblem:
    code: str = strawberry.field(description="Which sort of problem, such as `SYNTAX_ERROR`.")
    message: str = strawberry.field(description="What is wrong.")
    hint: str = strawberry.field(description="What would help; may be empty.")
    line: int | None = strawberry.field(description="The line, from 1; null where the engine does not say.")
    column: int | None = strawberry.field(description="The character of the line, from 1; null as above.")


@strawberry.type(description="What a statement would do; nothing of it was executed.")
class DryRun:
    problem: StatementProblem | None = strawberry.field(description="Why it cannot run; null: it can.")
    statement: str | None = strawberry.field(description="Which sort it is, such as `select` or `insert`.")
    columns: list[TableColumn] = strawberry.field(
        description="The columns of its rows, or of the table that it would write."
    )
    reads: list[TableReading] = strawberry.field(description="The tables that it reads.")
    writes: str | None = strawberry.field(description="The table that it would write; null: none.")
    cacheable: bool = strawberry.field(description="Whether its answer may be kept for whoever asks again.")
    edges: list[SqlEdge] = strawberry.field(
        description="What would flow into and influence what, by names; at most 2,000 edges."
    )


@strawberry.type(description="A statement to begin with, over the table `trips` of the sample.")
class ExampleQuery:
    name: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What it answers.")
    sql: str = strawberry.field(description="The statement.")
    engine: str = strawberry.field(description="The engine that it is written for, such as `DUCKDB`.")


def table_key(cursor: str | None) -> tuple[str, str] | None:
    """The folded schema and name in the cursor of a list of tables.

    Raises:
        InvalidParams: It is no such cursor.
    """
    if cursor is None:
        return None
    schema, name = decode_cursor(cursor, parts=2)
    return schema, name


def failed(error: StatementFailed) -> DryRun:
    problem = StatementProblem(
        code=error.code,
        message=str(error),
        hint=error.hint,
        line=error.line or None,
        column=error.column or None,
    )
    return DryRun(problem=problem, statement=None, columns=[], reads=[], writes=None, cacheable=False, edges=[])


async def tried(info: Info, sql: str, views: Sequence[TableView]) -> DryRun:
    """What a statement over these tables would do: the engine plans it over empty ones.

    Raises:
        StatementFailed: What is wrong with it.
    """
    tables = tuple(
        Table(view.name, tuple(Column(name, kind) for name, kind in view.columns), (), view.schema)
        for view in views
    )
    found = await info.context.sitting.dry_run(Query(sql, NOWHERE, tables))
    reads = {(read.schema, read.name) for read in found.reads}
    known = tuple(
        (view.name if view.schema == DEFAULT_SCHEMA else f"{view.schema}.{view.name}", names)
        for view in views
        if (view.schema, view.name) in reads and (names := tuple(name for name, _ in view.columns))
    )
    analysis = await info.context.sitting.answer(Question(sql, Dialect.DUCKDB, known, ""))
    return DryRun(
        problem=None,
        statement=found.kind.value,
        columns=[TableColumn(name=column.name, type=column.type) for column in found.columns],
        reads=[
            TableReading(schema=read.schema, name=read.name, columns=list(read.columns)) for read in found.reads
        ],
        writes=".".join(found.writes) if found.writes else None,
        cacheable=found.cacheable,
        edges=list(map(SqlEdge.of, analysis.edges)),
    )


@strawberry.type
class TableQuery:
    @strawberry.field(description="The tables of a workspace's warehouse, by schema and name.")
    async def tables(
        self, info: Info, first: First = 20, after: After = None, workspace: Workspace = MAIN_WORKSPACE
    ) -> WarehouseTableConnection:
        limit, behind = page_size(first), table_key(after)
        views = await info.context.desk.store.read(
            lambda session: tables_of(session, workspace, after=behind, limit=limit + 1)
        )
        cursors = [encode_cursor(fold_case(view.schema), fold_case(view.name)) for view in views]
        edges = [
            WarehouseTableEdge(cursor=at, node=WarehouseTable.of(view))
            for at, view in zip(cursors, views, strict=True)
        ]
        page_info = page_of(views, first, after=after, cursors=cursors)
        return WarehouseTableConnection(page_info=page_info, edges=edges[:first])

    @strawberry.field(description="One table, as it is or as it was at a moment; NOT_FOUND if there is none.")
    async def table(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Its name; capitals do not matter.")],
        schema: Annotated[str, strawberry.argument(description="Its schema.")] = DEFAULT_SCHEMA,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(description="The version that was the newest then; null: the newest there is."),
        ] = None,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> WarehouseTable:
        moment = as_of.astimezone() if as_of is not None else None
        views = await info.context.desk.store.read(
            lambda session: tables_of(session, workspace, [(schema, name)], moment)
        )
        if not views:
            raise UnknownTable(f"There is no table {schema}.{name}.", hint="Ask tables which there are.")
        return WarehouseTable.of(views[0])

    @strawberry.field(
        description="What a statement would do, or what is wrong with it and where: over the tables as they "
        "are, none of which is opened. Nothing is executed. It counts among the five texts of a request."
    )
    async def dry_run(
        self,
        info: Info,
        sql: Annotated[str, strawberry.argument(description="One statement for DuckDB: 100,000 characters.")],
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> DryRun:
        if len(sql) > MAX_SQL:
            raise InvalidParams("sql", f"has more than {MAX_SQL:,} characters", hint="Submit it as a run.")
        views = await info.context.desk.store.read(lambda session: tables_of(session, workspace))
        try:
            return await tried(info, sql, views)
        except StatementFailed as error:
            return failed(error)

    @strawberry.field(description="Statements over the table `trips` of the sample, each of them tested.")
    def example_queries(self) -> list[ExampleQuery]:
        return [
            ExampleQuery(name=each.name, description=each.description, sql=each.sql, engine=each.engine.name)
            for each in EXAMPLES
        ]
