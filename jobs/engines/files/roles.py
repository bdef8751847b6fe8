"""What a file brings, and the columns by which the files of a catalog are told."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a file brings."""

    OBJECTS = "objects"
    """Parquet: the tables, views, procedures and functions of a catalog, each with an id."""
    DEFINITIONS = "definitions"
    """Parquet: the SQL that makes each object."""
    DEPENDENCIES = "dependencies"
    """Parquet: which object needs which, as the database says."""
    QUERY_LOGS = "query_logs"
    """Parquet: statements that ran."""
    TABLE_COLUMNS = "table_columns"
    """Parquet: the columns of tables, with their types."""
    SQL = "sql"
    """A text of SQL."""
    ARCHIVE = "archive"
    """A zip, tar or tar.gz archive."""
    FRONTEND_JSON = "frontend_json"
    """Lineage as JSON, as an export of it gives."""
    DBT_MANIFEST = "dbt_manifest"
    """The manifest.json of a dbt project."""
    DBT_CATALOG = "dbt_catalog"
    """The catalog.json of a dbt project."""
    OPENLINEAGE = "openlineage"
    """OpenLineage events, as JSON or one on each line."""
    GRAPH = "graph"
    """A whole graph as JSON, a line for each thing, as an export of the format JSON gives."""
    ROWS = "rows"
    """Rows for a table, by its name: CSV, or JSON a line."""
    OTHER = "other"
    """None of these; Parquet and JSON among them may still become tables."""


CATALOG = (Role.OBJECTS, Role.DEFINITIONS, Role.DEPENDENCIES, Role.QUERY_LOGS, Role.TABLE_COLUMNS)

TOLD_BY: Mapping[Role, tuple[frozenset[str], ...]] = MappingProxyType(
    {
        Role.TABLE_COLUMNS: (
            frozenset({"object_id", "column_name", "data_type"}),
            frozenset({"schema_name", "table_name", "column_name", "data_type"}),
        ),
        Role.DEPENDENCIES: (
            frozenset({"referencing_object_id", "referenced_object_id"}),
            frozenset(
                {
                    "referencing_schema_name",
                    "referencing_object_name",
                    "referenced_schema_name",
                    "referenced_object_name",
                }
            ),
        ),
        Role.OBJECTS: (frozenset({"object_id", "schema_name", "object_name", "object_type"}),),
        Role.DEFINITIONS: (frozenset({"object_id", "definition"}),),
        Role.QUERY_LOGS: (frozenset({"command_text"}),),
    }
)
"""The columns that make a Parquet file each of the catalog's: any one set of them, beside whatever else."""


def role_of(columns: Collection[str]) -> Role:
    """The role of a Parquet file with these columns, whatever their capitals. The first that fits counts.

    >>> role_of(["OBJECT_ID", "definition", "comment"])
    <Role.DEFINITIONS: 'definitions'>
    >>> role_of(["id"])
    <Role.OTHER: 'other'>
    """
    there = {column.lower() for column in columns}
    fitting = (role for role, choices in TOLD_BY.items() if any(needed <= there for needed in choices))
    return next(fitting, Role.OTHER)
