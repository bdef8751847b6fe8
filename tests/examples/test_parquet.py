"""The Parquet files of the example warehouse are what its script writes, and tell of the same warehouse."""

from pathlib import Path

import duckdb
import pytest

from examples.parquet import COLUMNS, DUMP, WAREHOUSE, dump, tables_in


@pytest.fixture(scope="module")
def kept() -> dict[str, list[tuple[object, ...]]]:
    """The rows of the files that are committed."""
    return {name: rows_of(DUMP / f"{name}.parquet") for name in COLUMNS}


def rows_of(file: Path) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute("FROM read_parquet(?)", [str(file)]).fetchall()


def test_the_files_are_what_the_script_writes(kept: dict[str, list[tuple[object, ...]]]) -> None:
    """Running the script again gives the rows that are committed."""
    written = dump()
    told = {name: rows for name, rows in written.items() if name != "query_logs"}

    assert kept == {**told, "query_logs": kept["query_logs"]}
    assert [text for text, _ in written["query_logs"]] == [text for text, _ in kept["query_logs"]]


def test_every_file_of_the_warehouse_is_in_it(kept: dict[str, list[tuple[object, ...]]]) -> None:
    """Each SQL file is the definition of one object, word for word."""
    texts = sorted(file.read_text(encoding="utf-8") for file in WAREHOUSE.glob("*/*.sql"))

    assert texts == sorted(str(text) for _, text in kept["definitions"])
    assert len(texts) == len(kept["objects"])


def test_dependencies_are_found_at_any_depth() -> None:
    """A table is found wherever it stands in a serialized query, and a CTE has no schema."""
    leaf = {"type": "BASE_TABLE", "schema_name": "raw", "table_name": "orders"}

    assert {("raw", "orders")} == tables_in({"node": [{"from": leaf}, 1, None]})
