"""Queries that are kept by name: kept, listed, run again, and forgotten."""

import re
from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry
from strawberry import relay

from db.clearing import hold_workspace
from db.columns import fold_case
from db.models import MAIN_WORKSPACE
from db.saved_queries import SavedQuery as Row
from db.saved_queries import delete_saved_query, save_query, saved_queries, saved_query
from db.session import Session
from graph.arguments import After, First, Workspace
from graph.context import Info
from graph.paging import decode_cursor, encode_cursor, page_of, page_size
from graph.refusals import ForbiddenRefusal, InvalidParamsRefusal, NotFoundRefusal, WorkspaceBusyRefusal
from graph.runs import Run
from graph.scalars import Json
from graph.submissions import RunSubmitted
from jobs.engines.sql.values import Engine
from jobs.errors import InvalidParams, NotFound, UnknownWorkspace, WorkspaceBusy
from jobs.pipelines.query.values import QueryParams
from jobs.submit import RunOptions, submit_run

NAME = re.compile(r"\S(?:.{0,78}\S)?")
MAX_DESCRIPTION = 1_000  # characters
MAX_KEPT = 10_000  # queries of a workspace
LABEL = "saved: "  # and the name: by it the runs of a saved query are found


class UnknownSavedQuery(NotFound):
    """There is no such saved query."""


@strawberry.type(description="A statement of SQL that a workspace keeps under a name.")
class SavedQuery:
    workspace: str = strawberry.field(description="Whose it is.")
    name: str = strawberry.field(description="Its name, which is found in whatever capitals.")
    sql: str | None = strawberry.field(description="The statement; null for those who may not see definitions.")
    engine: Engine = strawberry.field(description="Where it runs.")
    description: str = strawberry.field(description="What it is for; may be empty.")
    saved_by: str = strawberry.field(description="Who kept it so.")
    saved_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, row: Row, info: Info) -> "SavedQuery":
        return cls(
            workspace=row.workspace,
            name=row.name,
            sql=row.sql if info.context.rights.sees_definitions(row.workspace) else None,
            engine=Engine(row.engine),
            description=row.description,
            saved_by=row.saved_by,
            saved_at=row.saved_at,
        )


@strawberry.type(description="A saved query in a list.")
class SavedQueryEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: SavedQuery = strawberry.field(description="The query.")


@strawberry.type(description="Saved queries, by name.")
class SavedQueryConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[SavedQueryEdge] = strawberry.field(description="The queries of this page.")


@strawberry.type(description="A saved query that is gone; runs of it stay.")
class SavedQueryDeleted:
    name: str = strawberry.field(description="What it was called.")


SaveQueryResult = Annotated[
    SavedQuery | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("SaveQueryResult", description="The query as it is kept, or why it is not."),
]
DeleteSavedQueryResult = Annotated[
    SavedQueryDeleted | NotFoundRefusal | ForbiddenRefusal,
    strawberry.union("DeleteSavedQueryResult", description="What was deleted, or why nothing was."),
]
Name = Annotated[str, strawberry.argument(description="Its name, in whatever capitals.")]


def checked(name: str, description: str) -> str:
    """The name of a query, without the blanks around it.

    Raises:
        InvalidParams: It is empty, too long or no text; or the description is too long.
    """
    bare = name.strip()
    if not (NAME.fullmatch(bare) and bare.isprintable()):
        raise InvalidParams("name", "must have 1 to 80 printable characters")
    if len(description) > MAX_DESCRIPTION:
        raise InvalidParams("description", f"has more than {MAX_DESCRIPTION:,} characters")
    return bare


def kept(session: Session, row: Row) -> Row:
    """Keep a query in a workspace that is open.

    Raises:
        UnknownWorkspace: There is no such workspace any more.
        WorkspaceBusy: It is being cleared.
        InvalidParams: It holds as many as it may.
    """
    clearing = hold_workspace(session, row.workspace)
    if clearing is None:
        raise UnknownWorkspace
    if clearing:
        raise WorkspaceBusy("The workspace is being cleared.", hint="Try again in a moment.")
    saved = save_query(session, row, most=MAX_KEPT)
    if saved is None:
        problem = f"would be one too many: the workspace keeps {MAX_KEPT:,} queries"
        raise InvalidParams("name", problem, hint="Delete some that nobody needs.")
    return saved


