"""The lineage graph, as clients walk it."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from db.catalog import AssetView, ColumnView, EvidenceView, find_asset, find_column, list_assets
from db.models import MAIN_WORKSPACE
from db.revisions import head_of
from db.session import Session
from db.walk import Bounds, Node, Route, Step, Walk, walk
from graph.arguments import After, First, Workspace
from graph.context import Info
from graph.enums import Direction, EdgeKind, Level, Origin, Subtype
from graph.paging import MAX_PAGE, decode_cursor, encode_cursor, page_of, page_size
from graph.runs import uuid_of
from jobs.errors import InvalidParams, UnknownAsset

MAX_DEPTH = 100
MAX_NODES = 5_000
WALK_SECONDS = 5.0


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


@strawberry.type(description="Why an edge is believed.")
class Evidence:
    origin: Origin = strawberry.field(description="How it is known.")
    source: str = strawberry.field(description="Which source asserts it.")
    expression: str = strawberry.field(description="The words themselves.")
    file: str = strawberry.field(description="The text they stand in.")
    line: int = strawberry.field(description="The line they begin at, from 1.")
    statement: str = strawberry.field(description="What kind of statement it is, such as CREATE VIEW.")
    note: str = strawberry.field(description="Why it is not certain; empty if it is.")

    @classmethod
    def of(cls, view: EvidenceView) -> "Evidence":
        return cls(
            origin=Origin(view.origin),
            source=view.source,
            expression=view.expression,
            file=view.text_name,
            line=view.line,
            statement=view.verb,
            note=view.note,
        )


def node_id(node: Node) -> strawberry.ID:
    return strawberry.ID(f"{node.asset_pk.hex}:{node.column_pk.hex if node.column_pk else ''}")


@strawberry.type(description="A column, or an asset as a whole, that a walk reached.")
class LineageNode:
    node: strawberry.Private[Node]
    at: strawberry.Private[int]
    id: strawberry.ID = strawberry.field(description="What `source` and `target` of edges refer to.")
    depth: int = strawberry.field(description="How many steps from the root.")

    @strawberry.field(description="The asset.")
    async def asset(self, info: Info) -> Asset:
        view = await info.context.loaders.assets.load((self.node.asset_pk, self.at))
        if view is None:
            raise UnknownAsset
        return Asset.of(view, self.at)

    @strawberry.field(description="The column; null for the asset as a whole.")
    async def column(self, info: Info) -> Column | None:
        if self.node.column_pk is None:
            return None
        view = await info.context.loaders.columns_by_pk.load((self.node.column_pk, self.at))
        return Column.of(view) if view else None


@strawberry.type(description="`source` flows into, or influences, `target`.")
class LineageEdge:
    step: strawberry.Private[Step]
    at: strawberry.Private[int]
    source: strawberry.ID = strawberry.field(description="The `id` of a node.")
    target: strawberry.ID = strawberry.field(description="The `id` of a node.")
    kind: EdgeKind = strawberry.field(description="Value or influence.")
    subtype: Subtype | None = strawberry.field(description="How; null between assets.")
    masking: bool = strawberry.field(description="Whether the value is hashed or masked on the way.")

    @strawberry.field(description="Why it is believed: at least one expression with its place.")
    async def evidence(self, info: Info) -> list[Evidence]:
        views = await info.context.loaders.evidence.load_many([(pk, self.at) for pk in self.step.edge_pks])
        return [Evidence.of(view) for of_edge in views for view in of_edge or ()]


@strawberry.type(description="A bounded part of the graph, as flat lists.")
class Lineage:
    revision: int = strawberry.field(description="The revision of the graph that was walked.")
    nodes: list[LineageNode] = strawberry.field(description="What was reached, nearest first.")
    edges: list[LineageEdge] = strawberry.field(description="Every edge between the nodes that was walked.")
    truncated: bool = strawberry.field(description="Whether more lies behind a bound.")
    frontier: list[LineageNode] = strawberry.field(description="Where to walk on from, if truncated.")

    @classmethod
    def of(cls, found: Walk, revision: int) -> "Lineage":
        def shown(node: Node) -> LineageNode:
            return LineageNode(node=node, at=revision, id=node_id(node), depth=found.depths[node])

        return cls(
            revision=revision,
            nodes=[shown(node) for node in found.depths],
            edges=[edge_of(step, revision) for step in found.steps.values()],
            truncated=found.truncated,
            frontier=[shown(node) for node in found.frontier],
        )


def edge_of(step: Step, revision: int) -> LineageEdge:
    return LineageEdge(
        step=step,
        at=revision,
        source=node_id(step.source),
        target=node_id(step.target),
        kind=EdgeKind(step.kind),
        subtype=Subtype(step.subtype) if step.subtype else None,
        masking=step.masking,
    )


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


@strawberry.input(one_of=True, description="Where a walk begins.")
class LineageRoot:
    asset: AssetRef | None = strawberry.field(default=strawberry.UNSET, description="At all its columns.")
    column: ColumnRef | None = strawberry.field(default=strawberry.UNSET, description="At one column.")


def no_asset(name: str) -> UnknownAsset:
    return UnknownAsset(f"There is no asset {name!r}.", hint="List assets to see how names are spelled.")


def find_root(session: Session, workspace: str, root: LineageRoot, at: int) -> Node:
    """The node that a root names.

    Raises:
        UnknownAsset: There is no such asset or column at this revision.
    """
    ref = root.asset or root.column
    if not ref:
        raise InvalidParams("of", "names neither an asset nor a column")
    name = ref.name if isinstance(ref, AssetRef) else ref.asset
    asset = find_asset(session, workspace, ref.namespace or default_namespace(workspace), name, at)
    if asset is None:
        raise no_asset(name)
    if isinstance(ref, AssetRef):
        return Node(asset.pk)
    column = find_column(session, asset.pk, ref.column, at)
    if column is None:
        raise UnknownAsset(
            f"{asset.name} has no column {ref.column!r}.", hint="Ask asset { columns { name } }."
        )
    return Node(asset.pk, column.pk)


@strawberry.type
class LineageQuery:
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

    @strawberry.field(description="Walk from an asset or column, upstream or downstream, within bounds.")
    async def lineage(
        self,
        info: Info,
        of: Annotated[LineageRoot, strawberry.argument(description="Where to begin.")],
        direction: Annotated[Direction, strawberry.argument(description="Which way.")] = Direction.UPSTREAM,
        level: Annotated[Level, strawberry.argument(description="Columns or assets.")] = Level.COLUMN,
        kinds: Annotated[
            list[EdgeKind] | None,
            strawberry.argument(description="Only these kinds of edges; all if left out."),
        ] = None,
        depth: Annotated[int, strawberry.argument(description="Steps at most, 1 to 100.")] = 10,
        max_nodes: Annotated[int, strawberry.argument(description="Nodes at most, 1 to 5000.")] = 500,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> Lineage:
        if not 1 <= depth <= MAX_DEPTH:
            raise InvalidParams("depth", f"must be between 1 and {MAX_DEPTH}")
        if not 1 <= max_nodes <= MAX_NODES:
            raise InvalidParams("maxNodes", f"must be between 1 and {MAX_NODES}")
        bounds = Bounds(depth=depth, max_nodes=max_nodes, seconds=WALK_SECONDS)

        def read(session: Session) -> tuple[Walk, int]:
            at = head_of(session, workspace)
            route = Route(at, direction, level, frozenset(kinds or ()))
            return walk(session, [find_root(session, workspace, of, at)], route, bounds), at

        return Lineage.of(*await info.context.desk.store.read(read))
