"""The revisions of a workspace's graph, and the graph in numbers."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

import strawberry
from strawberry import relay

from db.lineage import Revision as RevisionRow
from db.models import MAIN_WORKSPACE
from db.session import Session
from db.summary import Summary as Counted
from db.summary import summarise
from db.timeline import RevisionSize, list_revisions
from graph.arguments import After, AsOfArgument, First, Workspace, revision_of
from graph.context import Info
from graph.enums import EdgeKind, Origin
from graph.paging import encode_cursor, number_behind, page_of, page_size
from graph.runs import Run
from graph.scalars import BigInt


@strawberry.type(description="A state of a workspace's graph, from its making until the next one.")
class Revision:
    workspace: strawberry.Private[str]
    run_pk: strawberry.Private[UUID | None]
    number: int = strawberry.field(description="What `asOf: {revision: …}` takes: greater is newer.")
    committed_at: datetime | None = strawberry.field(description="When readers first saw it.")

    @strawberry.field(description="The run that made it; null if that was deleted.")
    async def run(self, info: Info) -> Run | None:
        row = await info.context.loaders.runs.load(self.run_pk) if self.run_pk else None
        return Run.of(row) if row else None

    @strawberry.field(description="Assets in it.")
    async def asset_count(self, info: Info) -> int:
        return (await self.size(info)).assets

    @strawberry.field(description="Columns in it.")
    async def column_count(self, info: Info) -> int:
        return (await self.size(info)).columns

    @strawberry.field(description="Edges in it.")
    async def edge_count(self, info: Info) -> int:
        return (await self.size(info)).edges

    @strawberry.field(description="How many bytes its definitions have, each text counted once.")
    async def definition_bytes(self, info: Info) -> BigInt:
        return BigInt((await self.size(info)).definition_bytes)

    async def size(self, info: Info) -> RevisionSize:
        size: RevisionSize = await info.context.loaders.revision_sizes.load((self.workspace, self.number))
        return size

    @classmethod
    def of(cls, row: RevisionRow) -> "Revision":
        return cls(workspace=row.workspace, run_pk=row.run_pk, number=row.number, committed_at=row.committed_at)


@strawberry.type(description="A revision in a list.")
class RevisionEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Revision = strawberry.field(description="The revision.")


@strawberry.type(description="Revisions, newest first.")
class RevisionConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[RevisionEdge] = strawberry.field(description="The revisions of this page.")


@strawberry.type(description="How many assets are of a kind.")
class AssetKindCount:
    kind: str = strawberry.field(description="As assets show it.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="How many edges are of a kind.")
class EdgeKindCount:
    kind: EdgeKind = strawberry.field(description="Value or influence.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="How many edges are best known in a way.")
class OriginCount:
    origin: Origin | None = strawberry.field(description="How; null if a newer version of us wrote it.")
    count: int = strawberry.field(description="How many: each edge counts once, for its strongest evidence.")


@strawberry.type(description="How much edges are to be believed: what `LineageEdge.confidence` says of each.")
class ConfidenceSpread:
    least: float = strawberry.field(description="Of the least certain edge.")
    mean: float = strawberry.field(description="On average.")
    most: float = strawberry.field(description="Of the most certain edge.")


@strawberry.type(description="The graph of a workspace in numbers.")
class Summary:
    revision: int = strawberry.field(description="The revision that was counted; 0 before the first.")
    asset_count: int = strawberry.field(description="Assets.")
    edge_count: int = strawberry.field(description="Edges.")
    assets_by_kind: list[AssetKindCount] = strawberry.field(description="Assets of each kind there is.")
    edges_by_kind: list[EdgeKindCount] = strawberry.field(description="Edges of each kind there is.")
    edges_by_origin: list[OriginCount] = strawberry.field(description="Edges by how they are best known.")
    defined_count: int = strawberry.field(description="Assets whose making statement is known.")
    explained_count: int = strawberry.field(description="Those of them of which all was explained.")
    coverage: float | None = strawberry.field(
        description="Explained ones as a part of defined ones, from 0 to 1; null if none is defined."
    )
    gap_count: int = strawberry.field(description="What was seen and not explained.")
    confidence: ConfidenceSpread | None = strawberry.field(description="Over all edges; null without any.")

    @classmethod
    def of(cls, counted: Counted, at: int) -> "Summary":
        spread = counted.confidence
        return cls(
            revision=at,
            asset_count=sum(counted.assets_by_kind.values()),
            edge_count=sum(counted.edges_by_kind.values()),
            assets_by_kind=[AssetKindCount(kind=kind, count=n) for kind, n in counted.assets_by_kind.items()],
            edges_by_kind=[
                EdgeKindCount(kind=EdgeKind(kind), count=n) for kind, n in counted.edges_by_kind.items()
            ],
            edges_by_origin=origin_counts(counted.edges_by_origin),
            defined_count=counted.defined,
            explained_count=counted.explained,
            coverage=counted.coverage,
            gap_count=counted.gaps,
            confidence=ConfidenceSpread(least=spread.least, mean=spread.mean, most=spread.most)
            if spread
            else None,
        )


def origin_counts(counts: Mapping[str, int]) -> list[OriginCount]:
    known = {origin.value for origin in Origin}
    return [
        OriginCount(origin=Origin(origin) if origin in known else None, count=count)
        for origin, count in counts.items()
    ]


@strawberry.type
class RevisionQuery:
    @strawberry.field(description="The newest revision of a workspace; null before the first.")
    async def latest_revision(self, info: Info, workspace: Workspace = MAIN_WORKSPACE) -> Revision | None:
        read = partial(list_revisions, workspace=workspace, before=None, limit=1)
        rows = await info.context.desk.store.read(read)
        return Revision.of(rows[0]) if rows else None

    @strawberry.field(description="The revisions that can be looked at, newest first.")
    async def revisions(
        self, info: Info, first: First = 20, after: After = None, workspace: Workspace = MAIN_WORKSPACE
    ) -> RevisionConnection:
        before = number_behind(after)
        read = partial(list_revisions, workspace=workspace, before=before, limit=page_size(first) + 1)
        rows = await info.context.desk.store.read(read)
        cursors = [encode_cursor(str(row.number)) for row in rows]
        edges = [RevisionEdge(cursor=at, node=Revision.of(row)) for at, row in zip(cursors, rows, strict=True)]
        return RevisionConnection(
            page_info=page_of(rows, first, after=after, cursors=cursors), edges=edges[:first]
        )

    @strawberry.field(description="The graph in numbers: totals, by kind and by origin, and how sure they are.")
    async def summary(
        self, info: Info, workspace: Workspace = MAIN_WORKSPACE, as_of: AsOfArgument = None
    ) -> Summary:
        def read(session: Session) -> Summary:
            at = revision_of(session, workspace, as_of)
            return Summary.of(summarise(session, workspace, at), at)

        return await info.context.desk.store.read(read)
