"""A folder of ClickHouse with the sample in it, and two ways to ask it: in this process, and as a server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pytest

pytest.importorskip("chdb", reason="the engine has no wheel for this platform")

from jobs.engines.sql.clickhouse import embedded, server
from jobs.engines.sql.clickhouse.engine import Open
from jobs.engines.sql.clickhouse.run import execute
from jobs.engines.sql.clickhouse.server import Server
from jobs.engines.sql.rows import read_page
from jobs.engines.sql.sample import write_trips
from jobs.engines.sql.values import Limits, Outcome, Progress, Query
from tests.jobs.engines.sql.clickhouse.front import PASSWORD, open_front

NUMBERS = count(1)


@dataclass
class House:
    """Asks ClickHouse, one way or the other."""

    open_engine: Open
    scratch: Path

    def query(self, sql: str, params: dict[str, object] | None = None, **limits: Any) -> Query:
        folder = self.scratch / f"statement {next(NUMBERS)}"
        folder.mkdir()
        return Query(sql, folder / "rows.parquet", (), params or {}, Limits(**limits))

    def ask(
        self,
        query: Query,
        *,
        stop: Event | None = None,
        report: Callable[[Progress], None] | None = None,
    ) -> Outcome:
        return execute(query, self.open_engine, stop=stop, report=report)

    def rows(self, sql: str, params: dict[str, object] | None = None) -> list[tuple[Any, ...]]:
        query = self.query(sql, params)
        return list(read_page(query.output, 0, self.ask(query).row_count).rows)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A process takes one folder, so all tests share it."""
    folder = tmp_path_factory.mktemp("clickhouse")
    embedded.add_table(write_trips(folder / "trips.parquet"), folder / "data")
    return folder / "data"


@pytest.fixture(scope="session")
def address(data: Path) -> Iterator[Server]:
    with open_front(data) as front:
        yield Server("127.0.0.1", front.server_address[1], password=PASSWORD)


@pytest.fixture(params=["embedded", "server"])
def house(request: pytest.FixtureRequest, data: Path, tmp_path: Path) -> House:
    if request.param == "embedded":
        return House(lambda opening: embedded.open_embedded(data, opening), tmp_path)
    return House(server.opener(request.getfixturevalue("address")), tmp_path)
