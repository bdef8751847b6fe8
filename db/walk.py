"""Walking the graph upstream and downstream, level by level, within bounds that are always told.

What a walk is, and how SQL answers it: at any revision, slowly. `db.array_walk` gives the same answers fast.
"""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from db.catalog import CHUNK, fitting_assets
from db.filters import AssetFilter
from db.lineage import Edge, Evidence, identity, seen
from db.session import Session

DEPENDENCY = "dependency"  # the subtype of edges that only say that one asset needs another
INDIRECT = "indirect"


class Direction(StrEnum):
    """Which way to walk."""

    UPSTREAM = "upstream"
    DOWNSTREAM = "downstream"


class Level(StrEnum):
    """What the nodes are."""

    COLUMN = "column"
    ASSET = "asset"


@dataclass(frozen=True, slots=True)
class Node:
    """A column of an asset or, without one, the asset as a whole."""

    asset_pk: UUID
    column_pk: UUID | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An edge that was walked. Between assets, `edge_pks` are the edges of columns that it stands for."""

    pk: UUID
    source: Node
    target: Node
    kind: str
    subtype: str | None
    masking: bool
    edge_pks: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Route:
    """Which edges are followed: those seen at a revision, one way, of some kinds (all if none is named).

    A walk neither shows nor passes through assets that `only` leaves out; where it begins always fits.
    """

    at: int
    direction: Direction
    level: Level = Level.COLUMN
    kinds: frozenset[str] = frozenset()
    only: AssetFilter | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a walk may go."""

    depth: int
    max_nodes: int
    seconds: float


@dataclass(slots=True)
class Walk:
    """What a walk found: nodes with their distance, nearest first, and those from which it could go on."""

    depths: dict[Node, int] = field(default_factory=dict)
    steps: dict[UUID, Step] = field(default_factory=dict)
    frontier: list[Node] = field(default_factory=list)

    @property
    def truncated(self) -> bool:
        return bool(self.frontier)


@dataclass(frozen=True, slots=True)
class Reach:
    """How much a walk without bounds finds besides where it begins; at least that much if not `complete`.

    Of an asset as a whole its columns are where it begins, too. Assets without known columns are in
    `assets` alone, and so is everything if the walk is one between assets.
    """

    assets: int
    columns: int
    complete: bool = True


@dataclass(slots=True)
class _Trail:
    """What was followed so far: for each step the edges that it stands for, and whether each masks."""

    steps: dict[UUID, Step] = field(default_factory=dict)
    edges: dict[UUID, dict[UUID, bool]] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        self.steps.setdefault(step.pk, step)
        self.edges.setdefault(step.pk, {})[step.edge_pks[0]] = step.masking

    def walked(self) -> dict[UUID, Step]:
        """All steps; one masks if all of its edges do."""
        return {
            pk: replace(self.steps[pk], edge_pks=tuple(edges), masking=all(edges.values()))
            for pk, edges in self.edges.items()
        }


def walk(session: Session, start: Collection[Node], route: Route, bounds: Bounds) -> Walk:
    """Follow edges breadth first, each once.

    An asset as a whole stands for all its columns, and what reaches the whole reaches each of them: from a
    column, edges of its asset as a whole are followed too (a filter influences every column). Between columns,
    an edge that only says that an asset needs another is followed where nothing else is known between these
    two. Cycles end, because no node is expanded twice; an edge from a node to itself is none here.

    Of a level, direct edges come first, then by the ids of their ends. The first edge that would bring more
    than `max_nodes` nodes ends the taking in of nodes; edges between those that are there are still walked. A
    node at the last depth, or found once `max_nodes` or the time is spent, is in `frontier` if edges that are
    not among the steps lead on from it. Cost: one query a level for each 400 nodes.
    """
    deadline = time.monotonic() + bounds.seconds
    search = _Search(session, start, route)
    for depth in range(1, bounds.depth + 1):
        if not search.fresh or time.monotonic() > deadline:
            break
        search.expand(depth, bounds.max_nodes)
    search.leave(search.steps())
    found = search.found
    found.depths = dict(sorted(found.depths.items(), key=lambda item: item[1]))
    found.frontier = sorted(set(found.frontier), key=node_order)
    found.steps = search.trail.walked()
    return found


