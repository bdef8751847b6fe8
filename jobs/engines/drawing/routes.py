"""The ways of arrows, as SVG path data."""

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]

TIP = 7.0  # the last pixels are straight: there the head of the arrow lies
CORNER = 8.0  # radius
LOOP = 26.0


@dataclass(frozen=True, slots=True)
class Lane:
    """Where an arrow that goes around runs back: how high, and how far from its cards it goes down and up."""

    y: float
    away: float


def through(points: Sequence[Point]) -> tuple[str, Point]:
    """A way over points in pairs: curves in the gaps between layers, straight across layers.

    Points: begin, then left and right side of each layer that is passed, then end. With a point on the way.
    """
    path = [f"M{_at(points[0])}"]
    for nth in range(0, len(points), 2):
        (x, y), (to_x, to_y) = points[nth], points[nth + 1]
        last = nth + 2 == len(points)
        stop = to_x - TIP if last else to_x
        half = (x + stop) / 2
        path.append(f"C{_at((half, y))} {_at((half, to_y))} {_at((stop, to_y))}")
        path.append(f"H{_number(to_x if last else points[nth + 2][0])}")
    (x, y), (to_x, to_y) = points[0], points[1]
    return "".join(path), ((x + to_x) / 2, (y + to_y) / 2)


def looped(begin: Point, end: Point) -> tuple[str, Point]:
    """A way from the right side of a card back to it."""
    out = begin[0] + LOOP
    curve = f"C{_at((out, begin[1]))} {_at((out, end[1]))} {_at((end[0] + TIP, end[1]))}"
    return f"M{_at(begin)}{curve}H{_number(end[0])}", (begin[0] + LOOP * 0.75, (begin[1] + end[1]) / 2)


def around(begin: Point, end: Point, lane: Lane) -> tuple[str, Point]:
    """A way from the right side of a card, down, along below all cards, and up to the left side of another."""
    down, up = begin[0] + lane.away, end[0] - lane.away
    turn = CORNER if up > down else -CORNER
    path = (
        f"M{_at(begin)}H{_number(down - CORNER)}Q{_at((down, begin[1]))} {_at((down, begin[1] + CORNER))}"
        f"V{_number(lane.y - CORNER)}Q{_at((down, lane.y))} {_at((down + turn, lane.y))}"
        f"H{_number(up - turn)}Q{_at((up, lane.y))} {_at((up, lane.y - CORNER))}"
        f"V{_number(end[1] + CORNER)}Q{_at((up, end[1]))} {_at((up + CORNER, end[1]))}H{_number(end[0])}"
    )
    return path, ((down + up) / 2, lane.y)


def _at(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
