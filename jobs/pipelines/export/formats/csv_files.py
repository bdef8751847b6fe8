"""Four CSV files in a zip: RFC 4180, UTF-8, safe to be opened by a spreadsheet program."""

import csv
import zipfile
from pathlib import Path

from jobs.pipelines.export.formats.packed import pack
from jobs.pipelines.export.formats.tables import COLUMNS, guarded, records


def write(graph: Path, to: Path) -> None:
    """Write the tables, one after the other."""
    files = []
    for table, columns in COLUMNS.items():
        path = to.with_name(f"{table}.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(columns)
            lines.writerows([guarded(cell) for cell in record] for record in records(graph, table))
        files.append(path)
    pack(files, to, zipfile.ZIP_DEFLATED)
