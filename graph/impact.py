"""What changes would reach, as clients ask before they make them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import strawberry

from db.annotations import Owners, owners_of
from db.catalog import (
    AssetView,
    ColumnView,
    assets_by_pk,
    columns_by_name_alone,
    columns_by_pk,
)
from db.impact import Affected, ChangeKind, Counts, Impact, Reason
from db.impact import AffectedAsset as AssetReached
from db.models import MAIN_WORKSPACE
from db.session import Session
from db.walk import Node, Step
from graph.annotations import values_of
from graph.arguments import AsOfArgument, Workspace, revision_of
from graph.assets import Asset, Column
from graph.context import Info
from graph.enums import EdgeKind, describe
from graph.lineage import MAX_NODES, PLACED, WALK_SECONDS, LineageEdge, edge_of, node_id
from graph.selections import selected
from graph.supposed import ChangeInput, Changes, changes_of
from jobs.engines.lineage.values import AnnotationKind
from jobs.errors import InvalidParams

MAX_PATH = 50  # edges of a way that are told

describe(
    Reason,
    "Why a change reaches something; the strongest first.",
    {
        "VALUE": "The value is made of the changed one: all edges of `path` are direct.",
        "INFLUENCE": "What is changed decides about it: some edge of `path` is indirect.",
        "BREAKAGE": "It reads, perhaps through others, what fails because it names what is gone, though "
        "neither value nor influence comes from there.",
    },
    name="ImpactReason",
)


@strawberry.type(description="A change that was asked about.")
class ImpactChange:
    kind: ChangeKind = strawberry.field(description="What would be done.")
    asset: Asset = strawberry.field(description="To which asset, or to a column of which.")
    column: Column | None = strawberry.field(description="To which column; null for the asset as a whole.")
    affected_count: int = strawberry.field(description="How many columns and whole assets it reaches.")
    reached_by: list[int] = strawberry.field(
        description="Which of the other changes reach what this one is about: their places, from 0."
    )


@strawberry.type(description="A column, or an asset as a whole, that changes would reach.")
class AffectedNode:
    at: strawberry.Private[int]
    steps: strawberry.Private[Sequence[Step]]
    id: strawberry.ID = strawberry.field(description="What `source` and `target` of edges refer to.")
    distance: int = strawberry.field(description="Edges of the shortest way there.")
    reason: Reason = strawberry.field(description="The strongest of the reasons for which it is reached.")
    breaks: bool = strawberry.field(
        description="Whether a change that takes a name away reaches it: what makes it fails, or reads what "
        "fails."
    )
    changes: list[int] = strawberry.field(description="The changes that reach it: their places, from 0.")
    asset: Asset = strawberry.field(description="The asset.")
    column: Column | None = strawberry.field(
        description="The column; null for the asset as a whole, which is all of its columns."
    )
    path_length: int = strawberry.field(description="Edges of the shortest way that shows `reason`.")

    @strawberry.field(
        description="That way, from what is changed, as far as 50 edges. An edge may leave another part of an "
        "asset than the edge before reached: an asset as a whole stands for its columns, and one that fails "
        "for all its parts."
    )
    def path(self) -> list[LineageEdge]:
        ids = {node: node_id(node) for step in self.steps for node in (step.source, step.target)}
        return [edge_of(step, self.at, ids) for step in self.steps]

    @strawberry.field(description="Whether a value is hashed or masked on that way, as far as `path` tells it.")
    def masked(self) -> bool:
        return any(step.masking for step in self.steps)

    @strawberry.field(
        description="Whether values of many rows are put together on that way, as far as `path` tells it."
    )
    def aggregated(self) -> bool:
        return any(step.subtype == "aggregation" for step in self.steps)


@strawberry.type(description="An asset of which changes would reach something.")
class AffectedAsset:
    asset: Asset = strawberry.field(description="The asset.")
    distance: int = strawberry.field(description="How far the nearest affected part of it is.")
    reason: Reason = strawberry.field(description="The strongest reason of any part of it.")
    breaks: bool = strawberry.field(description="Whether any part of it breaks.")
    node_count: int = strawberry.field(description="How many of its columns, and it as a whole, are reached.")

    @strawberry.field(description="Who answers for it, each once: those whom people named first.")
    async def owners(self, info: Info) -> list[str]:
        remarks = await info.context.loaders.asset_remarks.load((self.asset.pk, self.asset.at))
        return values_of(remarks, AnnotationKind.OWNER)


@strawberry.type(description="How much is reached for a reason.")
class ReasonCount:
    reason: Reason = strawberry.field(description="The strongest reason of each.")
    count: int = strawberry.field(description="Columns and whole assets.")


@strawberry.type(description="How many assets of a kind are reached.")
class AffectedKindCount:
    kind: str = strawberry.field(description="As assets show it.")
    count: int = strawberry.field(description="Assets.")


@strawberry.type(description="How many of the assets that are reached somebody answers for.")
class AffectedOwnerCount:
    owner: str = strawberry.field(description="Who; capitals do not tell two apart.")
    count: int = strawberry.field(description="Assets.")


@strawberry.type(description="How much is reached at a distance.")
class DistanceCount:
    distance: int = strawberry.field(description="Edges from what is changed.")
    count: int = strawberry.field(description="Columns and whole assets.")


@strawberry.type(description="All that is reached, counted, whatever is shown of it.")
class ImpactCounts:
    columns: int = strawberry.field(description="Columns.")
    whole_assets: int = strawberry.field(description="Assets that are reached as a whole.")
    assets: int = strawberry.field(description="Assets of which anything is reached.")
    by_reason: list[ReasonCount] = strawberry.field(description="By reason, the strongest first.")
    by_asset_kind: list[AffectedKindCount] = strawberry.field(description="Assets by kind.")
    by_distance: list[DistanceCount] = strawberry.field(description="By distance, the nearest first.")
    by_owner: list[AffectedOwnerCount] = strawberry.field(
        description="Assets by owner, who has the most first; one of several owners counts for each."
    )
    unowned_assets: int = strawberry.field(description="Assets for which nobody is said to answer.")

    @classmethod
    def of(cls, counts: Counts, owners: Owners) -> "ImpactCounts":
        return cls(
            columns=counts.columns,
            whole_assets=counts.wholes,
            assets=counts.assets,
            by_reason=[ReasonCount(reason=each, count=n) for each, n in counts.by_reason.items()],
            by_asset_kind=[AffectedKindCount(kind=each, count=n) for each, n in counts.by_asset_kind.items()],
            by_distance=[DistanceCount(distance=each, count=n) for each, n in counts.by_distance.items()],
            by_owner=[AffectedOwnerCount(owner=each, count=n) for each, n in owners.counts.items()],
            unowned_assets=owners.unowned,
        )


@strawberry.type(name="Impact", description="What changes would reach.")
class ImpactAnswer:
    revision: int = strawberry.field(description="The revision of the graph that was walked.")
    changes: list[ImpactChange] = strawberry.field(description="What was asked about, in the order asked.")
    affected: list[AffectedNode] = strawberry.field(
        description="Columns and whole assets, nearest first, then by name. What is changed itself is not "
        "among them. Of more than `maxNodes` the nearest are shown."
    )
    assets: list[AffectedAsset] = strawberry.field(
        description="The assets of all that is reached, nearest first, then by name; at most `maxNodes`."
    )
    counts: ImpactCounts = strawberry.field(description="All that is reached.")
    truncated: bool = strawberry.field(description="Whether more is reached than `affected` shows.")
    complete: bool = strawberry.field(
        description="Whether all was walked; false where time was up: then `counts` are at least so much."
    )
    frontier: list[AffectedNode] = strawberry.field(
        description="Which of `affected` lead on to what is not shown, if truncated."
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes, along which edges, and how much of what they reach is to be told."""

    changes: Sequence[ChangeInput]
    kinds: frozenset[str]
    most: int
    paths: bool
    placed: bool  # whether places and types of columns are to be told
    owned: bool  # whether owners are to be counted


