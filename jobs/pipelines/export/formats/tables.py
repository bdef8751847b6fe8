"""The graph as four tables: what CSV, spreadsheets and Parquet have in common."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from jobs.pipelines.export.formats.graph import flows, read

Cell: TypeAlias = str | int | float | bool | None
Record: TypeAlias = tuple[Cell, ...]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How text begins that a spreadsheet program would execute."""

COLUMNS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "assets": {
            "namespace": "VARCHAR",
            "name": "VARCHAR",
            "kind": "VARCHAR",
            "description": "VARCHAR",
            "columns_complete": "BOOLEAN",
            "explained": "BOOLEAN",
            "owners": "VARCHAR",
            "tags": "VARCHAR",
            "sources": "VARCHAR",
            "defined_in": "VARCHAR",
        },
        "columns": {
            "namespace": "VARCHAR",
            "asset": "VARCHAR",
            "position": "INTEGER",
            "name": "VARCHAR",
            "data_type": "VARCHAR",
            "description": "VARCHAR",
            "tags": "VARCHAR",
        },
        "edges": {
            "source_namespace": "VARCHAR",
            "source_asset": "VARCHAR",
            "source_column": "VARCHAR",
            "target_namespace": "VARCHAR",
            "target_asset": "VARCHAR",
            "target_column": "VARCHAR",
            "kind": "VARCHAR",
            "subtype": "VARCHAR",
            "masking": "BOOLEAN",
            "confidence": "DOUBLE",
            "origins": "VARCHAR",
            "sources": "VARCHAR",
            "file": "VARCHAR",
            "line": "INTEGER",
            "expression": "VARCHAR",
        },
        "unresolved": {
            "source": "VARCHAR",
            "file": "VARCHAR",
            "line": "INTEGER",
            "position": "INTEGER",
            "reason": "VARCHAR",
            "message": "VARCHAR",
            "remedy": "VARCHAR",
        },
    }
)
"""The tables and their columns, with types as SQL has them. Of several words in a cell each has its line."""


def records(graph: Path, table: str) -> Iterator[Record]:
    """The rows of a table."""
    return READERS[table](graph)


def guarded(cell: Cell) -> Cell:
    """Text with an apostrophe before it, if a spreadsheet program would execute it.

    >>> guarded("=1+1"), guarded("a=b"), guarded(-1)
    ("'=1+1", 'a=b', -1)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _assets(graph: Path) -> Iterator[Record]:
    for what, asset in read(graph):
        if what == "asset":
            yield (
                asset["namespace"],
                asset["name"],
                asset["kind"],
                asset["description"] or "\n".join(asset["descriptions"]),
                asset["complete"],
                asset["explained"],
                *("\n".join(asset[words]) for words in ("owners", "tags", "sources")),
                asset["definition"][0] if asset["definition"] else None,
            )


def _columns(graph: Path) -> Iterator[Record]:
    for what, asset in read(graph):
        for position, column in enumerate(asset["columns"] if what == "asset" else (), start=1):
            words = ("\n".join(column[each]) for each in ("descriptions", "tags"))
            yield asset["namespace"], asset["name"], position, column["name"], column["type"], *words


def _edges(graph: Path) -> Iterator[Record]:
    for asset, edge in flows(graph):
        proofs = edge["evidence"]
        yield (
            *edge["from"],
            asset["namespace"],
            asset["key"],
            edge["to"],
            *(edge[name] for name in ("kind", "subtype", "masking", "confidence")),
            *("\n".join(sorted({proof[name] for proof in proofs})) for name in ("origin", "source")),
            *(proofs[0][name] for name in ("text", "line", "expression")),
        )


def _unresolved(graph: Path) -> Iterator[Record]:
    for what, gap in read(graph):
        if what == "gap":
            yield tuple(
                gap[name] for name in ("source", "text", "line", "column", "reason", "message", "remedy")
            )


READERS = {"assets": _assets, "columns": _columns, "edges": _edges, "unresolved": _unresolved}
