"""Draws lineage: what a column is made of, or what is made of it, with expressions and places."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

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


@dataclass(frozen=True, slots=True)
class Place:
    """An expression, and where it stands."""

    expression: str
    at: str

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Place":
        words = " ".join(told["expression"].split())
        if len(words) > LONGEST_EXPRESSION:
            words = words[: LONGEST_EXPRESSION - 1] + "…"
        return cls(words, f"{told['file']}:{told['line']}")


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
        RefusedByService: There is no such column.
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


def label(spot: Spot, places: Sequence[Place]) -> Table | Text:
    name = Text(str(spot), style="bold")
    if not places:
        return name
    lines = Table.grid(padding=(0, 2, 0, 0))
    lines.add_row(name)
    for place in dict.fromkeys(places):
        lines.add_row(Text(f"= {place.expression}", style="green"), Text(place.at, style="cyan"))
    return lines


def influences(walked: Walked) -> Iterator[tuple[str, str, Sequence[str], Sequence[str]]]:
    """What decides about the values of the tree, or is decided by them, without being one of them.

    Yields how, at which asset, which columns are at the other end, and where that stands.
    """
    names: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    places: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for edge in walked.indirect:
        if walked.near(edge) in walked.reached:
            where = (edge.target.asset, edge.subtype)
            names[where][str(edge.source)] = None
            places[where] |= {place.at: None for place in edge.places}
    for asset, subtype in sorted(names):
        yield subtype, asset, sorted(names[asset, subtype]), sorted(places[asset, subtype])


def influence_table(walked: Walked) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(style="magenta", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    table.add_column(style="cyan", overflow="fold")
    for subtype, asset, names, places in influences(walked):
        table.add_row(f"┄ {subtype}", Text(asset, style="bold"), ", ".join(names), ", ".join(places))
    return table


def show_influences(walked: Walked, out: Console) -> None:
    if walked.upstream:
        words = "Deciding about it without flowing into it (how, in what, by which column):"
    else:
        words = "Decided by it without taking its value (how, what, by which column):"
    out.print(Text(words, style="magenta"))
    out.print(influence_table(walked))
