"""The order of items within layers: one in which few stretches cross."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from jobs.engines.drawing.mesh import Mesh, Stop

ROUNDS = 12  # sweeps there and back; a big picture gets fewer
PATIENCE = 3  # rounds without gain, after which it is enough
BIG = 1_500  # stretches

Order = tuple[tuple[int, ...], ...]
"""The items of each layer from top to bottom."""


def crossings(mesh: Mesh, order: Order) -> int:
    """How many pairs of stretches cross. Cost: n log n for n stretches."""
    rank = _ranks(order)
    return sum(_crossings_of(gap, rank) for gap in mesh.gaps)


def _crossings_of(gap: Iterable[tuple[Stop, Stop]], rank: Mapping[int, int]) -> int:
    ends = sorted(((rank[a], i), (rank[b], j)) for (a, i), (b, j) in gap)
    passed: list[tuple[int, int]] = []
    count = 0
    for _, end in ends:
        count += len(passed) - bisect_right(passed, end)
        insort(passed, end)
    return count


def ordered(mesh: Mesh) -> Order:
    """An order with few crossings; never more than in the order in which items come.

    Sweeps of barycentres there and back, each followed by swaps of neighbours, as long as they gain
    anything; deterministic.

    Cost: at most twelve rounds, each of n log n for n stretches plus the swaps.

    Source: Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system
    structures", 1981.
    """
    best = order = mesh.layers
    fewest = crossings(mesh, order)
    stretches = sum(map(len, mesh.gaps))
    idle = 0
    for nth in range(ROUNDS if stretches <= BIG else ROUNDS // 4):
        if not fewest or idle == PATIENCE:
            break
        order = _swept(mesh, order, forth=nth % 2 == 0)
        order = _swept(mesh, order, forth=nth % 2 == 1)
        order = _swapped(mesh, order)
        count = crossings(mesh, order)
        idle = 0 if count < fewest else idle + 1
        if count < fewest:
            best, fewest = order, count
    return best


def _ranks(order: Order) -> dict[int, int]:
    return {item: rank for items in order for rank, item in enumerate(items)}


def _swept(mesh: Mesh, order: Order, *, forth: bool) -> Order:
    """Each layer in the order of the means of what its items hang on, in the layer that was swept before."""
    layers = [list(items) for items in order]
    rank = _ranks(order)
    places = range(1, len(layers)) if forth else range(len(layers) - 2, -1, -1)
    for at in places:
        pulls: defaultdict[int, list[float]] = defaultdict(list)
        for left, right in mesh.gaps[at - 1 if forth else at]:
            own, other = (right, left) if forth else (left, right)
            pulls[own[0]].append(rank[other[0]] + (other[1] + 0.5) / mesh.ports[other[0]])
        layers[at] = _by_pull(layers[at], {item: sum(each) / len(each) for item, each in pulls.items()})
        rank.update({item: place for place, item in enumerate(layers[at])})
    return tuple(map(tuple, layers))


def _by_pull(items: Sequence[int], pull: Mapping[int, float]) -> list[int]:
    """Items sorted by what pulls them; those that nothing pulls keep their places."""
    pulled = iter(sorted((item for item in items if item in pull), key=pull.__getitem__))
    return [next(pulled) if item in pull else item for item in items]


def _swapped(mesh: Mesh, order: Order) -> Order:
    """Neighbours within each layer exchanged wherever that takes a crossing away."""
    layers = [list(items) for items in order]
    rank = _ranks(order)
    for at, items in enumerate(layers):
        sides = _sides(mesh, at, rank)
        for _ in range(len(items)):
            swapped = False
            for place in range(len(items) - 1):
                upper, lower = items[place : place + 2]
                kept = sum(_above(side[upper], side[lower]) for side in sides)
                if kept and kept > sum(_above(side[lower], side[upper]) for side in sides):
                    items[place : place + 2] = lower, upper
                    swapped = True
            if not swapped:
                break
        rank.update({item: place for place, item in enumerate(items)})
    return tuple(map(tuple, layers))


def _sides(mesh: Mesh, at: int, rank: Mapping[int, int]) -> list[defaultdict[int, list[tuple[int, int]]]]:
    """For the gaps left and right of a layer: where the stretches of each item end, from the top."""
    sides = []
    for gap, own in ((at - 1, 1), (at, 0)):
        ends: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for stretch in mesh.gaps[gap] if 0 <= gap < len(mesh.gaps) else ():
            item, port = stretch[1 - own]
            insort(ends[stretch[own][0]], (rank[item], port))
        sides.append(ends)
    return sides


def _above(upper: Sequence[tuple[int, int]], lower: Sequence[tuple[int, int]]) -> int:
    """How many pairs cross while one item stands above the other."""
    return sum(bisect_left(lower, end) for end in upper)
