"""What a graph can be written as: each format is one file, made of the full export."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from jobs.pipelines.export.values import ExportFormat, ExportLevel


@dataclass(frozen=True, slots=True)
class Form:
    """What a file of a format is called, and what its bytes are."""

    name: str
    media_type: str


FORMS: Mapping[ExportFormat, Form] = MappingProxyType(
    {
        ExportFormat.JSON: Form("graph.jsonl", "application/x-ndjson"),
        ExportFormat.CSV: Form("lineage-csv.zip", "application/zip"),
        ExportFormat.XLSX: Form(
            "lineage.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        ),
        ExportFormat.PARQUET: Form("lineage-parquet.zip", "application/zip"),
        ExportFormat.GRAPHML: Form("lineage.graphml", "application/graphml+xml"),
        ExportFormat.MERMAID: Form("lineage.mmd", "text/vnd.mermaid"),
        ExportFormat.DOT: Form("lineage.dot", "text/vnd.graphviz"),
    }
)


def convert(form: ExportFormat, graph: Path, to: Path, level: ExportLevel) -> None:
    """Write a full export in another format: heavy, and meant for a child process.

    Raises:
        TooLargeToExport: The graph is larger than the format is good for.
    """
    writer_of(form, level)(graph, to)


def writer_of(form: ExportFormat, level: ExportLevel) -> Callable[[Path, Path], None]:
    """Who writes a format. Each is imported where it is needed: some bring heavy libraries."""
    match form:
        case ExportFormat.CSV:
            from jobs.pipelines.export.formats import csv_files  # noqa: PLC0415 - see above

            return csv_files.write
        case ExportFormat.XLSX:
            from jobs.pipelines.export.formats import xlsx  # noqa: PLC0415 - see above

            return xlsx.write
        case ExportFormat.PARQUET:
            from jobs.pipelines.export.formats import parquet  # noqa: PLC0415 - see above

            return parquet.write
        case ExportFormat.GRAPHML | ExportFormat.MERMAID | ExportFormat.DOT:
            return drawer_of(form, level)
        case _:
            raise ValueError(f"{form} is written as it is")


def drawer_of(form: ExportFormat, level: ExportLevel) -> Callable[[Path, Path], None]:
    from jobs.pipelines.export.formats import dot, graphml, mermaid  # noqa: PLC0415 - see `writer_of`

    draw = {ExportFormat.GRAPHML: graphml, ExportFormat.MERMAID: mermaid, ExportFormat.DOT: dot}[form].write
    return lambda graph, to: draw(graph, to, level)
