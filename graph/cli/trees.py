"""Draws lineage: what a column is made of, or what is made of it, with expressions and places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from graph.cli.paper import counted

if TYPE_CHECKING:  # only the type is named here: drawing files takes no client, which is slow to import
    from graph.client import Client

LINEAGE = """
query Lineage($asset: String!, $column: String!, $direction: Direction!) {
  lineage(of: {column: {asset: $asset, column: $column}}, direction: $direction, depth: 100, maxNodes: 5000) {
    nodes { id depth asset { name } column { name } }
    edges { source target kind subtype evidence { expression file line } }
    truncated
  }
}"""
LONGEST_EXPRESSION = 70  # characters
UPSTREAM, DOWNSTREAM = "UPSTREAM", "DOWNSTREAM"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A column or, without one, an asset as a whole."""

    asset: str
    column: str = ""

    def __str__(self) -> str:
        return f"{self.asset}.{self.column}" if self.column else self.asset


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """An expression, and where it stands."""

    file: str
    line: int
    expression: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Place:
        return cls(told["file"], told["line"], " ".join(told["expression"].split()))

    def making(self, column: str) -> str:
        """The expression without the name it gives to the column, cut to what a line holds."""
        end = f" as {column}".lower()
        words = self.expression[: -len(end)] if self.expression.lower().endswith(end) else self.expression
        return words if len(words) <= LONGEST_EXPRESSION else f"{words[: LONGEST_EXPRESSION - 1]}…"


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` flows into, or influences, `target`."""

    source: Spot
    target: Spot
    subtype: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Walked:
    """The part of the graph that lies upstream or downstream of one column."""

    root: Spot
    upstream: bool
    direct: Sequence[Edge]
    indirect: Sequence[Edge]

    def near(self, edge: Edge) -> Spot:
        """The end of an edge that is nearer to the root."""
        return edge.target if self.upstream else edge.source

    def far(self, edge: Edge) -> Spot:
        return edge.source if self.upstream else edge.target

    @cached_property
    def steps(self) -> Mapping[Spot, Mapping[Spot, Sequence[Place]]]:
        """Where values lead on to from each spot, in order, and the expressions in between."""
        found: dict[Spot, dict[Spot, list[Place]]] = defaultdict(lambda: defaultdict(list))
        for edge in sorted(self.direct, key=self.far):
            found[self.near(edge)][self.far(edge)] += edge.places
        return found

    @property
    def size(self) -> str:
        """How many columns and assets the value's way leads to."""
        columns = {spot for spot in self.reached if spot.column and spot != self.root}
        assets = {spot.asset for spot in columns}
        return f"{counted(len(columns), 'column')} of {counted(len(assets), 'asset')}"

    @cached_property
    def reached(self) -> frozenset[Spot]:
        """What values alone lead to, with their assets as a whole."""
        reached, ahead = {self.root}, [self.root]
        while ahead:
            fresh = self.steps.get(ahead.pop(), {}).keys() - reached
            reached |= fresh
            ahead += fresh
        return frozenset(reached | {Spot(spot.asset) for spot in reached})


async def read_walk(client: Client, asset: str, column: str, direction: str) -> Walked:
    """Everything upstream or downstream of a column.

    Raises:
        RefusedRemotely: There is no such column.
    """
    told = (await client.ask(LINEAGE, asset=asset, column=column, direction=direction))["lineage"]
    spots = {node["id"]: _spot(node) for node in told["nodes"]}
    edges: dict[str, list[Edge]] = {"DIRECT": [], "INDIRECT": []}
    for edge in told["edges"]:
        places = tuple(Place.of(each) for each in edge["evidence"])
        between = (spots[edge["source"]], spots[edge["target"]])
        edges[edge["kind"]].append(Edge(*between, edge["subtype"] or "", places))
    root = next(spots[node["id"]] for node in told["nodes"] if node["depth"] == 0 and node["column"])
    return Walked(root, direction == UPSTREAM, edges["DIRECT"], edges["INDIRECT"])


def _spot(node: Mapping[str, Any]) -> Spot:
    return Spot(node["asset"]["name"], node["column"]["name"] if node["column"] else "")


def value_tree(walked: Walked) -> Tree:
    """The way of the value, with how each column is computed below its name.

    What was drawn before is not repeated.
    """
    drawn: set[Spot] = set()

    def grow(branch: Tree, spot: Spot) -> None:
        drawn.add(spot)
        for onward, places in walked.steps.get(spot, {}).items():
            if onward in drawn and onward in walked.steps:
                branch.add(Text.assemble((str(onward), "bold"), ("  see above", "dim")))
                continue
            made = made_of(walked, onward) if walked.upstream else places
            grow(branch.add(label(onward, made)), onward)

    tree = Tree(label(walked.root, made_of(walked, walked.root) if walked.upstream else ()), guide_style="dim")
    grow(tree, walked.root)
    return tree


def made_of(walked: Walked, spot: Spot) -> Sequence[Place]:
    """All expressions that compute a column, of a walk upstream."""
    return [place for places in walked.steps.get(spot, {}).values() for place in places]


def label(spot: Spot, places: Sequence[Place]) -> Group:
    made = dict.fromkeys((place.making(spot.column), str(place)) for place in places)
    lines = Table.grid(padding=(0, 2, 0, 0))
    for expression, at in made:
        lines.add_row(Text(f"= {expression}", style="green"), Text(at, style="cyan"))
    name = Text(str(spot), style="bold")
    return Group(name, lines) if made else Group(name)


def influences(walked: Walked) -> Iterator[tuple[str, str, str, str]]:
    """What decides about the values of the tree, or is decided by them, without being one of them."""
    return gathered(edge for edge in walked.indirect if walked.near(edge) in walked.reached)


def gathered(indirect: Iterable[Edge]) -> Iterator[tuple[str, str, str, str]]:
    """Influences of one kind on one asset together: how, on which, by which columns, and where that stands."""
    columns: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    places: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for edge in indirect:
        where = (edge.target.asset, edge.subtype)
        columns[where].add((edge.source.asset, edge.source.column))
        places[where] |= {(place.file, str(place.line)) for place in edge.places}
    for asset, subtype in sorted(columns):
        where = (asset, subtype)
        yield subtype, asset, folded(columns[where], "."), folded(places[where], ":")


def folded(pairs: Iterable[tuple[str, str]], between: str) -> str:
    """`a.x, a.y, b.z` as `a.x, y; b.z`; numbers in their own order."""
    ordered = sorted(pairs, key=lambda pair: (pair[0], len(pair[1]) if pair[1].isdigit() else 0, pair[1]))
    groups = groupby(ordered, key=lambda pair: pair[0])
    return "; ".join(f"{head}{between}{', '.join(tail for _, tail in group)}" for head, group in groups)


def show_influences(walked: Walked, out: Console) -> None:
    lines = influence_lines(influences(walked))
    if lines.row_count:
        what = "What decides about it" if walked.upstream else "What it decides about"
        out.print(Text(f"{what} without flowing into it:", style="magenta"))
        out.print(lines)


def influence_lines(told: Iterable[tuple[str, str, str, str]]) -> Table:
    """What `gathered` told, a line each."""
    lines = Table.grid(padding=(0, 1, 0, 0))
    for how, asset, columns, places in told:
        words = Text.assemble((how, "magenta"), " in ", (asset, "bold"), f" by {columns}  ", (places, "cyan"))
        lines.add_row(Text("┄", style="magenta"), words)
    return lines
