"""Rows in the form that somebody wants: CSV, JSON Lines, Arrow IPC, a spreadsheet; never all in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import nanoarrow
import orjson
from duckdb.sqltypes import DuckDBPyType
from nanoarrow.ipc import StreamWriter
from rustpy_xlsxwriter import write_worksheet

from jobs.engines.sql.errors import TooMuchForSheet
from jobs.engines.sql.rows import columns_in, open_reader
from jobs.engines.sql.telling import Told, teller
from jobs.engines.sql.texts import literal, name, restored, shown
from jobs.engines.sql.values import Column

BATCH = 4_096  # rows at a time
SHEET_ROWS = 1_048_576
SHEET_COLUMNS = 16_384
CELL_CHARACTERS = 32_767
SHEET_DIGITS = 15  # of a number, that survive in a double
SHEET = "rows"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet program would execute, or look into for what it executes."""
NUMERIC = {
    *(
        "bigint",
        "decimal",
        "double",
        "float",
        "hugeint",
        "integer",
        "smallint",
        "tinyint",
        "ubigint",
        "uhugeint",
    ),
    *("uinteger", "usmallint", "utinyint"),
}


@dataclass(frozen=True, slots=True)
class _Source:
    """Where rows come from, told by the value rule."""

    columns: tuple[Column, ...]
    kinds: tuple[DuckDBPyType, ...]
    rows: Iterator[list[Told]]


def write_csv(path: Path, to: Path, *, formula_safe: bool = False) -> None:
    """Rows as CSV (RFC 4180), with a line of names; NULL is an empty cell, an empty text a quoted one.

    Args:
        path: A Parquet file.
        to: The file to write.
        formula_safe: Put an apostrophe before text that a spreadsheet program would execute.
    """
    guard = _guarded if formula_safe else _as_it_is
    with open_reader() as connection, to.open("w", encoding="utf-8", newline="") as file:
        source = _told(connection, path)
        file.write(_csv_line([guard(column.name) for column in source.columns]))
        guards = [_as_it_is if kind.id in NUMERIC else guard for kind in source.kinds]
        for row in source.rows:
            cells = [_cell(value) for value in row]
            file.write(_csv_line([each(cell) for each, cell in zip(guards, cells, strict=True)]))


def write_json_lines(path: Path, to: Path) -> None:
    """Rows as JSON objects, one a line, with values by the value rule."""
    with open_reader() as connection, to.open("wb") as file:
        source = _told(connection, path)
        names = [column.name for column in source.columns]
        for row in source.rows:
            file.write(orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE))


def write_arrow(path: Path, to: Path) -> None:
    """Rows as a stream of Arrow IPC, with the types that DuckDB has for Arrow."""
    with open_reader() as connection:
        kinds = [(column.name, duckdb.sqltype(column.type)) for column in columns_in(connection, path)]
        values = ", ".join(f"{restored(name(each), kind)} AS {name(each)}" for each, kind in kinds)
        rows = connection.sql(f"SELECT {values} FROM read_parquet({literal(str(path))})")
        with StreamWriter.from_path(str(to)) as writer:
            writer.write_stream(nanoarrow.c_array_stream(rows))


def write_xlsx(path: Path, to: Path) -> None:
    """Rows as a spreadsheet of one sheet: numbers as numbers where a spreadsheet holds them, all else as text.

    Raises:
        TooMuchForSheet: A sheet has no room for so many rows, columns, or characters in a cell.
    """
    with open_reader() as connection:
        source = _told(connection, path)
        if len(source.columns) > SHEET_COLUMNS:
            raise TooMuchForSheet(f"a sheet has {SHEET_COLUMNS:,} columns at most")
        write_worksheet(_records(source), str(to), SHEET)


def _records(source: _Source) -> Iterator[dict[str, Told]]:
    names = [column.name for column in source.columns]
    numeric = [kind.id in NUMERIC for kind in source.kinds]
    line = 0
    for line, row in enumerate(source.rows, start=1):
        if line >= SHEET_ROWS:
            raise TooMuchForSheet(f"a sheet has {SHEET_ROWS:,} lines at most")
        yield {
            each: _sheet_cell(value, numeric=number)
            for each, value, number in zip(names, row, numeric, strict=True)
        }
    if not line:  # the names are written with the first row
        yield dict.fromkeys(names)


def _told(connection: duckdb.DuckDBPyConnection, path: Path) -> _Source:
    columns = columns_in(connection, path)
    kinds = tuple(duckdb.sqltype(column.type) for column in columns)
    places = [f"c{place}" for place in range(len(columns))]
    values = ", ".join(shown(place, kind) for place, kind in zip(places, kinds, strict=True))
    file = literal(str(path))
    return _Source(
        columns,
        kinds,
        _batches(connection, f"SELECT {values} FROM read_parquet({file}) AS r({', '.join(places)})", kinds),
    )


def _batches(
    connection: duckdb.DuckDBPyConnection, question: str, kinds: tuple[DuckDBPyType, ...]
) -> Iterator[list[Told]]:
    tells = [teller(kind) for kind in kinds]
    rows = connection.execute(question)  # which gives rows as they come
    while batch := rows.fetchmany(BATCH):
        for row in batch:
            yield [tell(value) for tell, value in zip(tells, row, strict=True)]


def _cell(value: Told) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


def _guarded(text: str | None) -> str | None:
    return f"'{text}" if text and text.startswith(FORMULA) else text


def _as_it_is(text: str | None) -> str | None:
    return text


def _csv_line(cells: Sequence[str | None]) -> str:
    return ",".join(map(_quoted, cells)) + "\r\n"


def _quoted(cell: str | None) -> str:
    if cell is None:
        return ""
    if not cell or any(each in cell for each in ',"\r\n'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _sheet_cell(value: Told, *, numeric: bool) -> Told:
    if value is None or isinstance(value, bool):
        return value
    if numeric and (number := _number(value)) is not None:
        return number
    text = _cell(value) or ""
    if len(text) > CELL_CHARACTERS:
        raise TooMuchForSheet(f"a cell has {CELL_CHARACTERS:,} characters at most")
    return text


def _number(value: Told) -> float | int | None:
    """A number that a spreadsheet, which has doubles alone, gives back digit for digit; otherwise None."""
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and len(value.lstrip("-").replace(".", "").lstrip("0")) <= SHEET_DIGITS:
        try:
            return float(value) if "." in value else int(value)
        except ValueError:  # NaN and Infinity are text
            return None
    return None