@dataclass(frozen=True, slots=True)
class Names:
    """What the assets and columns of an answer are called."""

    at: int
    assets: Mapping[UUID, AssetView]
    columns: Mapping[UUID, ColumnView]
    owners: Owners

    def knows(self, node: Node) -> bool:
        return node.asset_pk in self.assets and (node.column_pk is None or node.column_pk in self.columns)

    def place(self, node: Node) -> tuple[str, str, str]:
        """What things as far away are put in order by."""
        asset, column = self.assets[node.asset_pk], self.columns.get(node.column_pk or node.asset_pk)
        return asset.name_key, asset.namespace, column.name if column else ""

    def asset(self, pk: UUID) -> Asset:
        return Asset.of(self.assets[pk], self.at)

    def column(self, pk: UUID | None) -> Column | None:
        return Column.of(self.columns[pk], self.at) if pk else None


def names_of(session: Session, nodes: Collection[Node], found: Impact, at: int, wanted: Wanted) -> Names:
    """The names of nodes, and who answers for all that is reached. Cost: three queries for each 400."""
    told = columns_by_pk if wanted.placed else columns_by_name_alone
    assets = assets_by_pk(session, {node.asset_pk for node in nodes}, at)
    columns = told(session, {node.column_pk for node in nodes if node.column_pk}, at)
    return Names(at, assets, columns, owners_of(session, found.asset_pks() if wanted.owned else (), at))


