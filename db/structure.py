"""What the shape of a graph says of its catalog: what stands apart, what nobody reads, what goes in circles."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from db.adjacency import Adjacency
from db.array_walk import Mask
from db.census import Census
from db.packed import INDIRECT, Ids, find, ids_of, sorted_ids

PEELS = 64  # rounds of leaving out ends before the rest is walked: layers of most warehouses are fewer


def orphans(graph: Adjacency, census: Census) -> Ids:
    """Assets without any edge, in order of their ids."""
    return census.ids[find(graph.asset_ids, census.ids) < 0]


def unread_assets(graph: Adjacency, census: Census) -> Ids:
    """Assets that something flows into and nothing flows out of, but to themselves, in order of their ids."""
    sources, targets = graph.asset_of[graph.sources], graph.asset_of[graph.targets]
    others = sources != targets
    unread = np.zeros(len(graph.asset_ids), np.bool_)
    unread[targets[others]] = True
    unread[sources[others]] = False
    ids = graph.asset_ids[unread]
    return ids[find(census.ids, ids) >= 0]


def unread_columns(graph: Adjacency, columns: Ids, owners: Ids) -> Mask:
    """Which of these columns nothing flows out of, though something does out of other columns of their assets.

    An asset that is read as a whole is read in all its columns, as far as anybody knows.
    """
    read = np.zeros(graph.node_count, np.bool_)
    read[graph.sources[graph.sources != graph.targets]] = True
    whole = graph.first[:-1]
    part = np.zeros(len(graph.asset_ids), np.bool_)
    part[graph.asset_of[np.flatnonzero(read)]] = True
    part[read[whole]] = False
    place = find(graph.asset_ids, owners)
    of_part = (place >= 0) & part[np.maximum(place, 0)] if len(part) else np.zeros(len(columns), np.bool_)
    used = sorted_ids(graph.column_ids[read])
    unread: Mask = of_part.copy()
    unread[of_part] = find(used, columns[of_part]) < 0
    return unread


def cycles(graph: Adjacency) -> list[list[int]]:
    """Assets, by number, whose values flow in circles: the largest circle first, each in order.

    Cost: a pass over the edges for each layer of the graph, and some 3 µs for each asset that is on a circle
    or between two of them.
    """
    direct = graph.marks & INDIRECT == 0
    sources = graph.asset_of[graph.sources[direct]].astype(np.int64)
    targets = graph.asset_of[graph.targets[direct]].astype(np.int64)
    pairs = np.unique((sources << 32 | targets)[sources != targets])
    sources, targets = _peeled(pairs >> 32, pairs & 0xFFFFFFFF, len(graph.asset_ids))
    found = [each for each in _components(sources, targets) if len(each) > 1]
    return sorted(found, key=lambda each: (-len(each), each))


def _peeled(sources: NDArray[np.int64], targets: NDArray[np.int64], count: int) -> Sequence[NDArray[np.int64]]:
    """Edges without those at whose ends nothing comes in or goes out any more: no circle has such an end."""
    for _ in range(PEELS):
        enters, leaves = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        enters[targets], leaves[sources] = True, True
        keep = enters[sources] & leaves[targets]
        if keep.all():
            break
        sources, targets = sources[keep], targets[keep]
    return sources, targets


def _components(sources: NDArray[np.int64], targets: NDArray[np.int64]) -> list[list[int]]:
    """Strongly connected components, after Tarjan, without recursion: no chain of views is too long.

    Source: R. E. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing, 1972.
    """
    leads: dict[int, list[int]] = {}
    for source, target in zip(sources.tolist(), targets.tolist(), strict=True):
        leads.setdefault(source, []).append(target)
    found: list[list[int]] = []
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    waiting: set[int] = set()
    for root, first in leads.items():
        if root in order:
            continue
        path = [(root, iter(first))]
        order[root] = low[root] = len(order)
        stack.append(root)
        waiting.add(root)
        while path:
            node, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == order[node]:
                    found.append(_taken(stack, waiting, node))
            elif following not in order:
                order[following] = low[following] = len(order)
                stack.append(following)
                waiting.add(following)
                path.append((following, iter(leads.get(following, ()))))
            elif following in waiting:
                low[node] = min(low[node], order[following])
    return found


def _taken(stack: list[int], waiting: set[int], root: int) -> list[int]:
    """A component that is complete, taken off the stack."""
    component = [stack.pop()]
    while component[-1] != root:
        component.append(stack.pop())
    waiting.difference_update(component)
    return sorted(component)


def of_these(columns: Ids, owners: Ids, assets: Sequence[UUID]) -> Ids:
    """The columns of these assets."""
    wanted = sorted_ids(ids_of(assets))
    return columns[find(wanted, owners) >= 0]