def folded_after(cursor: str | None) -> str | None:
    """The folded name in a cursor of the list.

    Raises:
        InvalidParams: It is none of this list.
    """
    return None if cursor is None else decode_cursor(cursor, parts=1)[0]


def read(session: Session, workspace: str, name: str) -> Row:
    """The query of a name.

    Raises:
        UnknownSavedQuery: There is none.
    """
    row = saved_query(session, workspace, name)
    if row is None:
        raise UnknownSavedQuery(f"There is no saved query {name!r}.", hint="Ask savedQueries which there are.")
    return row


@strawberry.type
class SavedQueryQuery:
    @strawberry.field(description="The queries that a workspace keeps, by name.")
    async def saved_queries(
        self, info: Info, first: First = 50, after: After = None, workspace: Workspace = MAIN_WORKSPACE
    ) -> SavedQueryConnection:
        look = partial(
            saved_queries, workspace=workspace, after=folded_after(after), limit=page_size(first) + 1
        )
        rows = await info.context.desk.store.read(look)
        cursors = [encode_cursor(row.folded) for row in rows]
        edges = [
            SavedQueryEdge(cursor=at, node=SavedQuery.of(row, info))
            for at, row in zip(cursors, rows, strict=True)
        ]
        page_info = page_of(rows, first, after=after, cursors=cursors)
        return SavedQueryConnection(page_info=page_info, edges=edges[:first])

    @strawberry.field(description="A query that a workspace keeps; NOT_FOUND if there is none of this name.")
    async def saved_query(self, info: Info, name: Name, workspace: Workspace = MAIN_WORKSPACE) -> SavedQuery:
        row = await info.context.desk.store.read(partial(read, workspace=workspace, name=name))
        return SavedQuery.of(row, info)


@strawberry.type
class SavedQueryMutation:
    @strawberry.mutation(
        description="Keep a statement under a name, in place of the one that had it. It is not executed. For "
        "runners."
    )
    async def save_query(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="1 to 80 characters.")],
        sql: Annotated[str, strawberry.argument(description="One statement: 1 MB at most.")],
        engine: Annotated[Engine, strawberry.argument(description="Where it runs.")] = Engine.DUCKDB,
        description: Annotated[str, strawberry.argument(description="What it is for.")] = "",
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> SaveQueryResult:
        params = QueryParams(sql=sql, engine=engine)
        bare = checked(name, description)
        row = Row(
            workspace=workspace,
            name=bare,
            folded=fold_case(bare),
            sql=params.sql,
            engine=engine.value,
            description=description,
            saved_by=info.context.principal.name,
        )
        return SavedQuery.of(await info.context.desk.store.write(partial(kept, row=row)), info)

    @strawberry.mutation(description="Forget a query that was kept: for runners. Runs of it stay.")
    async def delete_saved_query(
        self, info: Info, name: Name, workspace: Workspace = MAIN_WORKSPACE
    ) -> DeleteSavedQueryResult:
        work = partial(delete_saved_query, workspace=workspace, name=name)
        if not await info.context.desk.store.write(work):
            raise UnknownSavedQuery(f"There is no saved query {name!r}.")
        return SavedQueryDeleted(name=name)

    @strawberry.mutation(
        description="Submit a kept query as a run of kind `query`, which holds the statement as it is now and "
        "is labelled `saved: ` and the name."
    )
    async def run_saved_query(
        self,
        info: Info,
        name: Name,
        params: Annotated[
            Json | None, strawberry.argument(description="Values of its parameters, as for `query`.")
        ] = None,
        row_limit: Annotated[int, strawberry.argument(description="How many rows are kept.")] = 10_000,
        use_cache: Annotated[  # noqa: FBT002 - clients name their arguments
            bool, strawberry.argument(description="Whether a kept result will do.")
        ] = True,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> RunSubmitted:
        context = info.context
        row = await context.desk.store.read(partial(read, workspace=workspace, name=name))
        asked = QueryParams(
            sql=row.sql, engine=Engine(row.engine), params=params, row_limit=row_limit, use_cache=use_cache
        )
        wanted = RunOptions(workspace=workspace, labels=(LABEL + row.name,))
        return Run.of(await submit_run(context.desk, context.principal.name, "query", asked, wanted))
