"""Arrows cut into stretches between neighbouring layers: where one passes a layer, it gets a bend there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from jobs.engines.drawing.layers import layers_of
from jobs.engines.drawing.values import End, Picture

MAX_BENDS = 3_000  # arrows that would pass more layers than this in all go around the picture instead
MAX_TRACKS = 24  # arrows side by side in one bend; more of them share tracks

Stop = tuple[int, int]
"""An item and a port of it, from 0 at its top."""


@dataclass(frozen=True, slots=True)
class Mesh:
    """Items, cards first and bends behind them, in layers; and what leads from one layer to the next.

    A card has a port for itself and one for each row, a bend one for each track. `gaps[n]` are the stretches
    from layer n to layer n + 1. `stops` are the items that an arrow passes from left to right, its ends
    included; none for an arrow that goes around or stays within its card.
    """

    cards: int
    layer_of: tuple[int, ...]
    ports: tuple[int, ...]
    layers: tuple[tuple[int, ...], ...]
    gaps: tuple[tuple[tuple[Stop, Stop], ...], ...]
    stops: tuple[tuple[Stop, ...], ...]
    turned: frozenset[tuple[int, int]]


def port_of(end: End) -> int:
    """The port of a card at which an arrow ends."""
    return end.row + 1


def mesh_of(picture: Picture) -> Mesh:
    """Layers, bends and stretches of a picture, with cards and bends in the order in which they come.

    Cost: as `layers_of`, plus the arrows times the layers they pass, at most MAX_BENDS in all.
    """
    bundles: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for at, arrow in enumerate(picture.arrows):
        bundles[arrow.source.card, arrow.target.card].append(at)
    links = {link: len(arrows) for link, arrows in bundles.items()}
    card_layers, turned = layers_of(len(picture.cards), links)
    layer_of = list(card_layers)
    ports = [len(card.rows) + 1 for card in picture.cards]
    stops: list[tuple[Stop, ...]] = [()] * len(picture.arrows)
    for link in _passable(links, turned, card_layers):
        between = range(card_layers[link[0]] + 1, card_layers[link[1]])
        arrows = sorted(bundles[link], key=lambda at: (picture.arrows[at].source, picture.arrows[at].target))
        tracks = min(len(arrows), MAX_TRACKS)
        first = len(layer_of)
        layer_of += between
        ports += [tracks] * len(between)
        for place, at in enumerate(arrows):
            track = place * tracks // len(arrows)
            bends = [(first + nth, track) for nth in range(len(between))]
            ends = picture.arrows[at].source, picture.arrows[at].target
            stops[at] = (link[0], port_of(ends[0])), *bends, (link[1], port_of(ends[1]))
    count = max(layer_of, default=-1) + 1
    layers: list[list[int]] = [[] for _ in range(count)]
    for item, layer in enumerate(layer_of):
        layers[layer].append(item)
    return Mesh(
        cards=len(picture.cards),
        layer_of=tuple(layer_of),
        ports=tuple(ports),
        layers=tuple(map(tuple, layers)),
        gaps=_gaps(stops, layer_of, count),
        stops=tuple(stops),
        turned=turned,
    )


def _passable(
    links: Mapping[tuple[int, int], int], turned: frozenset[tuple[int, int]], layers: Sequence[int]
) -> list[tuple[int, int]]:
    """The links that go through the layers between their cards: the short ones first, as far as bends go."""
    onward = [link for link in links if link not in turned]
    chosen, spent = set(), 0
    for link in sorted(onward, key=lambda link: layers[link[1]] - layers[link[0]]):
        spent += layers[link[1]] - layers[link[0]] - 1
        if spent > MAX_BENDS:
            break
        chosen.add(link)
    return [link for link in onward if link in chosen]


def _gaps(
    stops: Sequence[tuple[Stop, ...]], layer_of: Sequence[int], count: int
) -> tuple[tuple[tuple[Stop, Stop], ...], ...]:
    """The stretches of each gap, once each: arrows that share a track there are one stretch."""
    gaps: list[dict[tuple[Stop, Stop], None]] = [{} for _ in range(max(count - 1, 0))]
    for passed in stops:
        for stretch in pairwise(passed):
            gaps[layer_of[stretch[0][0]]][stretch] = None
    return tuple(map(tuple, gaps))
