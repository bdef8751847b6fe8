"""Four Parquet files in a zip, typed, written by DuckDB."""

import zipfile
from itertools import islice
from pathlib import Path

import duckdb
import orjson

from jobs.pipelines.export.formats.packed import pack
from jobs.pipelines.export.formats.tables import COLUMNS, records

ROWS = 5_000  # written at once to what DuckDB reads


def write(graph: Path, to: Path) -> None:
    """Write the tables, one after the other: DuckDB reads their rows as JSON, one a line."""
    files = []
    with duckdb.connect(
        config={"threads": 1, "memory_limit": "256MB", "temp_directory": str(to.parent)}
    ) as sql:
        sql.execute("SET preserve_insertion_order = true")
        for table, columns in COLUMNS.items():
            lines, path = to.with_name(f"{table}.ndjson"), to.with_name(f"{table}.parquet")
            _lay_out(graph, table, lines)
            types = "{" + ", ".join(f"{name}: '{kind}'" for name, kind in columns.items()) + "}"
            source = f"read_json('{_quoted(lines)}', format = 'newline_delimited', columns = {types})"
            sql.execute(f"COPY (FROM {source}) TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION zstd)")
            lines.unlink()
            files.append(path)
    pack(files, to, zipfile.ZIP_STORED)


def _lay_out(graph: Path, table: str, to: Path) -> None:
    names, rows = tuple(COLUMNS[table]), records(graph, table)
    with to.open("wb") as file:
        while some := list(islice(rows, ROWS)):
            file.writelines(
                orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)
                for row in some
            )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
