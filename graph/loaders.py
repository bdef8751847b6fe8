"""Many by keys: each loader asks the database once for all that a level of a query wants."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from strawberry.dataloader import DataLoader

from db import annotations, catalog, facets, history, summary, timeline
from db.annotations import Remark
from db.catalog import AssetView, ColumnView, EvidenceView
from db.events import events_of_runs
from db.facets import FacetView
from db.flowing import Flowing, State, tags_flowing_into, workspaces_of
from db.graphs import Graphs
from db.models import Artifact, Run, RunEvent, Upload
from db.session import Session
from db.store import Store
from db.timeline import RevisionSize
from db.uploads import uploads_by_pk
from db.walk import Node
from jobs.errors import NotAllWalked

Work = Callable[[Session, Collection[Any]], Mapping[Any, Any]]
WorkAt = Callable[[Session, Collection[Any], int], Mapping[Any, Any]]
At = tuple[UUID, int]
"""The inner id of something, and the revision at which it is looked at."""

FLOW_SECONDS = 5.0  # to walk where tags flow, by SQL too
READ_SECONDS = 30.0  # to wait for a graph to be in memory before it is walked


class Loaders:
    """One set for each operation, made as they are asked for: what was read is not kept for the next."""

    def __init__(self, store: Store, graphs: Graphs) -> None:
        self._store, self._graphs = store, graphs

    @cached_property
    def runs(self) -> DataLoader[UUID, Run | None]:
        return self._by_key(history.runs_by_pk)

    @cached_property
    def runs_by_id(self) -> DataLoader[tuple[str, str], Run | None]:
        return self._by_key(history.runs_by_id)

    @cached_property
    def labels(self) -> DataLoader[UUID, list[str]]:
        return self._by_key(history.labels_of)

    @cached_property
    def inputs(self) -> DataLoader[UUID, dict[str, Any] | None]:
        return self._by_key(history.inputs_of)

    @cached_property
    def artifacts(self) -> DataLoader[UUID, list[tuple[str, Artifact]]]:
        return self._by_key(history.artifacts_of_runs)

    @cached_property
    def events(self) -> DataLoader[tuple[UUID, int, int], Sequence[RunEvent]]:
        return self._by_key(events_of_runs)

    @cached_property
    def uploads(self) -> DataLoader[UUID, Upload | None]:
        return self._by_key(uploads_by_pk)

    @cached_property
    def queue_positions(self) -> DataLoader[UUID, int | None]:
        return self._by_key(history.queue_positions)

    @cached_property
    def heads(self) -> DataLoader[UUID, tuple[str, int] | None]:
        return self._by_key(catalog.heads_by_pk)

    @cached_property
    def definitions(self) -> DataLoader[UUID, tuple[str, str] | None]:
        return self._by_key(catalog.definitions_by_pk)

    @cached_property
    def assets(self) -> DataLoader[At, AssetView | None]:
        return self._at_revision(catalog.assets_by_pk)

    @cached_property
    def columns(self) -> DataLoader[At, Sequence[ColumnView]]:
        return self._at_revision(catalog.columns_of)

    @cached_property
    def columns_by_pk(self) -> DataLoader[At, ColumnView | None]:
        return self._at_revision(catalog.columns_by_pk)

    @cached_property
    def asset_sources(self) -> DataLoader[At, Sequence[str]]:
        return self._at_revision(catalog.sources_of)

    @cached_property
    def asset_remarks(self) -> DataLoader[At, Sequence[Remark]]:
        return self._at_revision(annotations.of_assets)

    @cached_property
    def column_remarks(self) -> DataLoader[At, Sequence[Remark]]:
        return self._at_revision(annotations.of_columns)

    @cached_property
    def facets(self) -> DataLoader[UUID, Sequence[FacetView]]:
        return self._by_key(facets.facets_of_assets)

    @cached_property
    def revision_sizes(self) -> DataLoader[tuple[str, int], RevisionSize]:
        return self._by_key(timeline.revision_sizes)

    @cached_property
    def evidence(self) -> DataLoader[At, Sequence[EvidenceView] | None]:
        return self._at_revision(catalog.evidence_of)

    @cached_property
    def origins(self) -> DataLoader[At, Sequence[tuple[str, bool]] | None]:
        return self._at_revision(summary.origins_of)

    @cached_property
    def flowing_tags(self) -> DataLoader[tuple[Node, int], Sequence[Flowing]]:
        return DataLoader(load_fn=self._flowing_tags)

    @cached_property
    def usual_duration(self) -> DataLoader[None, timedelta | None]:
        return DataLoader(load_fn=self._usual_duration)

    def _by_key(self, work: Work) -> DataLoader[Any, Any]:
        async def load(keys: list[Any]) -> list[Any]:
            found = await self._store.read(partial(_call, work, keys))
            return [found.get(key) for key in keys]

        return DataLoader(load_fn=load)

    def _at_revision(self, work: WorkAt) -> DataLoader[Any, Any]:
        def read(session: Session, keys: Collection[At]) -> Mapping[At, Any]:
            by_revision: defaultdict[int, list[UUID]] = defaultdict(list)
            for pk, at in keys:
                by_revision[at].append(pk)
            return {
                (pk, at): value
                for at, pks in by_revision.items()
                for pk, value in work(session, pks, at).items()
            }

        return self._by_key(read)

    async def _flowing_tags(self, keys: list[tuple[Node, int]]) -> list[Sequence[Flowing]]:
        assets = {node.asset_pk for node, _ in keys}
        whose = await self._store.read(partial(_call, workspaces_of, list(assets)))
        by_state: defaultdict[tuple[str, int], list[Node]] = defaultdict(list)
        for node, at in keys:
            if node.asset_pk in whose:  # else its workspace was emptied meanwhile
                by_state[whose[node.asset_pk], at].append(node)
        found: dict[tuple[Node, int], Sequence[Flowing]] = {}
        for (workspace, at), nodes in by_state.items():
            await read_graph(self._graphs, workspace)
            state = State(self._graphs, workspace, at, FLOW_SECONDS)
            told = await self._store.read(partial(tags_flowing_into, state=state, columns=nodes))
            if told is None:
                raise NotAllWalked
            found |= {(node, at): tags for node, tags in told.items()}
        return [found.get(key, ()) for key in keys]

    async def _usual_duration(self, keys: list[None]) -> list[timedelta | None]:
        usual = await self._store.read(history.usual_duration)
        return [usual for _ in keys]


async def read_graph(graphs: Graphs, workspace: str) -> None:
    """Wait until the graph of a workspace's head is in memory, or has no room there, or that takes too long."""
    if reading := graphs.ask_for(workspace):
        await asyncio.wait([asyncio.wrap_future(reading)], timeout=READ_SECONDS)


def _call(work: Work, keys: list[Any], session: Session) -> Mapping[Any, Any]:
    return work(session, keys)