def reach(session: Session, start: Collection[Node], route: Route, seconds: float) -> Reach:
    """How much can be reached at all. Cost: as a walk; it ends when the time is spent."""
    deadline = time.monotonic() + seconds
    search = _Search(session, start, route)
    begun = frozenset(search.found.depths)
    while search.fresh and time.monotonic() < deadline:
        # In pieces: the edges of a level may take longer than there is time.
        fresh, search.fresh = search.fresh[CHUNK:], search.fresh[:CHUNK]
        search.expand(1, max_nodes=1 << 62)
        search.fresh = fresh + search.fresh
    return _counted(search.found.depths, begun, complete=not search.fresh)


def _counted(nodes: Iterable[Node], begun: frozenset[Node], *, complete: bool) -> Reach:
    others = [node for node in nodes if node not in begun and Node(node.asset_pk) not in begun]
    assets = {node.asset_pk for node in others} - {node.asset_pk for node in begun}
    return Reach(len(assets), sum(node.column_pk is not None for node in others), complete)


class _Search:
    """A walk under way."""

    def __init__(self, session: Session, start: Collection[Node], route: Route) -> None:
        self.session, self.route = session, route
        self.fresh = list(dict.fromkeys(_at_level(node, route.level) for node in start))
        self.found = Walk(depths=dict.fromkeys(self.fresh, 0))
        self.trail = _Trail()
        self.full = False
        self._expanded = set(self.fresh)
        self._followed: set[UUID] = set()
        self._fitting = dict.fromkeys((node.asset_pk for node in self.fresh), True)

    def expand(self, depth: int, max_nodes: int) -> None:
        """Follow the edges of the fresh nodes; where they lead is fresh then."""
        depths, left = self.found.depths, []
        led_to: dict[Node, None] = {}
        for step in self.steps():
            near, reached = self._ends(step)
            missing = sum(node not in depths for node in (near, reached))
            self.full = self.full or (missing > 0 and len(depths) + missing > max_nodes)
            if self.full and missing:
                left.append(step)
                continue
            # An end that is not there yet belongs to an asset, or is the whole of a column, that is.
            depths[near] = min(depth - 1, depths.get(near, depth))
            depths.setdefault(reached, depth)
            led_to[reached] = None
            self.trail.add(step)
        self.leave(left)
        # Not by depth: the whole of an asset may be there as the end of an edge, its columns not yet followed.
        self.fresh = [node for node in led_to if node not in self._expanded]
        self._expanded.update(self.fresh)

    def steps(self) -> list[Step]:
        """The steps that lead on from the fresh nodes, one for each edge that was not followed before."""
        edges = {row.pk: row for row in edges_leading_on(self.session, self.fresh, self.route)}
        rows = [row for pk, row in edges.items() if pk not in self._followed]
        rows.sort(key=_rank)
        self._followed.update(row.pk for row in rows)
        steps = [step for step in (_step(row, self.route.level) for row in rows) if step.source != step.target]
        return [step for step, fitting in zip(steps, self._judged(steps), strict=True) if fitting]

    def leave(self, steps: Collection[Step]) -> None:
        """Note which of the fresh nodes these steps lead on from."""
        nears = {self._ends(step)[0] for step in steps}
        assets = {near.asset_pk for near in nears}
        self.found.frontier += [
            node
            for node in self.fresh
            if node in nears or _whole(node) in nears or (node.column_pk is None and node.asset_pk in assets)
        ]

    def _ends(self, step: Step) -> tuple[Node, Node]:
        """The near end and the far one."""
        if self.route.direction is Direction.UPSTREAM:
            return step.target, step.source
        return step.source, step.target

    def _judged(self, steps: Collection[Step]) -> Iterable[bool]:
        """Whether each step leads to an asset that is wanted."""
        assets = [self._ends(step)[1].asset_pk for step in steps]
        if self.route.only is None:
            return [True] * len(assets)
        unknown = [pk for pk in assets if pk not in self._fitting]
        fit = fitting_assets(self.session, unknown, self.route.at, self.route.only)
        self._fitting |= {pk: pk in fit for pk in unknown}
        return [self._fitting[pk] for pk in assets]


