"""What goes into making a table of a file, and what comes out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from typing_extensions import Doc

from jobs.engines.sql.files import FileFormat, TextEncoding
from jobs.engines.sql.values import NAME_HINT, split_name
from jobs.errors import InvalidParams
from jobs.pipeline import Long

MAX_SECONDS = 24.0 * 3600  # as long as any run may take: the run's own timeout is the one that counts
PARQUET = "application/vnd.apache.parquet"


class TableMode(StrEnum):
    """What becomes of a table of that name."""

    CREATE = "create"
    """There must be none."""
    REPLACE = "replace"
    """The rows of the file take the place of its rows, and its columns; if there is none, it is made."""
    APPEND = "append"
    """The rows of the file come behind its rows. The columns must be the same, by name."""


@dataclass(frozen=True, slots=True)
class TableParams:
    """Make a table of a file that was uploaded."""

    upload: Annotated[str, Doc("The id of the upload: Parquet, CSV or JSON, also packed by gzip.")]
    name: Annotated[str, Doc("The table, as `name` or `schema.name`.")]
    mode: Annotated[TableMode, Doc("What becomes of a table of that name.")] = TableMode.CREATE
    format: Annotated[
        FileFormat | None, Doc("What the rows are written in; left out: as the file's name says.")
    ] = None
    encoding: Annotated[
        TextEncoding | None,
        Doc("Of CSV, how characters are written; left out: UTF-8, unless marked as UTF-16."),
    ] = None
    header: Annotated[
        bool | None, Doc("Of CSV, whether the first line names the columns; left out: found out.")
    ] = None
    delimiter: Annotated[str | None, Doc("Of CSV, what separates values; left out: found out.")] = None

    def __post_init__(self) -> None:
        try:
            UUID(self.upload)
        except ValueError as error:
            hint = "Take it from createUpload { uploadId }."
            raise InvalidParams("upload", "is no id of an upload", hint=hint) from error
        if split_name(self.name) is None:
            raise InvalidParams("name", "is no name of a table", hint=NAME_HINT)
        if self.delimiter is not None and (len(self.delimiter) != 1 or self.delimiter in '\0\r\n"'):
            raise InvalidParams("delimiter", "must be one character, and no quote or end of a line")
        told = {"encoding": self.encoding, "header": self.header, "delimiter": self.delimiter}
        if self.format not in {None, FileFormat.CSV}:
            for field, value in told.items():
                if value is not None:
                    raise InvalidParams(field, f"is for CSV, and the format is {self.format.name}")

    @property
    def target(self) -> tuple[str, str]:
        """Schema and name of the table."""
        return split_name(self.name) or ("", "")


@dataclass(frozen=True, slots=True)
class LoadedColumn:
    """A column that a table has."""

    name: Annotated[str, Doc("Its name.")]
    type: Annotated[str, Doc("Its type, as DuckDB spells it.")]


@dataclass(frozen=True, slots=True)
class TableResult:
    """A table that a file was read into."""

    schema: Annotated[str, Doc("Its schema.")]
    name: Annotated[str, Doc("Its name.")]
    version: Annotated[int, Doc("The version that this made.")]
    made_of: Annotated[int | None, Doc("The version before; null: there was no such table.")]
    mode: Annotated[TableMode, Doc("What became of the rows that there were.")]
    columns: Annotated[tuple[LoadedColumn, ...], Doc("The columns that it has then.")]
    row_count: Annotated[Long, Doc("Rows that were read of the file.")]
    size_bytes: Annotated[Long, Doc("Bytes of the Parquet file with them.")]
    artifact: Annotated[str | None, Doc("SHA-256 of that file; null: there were no rows.")]
    file: Annotated[str, Doc("What the uploaded file is called.")]
    file_sha256: Annotated[str, Doc("SHA-256 of the uploaded file.")]
    format: Annotated[FileFormat, Doc("What it was read as.")]
    elapsed_seconds: Annotated[float, Doc("What reading it took.")]
