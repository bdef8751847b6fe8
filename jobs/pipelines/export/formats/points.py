"""The graph as points and arrows: what GraphML, DOT and Mermaid have in common."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from jobs.pipelines.export.formats.graph import assets
from jobs.pipelines.export.values import ExportLevel


class Point(NamedTuple):
    """Something that flows or is flown into."""

    namespace: str
    asset: str
    column: str | None
    label: str
    kind: str

    @property
    def id(self) -> str:
        return id_of(self.namespace, self.asset, self.column)


class Ends(NamedTuple):
    """One end of an arrow."""

    namespace: str
    asset: str
    column: str | None

    @property
    def id(self) -> str:
        return id_of(*self)


class Arrow(NamedTuple):
    """An edge, or between assets all edges of their columns that are of one kind."""

    source: Ends
    target: Ends
    subtype: str
    direct: bool


def id_of(namespace: str, asset: str, column: str | None) -> str:
    """A name that no other point has: a sign that stands between its parts is written otherwise in them.

    >>> id_of("shop", "raw.orders", None), id_of("a|b", "c", "d")
    ('shop|raw.orders', 'a%7Cb|c|d')
    """
    parts = (namespace, asset) if column is None else (namespace, asset, column)
    return "|".join(part.replace("%", "%25").replace("|", "%7C") for part in parts)


def points(graph: Path, level: ExportLevel) -> Iterator[Point]:
    """Assets, each before its columns; at last what flows in from assets that are not exported."""
    known: set[str] = set()
    for asset in assets(graph):
        namespace, key = asset["namespace"], asset["key"]
        own = [Point(namespace, key, None, asset["name"], asset["kind"])]
        for column in asset["columns"] if level is ExportLevel.COLUMN else ():
            label = f"{asset['name']}.{column['name']}"
            own.append(Point(namespace, key, column["key"], label, "column"))
        known.update(point.id for point in own)
        yield from own
    for arrow in arrows(graph, level):
        for end in (arrow.source, arrow.target):
            if end.id not in known:
                known.add(end.id)
                label = end.asset if end.column is None else f"{end.asset}.{end.column}"
                yield Point(*end, label, "elsewhere")


def arrows(graph: Path, level: ExportLevel) -> Iterator[Arrow]:
    """Edges; between assets each pair once for each way of flowing, and none from an asset to itself."""
    for asset in assets(graph):
        seen: set[Arrow] = set()
        for edge in asset["edges"]:
            namespace, key, column = edge["from"]
            direct = edge["kind"] == "direct"
            if level is ExportLevel.COLUMN:
                target = Ends(asset["namespace"], asset["key"], edge["to"])
                yield Arrow(Ends(namespace, key, column), target, edge["subtype"], direct)
                continue
            how = "direct" if direct else "indirect"
            source, target = Ends(namespace, key, None), Ends(asset["namespace"], asset["key"], None)
            arrow = Arrow(source, target, how, direct)
            if source != target and arrow not in seen:
                seen.add(arrow)
                yield arrow
