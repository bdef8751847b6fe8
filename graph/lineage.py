"""The lineage graph, as clients walk it."""

from typing import Annotated

import strawberry

from db.catalog import EvidenceView, find_asset, find_column
from db.models import MAIN_WORKSPACE
from db.revisions import head_of
from db.session import Session
from db.walk import Bounds, Node, Route, Step, Walk, walk
from graph.arguments import Workspace
from graph.assets import Asset, AssetRef, Column, ColumnRef, default_namespace, no_asset
from graph.context import Info
from graph.enums import Direction, EdgeKind, Level, Origin, Subtype
from jobs.errors import InvalidParams, UnknownAsset

MAX_DEPTH = 100
MAX_NODES = 5_000
WALK_SECONDS = 5.0


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


@strawberry.input(one_of=True, description="Where a walk begins.")
class LineageRoot:
    asset: AssetRef | None = strawberry.field(default=strawberry.UNSET, description="At all its columns.")
    column: ColumnRef | None = strawberry.field(default=strawberry.UNSET, description="At one column.")


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
