"""GraphML, for yEd, Gephi and NetworkX: a node for each column and asset, or for each asset alone."""

from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr

from jobs.pipelines.export.formats.points import Point, arrows, points
from jobs.pipelines.export.values import ExportLevel

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="label" for="node" attr.name="label" attr.type="string"/>
<key id="kind" for="node" attr.name="kind" attr.type="string"/>
<key id="namespace" for="node" attr.name="namespace" attr.type="string"/>
<key id="how" for="edge" attr.name="subtype" attr.type="string"/>
<key id="direct" for="edge" attr.name="direct" attr.type="boolean"/>
<graph id="lineage" edgedefault="directed">
"""
TAIL = "</graph>\n</graphml>\n"
ALLOWED = frozenset("\t\n\r")


def write(graph: Path, to: Path, level: ExportLevel) -> None:
    """Write nodes, then edges."""
    with to.open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEAD)
        for point in points(graph, level):
            _node(file, point)
        for arrow in arrows(graph, level):
            ends = f"source={_attribute(arrow.source.id)} target={_attribute(arrow.target.id)}"
            data = (
                f'<data key="how">{arrow.subtype}</data><data key="direct">{str(arrow.direct).lower()}</data>'
            )
            file.write(f"<edge {ends}>{data}</edge>\n")
        file.write(TAIL)


def _node(file: IO[str], point: Point) -> None:
    data = "".join(
        f'<data key="{key}">{_text(value)}</data>'
        for key, value in (("label", point.label), ("kind", point.kind), ("namespace", point.namespace))
    )
    file.write(f"<node id={_attribute(point.id)}>{data}</node>\n")


def _attribute(words: str) -> str:
    return quoteattr(_clean(words), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


def _text(words: str) -> str:
    return _clean(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _clean(words: str) -> str:
    """Text without what XML cannot hold."""
    return "".join(sign if sign in ALLOWED or _may_be(ord(sign)) else "\ufffd" for sign in words)


def _may_be(point: int) -> bool:
    return 0x20 <= point < 0xD800 or 0xE000 <= point < 0xFFFE or point >= 0x10000
