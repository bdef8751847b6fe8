"""How high everything lies: as straight as it can be without overlaps."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jobs.engines.drawing.mesh import Mesh, Stop
from jobs.engines.drawing.order import Order

ROUNDS = 10
STRAIGHT = 8  # how much more a stretch between two bends wants to be straight than one between cards


@dataclass(frozen=True, slots=True)
class Sizes:
    """In pixels: the height of each item, how far below its top each port lies, what stays free below it."""

    heights: tuple[float, ...]
    ports: tuple[tuple[float, ...], ...]
    gaps: tuple[float, ...]


def placed(mesh: Mesh, order: Order, sizes: Sizes) -> list[float]:
    """The top of each item, from 0; items of a layer keep their order and distance.

    Layer by layer, there and back, each item moves to where its stretches are level, weighed against its
    neighbours by least squares.

    Cost: ten rounds, each linear in items and stretches.
    """
    tops = _stacked(order, sizes)
    for nth in range(ROUNDS):
        forth = nth % 2 == 0
        last = nth == ROUNDS - 1
        for at in range(len(order)) if forth else reversed(range(len(order))):
            gaps = [at - 1, at] if last else [at - 1 if forth else at]
            wishes = _wishes(mesh, at, gaps, tops, sizes)
            for item, top in zip(order[at], _settled(order[at], wishes, tops, sizes), strict=True):
                tops[item] = top
    highest = min(tops, default=0.0)
    return [top - highest for top in tops]


def _stacked(order: Order, sizes: Sizes) -> list[float]:
    """Each layer's items below one another, all layers around one middle."""
    tops = [0.0] * len(sizes.heights)
    for items in order:
        top = -sum(sizes.heights[item] + sizes.gaps[item] for item in items) / 2
        for item in items:
            tops[item] = top
            top += sizes.heights[item] + sizes.gaps[item]
    return tops


def _wishes(
    mesh: Mesh, at: int, gaps: Iterable[int], tops: Sequence[float], sizes: Sizes
) -> dict[int, tuple[float, float]]:
    """For items of a layer: the top at which their stretches are level in the mean, and its weight."""
    sums: defaultdict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for gap in gaps:
        own = 1 if gap < at else 0
        for stretch in mesh.gaps[gap] if 0 <= gap < len(mesh.gaps) else ():
            (item, port), other = stretch[own], stretch[1 - own]
            weight = STRAIGHT if item >= mesh.cards and other[0] >= mesh.cards else 1
            total = sums[item]
            total[0] += weight * (_level(other, tops, sizes) - sizes.ports[item][port])
            total[1] += weight
    return {item: (total / weight, weight) for item, (total, weight) in sums.items()}


def _level(stop: Stop, tops: Sequence[float], sizes: Sizes) -> float:
    return tops[stop[0]] + sizes.ports[stop[0]][stop[1]]


def _settled(
    items: Sequence[int], wishes: Mapping[int, tuple[float, float]], tops: Sequence[float], sizes: Sizes
) -> list[float]:
    """Tops as near to all wishes as order and distances allow: isotonic regression by pooling neighbours."""
    pools: list[
        tuple[float, float, int]
    ] = []  # mean of what its items wish, less what stands above; weight; items
    above: list[float] = []
    used = 0.0
    for item in items:
        wish, weight = wishes.get(item, (tops[item], 0.01))
        above.append(used)
        mean, size = wish - used, 1
        used += sizes.heights[item] + sizes.gaps[item]
        while pools and pools[-1][0] > mean:
            other, heavy, many = pools.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight, size = weight + heavy, size + many
        pools.append((mean, weight, size))
    settled = [mean for mean, _, size in pools for _ in range(size)]
    return [mean + free for mean, free in zip(settled, above, strict=True)]
