"""Tags that flow: what of them each column has and why, and how far a tag reaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import relay

from db.catalog import AssetView, ColumnView, assets_by_pk, columns_by_pk
from db.flowing import MAX_WAY, Flowing, Spread, State, spread_of
from db.models import MAIN_WORKSPACE
from db.session import Session
from db.tag_flow import Marking, Place, Reached
from db.walk import Node, Step
from graph.arguments import After, AsOfArgument, First, Workspace, revision_of
from graph.assets import Asset, Column, load_asset
from graph.context import Info
from graph.enums import describe
from graph.lineage import LineageEdge, edge_of, node_id
from graph.loaders import FLOW_SECONDS, read_graph
from graph.paging import INTEGER, bad_cursor, decode_cursor, encode_cursor, page_of, page_size
from graph.tag_policies import TagPolicy, checked_tag

describe(
    Marking,
    "What a column has of a tag; the strongest first.",
    {
        "SET": "Somebody says so of the column, or of its asset as a whole.",
        "SAME": "It holds values that have the tag, as they are: all edges of `path` are direct identities.",
        "DERIVED": "Its values are made of such values: all edges of `path` are direct.",
        "INFLUENCED": "Such values decide about its own: some edge of `path` is indirect.",
    },
    name="TagMarking",
)


@strawberry.type(description="Where a tag is set.")
class TagOrigin:
    node: strawberry.Private[Node]
    at: strawberry.Private[int]

    @strawberry.field(description="The asset.")
    async def asset(self, info: Info) -> Asset:
        return await load_asset(info, self.node.asset_pk, self.at)

    @strawberry.field(description="The column; null if it is set on the asset as a whole.")
    async def column(self, info: Info) -> Column | None:
        pk = self.node.column_pk
        view = await info.context.loaders.columns_by_pk.load((pk, self.at)) if pk else None
        return Column.of(view, self.at) if view is not None else None


def path_of(steps: Sequence[Step], at: int) -> list[LineageEdge]:
    """A way as edges."""
    ids = {node: node_id(node) for step in steps for node in (step.source, step.target)}
    return [edge_of(step, at, ids) for step in steps]


@strawberry.type(description="A tag that flows into a column, or is set on it.")
class FlowingTag:
    tag: str = strawberry.field(description="The tag, as its policy spells it.")
    marking: Marking = strawberry.field(description="What the column has of it: the strongest there is.")
    distance: int = strawberry.field(description="Edges of a shortest way that shows it; 0 if it is set here.")
    origin: TagOrigin = strawberry.field(description="Where it is set: where that way begins.")
    policy: TagPolicy = strawberry.field(description="Why it flows.")
    path: list[LineageEdge] = strawberry.field(
        description="That way, as far as 50 edges. An edge may leave or enter the asset as a whole, which "
        "stands for all its columns."
    )

    @classmethod
    def of(cls, found: Flowing, at: int) -> "FlowingTag":
        return cls(
            tag=found.policy.tag,
            marking=found.reached.marking,
            distance=found.reached.distance,
            origin=TagOrigin(node=found.origin, at=at),
            policy=TagPolicy.of(found.policy),
            path=path_of(found.steps, at),
        )


async def flowing_tags(root: strawberry.Parent[Column], info: Info) -> list[FlowingTag]:
    found = await info.context.loaders.flowing_tags.load((Node(root.asset_pk, root.pk), root.at))
    return [FlowingTag.of(each, root.at) for each in found]


FLOWING_TAGS: Any = strawberry.field(
    resolver=flowing_tags,
    name="flowingTags",
    description="The tags that flow into it or are set on it, of those that have a policy by which they flow, "
    "by tag. TIMEOUT where the graph is too large to be walked in time: never some of them.",
)
FLOWING_TAGS.python_name = "flowing_tags"
# A tag comes along edges, which columns know nothing of: so the field is given to their type from up here.
Column.__strawberry_definition__.fields.append(FLOWING_TAGS)  # type: ignore[attr-defined]  # Strawberry sets it


@strawberry.type(description="A column, or an asset as a whole, that has something of a tag.")
class TaggedNode:
    asset: Asset = strawberry.field(description="The asset.")
    column: Column | None = strawberry.field(
        description="The column; null for the asset as a whole: all of its columns but those that are said to "
        "be clean of the tag. A column beside it has more of the tag than the whole."
    )
    marking: Marking = strawberry.field(description="What it has of the tag: the strongest there is.")
    distance: int = strawberry.field(description="Edges of a shortest way that shows it; 0 if it is set here.")
    origin: TagOrigin = strawberry.field(description="Where the tag is set: where that way begins.")
    path: list[LineageEdge] = strawberry.field(description="That way, as far as 50 edges.")


@strawberry.type(description="Something that has a tag, in a list.")
class TaggedNodeEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: TaggedNode = strawberry.field(description="The column or asset.")


@strawberry.type(description="What has something of a tag, nearest first, then by ids.")
class TaggedNodeConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[TaggedNodeEdge] = strawberry.field(description="Those of this page.")


@strawberry.type(description="How far a tag reaches.")
class TagReach:
    revision: int = strawberry.field(description="The revision of the graph that was walked.")
    policy: TagPolicy | None = strawberry.field(
        description="The tag's policy; null if it has none: then it is only where it is set."
    )
    set_count: int = strawberry.field(description="On how many columns and assets it is set.")
    total_count: int = strawberry.field(
        description="How many columns, and assets as a whole, have something of it: the length of `nodes`."
    )
    complete: bool = strawberry.field(
        description="Whether all was walked; false where time was up: then there may be more."
    )
    nodes: TaggedNodeConnection = strawberry.field(description="What has something of it: the page asked for.")


def place_behind(after: str | None) -> Place | None:
    """The place in a cursor; None for none.

    Raises:
        InvalidParams: It is no cursor of such a list.
    """
    if after is None:
        return None
    distance, asset, column = decode_cursor(after, parts=3)
    if not (distance.isascii() and distance.isdecimal() and len(distance) <= INTEGER):
        raise bad_cursor()
    try:
        return int(distance), UUID(asset), UUID(column)
    except ValueError as error:
        raise bad_cursor() from error


@dataclass(frozen=True, slots=True)
class Page:
    """What is told of how far a tag reaches, and the names of what is on a page."""

    at: int
    spread: Spread
    rows: Sequence[tuple[Place, Reached]]
    ways: Sequence[tuple[Node, Sequence[Step]]]
    assets: Mapping[UUID, AssetView]
    columns: Mapping[UUID, ColumnView]

    def edges(self) -> list[TaggedNodeEdge]:
        """What is on the page, but for what no source knows by its name."""
        return [
            TaggedNodeEdge(
                cursor=cursor_of(place),
                node=TaggedNode(
                    asset=Asset.of(self.assets[reached.node.asset_pk], self.at),
                    column=self._column(reached.node.column_pk),
                    marking=reached.marking,
                    distance=reached.distance,
                    origin=TagOrigin(node=origin, at=self.at),
                    path=path_of(steps, self.at),
                ),
            )
            for (place, reached), (origin, steps) in zip(self.rows, self.ways, strict=False)
            if reached.node.asset_pk in self.assets
            and (reached.node.column_pk is None or reached.node.column_pk in self.columns)
        ]

    def _column(self, pk: UUID | None) -> Column | None:
        return Column.of(self.columns[pk], self.at) if pk else None


def cursor_of(place: Place) -> str:
    distance, asset, column = place
    return encode_cursor(str(distance), asset.hex, column.hex)


def page_at(session: Session, spread: Spread, behind: Place | None, first: int, at: int) -> Page:
    """A page of what a tag reaches. Cost: two queries, and a way for each that is on it."""
    rows = spread.flow.behind(behind, first + 1)
    shown = [reached for _, reached in rows[:first]]
    return Page(
        at,
        spread,
        rows,
        list(spread.flow.ways(shown, MAX_WAY)),
        assets_by_pk(session, {each.node.asset_pk for each in shown}, at),
        columns_by_pk(session, {each.node.column_pk for each in shown if each.node.column_pk}, at),
    )


@strawberry.type
class TagQuery:
    @strawberry.field(
        description="How far a tag reaches: everything that has something of it, what, and from where. "
        "Capitals do not matter."
    )
    async def tag_reach(
        self,
        info: Info,
        tag: Annotated[str, strawberry.argument(description="The tag.")],
        first: First = 50,
        after: After = None,
        workspace: Workspace = MAIN_WORKSPACE,
        as_of: AsOfArgument = None,
    ) -> TagReach:
        name, behind, graphs = checked_tag("tag", tag), place_behind(after), info.context.graphs
        page_size(first)
        if as_of is None:
            await read_graph(graphs, workspace)

        def read(session: Session) -> Page:
            at = revision_of(session, workspace, as_of)
            spread = spread_of(session, State(graphs, workspace, at, FLOW_SECONDS), name)
            return page_at(session, spread, behind, first, at)

        page = await info.context.desk.store.read(read)
        spread = page.spread
        cursors = [cursor_of(place) for place, _ in page.rows]
        return TagReach(
            revision=page.at,
            policy=TagPolicy.of(spread.policy) if spread.policy is not None else None,
            set_count=len(spread.said.origins),
            total_count=spread.flow.count,
            complete=spread.flow.complete,
            nodes=TaggedNodeConnection(
                page_info=page_of(page.rows, first, after=after, cursors=cursors), edges=page.edges()
            ),
        )
