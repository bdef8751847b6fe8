"""A spreadsheet of four sheets. What has no room in one sheet goes on in another."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from rustpy_xlsxwriter import write_worksheets

from jobs.pipelines.export.formats.tables import COLUMNS, Cell, records
from jobs.pipelines.export.values import TooLargeToExport

SHEET_ROWS = 1_048_575  # beside the names of the columns
CELL_CHARACTERS = 32_767
CUT = "… (cut)"
MOST_ROWS = 2_500_000  # of all sheets: the file is put together in memory


def write(graph: Path, to: Path) -> None:
    """Write the tables, each to sheets of its own; texts are never formulas.

    Raises:
        TooLargeToExport: There are more rows than a spreadsheet is good for.
    """
    counts = {table: sum(1 for _ in records(graph, table)) for table in COLUMNS}
    if sum(counts.values()) > MOST_ROWS:
        hint = "Export it as CSV or Parquet, or one namespace of it."
        raise TooLargeToExport(f"The graph has more than {MOST_ROWS:,} rows.", hint=hint)
    write_worksheets([sheet for table in COLUMNS for sheet in _sheets(graph, table, counts[table])], str(to))


def _sheets(graph: Path, table: str, count: int) -> Iterator[tuple[str, Iterable[dict[str, Any]]]]:
    """The sheets of a table with what they hold, read as it is written; without rows the names alone."""
    if not count:
        yield table, [dict.fromkeys(COLUMNS[table])]
    rows = _rows(graph, table)
    for number in range(-(-count // SHEET_ROWS)):
        yield table if not number else f"{table} {number + 1}", islice(rows, SHEET_ROWS)


def _rows(graph: Path, table: str) -> Iterator[dict[str, Cell]]:
    names = tuple(COLUMNS[table])
    return ({name: _cell(cell) for name, cell in zip(names, row, strict=True)} for row in records(graph, table))


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, str) and len(cell) > CELL_CHARACTERS:
        return cell[: CELL_CHARACTERS - len(CUT)] + CUT
    return cell
