"""Results that are large enough for several threads have every row, in order, and no more than allowed."""

from pathlib import Path

import duckdb
import pytest

from jobs.engines.sql.dry import dry_run
from jobs.engines.sql.duck import ROW_GROUP, execute
from jobs.engines.sql.plans import streams_one_scan
from jobs.engines.sql.rows import read_page
from jobs.engines.sql.values import Column, Table
from tests.jobs.engines.sql.desk import Desk

ROWS = 3 * ROW_GROUP


@pytest.fixture
def large(desk: Desk, tmp_path: Path) -> Desk:
    file = tmp_path / "large.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT range AS id FROM range({ROWS})) TO '{file}' (FORMAT parquet)")
    desk.tables["large"] = Table("large", (Column("id", "BIGINT"),), (file,))
    return desk


@pytest.mark.parametrize(
    ("sql", "most", "kept", "truncated"),
    [
        ("FROM large", ROWS, ROWS, False),
        ("FROM large", ROWS - 1, ROWS - 1, True),
        ("SELECT id FROM large WHERE id + 1 > 0", ROWS, ROWS, False),
        ("SELECT id FROM large WHERE id >= $1 - $1", ROWS, ROWS, False),
        ("SELECT id FROM large UNION ALL (SELECT id + 1000000 FROM large)", ROWS + 5, ROWS + 5, True),
        ("SELECT least(id, unnest([id, id + 1])) FROM large LIMIT 3", 2, 2, True),
        ("SELECT a.id FROM large AS a, range(2) ORDER BY range, id", ROWS, ROWS, True),
    ],
)
def test_large_results(
    large: Desk,
    sql: str,
    most: int,
    kept: int,
    truncated: bool,  # noqa: FBT001  # a parameter
) -> None:
    """As many rows as there are or as are allowed are kept, the first ones, whoever writes them."""
    query = large.query(sql, (1,) if "$1" in sql else (), rows=most)
    outcome = execute(query)

    assert (kept, truncated) == (outcome.row_count, outcome.truncated)
    assert outcome.row_count == read_page(query.output, 0, 0).row_count
    if sql.startswith(("FROM", "SELECT id")):
        middle = kept // 2
        assert [(str(middle),), (str(middle + 1),)] == list(read_page(query.output, middle, 2).rows)


@pytest.mark.parametrize(
    ("sql", "bounded"),
    [
        ("FROM large", True),
        ("SELECT id * 2 AS twice FROM large WHERE id % 3 = 1", True),
        ("SELECT unnest([id, id]) AS id FROM large", False),
        ("SELECT a.id FROM large AS a JOIN large AS b USING (id)", False),
        ("FROM large UNION ALL FROM large", False),
        ("SELECT id FROM large GROUP BY CUBE (id)", False),
        ("SELECT range FROM range(1000000)", False),
    ],
)
def test_who_is_bounded_by_a_table(large: Desk, sql: str, bounded: bool) -> None:  # noqa: FBT001  # a parameter
    """Only what streams the rows of one table cannot have more rows than that."""
    assert bounded == streams_one_scan(dry_run(large.query(sql)).plan)
