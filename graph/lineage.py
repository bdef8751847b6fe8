"""The lineage graph, as clients walk it."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry

from db.catalog import AssetView, ColumnView, EvidenceView, assets_by_pk, columns_by_name_alone, columns_by_pk
from db.confidence import confidence
from db.filters import EVERYTHING
from db.models import MAIN_WORKSPACE
from db.session import Session
from db.walk import Bounds, Node, Route, Step, Walk
from db.walk import Reach as Counted
from graph.arguments import AsOfArgument, Workspace, revision_of
from graph.assets import Asset, AssetRef, Column, ColumnRef, asset_named, column_named
from graph.context import Info
from graph.enums import Direction, EdgeKind, Level, Origin, Subtype
from graph.filters import AssetFilterArgument, wanted_by
from graph.selections import selected
from jobs.errors import InvalidParams, UnknownAsset

MAX_DEPTH = 100
MAX_NODES = 5_000
WALK_SECONDS = 5.0
READ_SECONDS = 30.0  # to wait for a graph to be in memory before counting over it
PLACED = frozenset({"ordinal", "dataType"})  # of a column: to tell these all columns of its asset are read
NOT_ASKED_FOR = cast("Asset", None)  # in the place of what the query does not select


@strawberry.type(description="Why an edge is believed.")
class Evidence:
    origin: Origin = strawberry.field(description="How it is known.")
    source: str = strawberry.field(description="Which source asserts it.")
    expression: str = strawberry.field(description="The words themselves; empty if they are hidden from you.")
    file: str = strawberry.field(description="The text they stand in.")
    line: int = strawberry.field(description="The line they begin at, from 1.")
    statement: str = strawberry.field(description="What kind of statement it is, such as CREATE VIEW.")
    note: str = strawberry.field(description="Why it is not certain; empty if it is.")
    author: str | None = strawberry.field(description="Who says so, if it is STATED by a person; else null.")
    reason: str = strawberry.field(description="Why that person says so; empty for all other evidence.")

    @classmethod
    def of(cls, view: EvidenceView, *, shown: bool) -> "Evidence":
        return cls(
            origin=Origin(view.origin),
            source=view.source,
            expression=view.expression if shown else "",
            file=view.text_name,
            line=view.line,
            statement=view.verb,
            note=view.note,
            author=view.text_name if view.origin == Origin.STATED else None,
            reason=view.expression if view.origin == Origin.STATED else "",
        )


def node_id(node: Node) -> strawberry.ID:
    return strawberry.ID(f"{node.asset_pk.hex}:{node.column_pk.hex if node.column_pk else ''}")


@strawberry.type(description="A column, or an asset as a whole, that a walk reached.")
class LineageNode:
    id: strawberry.ID = strawberry.field(description="What `source` and `target` of edges refer to.")
    depth: int = strawberry.field(description="How many steps from the root.")
    asset: Asset = strawberry.field(description="The asset.")
    column: Column | None = strawberry.field(description="The column; null for the asset as a whole.")


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
        sees = info.context.rights.sees_definitions
        return [Evidence.of(view, shown=sees(view.workspace)) for of_edge in views for view in of_edge or ()]

    @strawberry.field(description="Which sources assert it, by name, each once.")
    async def sources(self, info: Info) -> list[str]:
        views = await info.context.loaders.evidence.load_many([(pk, self.at) for pk in self.step.edge_pks])
        return sorted({view.source for of_edge in views for view in of_edge or ()})

    @strawberry.field(
        description="How much it is to be believed, from 0 to 1: of each origin the strongest evidence counts, "
        "and origins that agree make it surer. Between assets: as much as the surest of the edges of columns."
    )
    async def confidence(self, info: Info) -> float:
        told = await info.context.loaders.origins.load_many([(pk, self.at) for pk in self.step.edge_pks])
        return max((confidence(of_edge or ()) for of_edge in told), default=0.0)


@strawberry.type(description="How much can be reached besides where the walk begins, whatever its bounds.")
class Reach:
    asset_count: int = strawberry.field(description="Assets, but for the one that the walk begins at.")
    column_count: int = strawberry.field(
        description="Columns, but for those that the walk begins at; 0 for a walk between assets."
    )
    complete: bool = strawberry.field(
        description="Whether that is all; false where time was up: then there are at least so many."
    )


@strawberry.type(description="A bounded part of the graph, as flat lists.")
class Lineage:
    workspace: strawberry.Private[str]
    root: strawberry.Private[Node]
    route: strawberry.Private[Route]
    newest: strawberry.Private[bool]
    revision: int = strawberry.field(description="The revision of the graph that was walked.")
    nodes: list[LineageNode] = strawberry.field(description="What was reached, nearest first.")
    edges: list[LineageEdge] = strawberry.field(description="Every edge between the nodes that was walked.")
    truncated: bool = strawberry.field(description="Whether more lies behind a bound.")
    frontier: list[LineageNode] = strawberry.field(description="Where to walk on from, if truncated.")

    @strawberry.field(description="How much can be reached at all, the same way: counted only when asked for.")
    async def reach(self, info: Info) -> Reach:
        graphs = info.context.graphs
        if self.newest and (reading := graphs.ask_for(self.workspace)):
            # Reading a graph and counting takes less time than counting by SQL.
            await asyncio.wait([asyncio.wrap_future(reading)], timeout=READ_SECONDS)

        def read(session: Session) -> Counted:
            return graphs.reach(session, self.workspace, [self.root], self.route, WALK_SECONDS)

        found = await info.context.desk.store.read(read)
        return Reach(asset_count=found.assets, column_count=found.columns, complete=found.complete)


@dataclass(frozen=True, slots=True)
class Walked:
    """A walk, and what its nodes are called as far as somebody wants to know."""

    found: Walk
    root: Node
    route: Route
    ids: Mapping[Node, strawberry.ID]
    assets: Mapping[UUID, AssetView]
    columns: Mapping[UUID, ColumnView]

    def shown(self, nodes: Iterable[Node]) -> list[LineageNode]:
        at, depths = self.route.at, self.found.depths
        assets = {pk: Asset.of(view, at) for pk, view in self.assets.items()}
        columns = {pk: Column.of(view, at) for pk, view in self.columns.items()}
        return [
            LineageNode(
                id=self.ids[node],
                depth=depths[node],
                asset=assets.get(node.asset_pk, NOT_ASKED_FOR),
                column=columns.get(node.column_pk) if node.column_pk else None,
            )
            for node in nodes
        ]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query selects of nodes, and of their columns; whether it wants to know where to go on."""

    nodes: frozenset[str]
    columns: frozenset[str]
    frontier: bool


