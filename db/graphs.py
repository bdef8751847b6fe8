"""Graphs in memory: for each workspace that is asked about the adjacency arrays of its head.

A graph is read in a thread of its own; while it is not there, or not yet that of the head, SQL answers, and so
it does for the past. When the head moves, only what changed is read.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func
from sqlmodel import col, select

from db import walk
from db.adjacency import Adjacency, build
from db.array_reach import array_reach
from db.array_walk import Sight, array_walk, sight_of
from db.census import Census, census
from db.filters import AssetFilter
from db.fitting import begun_at, fitting
from db.grafts import graft
from db.ground import Ground, gathered
from db.lineage import Edge, Revision
from db.models import Workspace
from db.packed import NotPackable, edges_at, edges_changed
from db.session import Session
from db.store import Store
from db.walk import Bounds, Node, Reach, Route, Walk

EDGE_BYTES = 60  # of a graph in memory, an edge, with a column for each: to tell beforehand whether it has room
CENSUS_BYTES = 21  # of an asset, in a census that may come
FILTERS = 16  # kept for each graph, judged for all its assets
LARGE_CHANGE = 4  # a graph of which more than this part changed is read anew

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A revision that is the head, and when it became so: a number alone might have been another's once."""

    number: int
    committed_at: datetime | None


@dataclass(slots=True)
class Kept:
    """A graph in memory; without one if it had no room or could not be packed."""

    workspace: str
    stamp: Stamp
    graph: Adjacency | None
    fits: OrderedDict[AssetFilter, NDArray[np.bool_]] = field(default_factory=OrderedDict)
    counted: Census | None = None  # once somebody asks what kinds of assets there are
    past: tuple[int, Adjacency] | None = None  # as it was at an earlier revision: the last one asked about

    @property
    def size_bytes(self) -> int:
        if self.graph is None:
            return 0
        census = CENSUS_BYTES * len(self.graph.asset_ids) if self.counted is None else self.counted.size_bytes
        past = self.past[1].size_bytes if self.past else 0
        return self.graph.size_bytes + past + FILTERS * len(self.graph.asset_ids) + census


def head_stamp(session: Session, workspace: str) -> Stamp:
    """The head of a workspace; its number is 0 before the first."""
    of_head = (col(Revision.workspace) == Workspace.name) & (col(Revision.number) == Workspace.head)
    query = select(Workspace.head, Revision.committed_at).outerjoin(Revision, of_head)
    row = session.execute(query.where(Workspace.name == workspace)).one_or_none()
    return Stamp(row.head, row.committed_at) if row else Stamp(0, None)


