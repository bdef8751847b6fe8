"""What a file brings, told by its content: meant for a child process, because the file is hostile."""

from enum import StrEnum


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
    """A zip or tar.gz archive."""
    FRONTEND_JSON = "frontend_json"
    """Lineage as JSON, as an export of it gives."""
    OTHER = "other"
    """None of these: no run kind takes it yet."""


CATALOG = (Role.OBJECTS, Role.DEFINITIONS, Role.DEPENDENCIES, Role.QUERY_LOGS, Role.TABLE_COLUMNS)
