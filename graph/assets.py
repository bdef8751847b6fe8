"""Assets and their columns, as clients find and read them."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from db.catalog import AssetView, ColumnView, find_asset, list_assets
from db.models import MAIN_WORKSPACE
from db.revisions import head_of
from db.session import Session
from graph.arguments import After, First, Workspace
from graph.context import Info
from graph.paging import MAX_PAGE, decode_cursor, encode_cursor, page_of, page_size
from graph.runs import uuid_of
from jobs.errors import InvalidParams, UnknownAsset


def default_namespace(workspace: str) -> str:
    """The namespace of assets whose source names none."""
    return f"headwater://{workspace}"


async def keys_at_head(info: Info, node_ids: Iterable[str]) -> list[tuple[UUID, int]]:
    """What loaders take, for the inner ids of global ids: those at the head of their workspace."""
    pks = [uuid_of(node_id) for node_id in node_ids]
    heads = await info.context.loaders.heads.load_many(pks)
    return [(pk, head or 0) for pk, head in zip(pks, heads, strict=True)]


@strawberry.type(description="A column of an asset.")
class Column(relay.Node):
    pk: relay.NodeID[UUID]
    name: str = strawberry.field(description="As first spelled.")
    ordinal: int = strawberry.field(description="Its place, from 0.")
    data_type: str | None = strawberry.field(description="Its declared type, where one is known.")

    @classmethod
    def of(cls, view: ColumnView) -> "Column":
        return cls(pk=view.pk, name=view.name, ordinal=view.ordinal, data_type=view.data_type)

    @classmethod
    async def resolve_nodes(  # type: ignore[override]  # ours is always asynchronous
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list["Column | None"]:
        del required
        keys = await keys_at_head(info, node_ids)
        views = await info.context.loaders.columns_by_pk.load_many(keys)
        return [cls.of(view) if view else None for view in views]


@strawberry.type(description="A table, view, file, query result, document or answer.")
class Asset(relay.Node):
    pk: relay.NodeID[UUID]
    definition_pk: strawberry.Private[UUID | None]
    at: strawberry.Private[int]
    namespace: str = strawberry.field(description="Where it lives: OpenLineage's namespace.")
    name: str = strawberry.field(description="As first spelled: OpenLineage's name.")
    kind: str = strawberry.field(description="`table`, `view`, `procedure`, `external` (never defined), …")
    columns_complete: bool = strawberry.field(
        description="Whether `columns` are all it has; false where only some were seen in use."
    )

    @strawberry.field(description="Its columns, in order.")
    async def columns(self, info: Info) -> list[Column]:
        return [Column.of(view) for view in await info.context.loaders.columns.load((self.pk, self.at))]

    @strawberry.field(description="The statement that defines it; null if none was given.")
    async def definition(self, info: Info) -> str | None:
        if self.definition_pk is None:
            return None
        return await info.context.loaders.definitions.load(self.definition_pk)

    @classmethod
    def of(cls, view: AssetView, at: int) -> "Asset":
        return cls(
            pk=view.pk,
            at=at,
            definition_pk=view.definition_pk,
            namespace=view.namespace,
            name=view.name,
            kind=view.kind,
            columns_complete=view.columns_complete,
        )

    @classmethod
    async def resolve_nodes(  # type: ignore[override]  # ours is always asynchronous
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list["Asset | None"]:
        del required
        keys = await keys_at_head(info, node_ids)
        views = await info.context.loaders.assets.load_many(keys)
        return [cls.of(view, key[1]) if view else None for view, key in zip(views, keys, strict=True)]


@strawberry.type(description="Assets by namespace and name.")
class AssetConnection(relay.Connection[Asset]):
    pass


@strawberry.input(description="An asset by name.")
class AssetRef:
    name: str = strawberry.field(description="Such as `mart.orders`; capitals do not matter.")
    namespace: str | None = strawberry.field(
        default=None, description="Where it lives; left out: the workspace's own."
    )


@strawberry.input(description="A column by name.")
class ColumnRef:
    asset: str = strawberry.field(description="The asset's name, such as `mart.orders`.")
    column: str = strawberry.field(description="The column's name.")
    namespace: str | None = strawberry.field(
        default=None, description="Where the asset lives; left out: the workspace's own."
    )


def no_asset(name: str) -> UnknownAsset:
    return UnknownAsset(f"There is no asset {name!r}.", hint="List assets to see how names are spelled.")


@strawberry.type
class AssetQuery:
    @strawberry.field(description="An asset by its name. NOT_FOUND if there is none.")
    async def asset(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Such as `mart.orders`.")],
        namespace: Annotated[
            str | None, strawberry.argument(description="Where it lives; left out: the workspace's own.")
        ] = None,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> Asset | None:
        def read(session: Session) -> tuple[AssetView | None, int]:
            at = head_of(session, workspace)
            where = namespace or default_namespace(workspace)
            return find_asset(session, workspace, where, name, at), at

        view, at = await info.context.desk.store.read(read)
        if view is None:
            raise no_asset(name)
        return Asset.of(view, at)

    @strawberry.field(description="Assets by namespace and name.")
    async def assets(
        self,
        info: Info,
        kind: Annotated[list[str] | None, strawberry.argument(description="Only these kinds.")] = None,
        namespace: Annotated[str | None, strawberry.argument(description="Only this namespace.")] = None,
        first: First = 50,
        after: After = None,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> AssetConnection:
        limit = page_size(first) + 1
        kinds = frozenset(kind or ())
        if len(kinds) > MAX_PAGE:
            raise InvalidParams("kind", f"names {len(kinds)} kinds; at most {MAX_PAGE} are taken")
        key = decode_cursor(after, parts=2) if after is not None else None

        def read(session: Session) -> tuple[list[AssetView], int]:
            at = head_of(session, workspace)
            behind = (key[0], key[1]) if key else None
            found = list_assets(
                session, workspace, at, namespace=namespace, kinds=kinds, after=behind, limit=limit
            )
            return list(found), at

        views, head = await info.context.desk.store.read(read)
        cursors = [encode_cursor(view.namespace, view.name_key) for view in views]
        edges = [
            relay.Edge(cursor=at, node=Asset.of(view, head)) for at, view in zip(cursors, views, strict=True)
        ]
        return AssetConnection(
            page_info=page_of(views, first, after=after, cursors=cursors), edges=edges[:first]
        )
