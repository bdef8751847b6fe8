"""Which places of the graph a watch sees: the closure of where it begins, over arrays."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlmodel import col

from db.adjacency import Adjacency, build
from db.array_walk import Mask, Sight, sight_of, start_of
from db.grafts import graft
from db.lineage import Edge
from db.packed import NotPackable, edges_at, edges_changed
from db.session import Session
from db.walk import Node, Route

MOST_EDGES = 2_000_000  # of a graph that is read for this: some 500 MB while it lasts
LARGE_CHANGE = 4  # a graph of which more than this part changed is read anew


def graphs_of(session: Session, workspace: str, before: int, after: int) -> tuple[Adjacency, Adjacency] | None:
    """The graph at two revisions; None if it is too large, or holds what arrays cannot.

    Cost: 5 µs an edge of the later one, and some 10 µs for each edge that changed.
    """
    count = select(func.count()).select_from(Edge).where(col(Edge.workspace) == workspace)
    if session.execute(count).scalar_one() > MOST_EDGES:
        return None
    try:
        later = build(edges_at(session, workspace, after))
        changed, shown = edges_changed(session, workspace, before, after, before=True)
        if len(changed) * LARGE_CHANGE > later.edge_count:
            return build(edges_at(session, workspace, before)), later
        return graft(later, changed, shown), later
    except NotPackable:
        return None


@dataclass(frozen=True, slots=True)
class Spots:
    """Places as a graph numbers them: -1 for what it does not know."""

    graph: Adjacency
    places: Sequence[Node]
    numbers: NDArray[np.int64]
    wholes: NDArray[np.int64]
    assets: NDArray[np.int64]

    @classmethod
    def of(cls, graph: Adjacency, places: Sequence[Node]) -> "Spots":
        """Find places in a graph. Cost: two binary searches for each."""
        assets = [graph.asset_number(place.asset_pk) for place in places]
        numbers = [graph.number_of(place) if place.column_pk else None for place in places]
        wholes = [None if asset is None else int(graph.first[asset]) for asset in assets]
        return cls(graph, places, *(_numbers(each) for each in (numbers, wholes, assets)))


def _numbers(found: Sequence[int | None]) -> NDArray[np.int64]:
    return np.array([-1 if each is None else each for each in found], np.int64)


def seen_from(spots: Spots, root: Node, route: Route, depth: int | None) -> Mask:
    """Which of some places a walk from a root meets, itself with them.

    A place that is an asset as a whole is met with any part of it; a whole that is met, or begun at, stands for
    all its columns. Cost: that of the walk, and passes over all nodes.
    """
    shown, spread = _closure(sight_of(spots.graph, route), [root], depth)
    assets = np.zeros(len(spots.graph.asset_ids), np.bool_)
    assets[spots.graph.asset_of[shown]] = True
    is_whole = np.array([place.column_pk is None for place in spots.places], np.bool_)
    met = _at(shown, spots.numbers) | np.where(is_whole, _at(assets, spots.assets), _at(spread, spots.wholes))
    return met | np.array([_is_at_home(place, root) for place in spots.places], np.bool_)


def _at(mask: Mask, numbers: NDArray[np.int64]) -> Mask:
    """What a mask says of numbers; nothing is true of what has none."""
    padded: Mask = np.append(mask, np.False_)  # which -1 reads
    return padded[numbers]


def _is_at_home(place: Node, root: Node) -> bool:
    same = None in {place.column_pk, root.column_pk} or place.column_pk == root.column_pk
    return place.asset_pk == root.asset_pk and same


def _closure(sight: Sight, start: Collection[Node], depth: int | None) -> tuple[Mask, Mask]:
    """The nodes that a walk of so many steps meets, and those whose edges it follows if it goes on."""
    begun = start_of(sight, start)
    shown = np.zeros(sight.node_count, np.bool_)
    expanded, followed = shown.copy(), shown.copy()
    fresh = np.array(sorted(begun.numbers), np.int64)
    shown[fresh] = expanded[fresh] = True
    leading = np.union1d(sight.all_of(fresh), begun.wholes).astype(np.int64)
    for _ in _steps(depth):
        leading = leading[~followed[leading]]
        followed[leading] = True
        _, near, far = sight.edges_of(leading)
        shown[near] = shown[far] = True
        fresh = np.unique(far[~expanded[far]]).astype(np.int64)
        expanded[fresh] = True
        if not len(fresh):
            break
        leading = sight.all_of(fresh).astype(np.int64)
    return shown, expanded


def _steps(depth: int | None) -> Iterator[int]:
    step = 0
    while depth is None or step < depth:
        yield step
        step += 1
