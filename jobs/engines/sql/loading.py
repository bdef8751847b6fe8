"""Rows of a file of somebody's, as a Parquet file that a table is made of: CSV, JSON and Parquet."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import duckdb

from jobs.engines.sql.errors import BadRows, QueryOutOfMemory, QueryOutOfTempSpace, TooManyColumns
from jobs.engines.sql.failures import words_of
from jobs.engines.sql.files import FileFormat, TextEncoding, check_array, check_packing, dialect_of, packing_of
from jobs.engines.sql.queries import run
from jobs.engines.sql.sandbox import copying, declared, lock, open_engine
from jobs.engines.sql.texts import literal, name
from jobs.engines.sql.values import Column, Limits, Progress
from jobs.engines.sql.watch import Watch, tell_progress

OBJECT_BYTES = 64 << 20  # of one object of JSON
SAID_CHARACTERS = 400
LINE = re.compile(r"on Line: (\d+)|in line (\d+)|at line (\d+)", re.IGNORECASE)
MORE = re.compile(
    r"\n\s*(?:Possible (?:fixes|solutions|Solution)|Try setting|This version of the file|file ?=|LINE \d+:).*",
    re.DOTALL,
)
AGAIN = re.compile(r"^CSV Error on Line: \d+\n")


@dataclass(frozen=True, slots=True)
class Load:
    """A file to read, and how; `output` is a Parquet file that is not there, in a folder of its own.

    `into` are the columns of the table that the rows come behind: they are found by name, and converted.
    """

    file: Path
    file_name: str
    form: FileFormat
    output: Path
    encoding: TextEncoding | None = None
    header: bool | None = None
    delimiter: str | None = None
    into: tuple[Column, ...] = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read."""

    columns: tuple[Column, ...]
    row_count: int
    size_bytes: int
    elapsed_seconds: float


def load_rows(load: Load, progress_file: Path | None = None) -> Loaded:
    """Read a file, all of it, into one Parquet file; to be called in a child process.

    Types of CSV and JSON are found out from all rows, not from the first ones, so that none fails to fit.

    Raises:
        BadRows: The file is not what it is said to be; says in which line, where the engine does.
        TooManyColumns, QueryOutOfMemory, QueryOutOfTempSpace, QueryTimedOut: It takes more than it may.
    """
    return loaded(load, tell_progress(progress_file) if progress_file else None)


def loaded(load: Load, report: Callable[[Progress], None] | None = None) -> Loaded:
    """As `load_rows`, in this process."""
    began = monotonic()
    connection = open_engine(load.limits, load.output.parent)
    try:
        with Watch(connection, load.limits.timeout_seconds, report=report):
            lock(connection, (load.file, load.output))
            return _copied(connection, load, began)
    except duckdb.InterruptException:
        raise
    except duckdb.OutOfMemoryException as error:
        if "max_temp_directory_size" in str(error):
            raise QueryOutOfTempSpace(hint="Give a smaller file, or several with mode APPEND.") from error
        raise QueryOutOfMemory(hint="Give a smaller file, or several with mode APPEND.") from error
    except duckdb.Error as error:
        raise _bad(error, load) from error
    finally:
        connection.close()


def _copied(connection: duckdb.DuckDBPyConnection, load: Load, began: float) -> Loaded:
    source = _reader(connection, load)
    described = connection.execute(f"DESCRIBE FROM {source}").fetchall()
    columns = tuple(Column(row[0], row[1]) for row in described)
    if len(columns) > load.limits.columns:
        raise TooManyColumns(f"the file has {len(columns):,} columns, and {load.limits.columns:,} are allowed")
    rows = f"FROM {source}"
    if load.into:
        rows, columns = _fitted(source, columns, load), load.into
    head, tail = copying(columns, load.output)
    count = run(connection, f"{head}({rows}){tail}")
    return Loaded(declared(columns), count, load.output.stat().st_size, monotonic() - began)


def _reader(connection: duckdb.DuckDBPyConnection, load: Load) -> str:
    """The table function that reads a file, which has been looked through where the engine would guess."""
    path = literal(str(load.file))
    check_packing(load.file, load.file_name)
    if load.form is FileFormat.PARQUET:
        return f"read_parquet([{path}])"
    if load.form is FileFormat.JSON:
        check_array(load.file, load.file_name)
        most = f"maximum_object_size = {OBJECT_BYTES}"
        packed = f"compression = '{packing_of(load.file)}'"
        return f"read_json([{path}], format = 'auto', records = 'true', sample_size = -1, {most}, {packed})"
    table = dialect_of(load)
    # What the engine finds out by itself would be the most likely of several dialects: of lines that do not go
    # with it, it skips the first ones in silence. So the lines are counted, and only types are left to it.
    fixed = table.options()
    texts = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(table.width))
    run(
        connection,
        f"SELECT count(*) FROM read_csv([{path}], {fixed}, auto_detect = false, columns = {{{texts}}})",
    )
    header = "" if load.header is None else f", header = {load.header}"
    return f"read_csv([{path}], {fixed}, sample_size = -1{header})"


def _fitted(source: str, columns: tuple[Column, ...], load: Load) -> str:
    """The rows with the columns of the table that they come behind.

    Raises:
        BadRows: Columns are missing, or there are more.
    """
    there = {column.name.lower(): column.name for column in columns}
    wanted = {column.name.lower() for column in load.into}
    missing = [column.name for column in load.into if column.name.lower() not in there]
    beyond = [column.name for column in columns if column.name.lower() not in wanted]
    if missing or beyond:
        told = [f"lacks {_listed(missing)}"] if missing else []
        told += [f"has {_listed(beyond)}, which the table has not"] if beyond else []
        hint = "Name its columns as the table's, or give mode REPLACE."
        raise BadRows(f"{load.file_name} {' and '.join(told)}", hint=hint)
    values = ", ".join(
        f"CAST({name(there[column.name.lower()])} AS {column.type}) AS {name(column.name)}"
        for column in load.into
    )
    return f"SELECT {values} FROM {source}"


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def _bad(error: duckdb.Error, load: Load) -> BadRows:
    """What is wrong with a file, without where it lies on this machine."""
    said = words_of(error)
    line = next((int(each) for found in LINE.findall(said) for each in found if each), 0)
    words = MORE.sub("", AGAIN.sub("", said)).replace(str(load.file), load.file_name).strip()
    if (load.form is FileFormat.CSV and "unicode" in words.lower()) or "encoding" in words.lower():
        hint = "Save the file as UTF-8, or say its encoding: UTF_16 or LATIN_1."
    elif load.form is FileFormat.CSV:
        hint = "Say its delimiter and whether it has a header, or mend the line."
    elif load.form is FileFormat.JSON:
        hint = "Give an array of objects, or one object a line."
    else:
        hint = "Write it anew: it may be cut or damaged."
    told = f"in line {line:,}: " if line else ""
    return BadRows(
        f"{load.file_name} cannot be read as {load.form.name}: {told}{words[:SAID_CHARACTERS]}", hint=hint
    )
