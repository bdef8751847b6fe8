"""A Mermaid flowchart, for Markdown: of graphs that can be looked at."""

from pathlib import Path

from jobs.engines.drawing.mermaid import label
from jobs.pipelines.export.formats.points import arrows, points
from jobs.pipelines.export.values import ExportLevel, TooLargeToExport

MOST_ARROWS = 500  # Mermaid itself draws no more unless it is told to


def write(graph: Path, to: Path, level: ExportLevel) -> None:
    """Write nodes, then edges; indirect ones are dotted.

    Raises:
        TooLargeToExport: There are more arrows than Mermaid draws.
    """
    names: dict[str, str] = {}
    lines = ["flowchart LR"]
    flowing = []
    for arrow in arrows(graph, level):
        flowing.append(arrow)
        if len(flowing) > MOST_ARROWS:
            message = f"The graph has more than {MOST_ARROWS:,} arrows, and Mermaid draws no more."
            raise TooLargeToExport(message, hint="Export one namespace of it, or take GRAPHML or DOT.")
    ends = {end.id for arrow in flowing for end in (arrow.source, arrow.target)}
    for point in points(graph, level):
        if point.id in ends or level is ExportLevel.ASSET:
            name = names[point.id] = f"n{len(names)}"
            lines.append(f'{name}["{label(point.label)}"]')
    for arrow in flowing:
        drawn = "-->" if arrow.direct else "-.->"
        lines.append(f"{names[arrow.source.id]} {drawn} {names[arrow.target.id]}")
    to.write_text("\n".join(lines) + "\n", encoding="utf-8")