def wanted_of(info: Info) -> Wanted:
    """What the query being resolved wants to know of a walk."""
    lists = ("nodes", "frontier")
    nodes = frozenset[str]().union(*(selected(info, each) for each in lists))
    columns = frozenset[str]().union(*(selected(info, each, "column") for each in lists))
    return Wanted(nodes, columns, "frontier" in selected(info))


def named(session: Session, found: Walk, at: int, wanted: Wanted) -> Any:
    """The assets and columns of a walk's nodes, as far as they are wanted.

    Raises:
        UnknownAsset: An edge leads to an asset that no source knows any more.
    """
    pks = {node.asset_pk for node in found.depths}
    assets = assets_by_pk(session, pks, at) if "asset" in wanted.nodes else {}
    if "asset" in wanted.nodes and len(assets) < len(pks):
        raise UnknownAsset
    if "column" not in wanted.nodes:
        return assets, {}
    column_pks = {node.column_pk for node in found.depths if node.column_pk}
    told = columns_by_pk if wanted.columns & PLACED else columns_by_name_alone
    return assets, told(session, column_pks, at)


def edge_of(step: Step, revision: int, ids: Mapping[Node, strawberry.ID]) -> LineageEdge:
    return LineageEdge(
        step=step,
        at=revision,
        source=ids[step.source],
        target=ids[step.target],
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
    if root.asset:
        return Node(asset_named(session, workspace, root.asset, at).pk)
    if root.column:
        column = column_named(session, workspace, root.column, at)
        return Node(column.asset_pk, column.pk)
    raise InvalidParams("of", "names neither an asset nor a column")


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
        filter: AssetFilterArgument = None,  # noqa: A002 - the API's word
        depth: Annotated[int, strawberry.argument(description="Steps at most, 1 to 100.")] = 10,
        max_nodes: Annotated[int, strawberry.argument(description="Nodes at most, 1 to 5000.")] = 500,
        workspace: Workspace = MAIN_WORKSPACE,
        as_of: AsOfArgument = None,
    ) -> Lineage:
        if not 1 <= depth <= MAX_DEPTH:
            raise InvalidParams("depth", f"must be between 1 and {MAX_DEPTH}")
        if not 1 <= max_nodes <= MAX_NODES:
            raise InvalidParams("maxNodes", f"must be between 1 and {MAX_NODES}")
        bounds = Bounds(depth=depth, max_nodes=max_nodes, seconds=WALK_SECONDS)
        only = wanted_by(filter)
        wanted = wanted_of(info)

        def read(session: Session) -> Walked:
            at = revision_of(session, workspace, as_of)
            route = Route(at, direction, level, frozenset(kinds or ()), None if only == EVERYTHING else only)
            root = find_root(session, workspace, of, at)
            found = info.context.graphs.walk(session, workspace, [root], route, bounds)
            ids = {node: node_id(node) for node in found.depths}
            return Walked(found, root, route, ids, *named(session, found, at, wanted))

        walked = await info.context.desk.store.read(read)
        found = walked.found
        return Lineage(
            workspace=workspace,
            root=walked.root,
            route=walked.route,
            newest=as_of is None,
            revision=walked.route.at,
            nodes=walked.shown(found.depths),
            edges=[edge_of(step, walked.route.at, walked.ids) for step in found.steps.values()],
            truncated=found.truncated,
            frontier=walked.shown(found.frontier) if wanted.frontier else [],
        )
