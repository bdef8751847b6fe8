"""Ways from one column or asset to another: the shortest, and others in order of their length."""

import heapq
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from db.adjacency import Adjacency
from db.array_walk import Fresh, Sight, sight_of, steps_of
from db.ground import Ground
from db.packed import INDIRECT
from db.walk import Direction, Node, Route, Step

MAX_STEPS = 50_000  # beginnings of paths that are looked at
FAR = np.iinfo(np.int32).max
LOOKS = 256  # beginnings of paths between two looks at the clock


@dataclass(frozen=True, slots=True)
class Span:
    """Which paths are looked for: along edges of some kinds (all if none is named), so many and so long."""

    kinds: frozenset[str]
    max_paths: int
    max_length: int
    seconds: float


@dataclass(slots=True)
class Paths:
    """Paths in order of length, and whether there may be more than these."""

    found: list[Sequence[Step]] = field(default_factory=list)
    truncated: bool = False


def paths(ground: Ground, source: Node, target: Node, span: Span) -> Paths:
    """The shortest path and others in order of their length, none of which visits a node twice.

    An edge leads on from where the one before arrived: from a column along the edges of its asset as a whole,
    too, and from an asset as a whole along those of its columns. What arrives at a column arrives at it, or at
    its asset as a whole; what arrives at an asset arrives at any part of it. Of several edges to one node
    one is told, a direct one first.

    Cost: a walk upstream over arrays, which tells how far each node is from the target, so that no beginning
    of a path is looked at that leads nowhere; then some 0.1 ms for each beginning, at most MAX_STEPS.
    """
    search = _Search(ground.graph, source, target, span)
    found = Paths(truncated=not ground.complete)
    complete = False
    for edges in search.ways():
        if len(found.found) == span.max_paths:
            found.truncated = True
            break
        found.found.append(_steps(ground.graph, edges))
    else:
        complete = True
    found.truncated |= complete and search.cut
    return found


def _steps(graph: Adjacency, edges: Sequence[int]) -> list[Step]:
    return list(steps_of(graph, np.array(edges, np.int64)).values())


@dataclass(order=True, slots=True)
class _Beginning:
    """A path that has come somewhere: best first by how long it will be, then by how it runs."""

    length: int  # at least, once it has arrived
    ahead: int  # edges that are left then: what is nearly there comes first
    nodes: tuple[int, ...]
    edges: tuple[int, ...] = field(compare=False)


class _Search:
    """A search for paths under way."""

    def __init__(self, graph: Adjacency, source: Node, target: Node, span: Span) -> None:
        self.graph, self.span, self.cut = graph, span, False
        self._deadline = time.monotonic() + span.seconds
        self._ahead = sight_of(graph, Route(0, Direction.DOWNSTREAM, kinds=span.kinds))
        goals = _parts(graph, target)
        if target.column_pk is not None and (whole := graph.number_of(Node(target.asset_pk))) is not None:
            goals = np.append(goals, whole)
        self._goals = set(goals.tolist())
        back = sight_of(graph, Route(0, Direction.UPSTREAM, kinds=span.kinds))
        self._left = _distances(back, goals)  # edges that are left from each node
        self._start = _parts(graph, source).tolist()
        self._lent: list[int] = []  # of a column without edges of its own: its asset as a whole
        whole = graph.number_of(Node(source.asset_pk))
        if not self._start and whole is not None:
            self._lent = [whole]

    def ways(self) -> Iterator[tuple[int, ...]]:
        """Yield paths as the edges that they run along, shortest first."""
        waiting = [_Beginning(0, 0, (), ())]
        for looked in range(MAX_STEPS):
            if not waiting:
                return
            if looked % LOOKS == 0 and time.monotonic() > self._deadline:
                break
            begun = heapq.heappop(waiting)
            if begun.nodes and begun.nodes[-1] in self._goals:
                yield begun.edges
                continue
            for far, edge in self._next(begun):
                left = int(self._left[far])
                length = len(begun.edges) + 1 + left
                if length > self.span.max_length:
                    self.cut = True
                    continue
                heapq.heappush(waiting, _Beginning(length, left, (*begun.nodes, far), (*begun.edges, edge)))
        self.cut = True

    def _next(self, begun: _Beginning) -> Iterator[tuple[int, int]]:
        """Yield the nodes that come next, each with the best of the edges that lead there."""
        if begun.nodes:
            follow = self._ahead.all_of(np.array(begun.nodes[-1:]))
        else:
            start = self._ahead.all_of(np.array(self._start, np.int64))
            follow = np.union1d(start, np.array(self._lent, np.int64)).astype(np.int64)
        edges, _, far = self._ahead.edges_of(follow)
        indirect = (self.graph.marks[edges] & INDIRECT).astype(np.int64)
        order = np.argsort((indirect << 40) | edges)
        nodes, first = np.unique(far[order], return_index=True)
        visited = {*self._start, *begun.nodes}
        for node, edge in zip(nodes.tolist(), edges[order][first].tolist(), strict=True):
            if node not in visited and self._left[node] != FAR:
                yield node, edge


def _parts(graph: Adjacency, node: Node) -> Fresh:
    """The number of a column, or those of an asset and all its columns; none if no edge ever touched it."""
    number = graph.number_of(node)
    if number is None:
        return np.empty(0, np.int64)
    if node.column_pk is not None:
        return np.array([number], np.int64)
    asset = graph.asset_of[number]
    return np.arange(number, graph.first[asset + 1], dtype=np.int64)


def _distances(back: Sight, goals: Fresh) -> NDArray[np.int32]:
    """How many edges each node is from the nearest goal; FAR where no way leads there."""
    left = np.full(back.node_count, FAR, np.int32)
    left[goals] = 0
    fresh, distance = np.unique(goals), 0
    while len(fresh):
        distance += 1
        _, _, near = back.edges_of(fresh)
        met = back.all_of(np.unique(near).astype(np.int64))
        fresh = met[left[met] == FAR].astype(np.int64)
        left[fresh] = distance
    return left
