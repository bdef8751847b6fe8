"""What columns hold, in this process."""

from pathlib import Path

import pytest

from jobs.engines.sql.errors import StatementFailed
from jobs.engines.sql.profile import Profile, Profiling, profile
from jobs.engines.sql.sample import TRIPS, write_trips
from jobs.engines.sql.values import Column, Limits, Table


def test_the_sample(tmp_path: Path) -> None:
    """The figures of the sample are those that one would count, the different values nearly so."""
    found = {each.name: each for each in profile(Profiling(write_trips(tmp_path / "trips.parquet")))}

    assert Profile("payment", 0, 4, "card", "free") == found["payment"]
    assert ("1", str(TRIPS)) == (found["trip_id"].least, found["trip_id"].greatest)
    assert found["passengers"].nulls > 0
    assert "2024-01-01" == str(found["pickup_at"].least)[:10]
    distinct = found["trip_id"].distinct
    assert distinct is not None
    assert abs(distinct - TRIPS) < TRIPS / 10


def test_no_files() -> None:
    """A table without files has columns without values."""
    assert (Profile("n", 0, 0, None, None),) == profile(Profiling(Table("t", (Column("n", "INTEGER"),))))


def test_too_much(tmp_path: Path) -> None:
    """What takes more memory than there is is told as such."""
    table = write_trips(tmp_path / "trips.parquet")

    with pytest.raises(StatementFailed):
        profile(Profiling(table, Limits(memory_bytes=1 << 18, temp_bytes=1, threads=1)))
