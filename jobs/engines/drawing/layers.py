"""Which card stands in which layer: what flows flows from left to right, but for what closes a cycle."""

from collections import defaultdict
from collections.abc import Mapping
from functools import partial

Links = Mapping[tuple[int, int], int]
"""Pairs of cards, source and target, with how many arrows lead from one to the other."""


def forward(count: int, links: Links) -> list[int]:
    """All cards in an order against which few arrows lead; none if there is no cycle.

    Ties go to the lower number, so the result is the same on every machine. Cost: the square of the number of
    cards, plus the links.

    Source: Eades, Lin and Smyth, "A fast and effective heuristic for the feedback arc set problem", 1993.
    """
    targets: defaultdict[int, dict[int, int]] = defaultdict(dict)
    sources: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for (source, target), weight in links.items():
        if source != target:
            targets[source][target] = weight
            sources[target][source] = weight
    left: list[int] = []
    right: list[int] = []
    waiting = dict.fromkeys(range(count))
    while waiting:
        sink = next((card for card in waiting if not targets[card]), None)
        head = next((card for card in waiting if not sources[card]), None) if sink is None else None
        if sink is not None:
            chosen = sink
            right.append(chosen)
        else:
            surplus = partial(_surplus, targets=targets, sources=sources)
            chosen = head if head is not None else max(waiting, key=surplus)
            left.append(chosen)
        del waiting[chosen]
        for target in targets.pop(chosen, {}):
            del sources[target][chosen]
        for source in sources.pop(chosen, {}):
            del targets[source][chosen]
    return left + right[::-1]


def _surplus(
    card: int, targets: Mapping[int, Mapping[int, int]], sources: Mapping[int, Mapping[int, int]]
) -> tuple[int, int]:
    return sum(targets[card].values()) - sum(sources[card].values()), -card


def layers_of(count: int, links: Links) -> tuple[list[int], frozenset[tuple[int, int]]]:
    """The layer of each card, from 0, and the links that lead backward or stay within one card.

    Every other link leads to a higher layer. Cards stand as far left as they can, and then move towards where
    most of their arrows lead while that makes the sum of lengths smaller.

    Cost: as `forward`; each of at most eight rounds of moves looks at each link twice.
    """
    sequence = forward(count, links)
    place = {card: at for at, card in enumerate(sequence)}
    turned = frozenset(link for link in links if place[link[0]] >= place[link[1]])
    before: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    after: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for link, weight in links.items():
        if link not in turned:
            before[link[1]].append((link[0], weight))
            after[link[0]].append((link[1], weight))
    layers = [0] * count
    for card in sequence:
        layers[card] = max((layers[source] + 1 for source, _ in before[card]), default=0)
    for _ in range(8):
        moves = [_move(card, layers, before[card], after[card]) for card in reversed(sequence)]
        if not any(moves):
            break
    used = {layer: at for at, layer in enumerate(sorted(set(layers)))}
    return [used[layer] for layer in layers], turned


def _move(card: int, layers: list[int], before: list[tuple[int, int]], after: list[tuple[int, int]]) -> bool:
    """Move one card to the better end of where it may stand; whether it moved."""
    pull = sum(weight for _, weight in after) - sum(weight for _, weight in before)
    if pull > 0:
        best = min(layers[target] for target, _ in after) - 1
    elif pull < 0:
        best = max(layers[source] for source, _ in before) + 1
    else:
        return False
    moved = best != layers[card]
    layers[card] = best
    return moved
