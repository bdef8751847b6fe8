"""Walking the graph upstream and downstream, level by level, within bounds that are always told."""

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from db.catalog import CHUNK
from db.lineage import Edge, Evidence, identity, seen
from db.session import Session


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
    edge_pks: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Which edges are followed: those seen at a revision, one way, of some kinds (all if none is named)."""

    at: int
    direction: Direction
    level: Level = Level.COLUMN
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a walk may go."""

    depth: int
    max_nodes: int
    seconds: float


@dataclass(slots=True)
class Walk:
    """What a walk found: nodes with their distance, and those from which it could have gone on."""

    depths: dict[Node, int] = field(default_factory=dict)
    steps: dict[UUID, Step] = field(default_factory=dict)
    frontier: list[Node] = field(default_factory=list)

    @property
    def truncated(self) -> bool:
        return bool(self.frontier)


@dataclass(slots=True)
class _Trail:
    """What was followed so far: for each step the edges that it stands for, and whether each masks."""

    steps: dict[UUID, Step] = field(default_factory=dict)
    edges: dict[UUID, dict[UUID, bool]] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        self.steps.setdefault(step.pk, step)
        self.edges.setdefault(step.pk, {})[step.edge_pks[0]] = step.masking

    def has(self, step: Step) -> bool:
        return step.edge_pks[0] in self.edges.get(step.pk, ())

    def walked(self) -> dict[UUID, Step]:
        """All steps; one masks if all of its edges do."""
        return {
            pk: replace(self.steps[pk], edge_pks=tuple(edges), masking=all(edges.values()))
            for pk, edges in self.edges.items()
        }


def walk(session: Session, start: Collection[Node], route: Route, bounds: Bounds) -> Walk:
    """Follow edges breadth first.

    An asset as a whole stands for all its columns, and what reaches the whole reaches each of them: from a
    column, edges of its asset as a whole are followed too (a filter influences every column). Cycles end,
    because no node is expanded twice; an edge from a node to itself is none here. A node at the last depth,
    or found once `max_nodes` or the time is spent, is in `frontier` if edges that are not among the steps lead
    on from it. Cost: one query a level for each 400 nodes.
    """
    deadline = time.monotonic() + bounds.seconds
    fresh = dict.fromkeys(_at_level(node, route.level) for node in start)
    found, trail, expanded = Walk(depths=dict.fromkeys(fresh, 0)), _Trail(), set(fresh)
    for depth in range(1, bounds.depth + 1):
        if not fresh or time.monotonic() > deadline:
            break
        reached = _expand(session, found, trail, fresh, route=route, depth=depth, max_nodes=bounds.max_nodes)
        # Not by depth: the whole of an asset may be there as the end of an edge, its columns not yet followed.
        fresh = dict.fromkeys(node for node in reached if node not in expanded)
        expanded.update(fresh)
    for step in _steps(session, fresh, route):
        if not trail.has(step):
            found.frontier += _left_from(step, fresh, route)
    found.frontier = list(dict.fromkeys(found.frontier))
    found.steps = trail.walked()
    return found


def _expand(
    session: Session,
    found: Walk,
    trail: _Trail,
    nodes: Collection[Node],
    *,
    route: Route,
    depth: int,
    max_nodes: int,
) -> list[Node]:
    """Follow the edges of `nodes`; where they lead."""
    led_to: list[Node] = []
    for step in _steps(session, nodes, route):
        near = _near_end(step, route)
        reached = step.source if route.direction is Direction.UPSTREAM else step.target
        missing = [node for node in (near, reached) if node not in found.depths]
        if len(found.depths) + len(missing) > max_nodes:
            found.frontier += _left_from(step, nodes, route)
            continue
        # An end that is not there yet belongs to an asset, or is the whole of a column, that is.
        found.depths[near] = min(depth - 1, found.depths.get(near, depth))
        found.depths.setdefault(reached, depth)
        led_to.append(reached)
        trail.add(step)
    return led_to


def _left_from(step: Step, nodes: Collection[Node], route: Route) -> list[Node]:
    """From which of `nodes` a step leads on: from its end, from the whole around that, or from its columns."""
    near = _near_end(step, route)
    exact = [node for node in (near, _whole(near)) if node in nodes]
    return exact or [node for node in nodes if node.asset_pk == near.asset_pk]


def _steps(session: Session, nodes: Collection[Node], route: Route) -> Iterator[Step]:
    """The steps that lead on from these nodes, one for each edge."""
    for edge in _edges(session, nodes, route):
        step = _step(edge, route.level)
        if step.source != step.target:
            yield step


def _at_level(node: Node, level: Level) -> Node:
    return _whole(node) if level is Level.ASSET else node


def _whole(node: Node) -> Node:
    return Node(node.asset_pk)


def _near_end(step: Step, route: Route) -> Node:
    return step.target if route.direction is Direction.UPSTREAM else step.source


def _step(edge: Edge, level: Level) -> Step:
    source = _at_level(Node(edge.source_asset_pk, edge.source_column_pk), level)
    target = _at_level(Node(edge.target_asset_pk, edge.target_column_pk), level)
    if level is Level.COLUMN:
        return Step(edge.pk, source, target, edge.kind, edge.subtype, edge.masking, (edge.pk,))
    pk = identity("step", source.asset_pk.hex, target.asset_pk.hex, edge.kind)
    return Step(pk, source, target, edge.kind, None, edge.masking, (edge.pk,))


def _edges(session: Session, nodes: Collection[Node], route: Route) -> Iterable[Edge]:
    """The edges that lead on from these nodes, in a fixed order."""
    every = sorted(nodes, key=_order)
    believed = select(Evidence.pk).where(Evidence.edge_pk == Edge.pk, seen(Evidence, route.at)).exists()
    for begin in range(0, len(every), CHUNK):
        query = select(Edge).where(_touching(every[begin : begin + CHUNK], route), believed)
        if route.kinds:
            query = query.where(col(Edge.kind).in_(route.kinds))
        yield from session.scalars(query.order_by(col(Edge.kind), col(Edge.pk)))


def _order(node: Node) -> tuple[str, str]:
    return node.asset_pk.hex, node.column_pk.hex if node.column_pk else ""


def _touching(nodes: Collection[Node], route: Route) -> ColumnElement[bool]:
    upstream = route.direction is Direction.UPSTREAM
    asset = col(Edge.target_asset_pk if upstream else Edge.source_asset_pk)
    column = col(Edge.target_column_pk if upstream else Edge.source_column_pk)
    whole = {node.asset_pk for node in nodes if node.column_pk is None or route.level is Level.ASSET}
    parts = [node for node in nodes if node.asset_pk not in whole]
    named = {node.column_pk for node in parts}
    of_columns = and_(asset.in_({node.asset_pk for node in parts}), or_(column.in_(named), column.is_(None)))
    return or_(asset.in_(whole), of_columns)
