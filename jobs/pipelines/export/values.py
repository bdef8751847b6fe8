"""What goes into an export and what comes out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from typing_extensions import Doc

from jobs.errors import InvalidParams, RunFailed

MAX_NAME_CHARACTERS = 500


class NamespaceNeeded(RunFailed):
    """The graph has no such namespace, or several and none was chosen."""

    code = "NAMESPACE_NEEDED"


class TooLargeToExport(RunFailed):
    """The graph is larger than this format is good for."""

    code = "TOO_LARGE_TO_EXPORT"


class ExportLevel(StrEnum):
    """What the nodes of a drawing are."""

    ASSET = "asset"
    """Assets: an arrow says that something of one flows into the other."""
    COLUMN = "column"
    """Columns, and assets as wholes where an edge is of no column."""


class ExportFormat(StrEnum):
    """How a graph is written."""

    FRONTEND_JSON = "frontend_json"
    """An array of nodes, each with the ids of what it reads and what reads it; a lineage run takes it again."""
    JSON = "json"
    """All that there is, a line of JSON for each thing; a lineage run makes the same graph of it."""
    CSV = "csv"
    """Four CSV files in a zip: assets, columns, edges, and what is unresolved."""
    XLSX = "xlsx"
    """A spreadsheet with a sheet for each of the four."""
    PARQUET = "parquet"
    """Four Parquet files in a zip."""
    GRAPHML = "graphml"
    """GraphML, for programs that draw and measure graphs."""
    MERMAID = "mermaid"
    """A Mermaid flowchart of at most 500 arrows, for Markdown."""
    DOT = "dot"
    """DOT, for Graphviz."""
    OPENLINEAGE = "openlineage"
    """An OpenLineage event on each line, one for each asset, with columns, flows and what is said of them."""


@dataclass(frozen=True, slots=True)
class ExportParams:
    """Write the graph of a workspace to a file."""

    format: Annotated[ExportFormat, Doc("How it is written.")] = ExportFormat.FRONTEND_JSON
    namespace: Annotated[
        str | None,
        Doc("OpenLineage's namespace of the assets; left out: all, or for FRONTEND_JSON the only one."),
    ] = None
    level: Annotated[
        ExportLevel, Doc("For GRAPHML, MERMAID and DOT: whether assets or columns are the nodes.")
    ] = ExportLevel.ASSET
    as_of_revision: Annotated[
        int | None, Doc("The revision of the graph to write; left out: the newest when the run starts.")
    ] = None

    def __post_init__(self) -> None:
        name = self.namespace
        if name is not None and not (name.strip() and len(name) <= MAX_NAME_CHARACTERS and name.isprintable()):
            raise InvalidParams("namespace", f"must be 1 to {MAX_NAME_CHARACTERS} printable characters")
        if self.as_of_revision is not None and self.as_of_revision < 1:
            raise InvalidParams("asOfRevision", "must be at least 1")


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Where the file is, and how much it holds."""

    artifact: Annotated[str, Doc("The SHA-256 of the file: the same graph gives the same one.")]
    name: Annotated[str, Doc("The name of the file among the artifacts of the run.")]
    node_count: Annotated[int, Doc("Nodes in it: assets.")]
    edge_count: Annotated[
        int, Doc("Edges in it; for FRONTEND_JSON pairs of nodes of which one reads the other.")
    ]
    revision: Annotated[int | None, Doc("The revision of the graph that it shows; null before the first.")]
