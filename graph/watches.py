"""Watches: what somebody wants to be told of when the graph changes."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import relay

from db.catalog import assets_by_pk, columns_by_name_alone
from db.clearing import hold_workspace
from db.models import MAIN_WORKSPACE
from db.revisions import head_of
from db.roles import Role
from db.session import Session
from db.watches import Watch as WatchRow
from db.watches import add_watch, drop_watch, list_watches, watch_by_pk, watches_by_pk
from graph.arguments import After, First, Workspace
from graph.context import Info
from graph.enums import Direction, EdgeKind
from graph.lineage import MAX_DEPTH, LineageRoot, find_root
from graph.paging import encode_cursor, page_of, page_size, time_key
from graph.refusals import ForbiddenRefusal, InvalidParamsRefusal, NotFoundRefusal, WorkspaceBusyRefusal
from jobs.errors import InvalidParams, UnknownWatch, UnknownWorkspace, WorkspaceBusy

MAX_NAME = 200


@strawberry.type(
    description="A part of the graph whose changes somebody wants to hear of: a walk from one place."
)
class Watch(relay.Node):
    pk: relay.NodeID[UUID]
    workspace: str = strawberry.field(description="Whose graph it is.")
    name: str = strawberry.field(description="What its owner calls it.")
    owner: str = strawberry.field(description="Who made it.")
    namespace: str = strawberry.field(description="The namespace of the asset that it begins at.")
    asset: str = strawberry.field(description="The name of that asset.")
    column: str | None = strawberry.field(description="The column; null for the asset as a whole.")
    direction: Direction = strawberry.field(description="Which way it looks.")
    depth: int | None = strawberry.field(description="How many steps; null for as far as it goes.")
    kinds: list[EdgeKind] = strawberry.field(description="Kinds of edges that it follows; none: all.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def of(cls, row: WatchRow) -> "Watch":
        return cls(
            pk=row.pk,
            workspace=row.workspace,
            name=row.name,
            owner=row.owner,
            namespace=row.namespace,
            asset=row.asset_name,
            column=row.column_name,
            direction=Direction(row.direction),
            depth=row.depth,
            kinds=[EdgeKind(kind) for kind in row.kinds],
            created_at=row.created_at,
        )

    @classmethod
    async def resolve_nodes(  # type: ignore[override]  # ours is always asynchronous
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list["Watch | None"]:
        del required  # an unknown id gives null, or the error of a missing required node
        pks = [pk_of(node_id) for node_id in node_ids]
        rows = await info.context.desk.store.read(partial(watches_by_pk, pks=[pk for pk in pks if pk]))
        role_in = info.context.rights.role_in
        found = [rows.get(pk) if pk else None for pk in pks]
        return [cls.of(row) if row and role_in(row.workspace) is not None else None for row in found]


@strawberry.type(description="A watch in a list.")
class WatchEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Watch = strawberry.field(description="The watch.")


@strawberry.type(description="Watches, newest first.")
class WatchConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[WatchEdge] = strawberry.field(description="The watches of this page.")


@strawberry.type(description="A watch that is gone; what it was told before stays in the feed.")
class WatchDeleted:
    workspace: str = strawberry.field(description="Whose graph it was of.")
    name: str = strawberry.field(description="What it was called.")


CreateWatchResult = Annotated[
    Watch | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("CreateWatchResult", description="The watch, or why there is none."),
]
DeleteWatchResult = Annotated[
    WatchDeleted | NotFoundRefusal | ForbiddenRefusal,
    strawberry.union("DeleteWatchResult", description="What was deleted, or why nothing was."),
]


def pk_of(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None


def named(name: str, depth: int | None) -> str:
    """The name of a watch, without the blanks around it.

    Raises:
        InvalidParams: It is empty, too long or no text; or a depth is none.
    """
    bare = name.strip()
    if not (1 <= len(bare) <= MAX_NAME and bare.isprintable()):
        raise InvalidParams("name", f"must have 1 to {MAX_NAME} printable characters")
    if depth is not None and not 1 <= depth <= MAX_DEPTH:
        raise InvalidParams("depth", f"must be between 1 and {MAX_DEPTH}")
    return bare


def made(session: Session, root: LineageRoot, given: dict[str, Any], most: int) -> WatchRow:
    """A new watch of a place that is there.

    Raises:
        UnknownAsset: There is no such asset or column.
        InvalidParams: The owner has one of this name, or the workspace has no room for more.
        UnknownWorkspace: There is no such workspace any more.
        WorkspaceBusy: It is being cleared.
    """
    workspace = given["workspace"]
    clearing = hold_workspace(session, workspace)
    if clearing is None:
        raise UnknownWorkspace
    if clearing:
        raise WorkspaceBusy("The workspace is being cleared.", hint="Try again in a moment.")
    at = head_of(session, workspace)
    node = find_root(session, workspace, root, at)
    asset = assets_by_pk(session, [node.asset_pk], at)[node.asset_pk]
    column = columns_by_name_alone(session, [node.column_pk], at)[node.column_pk] if node.column_pk else None
    row = WatchRow(
        **given,
        asset_pk=node.asset_pk,
        column_pk=node.column_pk,
        namespace=asset.namespace,
        asset_name=asset.name,
        column_name=column.name if column else None,
    )
    try:
        there = add_watch(session, row, most)
    except ValueError as error:
        raise InvalidParams(
            "name", "is that of another watch of yours", hint="Delete that one first."
        ) from error
    if there is not None:
        problem = f"would be one too many: the workspace has {there:,}"
        hint = "Delete some, or have HEADWATER_MAX_WATCHES_PER_WORKSPACE raised."
        raise InvalidParams("name", problem, hint=hint)
    return row


@strawberry.type
class WatchQuery:
    @strawberry.field(description="A watch by its id; null if there is none, or it is not yours to see.")
    async def watch(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")],  # noqa: A002 - Relay's word
    ) -> Watch | None:
        pk = pk_in(id)
        row = await info.context.desk.store.read(partial(watch_by_pk, pk=pk)) if pk else None
        visible = row is not None and info.context.rights.role_in(row.workspace) is not None
        return Watch.of(row) if row and visible else None

    @strawberry.field(description="Watches of a workspace, newest first.")
    async def watches(
        self,
        info: Info,
        owner: Annotated[str | None, strawberry.argument(description="Only of this owner.")] = None,
        first: First = 50,
        after: After = None,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> WatchConnection:
        limit, behind = page_size(first) + 1, time_key(after)
        read = partial(list_watches, workspace=workspace, owner=owner, after=behind, limit=limit)
        rows = await info.context.desk.store.read(read)
        cursors = [encode_cursor(row.created_at.isoformat(), row.pk.hex) for row in rows]
        edges = [
            WatchEdge(cursor=cursor, node=Watch.of(row)) for cursor, row in zip(cursors, rows, strict=True)
        ]
        return WatchConnection(
            page_info=page_of(rows, first, after=after, cursors=cursors), edges=edges[:first]
        )


@strawberry.type
class WatchMutation:
    @strawberry.mutation(
        description="Watch what is upstream or downstream of an asset or a column: `lineageFeed` then tells "
        "when a revision touches it. For runners."
    )
    async def create_watch(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="What to call it: unique among your own.")],
        of: Annotated[LineageRoot, strawberry.argument(description="Where it begins.")],
        direction: Annotated[Direction, strawberry.argument(description="Which way.")] = Direction.UPSTREAM,
        depth: Annotated[
            int | None, strawberry.argument(description="Steps, 1 to 100; left out: as far as it goes.")
        ] = None,
        kinds: Annotated[
            list[EdgeKind] | None, strawberry.argument(description="Only these kinds of edges; left out: all.")
        ] = None,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> CreateWatchResult:
        given = {
            "workspace": workspace,
            "owner": info.context.principal.name,
            "name": named(name, depth),
            "direction": direction.value,
            "depth": depth,
            "kinds": sorted({kind.value for kind in kinds or ()}),
        }
        most = info.context.desk.settings.max_watches_per_workspace
        row = await info.context.desk.store.write(partial(made, root=of, given=given, most=most))
        return Watch.of(row)

    @strawberry.mutation(description="Delete a watch: one's own, or as an admin any.")
    async def delete_watch(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")],  # noqa: A002 - Relay's word
    ) -> DeleteWatchResult:
        pk = pk_in(id)
        store, context = info.context.desk.store, info.context
        row = await store.read(partial(watch_by_pk, pk=pk)) if pk else None
        if row is None or context.rights.role_in(row.workspace) is None:
            raise UnknownWatch
        if row.owner != context.principal.name:
            context.rights.demand(Role.ADMIN, row.workspace)
        if not await store.write(partial(drop_watch, pk=row.pk)):
            raise UnknownWatch  # somebody else was faster
        return WatchDeleted(workspace=row.workspace, name=row.name)


def id_of(pk: UUID) -> strawberry.ID:
    """The global id of a watch, whether or not it is there still."""
    return strawberry.ID(relay.to_base64("Watch", pk))


def pk_in(global_id: str) -> UUID | None:
    """The inner id in the global id of a watch; None if it is none."""
    try:
        found = relay.GlobalID.from_id(global_id)
    except relay.GlobalIDValueError:
        return None
    return pk_of(found.node_id) if found.type_name == "Watch" else None
