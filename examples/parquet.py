"""Writes the example warehouse as the five Parquet files of a metadata dump, as a database would tell them.

    python -m examples.parquet [FOLDER]

DuckDB runs the SQL files and is then asked what it has: nothing here reads SQL. Every call gives the same rows.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
WAREHOUSE = HERE / "warehouse"
DUMP = HERE / "warehouse-parquet"
SCHEMAS = ("raw", "staging", "mart")

COLUMNS = {
    "objects": "object_id BIGINT, schema_name VARCHAR, object_name VARCHAR, object_type VARCHAR",
    "definitions": "object_id BIGINT, definition VARCHAR",
    "dependencies": "referencing_object_id BIGINT, referencing_schema_name VARCHAR, "
    "referencing_object_name VARCHAR, referenced_object_id BIGINT, referenced_schema_name VARCHAR, "
    "referenced_object_name VARCHAR",
    "query_logs": "command_text VARCHAR, submit_time TIMESTAMP",
    "table_columns": "object_id BIGINT, schema_name VARCHAR, table_name VARCHAR, column_name VARCHAR, "
    "data_type VARCHAR, ordinal INTEGER, nullable BOOLEAN",
}
"""The files and their columns."""

QUERY_LOGS = (
    # staging/17_feed_sample.sql copies a table whose name it is given when it runs: only the log knows which.
    ("INSERT INTO staging.feed_sample SELECT * FROM raw.page_views LIMIT 1000", "2026-03-02 02:10:00"),
    ("SELECT month, department, revenue FROM mart.revenue_by_month ORDER BY ALL", "2026-03-02 08:00:00"),
    (
        """INSERT INTO mart.daily_figures
SELECT sold_on, channel, sum(net_eur), count(DISTINCT customer_id)
FROM mart.net_sales WHERE sold_on = '2026-03-02' GROUP BY sold_on, channel""",
        "2026-03-03 02:00:00",
    ),
)

Rows = Sequence[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Made:
    """What a file made: a table, a view or, if it only moves rows, what would be kept as a procedure."""

    number: int
    schema: str
    name: str
    kind: str
    text: str

    @property
    def place(self) -> tuple[object, ...]:
        return self.number, self.schema, self.name


def build(connection: duckdb.DuckDBPyConnection) -> list[Made]:
    """Run every file, in order."""
    numbers = count(1)
    made: list[Made] = []
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA {schema}")
    for schema in SCHEMAS:
        for file in sorted((WAREHOUSE / schema).glob("*.sql")):
            text = file.read_text(encoding="utf-8")
            before = relations(connection)
            connection.execute(text)
            fresh = relations(connection).items() - before.items()
            loads = (file.stem.partition("_")[2], "Stored Procedure")
            found = [(name, kind) for (_, name), kind in sorted(fresh)] or [loads]
            made += [Made(next(numbers), schema, name, kind, text) for name, kind in found]
    return made


def relations(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """Tables and views by schema and name."""
    query = "SELECT table_schema, table_name, table_type FROM information_schema.tables"
    kinds = {"BASE TABLE": "Table", "VIEW": "View"}
    return {(schema, name): kinds[kind] for schema, name, kind in connection.execute(query).fetchall()}


def dependencies(connection: duckdb.DuckDBPyConnection, made: Sequence[Made]) -> Iterator[tuple[object, ...]]:
    """Which view needs what, as DuckDB's own parser finds it. Most databases keep that of views only."""
    by_name = {(each.schema, each.name): each for each in made}
    query = "SELECT schema_name, view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
    for schema, name, sql in connection.execute(query).fetchall():
        body = sql.partition(" AS ")[2].rstrip(";\n")
        (tree,) = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [body]).fetchall()[0]
        for other in sorted(tables_in(json.loads(tree)) & by_name.keys()):
            yield (*by_name[schema, name].place, *by_name[other].place)


def tables_in(tree: object) -> set[tuple[str, str]]:
    """The tables that a serialized query names, with their schemas."""
    if isinstance(tree, list):
        return set().union(*map(tables_in, tree))
    if not isinstance(tree, dict):
        return set()
    here = {(tree["schema_name"], tree["table_name"])} if tree.get("type") == "BASE_TABLE" else set()
    return here.union(*map(tables_in, tree.values()))


def columns(connection: duckdb.DuckDBPyConnection, made: Sequence[Made]) -> Iterator[tuple[object, ...]]:
    """The columns of tables."""
    query = """SELECT column_name, data_type, ordinal_position, is_nullable = 'YES'
        FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position"""
    for each in made:
        if each.kind == "Table":
            for row in connection.execute(query, [each.schema, each.name]).fetchall():
                yield (*each.place, *row)


def dump() -> dict[str, Rows]:
    """The rows of each file."""
    with duckdb.connect() as connection:
        made = build(connection)
        return {
            "objects": [(*each.place, each.kind) for each in made],
            "definitions": [(each.number, each.text) for each in made],
            "dependencies": list(dependencies(connection, made)),
            "query_logs": list(QUERY_LOGS),
            "table_columns": list(columns(connection, made)),
        }


def write(folder: Path) -> None:
    """Write the five files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        for name, rows in dump().items():
            connection.execute(f"CREATE TABLE {name} ({COLUMNS[name]})")
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
            file = folder / f"{name}.parquet"
            connection.execute(f"COPY {name} TO '{file}' (FORMAT parquet, COMPRESSION zstd)")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else DUMP)
