"""Rows in a file behave as rows in memory do."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.pipelines.lineage.spill import BLOCK, recall, spill, spill_rows

SIZES = st.integers(0, 3 * BLOCK + 1)
ENDS = st.integers(0, 3 * BLOCK + 5)


def test_a_value_comes_back(tmp_path: Path) -> None:
    """What is spilled is recalled as an equal value."""
    value = {"a": (1, "größe", b"\0"), "b": [None]}

    assert value == recall(spill(tmp_path / "value", value))


@given(size=SIZES, begin=ENDS, end=ENDS)
def test_slices(size: int, begin: int, end: int) -> None:
    """A slice of rows, and a slice of that, hold what they would hold in memory."""
    every = list(range(size))
    with TemporaryDirectory() as folder:
        rows = spill_rows(Path(folder) / "rows", iter(every))

        assert (every, size) == (list(rows), len(rows))
        assert every[begin:end] == list(rows[begin:end])
        assert every[begin:end][1:7] == list(rows[begin:end][1:7])
        assert len(every[begin:end]) == len(rows[begin:end])


def test_one_row(tmp_path: Path) -> None:
    """A row is found by its place from either end; there is none behind the last."""
    rows = spill_rows(tmp_path / "rows", range(2 * BLOCK + 1))

    assert [0, BLOCK, 2 * BLOCK, 2 * BLOCK - 1] == [rows[0], rows[BLOCK], rows[-1], rows[-2]]
    assert [5] == [row for row in rows if row == 5]
    with pytest.raises(IndexError):
        rows[2 * BLOCK + 1]