def _at_level(node: Node, level: Level) -> Node:
    return _whole(node) if level is Level.ASSET else node


def _whole(node: Node) -> Node:
    return Node(node.asset_pk)


def _step(row: Any, level: Level) -> Step:
    source = _at_level(Node(row.source_asset_pk, row.source_column_pk), level)
    target = _at_level(Node(row.target_asset_pk, row.target_column_pk), level)
    if level is Level.COLUMN:
        return Step(row.pk, source, target, row.kind, row.subtype, row.masking, (row.pk,))
    pk = step_pk(source.asset_pk, target.asset_pk, row.kind)
    return Step(pk, source, target, row.kind, None, row.masking, (row.pk,))


def step_pk(source: UUID, target: UUID, kind: str) -> UUID:
    """What names all edges of a kind from one asset to another."""
    return identity("step", source.hex, target.hex, kind)


def node_order(node: Node) -> tuple[str, str]:
    """What nodes are put in order by: assets by id, each before its columns."""
    return node.asset_pk.hex, node.column_pk.hex if node.column_pk else ""


def _rank(row: Any) -> tuple[str, tuple[str, str], tuple[str, str], str]:
    source = Node(row.source_asset_pk, row.source_column_pk)
    target = Node(row.target_asset_pk, row.target_column_pk)
    return row.kind, node_order(source), node_order(target), row.pk.hex


def edges_leading_on(session: Session, nodes: Collection[Node], route: Route) -> Iterator[Any]:
    """Yield the edges that lead on from these nodes; one of an asset as a whole perhaps again and again."""
    every = sorted(nodes, key=node_order)
    query = select(
        Edge.pk,  # type: ignore[call-overload]  # SQLModel's select is typed up to four columns
        Edge.source_asset_pk,
        Edge.source_column_pk,
        Edge.target_asset_pk,
        Edge.target_column_pk,
        Edge.kind,
        Edge.subtype,
        Edge.masking,
    ).where(_believed(Edge, route.at))
    if route.kinds:
        query = query.where(col(Edge.kind).in_(route.kinds))
    if route.level is Level.COLUMN:
        query = query.where(or_(col(Edge.subtype) != DEPENDENCY, ~_known_finer(route.at)))
    for begin in range(0, len(every), CHUNK):
        yield from session.execute(query.where(_touching(every[begin : begin + CHUNK], route)))


def _believed(edge: Any, at: int) -> ColumnElement[bool]:
    return exists().where(col(Evidence.edge_pk) == edge.pk, seen(Evidence, at)).correlate(edge)


def _known_finer(at: int) -> ColumnElement[bool]:
    """Whether anything but a dependency is known between the assets of an edge."""
    finer = aliased(Edge)
    return (
        exists()
        .where(
            col(finer.source_asset_pk) == col(Edge.source_asset_pk),
            col(finer.target_asset_pk) == col(Edge.target_asset_pk),
            col(finer.subtype) != DEPENDENCY,
            _believed(finer, at),
        )
        .correlate(Edge)
    )


def _touching(nodes: Collection[Node], route: Route) -> ColumnElement[bool]:
    upstream = route.direction is Direction.UPSTREAM
    asset = col(Edge.target_asset_pk if upstream else Edge.source_asset_pk)
    column = col(Edge.target_column_pk if upstream else Edge.source_column_pk)
    whole = {node.asset_pk for node in nodes if node.column_pk is None or route.level is Level.ASSET}
    parts = [node for node in nodes if node.asset_pk not in whole]
    named = {node.column_pk for node in parts}
    of_columns = and_(asset.in_({node.asset_pk for node in parts}), or_(column.in_(named), column.is_(None)))
    return or_(asset.in_(whole), of_columns)