def answered(
    found: Impact, names: Names, near: tuple[Sequence[Affected], Sequence[AssetReached]], wanted: Wanted
) -> ImpactAnswer:
    """What is told of an impact."""
    affected, assets = near
    known = [each for each in affected if names.knows(each.node)]
    in_order = sorted(known, key=lambda each: (each.distance, *names.place(each.node)))
    truncated = len(found.nearest) > len(known) or not found.complete
    frontier = set(found.frontier(affected)) if truncated else set[Node]()
    ways, lengths = found.ways(known, MAX_PATH) if wanted.paths else ({}, {})
    shown = [
        AffectedNode(
            at=names.at,
            steps=ways.get(each.number, ()),
            id=node_id(each.node),
            distance=each.distance,
            reason=each.reason,
            breaks=each.breaks,
            changes=list(each.changes),
            asset=names.asset(each.node.asset_pk),
            column=names.column(each.node.column_pk),
            path_length=lengths.get(each.number, 0),
        )
        for each in in_order
    ]
    return ImpactAnswer(
        revision=names.at,
        changes=[
            ImpactChange(
                kind=change.kind,
                asset=names.asset(change.node.asset_pk),
                column=names.column(change.node.column_pk),
                affected_count=found.count_of(place),
                reached_by=list(found.reached_by(place)),
            )
            for place, change in enumerate(found.changes)
        ],
        affected=shown,
        assets=[
            AffectedAsset(
                asset=names.asset(each.pk),
                distance=each.distance,
                reason=each.reason,
                breaks=each.breaks,
                node_count=each.node_count,
            )
            for each in sorted(
                (each for each in assets if names.knows(Node(each.pk))),
                key=lambda each: (each.distance, *names.place(Node(each.pk))),
            )
        ],
        counts=ImpactCounts.of(found.counts(), names.owners),
        truncated=truncated,
        complete=found.complete,
        frontier=[node for node, each in zip(shown, in_order, strict=True) if each.node in frontier],
    )


def wants_paths(info: Info) -> bool:
    """Whether a query selects what is told of ways."""
    of_ways = {"path", "pathLength", "masked", "aggregated"}
    return any(of_ways & selected(info, each) for each in ("affected", "frontier"))


def wants_places(info: Info) -> bool:
    """Whether a query selects what the database looks at all columns of an asset for."""
    return any(PLACED & selected(info, each, "column") for each in ("affected", "frontier", "changes"))


def wants_owners(info: Info) -> bool:
    """Whether a query selects what owners are counted for."""
    return bool({"byOwner", "unownedAssets"} & selected(info, "counts"))


@strawberry.type
class ImpactQuery:
    @strawberry.field(
        description="What changes would reach: all columns and assets behind them, how far, why, along what."
    )
    async def impact(
        self,
        info: Info,
        changes: Changes,
        kinds: Annotated[
            list[EdgeKind] | None,
            strawberry.argument(description="Only along these kinds of edges; all if left out."),
        ] = None,
        max_nodes: Annotated[
            int, strawberry.argument(description="How many are shown at most, 1 to 5000; all are counted.")
        ] = 500,
        workspace: Workspace = MAIN_WORKSPACE,
        as_of: AsOfArgument = None,
    ) -> ImpactAnswer:
        if not 1 <= max_nodes <= MAX_NODES:
            raise InvalidParams("maxNodes", f"must be between 1 and {MAX_NODES}")
        told = wants_paths(info), wants_places(info), wants_owners(info)
        wanted = Wanted(changes, frozenset(kinds or ()), max_nodes, *told)

        def read(session: Session) -> ImpactAnswer:
            at = revision_of(session, workspace, as_of)
            asked = changes_of(session, workspace, wanted.changes, at)
            starts = {change.node.asset_pk for change in asked}
            ground = info.context.graphs.ground(session, workspace, starts, at, WALK_SECONDS)
            found = Impact(ground, asked, wanted.kinds, WALK_SECONDS)
            near = found.named(wanted.most), found.assets(wanted.most)
            nodes = [*(each.node for each in near[0]), *(Node(each.pk) for each in near[1])]
            nodes += [change.node for change in asked]
            names = names_of(session, nodes, found, at, wanted)
            return answered(found, names, near, wanted)

        return await info.context.desk.store.read(read)
