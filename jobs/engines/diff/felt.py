"""Who feels a change, over edges in memory: all that lies downstream, the nearest first."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobs.engines.diff.values import End, Place, State

DEPENDENCY = "dependency"  # the subtype of edges that count only where nothing finer is known


@dataclass(frozen=True, slots=True)
class Feeling:
    """Who feels a change: how many assets and columns in all, and the nearest of them with their distance.

    Without `complete` there are at least so many.
    """

    assets: int
    columns: int
    nearest: tuple[tuple[Place, int], ...]
    complete: bool = True


class Downstream:
    """The edges of a state by where they begin."""

    def __init__(self, state: State) -> None:
        """Read all edges once. Cost: linear."""
        self._state = state
        finer = {(edge.source.asset, edge.target.asset) for edge in state.edges if edge.subtype != DEPENDENCY}
        self._from: defaultdict[str, defaultdict[str | None, dict[End, None]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        for edge in state.edges:
            ends = edge.source, edge.target
            ruled_out = edge.subtype == DEPENDENCY and (ends[0].asset, ends[1].asset) in finer
            if edge.source != edge.target and not ruled_out:
                self._from[edge.source.asset][edge.source.column][edge.target] = None

    def felt(self, start: End, most: int) -> Feeling:
        """Return what lies downstream of an end, of it `most` by their names.

        An asset as a whole stands for all its columns, and what reaches the whole reaches each of them.
        Cost: linear in the edges that are followed.
        """
        depths, expanded, fresh, depth = {start: 0}, {start}, [start], 0
        while fresh:
            depth += 1
            led_to: dict[End, None] = {}
            for near, far in [pair for end in fresh for pair in self._next(end)]:
                depths[near] = min(depth - 1, depths.get(near, depth))
                depths.setdefault(far, depth)
                led_to[far] = None
            fresh = [end for end in led_to if end not in expanded]
            expanded.update(fresh)
        home = End(start.asset)
        others = {
            end: distance
            for end, distance in depths.items()
            if end not in {start, home} and not (start.column is None and end.asset == start.asset)
        }
        assets = {end.asset for end in others} - {start.asset}
        places = [(self._state.place(end), distance) for end, distance in others.items()]
        places.sort(key=lambda pair: (pair[1], pair[0].asset.lower(), (pair[0].column or "").lower()))
        return Feeling(len(assets), sum(end.column is not None for end in others), tuple(places[:most]))

    def _next(self, end: End) -> Sequence[tuple[End, End]]:
        """The edges that lead on: of a whole those of its columns, of a column those of its whole, too."""
        of_asset: Mapping[str | None, Mapping[End, None]] = self._from.get(end.asset, {})
        near = list(of_asset) if end.column is None else [end.column, None]
        return [(End(end.asset, each), far) for each in near for far in of_asset.get(each, ())]
