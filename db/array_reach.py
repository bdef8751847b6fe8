"""Counting over adjacency arrays how much a walk without bounds would find."""

from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from db.array_walk import KINDS, Fresh, Sight, start_of
from db.packed import INDIRECT, OVERRULED
from db.walk import Node, Reach

FEW = 32  # nodes up to which a loop over them is faster than arrays
WIDE = 256  # edges from which on arrays are faster whatever the number of nodes


def array_reach(sight: Sight, start: Collection[Node]) -> Reach:
    """The same as `db.walk.reach`, always complete.

    Cost: 30 ns an edge where a level has many nodes, 2 µs a node where the graph is a chain.
    """
    begun = start_of(sight, start)
    search = _Closure(sight, begun.numbers)
    search.follow(begun.wholes)
    while search.fresh:
        if len(search.fresh) > FEW:
            search.leap(np.array(search.fresh, np.int64))
        else:
            search.creep()
    others = search.shown.copy()
    others[list(begun.numbers)] = False
    graph = sight.graph
    nodes = np.flatnonzero(others)
    at_home = np.zeros(len(graph.asset_ids), np.bool_)  # assets that the walk begins at
    whole_home = at_home.copy()  # those that it begins at as a whole
    for node in [*begun.numbers.values(), *begun.strangers]:
        number = graph.asset_number(node.asset_pk)
        if number is not None:
            at_home[number] = True
            whole_home[number] |= node.column_pk is None
    if sight.flat:
        return Reach(len(nodes), 0)
    assets = graph.asset_of[nodes]
    away = ~whole_home[assets]
    nodes, assets = nodes[away], assets[away]
    met = np.unique(assets)
    columns = int(np.count_nonzero(graph.first[assets] != nodes))
    return Reach(int(np.count_nonzero(~at_home[met])), columns)


class _Closure:
    """Nodes met so far. Which come first does not matter: only that each is followed once."""

    def __init__(self, sight: Sight, start: Iterable[int]) -> None:
        self.sight, self.fresh = sight, list(start)
        self.shown = np.zeros(sight.node_count, np.bool_)
        self._expanded = np.zeros(sight.node_count, np.bool_)
        self._followed = np.zeros(sight.node_count, np.bool_)
        self._expanded[self.fresh] = True
        self.shown[self.fresh] = True
        graph, route = sight.graph, sight.route
        # Through `data` the interpreter reads a number three times as fast as through the array.
        self._begins, self._ends = sight.begins.data, sight.ends.data
        self._order = None if sight.order is None else sight.order.data
        self._marks, self._first, self._asset_of = graph.marks.data, graph.first.data, graph.asset_of.data
        self._fitting = None if sight.fitting is None else sight.fitting.data
        kinds = [kind in route.kinds or not route.kinds for kind in KINDS]
        ruled_out = 0 if sight.flat else OVERRULED
        self._follows = bytes(kinds[marks & INDIRECT] and not marks & ruled_out for marks in range(256))
        self._is_shown, self._is_expanded = self.shown.data, self._expanded.data
        self._is_followed = self._followed.data

    def leap(self, fresh: Fresh) -> None:
        """Follow the edges of all these nodes at once; where they lead is fresh then."""
        self.fresh = []
        self.follow(self.sight.all_of(fresh))

    def follow(self, nodes: NDArray[np.integer]) -> None:
        """Follow the edges of these nodes alone."""
        nodes = nodes[~self._followed[nodes]]
        self._followed[nodes] = True
        _, near, far = self.sight.edges_of(nodes)
        self.shown[near] = True
        self.shown[far] = True
        fresh = np.unique(far[~self._expanded[far]])
        self._expanded[fresh] = True
        self.fresh += fresh.tolist()

    def creep(self) -> None:
        """Follow the edges of one node after the other, as long as few are fresh and each has few edges."""
        fresh = self.fresh
        while fresh and len(fresh) <= FEW:
            node = fresh.pop()
            every = self._all_of(node)
            if sum(self._begins[each + 1] - self._begins[each] for each in every[:WIDE]) + len(every) > WIDE:
                self.follow(self.sight.all_of(np.array([node])))
                continue
            for each in every:
                if not self._is_followed[each]:
                    self._is_followed[each] = True
                    self._creep_from(each)

    def _creep_from(self, near: int) -> None:
        for at in range(self._begins[near], self._begins[near + 1]):
            edge = at if self._order is None else self._order[at]
            far = self._ends[edge]
            if far == near or not self._follows[self._marks[edge]] or not self._fits(far):
                continue
            self._is_shown[near] = self._is_shown[far] = True
            if not self._is_expanded[far]:
                self._is_expanded[far] = True
                self.fresh.append(far)

    def _fits(self, far: int) -> bool:
        return self._fitting is None or bool(self._fitting[far if self.sight.flat else self._asset_of[far]])

    def _all_of(self, node: int) -> range | tuple[int, ...]:
        if self.sight.flat:
            return (node,)
        asset = self._asset_of[node]
        first = self._first[asset]
        return range(first, self._first[asset + 1]) if node == first else (node, first)
