"""DOT, for Graphviz."""

from pathlib import Path

from jobs.pipelines.export.formats.points import arrows, points
from jobs.pipelines.export.values import ExportLevel

SHAPES = {"table": "box", "view": "box3d", "procedure": "component", "function": "component", "column": "plain"}


def write(graph: Path, to: Path, level: ExportLevel) -> None:
    """Write nodes, then edges; indirect ones are dotted."""
    with to.open("w", encoding="utf-8", newline="\n") as file:
        file.write('digraph lineage {\nrankdir="LR";\n')
        for point in points(graph, level):
            shape = SHAPES.get(point.kind, "oval")
            file.write(f'{quoted(point.id)} [label={quoted(point.label)}, shape="{shape}"];\n')
        for arrow in arrows(graph, level):
            style = "solid" if arrow.direct else "dotted"
            file.write(f'{quoted(arrow.source.id)} -> {quoted(arrow.target.id)} [style="{style}"];\n')
        file.write("}\n")


def quoted(words: str) -> str:
    r"""A name as DOT writes it; nothing in it is an escape or ends it.

    >>> print(quoted('a"b\\n'))
    "a\"b\\n"
    """
    shown = "".join(sign if sign.isprintable() else " " for sign in words)
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
