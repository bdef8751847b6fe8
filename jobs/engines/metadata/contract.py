"""The contract of a catalog's Parquet files: which columns, of which types, and how much of it all."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from jobs.engines.files.roles import Role

ID = ("BIGINT",)
TEXT = ("VARCHAR",)
TEXT_OR_BYTES = ("VARCHAR", "BLOB")
NUMBER = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT")
ANY: tuple[str, ...] = ()

SPELLED = {"BIGINT": "int64", "VARCHAR": "string", "BLOB": "binary", "INTEGER": "integer"}
"""How messages call DuckDB's types."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a file, of any type if `types` is empty. If it is not `needed`, it may be absent."""

    name: str
    types: tuple[str, ...] = TEXT
    needed: bool = True
    nullable: bool = False


COLUMNS: Mapping[Role, tuple[Field, ...]] = {
    Role.OBJECTS: (
        Field("object_id", ID),
        Field("schema_name"),
        Field("object_name"),
        Field("object_type"),
        Field("create_date", ANY, needed=False, nullable=True),
        Field("modify_date", ANY, needed=False, nullable=True),
    ),
    Role.DEFINITIONS: (
        Field("object_id", ID),
        Field("definition", TEXT_OR_BYTES, nullable=True),
    ),
    Role.DEPENDENCIES: (
        Field("referencing_object_id", ID),
        Field("referenced_object_id", ID, nullable=True),
        Field("referencing_schema_name", needed=False, nullable=True),
        Field("referencing_object_name", needed=False, nullable=True),
        Field("referenced_schema_name", needed=False, nullable=True),
        Field("referenced_object_name", needed=False, nullable=True),
    ),
    Role.QUERY_LOGS: (Field("command_text", TEXT_OR_BYTES, nullable=True),),
    Role.TABLE_COLUMNS: (
        Field("object_id", ID),
        Field("schema_name"),
        Field("table_name"),
        Field("column_name"),
        Field("data_type"),
        Field("ordinal", NUMBER, needed=False, nullable=True),
        Field("nullable", ANY, needed=False, nullable=True),
    ),
}
"""The columns of each file. Others are passed over with a warning."""

NEEDED = (Role.OBJECTS, Role.DEFINITIONS, Role.DEPENDENCIES)
"""The files without which there is no catalog."""

MAX_ROWS: Mapping[Role, int] = {
    Role.OBJECTS: 20_000,
    Role.DEFINITIONS: 20_000,
    Role.DEPENDENCIES: 200_000,
    Role.QUERY_LOGS: 1_000_000,  # identical statements are read once, and of those there may be MAX_STATEMENTS
    Role.TABLE_COLUMNS: 400_000,
}
"""What one run digests."""

SPLIT = "submit it as several runs, by schema for example, each with a source of its own"
"""What to do about a catalog that is larger."""

MAX_STATEMENTS = 20_000  # that differ, of a query log
MAX_TEXT_BYTES = 32_000_000  # of all definitions, and of all statements of a log that differ
MAX_NAME_CHARACTERS = 500
MEMORY_BYTES = 768_000_000  # that DuckDB may take while it reads
SECONDS = 60  # that one statement of ours may take
SHOWN_ROWS = 5  # bad rows shown of each problem


class ObjectType(StrEnum):
    """What `object_type` may say, whatever its capitals."""

    TABLE = "Table"
    """A table."""
    VIEW = "View"
    """A view."""
    STORED_PROCEDURE = "Stored Procedure"
    """A procedure."""
    FUNCTION = "Function"
    """A function."""


class Breach(StrEnum):
    """How files can break the contract: the codes of problems."""

    UNREADABLE = "UNREADABLE"
    """The file is no Parquet, is damaged, or holds text that is not UTF-8."""
    TOO_LARGE = "TOO_LARGE"
    """The catalog is larger than what one run digests."""
    COLUMN_MISSING = "COLUMN_MISSING"
    """A column that the contract names is not there."""
    WRONG_TYPE = "WRONG_TYPE"
    """A column is of another type than the contract says."""
    NO_OBJECTS = "NO_OBJECTS"
    """The file of objects holds no row."""
    NULL_VALUE = "NULL_VALUE"
    """A column that must be filled holds NULL."""
    DUPLICATE_OBJECT = "DUPLICATE_OBJECT"
    """Several objects have one object_id."""
    DUPLICATE_NAME = "DUPLICATE_NAME"
    """Several objects have one schema and name."""
    UNKNOWN_OBJECT_TYPE = "UNKNOWN_OBJECT_TYPE"
    """An object is none of Table, View, Stored Procedure and Function."""
    EMPTY_NAME = "EMPTY_NAME"
    """A schema, object or column has a name of nothing but blanks."""
    BAD_NAME = "BAD_NAME"
    """A name is too long, or holds characters that cannot be shown."""
    DUPLICATE_DEFINITION = "DUPLICATE_DEFINITION"
    """An object has several definitions."""
    DUPLICATE_COLUMN = "DUPLICATE_COLUMN"
    """A table has several columns of one name."""


def columns_of(role: Role) -> str:
    """Return the columns that a file of this role must have, for people.

    >>> columns_of(Role.DEFINITIONS)
    'object_id, definition'
    """
    return ", ".join(field.name for field in COLUMNS[role] if field.needed)
