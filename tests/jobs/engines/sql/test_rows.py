"""Pages of rows are those of the file, wherever they begin, and cost the same everywhere."""

import json
from pathlib import Path

import duckdb
import pytest

from jobs.engines.sql.rows import open_reader, read_columns, read_page, read_rows
from jobs.engines.sql.values import Column

ROWS = 300_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of several row groups, as another program may have written it."""
    file = tmp_path_factory.mktemp("rows") / "it's large.parquet"
    with duckdb.connect() as connection:
        name = str(file).replace("'", "''")
        connection.execute(f"COPY (SELECT range AS id, range % 7 AS k FROM range({ROWS})) TO '{name}'")
    return file


@pytest.mark.parametrize("first", [0, 1, 122_879, 122_880, 250_000, ROWS - 3, ROWS, ROWS + 10])
def test_pages(large: Path, first: int) -> None:
    """A page has the rows from its number on, in the order of the file, and no more than there are."""
    page = read_page(large, first, 5)

    expected = [(str(place), str(place % 7)) for place in range(first, min(first + 5, ROWS))]
    assert expected == list(page.rows)
    assert ROWS == page.row_count


def test_row_groups_are_skipped(large: Path) -> None:
    """A page at the end reads the row groups that it needs, and not those before."""
    with open_reader() as connection:
        connection.execute("PRAGMA enable_profiling = 'no_output'")
        read_rows(connection, large, ROWS - 100, 5)
        profile = json.loads(connection.get_profiling_information(format="json"))
        connection.execute("PRAGMA disable_profiling")

    assert (5, 1) == (profile["query"]["total_rows_scanned"], profile["query"]["total_row_groups_scanned"])


def test_types_of_foreign_files(large: Path) -> None:
    """A file that we did not write has the types of Parquet."""
    assert (Column("id", "BIGINT"), Column("k", "BIGINT")) == read_columns(large)


@pytest.mark.parametrize(("first", "count"), [(-1, 5), (0, -1)])
def test_impossible_pages(large: Path, first: int, count: int) -> None:
    """A page does not begin before the first row."""
    with pytest.raises(ValueError, match="a page begins"):
        read_page(large, first, count)


def test_a_column_called_like_a_row_number(tmp_path: Path) -> None:
    """A column may be called as the engine calls the number of a row."""
    file = tmp_path / "rows.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT range AS FILE_ROW_NUMBER FROM range(10)) TO '{file}'")

    assert [("7",), ("8",)] == list(read_page(file, 7, 2).rows)
