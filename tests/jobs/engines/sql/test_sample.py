"""The sample is the same everywhere, and every example gives an answer on it."""

from pathlib import Path

import pytest

from jobs.engines.sql.duck import execute
from jobs.engines.sql.rows import read_page
from jobs.engines.sql.sample import CHECKSUM, COLUMNS, EXAMPLES, TRIPS, Example, checksum, write_trips
from jobs.engines.sql.values import Query, Table


@pytest.fixture(scope="module")
def trips(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return write_trips(tmp_path_factory.mktemp("sample") / "trips.parquet")


def test_sample_is_fixed(trips: Table) -> None:
    """The trips have the checksum that is written in the code."""
    assert CHECKSUM == checksum(trips.files[0])


def test_sample_is_plausible(trips: Table) -> None:
    """There are 50,000 trips, which end after they began and cost what their parts cost."""
    page = read_page(trips.files[0], 0, 1_000)

    assert TRIPS == page.row_count
    assert COLUMNS == page.columns
    names = [column.name for column in COLUMNS]
    for row in (dict(zip(names, row, strict=True)) for row in page.rows):
        assert str(row["pickup_at"]) < str(row["dropoff_at"])
        assert round(100 * float(str(row["total"]))) == sum(
            round(100 * float(str(row[part]))) for part in ("fare", "tip", "toll")
        )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_examples(tmp_path: Path, trips: Table, example: Example) -> None:
    """Each example is executed on the sample and gives rows without NaN, and what it is about is said."""
    query = Query(example.sql, tmp_path / "rows.parquet", (trips,))
    outcome = execute(query)

    assert 3 <= outcome.row_count <= 100
    assert not outcome.truncated
    assert "NaN" not in str(read_page(query.output, 0, 100).rows)
    assert example.description.endswith(".")


def test_examples_have_names() -> None:
    """No two examples have one name."""
    assert len(EXAMPLES) == len({example.name for example in EXAMPLES})