class Graphs:
    """The graphs of one process, as many as fit: those asked for longest ago go first."""

    def __init__(self, store: Store, max_bytes: int) -> None:
        """Read nothing yet: a graph is read once somebody asks about it."""
        self._store, self._max_bytes = store, max_bytes
        self._reader = ThreadPoolExecutor(1, "graphs")
        self._lock = threading.RLock()  # a reading that is done at once tells so in the thread that asked
        self._surveying = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._reading: dict[str, Future[None]] = {}

    def walk(
        self, session: Session, workspace: str, start: Collection[Node], route: Route, bounds: Bounds
    ) -> Walk:
        """Walk from `start`, over arrays if they are there, else by SQL: the answer is the same.

        Cost: see `array_walk`, `walk.walk`.
        """
        sight = self._sight(session, workspace, start, route)
        if sight is None:
            return walk.walk(session, start, route, bounds)
        return array_walk(sight, start, bounds)

    def reach(
        self, session: Session, workspace: str, start: Collection[Node], route: Route, seconds: float
    ) -> Reach:
        """Count what can be reached: over arrays whole, by SQL as far as `seconds` allow."""
        sight = self._sight(session, workspace, start, route)
        if sight is None:
            return walk.reach(session, start, route, seconds)
        return array_reach(sight, start)

    def ground(
        self, session: Session, workspace: str, assets: Collection[UUID], at: int, seconds: float
    ) -> Ground:
        """The edges downstream of some assets: the graph in memory, or what SQL gathers in so many seconds."""
        kept = self._kept_at(session, workspace, at)
        if kept is None or kept.graph is None:
            return gathered(session, assets, at, seconds)
        return Ground(kept.graph, self._census(session, kept).kinds_of(kept.graph.asset_ids))

    def survey(self, session: Session, workspace: str, at: int) -> tuple[Adjacency, Census] | None:
        """The whole graph at a revision, and all assets; None if there is no room for it in memory.

        Cost: nothing at the head once it is in memory; of the past it is read for the question, one at a time.
        """
        kept = self._kept_at(session, workspace, at)
        if kept is not None and kept.graph is not None:
            return kept.graph, self._census(session, kept)
        if _edge_count(session, workspace) * EDGE_BYTES > self._max_bytes:
            return None
        with self._surveying:
            try:
                return build(edges_at(session, workspace, at)), census(session, workspace, at)
            except NotPackable:
                return None

    def _census(self, session: Session, kept: Kept) -> Census:
        counted = kept.counted
        if counted is None:
            counted = kept.counted = census(session, kept.workspace, kept.stamp.number)
        return counted

    def felt(
        self, session: Session, workspace: str, starts: Sequence[Node], route: Route, bounds: Bounds
    ) -> list[tuple[Walk, Reach]]:
        """For each node what a bounded walk from it finds, and how much is reached at all.

        At an earlier revision than the head, over arrays too: those of the head, with what changed since taken
        back. `bounds.seconds` are for all nodes together, if SQL has to answer. Cost: of arrays of the past,
        once as much as `graft` takes.
        """
        sight = self._sight(session, workspace, (), route) or self._past_sight(session, workspace, route)
        if sight is not None:
            return [(array_walk(sight, [each], bounds), array_reach(sight, [each])) for each in starts]
        share = bounds.seconds / max(len(starts), 1) / 2
        one = replace(bounds, seconds=share)
        return [
            (walk.walk(session, [each], route, one), walk.reach(session, [each], route, share))
            for each in starts
        ]

    def ask_for(self, workspace: str) -> Future[None] | None:
        """Have a graph read or brought up to date; done when it is. None if there is no room for any.

        Whoever asks while it is being read waits for the same reading.
        """
        if not self._max_bytes:
            return None
        with self._lock:
            reading = self._reading.get(workspace)
            if reading is None:
                reading = self._reading[workspace] = self._reader.submit(self._read, workspace)
                reading.add_done_callback(partial(self._done, workspace))
            return reading

    @property
    def size_bytes(self) -> int:
        """How much memory all graphs take."""
        with self._lock:
            return sum(kept.size_bytes for kept in self._kept.values())

    def close(self) -> None:
        """Wait for what is being read."""
        self._reader.shutdown(cancel_futures=True)

    def _sight(self, session: Session, workspace: str, start: Collection[Node], route: Route) -> Sight | None:
        """A graph as a route shows it; None if it is not there."""
        kept = self._kept_at(session, workspace, route.at)
        if kept is None or kept.graph is None:
            return None
        fit = self._fit(session, kept, kept.graph, route.only) if route.only else None
        return sight_of(kept.graph, route, None if fit is None else begun_at(kept.graph, fit, start))

    def _kept_at(self, session: Session, workspace: str, at: int) -> Kept | None:
        """The graph in memory of a revision; None if it is not that of the head, or not there yet."""
        if not self._max_bytes:
            return None
        stamp = head_stamp(session, workspace)
        if stamp.number != at:
            return None
        with self._lock:
            kept = self._kept.get(workspace)
            if kept is not None and kept.stamp == stamp:
                self._kept.move_to_end(workspace)
        if kept is None or kept.stamp != stamp:
            self.ask_for(workspace)
            return None
        return kept

    def _past_sight(self, session: Session, workspace: str, route: Route) -> Sight | None:
        """The graph of an earlier revision, as a route shows it; None if that of the head is not there."""
        stamp = head_stamp(session, workspace)
        kept = self._kept_at(session, workspace, stamp.number)  # which asks for it where it is not there yet
        if kept is None or kept.graph is None or route.at >= stamp.number:
            return None
        past = kept.past
        if past is None or past[0] != route.at:
            try:
                changed, shown = edges_changed(session, workspace, route.at, stamp.number, before=True)
            except NotPackable:
                return None
            room = self._max_bytes - self.size_bytes + (past[1].size_bytes if past else 0)
            if len(changed) * LARGE_CHANGE > kept.graph.edge_count or kept.graph.size_bytes > room:
                return None
            past = kept.past = (route.at, graft(kept.graph, changed, shown))
        return sight_of(past[1], route, None)

    def _fit(self, session: Session, kept: Kept, graph: Adjacency, only: AssetFilter) -> NDArray[np.bool_]:
        with self._lock:
            fit = kept.fits.get(only)
        if fit is None:
            fit = fitting(session, graph, kept.workspace, only, kept.stamp.number)
            with self._lock:
                kept.fits[only] = fit
                while len(kept.fits) > FILTERS:
                    kept.fits.popitem(last=False)
        return fit

    def _done(self, workspace: str, reading: Future[None]) -> None:
        with self._lock:
            del self._reading[workspace]
        if not reading.cancelled() and (error := reading.exception()):
            log.error("graph not read", exc_info=error, extra={"workspace": workspace})

    def _read(self, workspace: str) -> None:
        with self._lock:
            before = self._kept.get(workspace)
        kept = self._store.read_now(partial(self._brought_up, workspace=workspace, before=before))
        with self._lock:
            self._kept.pop(workspace, None)
            while (
                self._kept
                and sum(each.size_bytes for each in self._kept.values()) + kept.size_bytes > self._max_bytes
            ):
                self._kept.popitem(last=False)
            self._kept[workspace] = kept

    def _brought_up(self, session: Session, workspace: str, before: Kept | None) -> Kept:
        """The graph of the head, made of the one before if that is possible."""
        stamp = head_stamp(session, workspace)
        if before is not None and before.stamp == stamp:
            return before
        try:
            graph = _grafted(session, workspace, before, stamp)
            if graph is None and _edge_count(session, workspace) * EDGE_BYTES <= self._max_bytes:
                graph = build(edges_at(session, workspace, stamp.number))
        except NotPackable:
            graph = None
        if graph is not None and graph.size_bytes > self._max_bytes:
            graph = None
        if graph is None:
            log.warning("graph stays out of memory", extra={"workspace": workspace, "revision": stamp.number})
        return Kept(workspace, stamp, graph)


def _edge_count(session: Session, workspace: str) -> int:
    query = select(func.count()).select_from(Edge).where(Edge.workspace == workspace)
    return int(session.execute(query).scalar_one())


def _grafted(session: Session, workspace: str, before: Kept | None, stamp: Stamp) -> Adjacency | None:
    """The graph before with what changed since; None if that is gone, or too much changed."""
    if before is None or before.graph is None or not before.stamp.number < stamp.number:
        return None
    same = (Revision.workspace == workspace, Revision.number == before.stamp.number)
    committed = select(Revision.committed_at).where(*same, Revision.state == "committed")
    if session.scalars(committed).one_or_none() != before.stamp.committed_at:
        return None  # the workspace was emptied meanwhile: nothing tells what ended
    changed, shown = edges_changed(session, workspace, before.stamp.number, stamp.number)
    if len(changed) * LARGE_CHANGE > before.graph.edge_count:
        return None
    return graft(before.graph, changed, shown)
