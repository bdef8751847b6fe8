"""How a catalog is doing, as clients ask: what is explained, what is missing, what stands apart."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, TypeVar
from uuid import UUID

import strawberry

from db import checkup, structure
from db.adjacency import Adjacency
from db.catalog import AssetView, assets_by_pk, columns_by_pk
from db.census import Census
from db.checkup import Witness
from db.lineage import Gap as GapRow
from db.models import MAIN_WORKSPACE, now
from db.packed import Ids, columns_told, sorted_ids, uuids
from db.session import Session
from graph.arguments import AsOfArgument, First, Workspace, revision_of
from graph.assets import Asset, Column
from graph.context import Info
from graph.enums import describe
from graph.lineage import READ_SECONDS
from graph.paging import page_size
from jobs.errors import InvalidParams

T = TypeVar("T")
CIRCLE_ASSETS = 20  # of a circle that are told
MAX_DAYS = 3_650

describe(
    Witness,
    "Who alone tells that one asset needs another.",
    {
        "DECLARED": "The database declares it; the SQL, all of which was explained, does not say so.",
        "SQL": "The SQL says it; the database, which declares other needs of the same asset, does not.",
    },
    name="DisagreementWitness",
)


@strawberry.type(description="How many assets have a known statement, and how many of these were explained.")
class CatalogCoverage:
    defined_count: int = strawberry.field(description="Assets whose making statement is known.")
    explained_count: int = strawberry.field(description="Those of them of which all was explained.")
    partly_count: int = strawberry.field(description="Those of which some was: something flows into them.")
    failed_count: int = strawberry.field(description="Those of which nothing was: nothing flows into them.")


@strawberry.type(description="Something that was seen and not explained.")
class CatalogGap:
    file: str = strawberry.field(description="The text it stands in.")
    line: int = strawberry.field(description="Its line, from 1.")
    reason: str = strawberry.field(description="Why, in one word.")
    message: str = strawberry.field(description="Why, for people; empty if definitions are hidden from you.")
    remedy: str = strawberry.field(description="What would help; empty if definitions are hidden from you.")

    @classmethod
    def of(cls, row: GapRow, *, shown: bool) -> "CatalogGap":
        message, remedy = (row.message, row.remedy) if shown else ("", "")
        return cls(file=row.text_name, line=row.line, reason=row.reason, message=message, remedy=remedy)


@strawberry.type(description="An asset not all of whose definition was explained.")
class UnexplainedAsset:
    asset: Asset = strawberry.field(description="The asset.")
    gaps: list[CatalogGap] = strawberry.field(
        description="What stands in its statement and was not explained, by place."
    )


@strawberry.type(description="Assets not all of whose definitions were explained.")
class UnexplainedAssets:
    total_count: int = strawberry.field(description="How many there are.")
    items: list[UnexplainedAsset] = strawberry.field(description="The first of them by name.")


@strawberry.type(description="What was not explained for one reason.")
class GapReason:
    reason: str = strawberry.field(description="The reason, in one word.")
    count: int = strawberry.field(description="How many there are.")
    remedies: list[str] = strawberry.field(
        description="The three that would help most often; empty if definitions are hidden from you."
    )


@strawberry.type(description="Two assets of which only one of the database and the SQL knows an edge.")
class OriginDisagreement:
    source: Asset = strawberry.field(description="What is needed.")
    target: Asset = strawberry.field(description="What needs it.")
    witness: Witness = strawberry.field(description="Who tells so.")


@strawberry.type(description="Disagreements between origins.")
class OriginDisagreements:
    total_count: int = strawberry.field(description="How many there are.")
    items: list[OriginDisagreement] = strawberry.field(description="The first of them, by name of the target.")


@strawberry.type(description="Some assets of a kind that matters.")
class FoundAssets:
    total_count: int = strawberry.field(description="How many there are.")
    items: list[Asset] = strawberry.field(description="The first of them by name.")


@strawberry.type(description="Columns that nobody reads.")
class FoundColumns:
    total_count: int = strawberry.field(description="How many there are.")
    items: list[Column] = strawberry.field(description="The first of them, by name of the asset.")


@strawberry.type(description="Assets whose values flow in a circle.")
class AssetCircle:
    asset_count: int = strawberry.field(description="How many they are.")
    assets: list[Asset] = strawberry.field(description="Twenty of them at most.")


@strawberry.type(description="Circles in the graph.")
class AssetCircles:
    total_count: int = strawberry.field(description="How many there are.")
    items: list[AssetCircle] = strawberry.field(description="The first of them, the largest first.")


@strawberry.type(description="A source, and when it last was heard of.")
class SourceFreshness:
    name: str = strawberry.field(description="The source's name, as runs give it.")
    last_changed_at: datetime | None = strawberry.field(
        description="When the graph last changed by it; null if that is not known."
    )
    last_revision: int | None = strawberry.field(description="The revision that changed then.")
    last_run_at: datetime | None = strawberry.field(
        description="When a run of it last completed within the days that were looked at; null if none did."
    )
    stale: bool = strawberry.field(description="Whether no run of it completed within these days.")


@dataclass(frozen=True, slots=True)
class Survey:
    """The shape of a whole graph, and what its assets are called as far as somebody asks."""

    graph: Adjacency
    census: Census


Days = Annotated[int, strawberry.argument(description="How many days without a run make a source stale.")]


@strawberry.type(description="How a catalog is doing. Each part is looked for only when it is asked for.")
class CatalogHealth:
    workspace: strawberry.Private[str]
    newest: strawberry.Private[bool]
    revision: int = strawberry.field(description="The revision that was looked at; 0 before the first.")

    @strawberry.field(description="How much of what is defined was explained.")
    async def coverage(self, info: Info) -> CatalogCoverage:
        found = await self._read(info, checkup.coverage_of)
        return CatalogCoverage(
            defined_count=found.defined,
            explained_count=found.explained,
            partly_count=found.partly,
            failed_count=found.failed,
        )

    @strawberry.field(description="Assets not all of whose definitions were explained, and why.")
    async def unexplained(self, info: Info, first: First = 20) -> UnexplainedAssets:
        most, shown = page_size(first), self._sees(info)

        def read(session: Session, workspace: str, at: int) -> UnexplainedAssets:
            counted = checkup.coverage_of(session, workspace, at)
            pks = checkup.unexplained(session, workspace, at, most)
            gaps = checkup.gaps_of(session, pks, at)
            items = [
                UnexplainedAsset(
                    asset=asset, gaps=[CatalogGap.of(gap, shown=shown) for gap in gaps.get(asset.pk, ())]
                )
                for asset in assets_in_order(session, pks, at)
            ]
            return UnexplainedAssets(total_count=counted.partly + counted.failed, items=items)

        return await self._read(info, read)

    @strawberry.field(description="What was seen and not explained, by reason: the most frequent first.")
    async def gaps(self, info: Info) -> list[GapReason]:
        groups, shown = await self._read(info, checkup.gap_groups), self._sees(info)
        return [
            GapReason(reason=each.reason, count=each.count, remedies=list(each.remedies) if shown else [])
            for each in groups
        ]

    @strawberry.field(
        description="Where origins disagree: one asset is declared to need another and its SQL does not say "
        "so, or the other way round."
    )
    async def disagreements(self, info: Info, first: First = 20) -> OriginDisagreements:
        most = page_size(first)

        def read(session: Session, workspace: str, at: int) -> OriginDisagreements:
            found = checkup.disagreements(session, workspace, at)
            views = assets_by_pk(
                session, {pk for each in found[:most] for pk in (each.source_pk, each.target_pk)}, at
            )
            items = [
                OriginDisagreement(
                    source=Asset.of(views[each.source_pk], at),
                    target=Asset.of(views[each.target_pk], at),
                    witness=each.witness,
                )
                for each in found[:most]
                if {each.source_pk, each.target_pk} <= views.keys()
            ]
            return OriginDisagreements(total_count=len(found), items=items)

        return await self._read(info, read)

    @strawberry.field(
        description="Assets without any edge. Null where the graph has no room in memory; so are the next four."
    )
    async def orphans(self, info: Info, first: First = 20) -> FoundAssets | None:
        return await self._assets(info, structure.orphans, first)

    @strawberry.field(description="Assets that something flows into and nothing flows out of.")
    async def unused_assets(self, info: Info, first: First = 20) -> FoundAssets | None:
        return await self._assets(info, structure.unread_assets, first)

    @strawberry.field(
        description="Columns that nothing flows out of, of assets that are read in other columns. Looks at "
        "all columns there are: some 2 s for a million of them."
    )
    async def unused_columns(self, info: Info, first: First = 20) -> FoundColumns | None:
        most = page_size(first)

        def read(session: Session, at: int, survey: Survey) -> FoundColumns:
            columns, owners = columns_told(session, self.workspace, at)
            unread = structure.unread_columns(survey.graph, columns, owners)
            of_assets = sorted_ids(owners[unread])
            homes = checkup.first_by_name(session, self.workspace, of_assets, most)
            chosen = structure.of_these(columns[unread], owners[unread], homes)
            views = columns_by_pk(session, uuids(chosen), at)
            order = {pk: place for place, pk in enumerate(homes)}
            shown = sorted(views.values(), key=lambda view: (order[view.asset_pk], view.ordinal))
            return FoundColumns(
                total_count=int(unread.sum()), items=[Column.of(view, at) for view in shown[:most]]
            )

        return await self._survey(info, read)

    @strawberry.field(description="Assets whose values flow in circles.")
    async def circles(self, info: Info, first: First = 20) -> AssetCircles | None:
        most = page_size(first)

        def read(session: Session, at: int, survey: Survey) -> AssetCircles:
            found = structure.cycles(survey.graph)
            ids = survey.graph.asset_ids
            told = [uuids(ids[each[:CIRCLE_ASSETS]]) for each in found[:most]]
            views = assets_by_pk(session, [pk for each in told for pk in each], at)
            items = [
                AssetCircle(
                    asset_count=len(circle),
                    assets=by_name([views[pk] for pk in pks if pk in views], at),
                )
                for circle, pks in zip(found, told, strict=False)
            ]
            return AssetCircles(total_count=len(found), items=items)

        return await self._survey(info, read)

    @strawberry.field(
        description="The sources that say anything, by name, and when they were last heard of. Looks into the "
        "inputs of all runs of these days."
    )
    async def sources(self, info: Info, stale_after_days: Days = 7) -> list[SourceFreshness]:
        if not 1 <= stale_after_days <= MAX_DAYS:
            raise InvalidParams("staleAfterDays", f"must be between 1 and {MAX_DAYS}")
        since = now() - timedelta(days=stale_after_days)
        states = await self._read(info, partial(checkup.source_states, since=since))
        return [
            SourceFreshness(
                name=each.name,
                last_changed_at=each.changed_at,
                last_revision=each.changed_in,
                last_run_at=each.run_at,
                stale=each.run_at is None,
            )
            for each in states
        ]

    def _sees(self, info: Info) -> bool:
        return info.context.rights.sees_definitions(self.workspace)

    async def _read(self, info: Info, work: Callable[[Session, str, int], T]) -> T:
        return await info.context.desk.store.read(lambda session: work(session, self.workspace, self.revision))

    async def _survey(self, info: Info, work: Callable[[Session, int, Survey], T]) -> T | None:
        """What is told of the whole graph; None if there is no room for it."""
        graphs = info.context.graphs
        if self.newest and (reading := graphs.ask_for(self.workspace)):
            await asyncio.wait([asyncio.wrap_future(reading)], timeout=READ_SECONDS)

        def read(session: Session) -> T | None:
            found = graphs.survey(session, self.workspace, self.revision)
            return None if found is None else work(session, self.revision, Survey(*found))

        return await info.context.desk.store.read(read)

    async def _assets(
        self, info: Info, look: Callable[[Adjacency, Census], Ids], first: int
    ) -> FoundAssets | None:
        most = page_size(first)

        def read(session: Session, at: int, survey: Survey) -> FoundAssets:
            ids = look(survey.graph, survey.census)
            pks = checkup.first_by_name(session, self.workspace, ids, most)
            return FoundAssets(total_count=len(ids), items=assets_in_order(session, pks, at))

        return await self._survey(info, read)


def assets_in_order(session: Session, pks: Sequence[UUID], at: int) -> list[Asset]:
    """Assets by their ids, in the order of these."""
    views: Mapping[UUID, AssetView] = assets_by_pk(session, pks, at)
    return [Asset.of(views[pk], at) for pk in pks if pk in views]


def by_name(views: Sequence[AssetView], at: int) -> list[Asset]:
    return [Asset.of(view, at) for view in sorted(views, key=lambda view: (view.namespace, view.name_key))]


@strawberry.type
class CheckupQuery:
    @strawberry.field(
        description="How a catalog is doing: what is explained, where origins disagree, what stands apart, "
        "what nobody reads, what goes in circles, and which sources fell silent."
    )
    async def catalog_health(
        self, info: Info, workspace: Workspace = MAIN_WORKSPACE, as_of: AsOfArgument = None
    ) -> CatalogHealth:
        find = partial(revision_of, workspace=workspace, as_of=as_of)
        return CatalogHealth(
            workspace=workspace, newest=as_of is None, revision=await info.context.desk.store.read(find)
        )
