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


CHANGED = {**TABLES, "w": ("k", "a", "n", "m")}
CHANGED_SCHEMA = f"{SCHEMA}\nCREATE TABLE w (k INT PRIMARY KEY, a INT, n INT, m INT);"
CHANGED_ROWS: dict[str, Rows] = {**ROWS, "w": [(1, 5, 3, 9), (2, 7, 1, 4), (9, 1, 1, 2)]}


def contents(connection: duckdb.DuckDBPyConnection, statement: str, target: str) -> list[Counter[object]]:
    """Return what a table holds after a statement, which is undone."""
    connection.execute("BEGIN")
    connection.execute(statement)
    found = output(connection, f"SELECT * FROM {target}")
    connection.execute("ROLLBACK")
    return found


def moved_by(statement: str, target: str) -> set[tuple[str, str, int]]:
    """Return the input columns and the places of the target's columns that move with them.

    That a column moves because it was itself changed before the statement says nothing, and is left out.
    """
    found = set()
    with duckdb.connect() as connection:
        connection.execute(CHANGED_SCHEMA)
        for table, rows in CHANGED_ROWS.items():
            fill(connection, table, rows)
        before = contents(connection, statement, target)
        for table, columns in CHANGED.items():
            for at, column in enumerate(columns):
                for rows in changed(CHANGED_ROWS[table], at):
                    if table == "w" and len({row[0] for row in rows}) < len(rows):
                        continue  # its keys would not be unique
                    fill(connection, table, rows)
                    after = contents(connection, statement, target)
                    found |= {
                        (table, column, place)
                        for place, was in enumerate(before)
                        if was != after[place] and (table, place) != (target, at)
                    }
                fill(connection, table, CHANGED_ROWS[table])
    return found


def explained_by(statement: str, target: str) -> tuple[Lineage, set[tuple[str, str, int]]]:
    """Return the lineage of a statement, and what its edges into a table explain, as `moved_by` does."""
    lineage = analyse([SqlText("truth.sql", f"{CHANGED_SCHEMA}\n{statement};")], "duckdb")
    places = {name: at for at, name in enumerate(CHANGED[target])}
    found = set()
    for edge in lineage.edges:
        source = edge.source
        if edge.target.relation != target:
            continue
        columns = CHANGED[source.relation] if source.column is None else (source.column,)
        reached = places.values() if edge.target.column is None else [places[edge.target.column]]
        found |= {(source.relation, column, place) for column in columns for place in reached}
    return lineage, found
