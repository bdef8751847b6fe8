"""Where everything in a picture lies: layers from left to right, cards without overlaps, arrows between."""

from itertools import accumulate

from jobs.engines.drawing.mesh import Mesh, mesh_of
from jobs.engines.drawing.order import ordered
from jobs.engines.drawing.place import Sizes, placed
from jobs.engines.drawing.routes import Lane, Point, around, looped, through
from jobs.engines.drawing.values import Box, Card, End, Layout, Picture
from jobs.engines.drawing.wording import cleaned, width_of

LETTER = 7.3  # pixels a letter of the fixed-width font is wide, at most
HEAD, LINE, FOOT = 42.0, 21.0, 17.0  # heights of a card's head, of a row, of the line that counts the hidden
SOLE = 5.0  # below the last row
ASIDE = 5.0  # how far above a head's middle values flow, and below it influences do
PADDING = 12.0
NARROW, WIDE = 150.0, 290.0  # widths of cards
TRACK = 5.0  # between two arrows side by side in a bend
BELOW_CARD, BELOW_BEND = 26.0, 14.0
MARGIN = 48.0
LANE = 9.0  # between two arrows that go around


def height_of(card: Card) -> float:
    """The height of a card in pixels."""
    under = (FOOT if card.hidden else 0.0) + (SOLE if card.hidden or card.rows else 0.0)
    return HEAD + LINE * len(card.rows) + under


def width_of_card(card: Card) -> float:
    """The width in pixels that a card's texts want, within bounds."""
    rows = (width_of(cleaned(row.name[:99])) + len(row.data_type or "") + 2 for row in card.rows)
    letters = max((width_of(cleaned(card.name[:99])) + 1, *rows), default=0)
    return min(max(NARROW, letters * LETTER + 2 * PADDING), WIDE)


def laid_out(picture: Picture) -> Layout:
    """Where cards and arrows lie.

    All arrows lead from the right side of a card to the left side of one in a later layer, but for those that
    close a cycle (around, below all cards) and those within a card (a loop at its right). None runs through a
    card. Deterministic.

    Cost: some 50 ms for 60 cards with 200 arrows, a second for the most that is shown: 200 with 1,500.
    """
    mesh = mesh_of(picture)
    order = ordered(mesh)
    sizes = _sizes(picture, mesh)
    tops = placed(mesh, order, sizes)
    lefts, widths = _columns(picture, mesh)
    boxes = tuple(
        Box(lefts[layer], tops[at] + MARGIN, widths[layer], height_of(card), layer)
        for at, (card, layer) in enumerate(zip(picture.cards, mesh.layer_of, strict=False))
    )
    bottom = max((box.y + box.height for box in boxes), default=0.0)
    bends = (top + height for top, height in list(zip(tops, sizes.heights, strict=True))[mesh.cards :])
    bottom = max(bottom, MARGIN + max(bends, default=0.0))
    paths, middles, lanes = _routes(picture, mesh, boxes, tops, bottom)
    backward = frozenset(
        at for at, arrow in enumerate(picture.arrows) if (arrow.source.card, arrow.target.card) in mesh.turned
    )
    width = (lefts[-1] + widths[-1] if lefts else 0.0) + MARGIN
    height = bottom + MARGIN + lanes * LANE
    return Layout(width, height, boxes, tuple(paths), tuple(middles), backward)


def _sizes(picture: Picture, mesh: Mesh) -> Sizes:
    bends = mesh.ports[mesh.cards :]
    cards = [
        (HEAD / 2, *(HEAD + LINE * (nth + 0.5) for nth in range(len(card.rows)))) for card in picture.cards
    ]
    return Sizes(
        heights=(*map(height_of, picture.cards), *((tracks - 1) * TRACK for tracks in bends)),
        ports=(*cards, *(tuple(track * TRACK for track in range(tracks)) for tracks in bends)),
        gaps=(*(BELOW_CARD for _ in cards), *(BELOW_BEND for _ in bends)),
    )


def _columns(picture: Picture, mesh: Mesh) -> tuple[list[float], list[float]]:
    """Left side and width of each layer; gaps with many stretches are wider."""
    widths = [0.0] * len(mesh.layers)
    for card, layer in zip(picture.cards, mesh.layer_of, strict=False):
        widths[layer] = max(widths[layer], width_of_card(card))
    gaps = [min(80.0 + 2.0 * len(gap), 180.0) for gap in mesh.gaps]
    steps = (width + gap for width, gap in zip(widths, gaps, strict=False))
    return list(accumulate(steps, initial=MARGIN))[: len(widths)], widths


def _routes(
    picture: Picture, mesh: Mesh, boxes: tuple[Box, ...], tops: list[float], bottom: float
) -> tuple[list[str], list[Point], int]:
    """The way of each arrow, a point on it, and how many lanes there are below the cards."""
    zones = {box.layer: (box.x, box.x + box.width) for box in boxes}
    lanes: dict[tuple[int, int], int] = {}
    paths, middles = [], []
    for at, arrow in enumerate(picture.arrows):
        source, target = boxes[arrow.source.card], boxes[arrow.target.card]
        begin = source.x + source.width, source.y + _port(arrow.source, direct=arrow.direct)
        end = target.x, target.y + _port(arrow.target, direct=arrow.direct)
        if arrow.source.card == arrow.target.card:
            path, middle = looped(begin, (begin[0], end[1]))
        elif not mesh.stops[at]:
            nth = lanes.setdefault((arrow.source.card, arrow.target.card), len(lanes))
            path, middle = around(begin, end, Lane(bottom + MARGIN / 2 + nth * LANE, 16 + nth % 6 * 5))
        else:
            points = [begin]
            for item, port in mesh.stops[at][1:-1]:
                height = tops[item] + MARGIN + port * TRACK
                points += [(side, height) for side in zones[mesh.layer_of[item]]]
            path, middle = through([*points, end])
        paths.append(path)
        middles.append(middle)
    return paths, middles, len(lanes)


def _port(end: End, *, direct: bool) -> float:
    """How far below the top of its card an arrow ends."""
    if end.is_whole:
        return HEAD / 2 + (-ASIDE if direct else ASIDE)
    return HEAD + LINE * (end.row + 0.5)
