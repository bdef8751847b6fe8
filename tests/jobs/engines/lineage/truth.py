"""The truth about lineage from running SQL: change an input column, run again, see which outputs moved."""

from collections import Counter
from collections.abc import Iterator, Sequence

import duckdb

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.values import EdgeKind, Lineage, SqlText

Rows = list[tuple[object, ...]]

TABLES = {
    "t": ("a", "b", "c", "k"),
    "u": ("a", "x", "y", "k"),
}
SCHEMA = "\n".join(f"CREATE TABLE {name} ({', '.join(f'{c} INT' for c in cs)});" for name, cs in TABLES.items())
ROWS: dict[str, Rows] = {
    "t": [(1, 5, 3, 1), (2, 7, 1, 1), (3, 5, None, 2), (4, 2, 9, 3), (5, 9, 4, 2), (2, 7, 8, 4)],
    "u": [(1, 2, 6, 1), (2, 8, 6, 2), (3, 5, 2, 2), (7, 4, None, 3), (2, 1, 5, 4)],
}
SHIFTS = (1, -3, 40)  # several changes: one alone may happen to move nothing


def output(connection: duckdb.DuckDBPyConnection, query: str) -> list[Counter[object]]:
    """Run a query and return, for each output column, how often it has each value: rows have no order."""
    rows = connection.execute(query).fetchall()
    width = len(connection.description or ())
    return [Counter(row[at] for row in rows) for at in range(width)]


def fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Replace the rows of a table."""
    connection.execute(f"DELETE FROM {table}")
    connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", rows)


def changed(rows: Rows, column: int) -> Iterator[Rows]:
    """Yield the rows with one column changed in several ways."""
    for shift in SHIFTS:
        yield [(*row[:column], _shifted(row[column], shift), *row[column + 1 :]) for row in rows]
    values = [row[column] for row in rows]
    turned = [*values[1:], values[0]]
    yield [(*row[:column], value, *row[column + 1 :]) for row, value in zip(rows, turned, strict=True)]
    for at in range(len(rows)):
        each = rows[at]
        yield [*rows[:at], (*each[:column], _shifted(each[column], 2), *each[column + 1 :]), *rows[at + 1 :]]


def _shifted(value: object, shift: int) -> object:
    return value + shift if isinstance(value, int) else shift


def moved(query: str) -> set[tuple[str, str, int]]:
    """Return the input columns and the places of the outputs that move when they change."""
    found = set()
    with duckdb.connect() as connection:
        connection.execute(SCHEMA)
        for table, rows in ROWS.items():
            fill(connection, table, rows)
        before = output(connection, query)
        for table, columns in TABLES.items():
            for at, column in enumerate(columns):
                for rows in changed(ROWS[table], at):
                    fill(connection, table, rows)
                    after = output(connection, query)
                    found |= {(table, column, place) for place, was in enumerate(before) if was != after[place]}
                fill(connection, table, ROWS[table])
    return found


def explained(query: str) -> tuple[Lineage, set[tuple[str, str, int]]]:
    """Return the lineage of a view of the query, and what its edges explain, in the shape of `moved`."""
    lineage = analyse([SqlText("truth.sql", f"{SCHEMA}\nCREATE VIEW v AS {query};")], "duckdb")
    view = next(relation for relation in lineage.relations if relation.key == "v")
    places = {column.name.lower(): at for at, column in enumerate(view.columns)}
    found = set()
    for edge in lineage.edges:
        source, target = edge.source, edge.target
        columns = TABLES[source.relation] if source.column is None else (source.column,)
        if target.column is not None:
            reached = [places[target.column]]
        else:
            reached = [] if edge.kind is EdgeKind.DIRECT else list(places.values())
        found |= {(source.relation, column, place) for column in columns for place in reached}
    return lineage, found
