"""A place to ask: two tables, a folder for each statement, and what came out of it."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import duckdb

from jobs.engines.sql.duck import execute
from jobs.engines.sql.rows import read_page
from jobs.engines.sql.values import Act, Change, Column, Limits, Outcome, Params, Query, Table

ITEMS = 1_000
COLUMNS = (Column("id", "INTEGER"), Column("name", "VARCHAR"), Column("price", "DECIMAL(21,1)"))


@dataclass
class Desk:
    """Asks over `tables`, which change as a warehouse would change them."""

    folder: Path
    tables: dict[str, Table] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def query(self, sql: str, params: Params = (), **limits: Any) -> Query:
        folder = self.folder / f"statement {next(self.numbers)}"
        folder.mkdir()
        return Query(sql, folder / "rows.parquet", tuple(self.tables.values()), params, Limits(**limits))

    def ask(self, sql: str, params: Params = (), *, stop: Event | None = None, **limits: Any) -> Outcome:
        return execute(self.query(sql, params, **limits), stop=stop)

    def rows(self, sql: str, params: Params = (), **limits: Any) -> list[tuple[Any, ...]]:
        """All rows of a SELECT, by the value rule."""
        query = self.query(sql, params, **limits)
        outcome = execute(query)
        return list(read_page(query.output, 0, outcome.row_count).rows)

    def change(self, sql: str, params: Params = ()) -> Change:
        """What a statement does to a table, which is done here as well."""
        change = self.ask(sql, params).change
        assert change is not None
        key = change.name.lower()
        match change.act:
            case Act.CREATE | Act.REPLACE:
                self.tables[key] = Table(change.name, change.columns, change.files, change.schema)
            case Act.APPEND:
                files = (*self.tables[key].files, *change.files)
                self.tables[key] = Table(change.name, change.columns, files, change.schema)
            case Act.RENAME:
                was = self.tables.pop(key)
                self.tables[change.new_name.lower()] = Table(
                    change.new_name, was.columns, was.files, was.schema
                )
            case Act.DROP:
                del self.tables[key]
        return change


def open_desk(folder: Path) -> Desk:
    """A desk with `items`, a thousand rows, and `lab.odd`, empty, with types that Parquet has not."""
    file = folder / "items.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT range::INTEGER AS id, 'n' || range AS name, (range * 1.5)::DECIMAL(21,1) AS price "
            f"FROM range({ITEMS})) TO '{file}'"
        )
    odd = (Column("huge", "HUGEINT"), Column("either", "UNION(n INTEGER, s VARCHAR)"))
    return Desk(folder, {"items": Table("items", COLUMNS, (file,)), "odd": Table("odd", odd, (), "lab")})
