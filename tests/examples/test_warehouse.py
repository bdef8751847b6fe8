"""The example warehouse is real: DuckDB runs all of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

WAREHOUSE = Path(__file__).parents[2] / "examples" / "warehouse"
SEED = Path(__file__).parent / "seed.sql"
SCHEMAS = ("raw", "staging", "mart")


def built(seed: str) -> duckdb.DuckDBPyConnection:
    """A database in memory in which every file has run, in the order its README promises."""
    connection = duckdb.connect()
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA {schema}")
    for schema in SCHEMAS:
        for file in sorted((WAREHOUSE / schema).glob("*.sql")):
            connection.execute(file.read_text())
        if schema == "raw":
            connection.execute(seed)
    return connection


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with built(SEED.read_text()) as connection:
        yield connection


def objects(connection: duckdb.DuckDBPyConnection) -> list[str]:
    named = "SELECT table_schema || '.' || table_name FROM information_schema.tables ORDER BY ALL"
    return [name for (name,) in connection.execute(named).fetchall()]


def test_everything_runs(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Every file runs in order, and every table and view then has rows."""
    empty = [
        name for name in objects(warehouse) if warehouse.execute(f"FROM {name} LIMIT 1").fetchone() is None
    ]

    assert 40 <= len(objects(warehouse))
    assert [] == empty


def test_revenue(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Revenue counts both channels in euros, without tax, refunds, cancelled and test orders."""
    revenue = "SELECT month(month), department, round(revenue, 2) FROM mart.revenue_by_month ORDER BY ALL"

    assert [
        (2, "Garden", 35.00),  # 2 hoses less 5 of discount
        (2, "Kitchen", 25.00),  # a kettle of 35 less 10 sent back
        (
            3,
            "Garden",
            145.30,
        ),  # 42 francs at 1.05, two hoses at 40, and a till's 21.62 francs with 8.1 % of tax at 1.06
        (3, "Kitchen", 30.00),  # 35.70 with 19 % of tax
    ] == warehouse.execute(revenue).fetchall()


def test_the_nightly_loads(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Update, merge and the prepared statement change what they say they change."""
    unpaid = "SELECT order_id FROM staging.order_archive WHERE state = 'unpaid'"
    segments = "SELECT customer_id, segment FROM mart.segments ORDER BY ALL"
    recounted = (
        "SELECT day::VARCHAR, channel FROM mart.daily_figures WHERE channel LIKE '%recount%' ORDER BY ALL"
    )

    assert [(103,)] == warehouse.execute(unpaid).fetchall()
    assert [(1, "gold"), (2, "regular")] == warehouse.execute(segments).fetchall()
    assert [("2026-03-02", "store (recount)"), ("2026-03-02", "web (recount)")] == warehouse.execute(
        recounted
    ).fetchall()


def test_one_rate_moves_the_mart(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The README's promise about exchange rates holds: most of mart changes with them, and so does revenue."""
    with built(SEED.read_text().replace("1.05)", "9.05)")) as other:
        moved = {
            name
            for name in objects(warehouse)
            if name.startswith("mart.") and rows(warehouse, name) != rows(other, name)
        }

    assert "mart.revenue_by_month" in moved
    assert "mart.loyal_customers" in moved
    assert 10 <= len(moved)


def rows(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[object, ...]]:
    return connection.execute(f"FROM {name} ORDER BY ALL").fetchall()


def test_one_object_a_file() -> None:
    """A file says in its first line what it is for, and creates at most one object, named as the file is."""
    for file in WAREHOUSE.glob("*/*.sql"):
        text = file.read_text()
        created = re.findall(r"^CREATE (?:TABLE|VIEW) (\S+)", text, flags=re.MULTILINE)

        assert text.startswith("-- "), file
        assert created in ([], [f"{file.parent.name}.{file.stem[3:]}"]), file


def test_the_readme_names_what_is_there(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Every file and every column the README names exists."""
    page = (WAREHOUSE / "README.md").read_text()
    files = re.findall(r"`((?:raw|staging|mart)/\w+\.sql)`", page)
    columns = re.findall(r"\b(?:raw|staging|mart)\.\w+\.\w+", page)

    assert 6 == len(files)
    assert [] == [file for file in files if not (WAREHOUSE / file).is_file()]
    assert 10 <= len(set(columns))
    for column in columns:
        table, _, name = column.rpartition(".")
        warehouse.execute(f"SELECT {name} FROM {table} LIMIT 0")
