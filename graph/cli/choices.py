"""What options of commands may be."""

from enum import StrEnum


class Format(StrEnum):
    """How results are printed."""

    TREE = "tree"
    JSON = "json"


class Form(StrEnum):
    """How lineage that is read here is printed."""

    JSON = "json"
    TREE = "tree"
    CSV = "csv"
    MERMAID = "mermaid"


class Sheet(StrEnum):
    """How entries of the audit log are printed."""

    NDJSON = "ndjson"
    CSV = "csv"


class RowForm(StrEnum):
    """How the rows of a statement are printed, or written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class QueryEngine(StrEnum):
    """Which engine runs a statement."""

    DUCKDB = "duckdb"
    CLICKHOUSE = "clickhouse"


class LoadMode(StrEnum):
    """What becomes of a table of the name that is given."""

    CREATE = "create"
    REPLACE = "replace"
    APPEND = "append"


class FailOn(StrEnum):
    """From which severity on a difference is a failure."""

    BREAKING = "breaking"
    BEHAVIOUR = "behaviour"
    NEVER = "never"


class Report(StrEnum):
    """How a difference is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


class ExportForm(StrEnum):
    """How a graph is written to a file."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    GRAPHML = "graphml"
    MERMAID = "mermaid"
    DOT = "dot"
    OPENLINEAGE = "openlineage"
    FRONTEND_JSON = "frontend-json"


class ExportLevel(StrEnum):
    """What the nodes of a drawing are."""

    ASSET = "asset"
    COLUMN = "column"
