"""Runs whose statement a ClickHouse server executes."""

import asyncio
import socket
from typing import Any

import pytest

from db.models import Run, RunStatus
from jobs.engines.sql.clickhouse.engine import Opening
from jobs.engines.sql.clickhouse.server import Server, kill_query, opener
from jobs.engines.sql.values import Engine
from jobs.pipelines.query.settings import QuerySettings
from jobs.submit import stop_run
from tests.house import House
from tests.jobs.engines.sql.clickhouse.front import PASSWORD
from tests.jobs.pipelines.query.queries import result_in, rows, tables

ENDLESS = "SELECT count() FROM numbers(1e12) WHERE number % 7 = 3"
URL, SECRET = "HEADWATER_QUERY_CLICKHOUSE_URL", "HEADWATER_QUERY_CLICKHOUSE_PASSWORD"


@pytest.fixture
def named(address: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server that an operator named."""
    monkeypatch.setenv(URL, f"http://default@127.0.0.1:{address.port}/default")
    monkeypatch.setenv(SECRET, PASSWORD)
    return address


async def asked(house: House, sql: str, **params: Any) -> Run:
    """A query that a worker with today's settings carried out, however it ended."""
    run = await house.submitted("query", sql=sql, engine="clickhouse", **params)
    await house.execute(run, house.another_bench("worker-2"))
    return await house.row(run)


@pytest.mark.usefixtures("named")
async def test_rows(sqlite_house: House) -> None:
    """Rows of a server are kept as those of DuckDB are; the same question is asked anew each time."""
    first, second = [
        result_in(
            await asked(sqlite_house, "SELECT count() AS n FROM trips WHERE 1 = {one:Int8}", params={"one": 1})
        )
        for _ in range(2)
    ]

    assert (Engine.CLICKHOUSE, ["n"], 1) == (
        first.engine,
        [column.name for column in first.columns],
        first.row_count,
    )
    assert (False, False) == (first.cache_hit, second.cache_hit)
    assert first.artifact is not None
    assert sqlite_house.artifacts.path(first.artifact).is_file()


@pytest.mark.usefixtures("named")
async def test_rows_become_a_table(sqlite_house: House) -> None:
    """Rows of a server may become a table of the workspace, which DuckDB reads then."""
    result = result_in(
        await asked(sqlite_house, "SELECT toInt32(number) AS n FROM numbers(3)", destination="copied")
    )

    assert result.change is not None
    assert (1, 3) == (result.change.version, (await tables(sqlite_house))["copied"].row_count)
    assert [(0,), (1,), (2,)] == list(await rows(sqlite_house, "FROM copied ORDER BY n"))


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT 1 +", "SYNTAX_ERROR"),
        ("SELECT nothing FROM trips", "UNKNOWN_NAME"),
        ("INSERT INTO trips SELECT * FROM trips", "SQL_FORBIDDEN"),
        ("SELECT * FROM file('/etc/passwd')", "SQL_FORBIDDEN"),
    ],
)
async def test_statements_that_fail(sqlite_house: House, sql: str, code: str) -> None:
    """What a server refuses, and what is not asked of it at all, is told by the same codes as elsewhere."""
    row = await asked(sqlite_house, sql)

    assert row.error is not None
    assert code == row.error["code"], row.error


async def test_stop(sqlite_house: House, named: Server) -> None:
    """A run that is stopped ends, and its statement ends on the server, too."""
    looking = opener(named)(Opening({"readonly": 1, "max_execution_time": 30}, "looking"))

    def going_on() -> bool:
        sql = "SELECT count() FROM system.processes WHERE Settings['log_comment'] LIKE 'headwater-%'"
        return bool(int(str(looking.ask(sql, {})[0][0])))

    async def begun() -> bool:
        return await asyncio.to_thread(going_on)

    async def over() -> bool:
        return not await begun()

    run = await sqlite_house.submitted("query", sql=ENDLESS, engine="clickhouse")
    work = asyncio.create_task(sqlite_house.execute(run, sqlite_house.another_bench("worker-2")))
    try:
        await sqlite_house.until(begun)
        await stop_run(sqlite_house.desk, "main", run.run_id)
        await work
        assert RunStatus.STOPPED == await sqlite_house.status(run)
        await sqlite_house.until(over)
    finally:
        await asyncio.to_thread(looking.close)


@pytest.mark.usefixtures("named")
async def test_a_server_that_is_away(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not answer is told as such, and the password is nowhere."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        monkeypatch.setenv(URL, f"http://127.0.0.1:{taken.getsockname()[1]}")
        row = await asked(sqlite_house, "SELECT 1")

    assert row.error is not None
    assert "ENGINE_UNAVAILABLE" == row.error["code"], row.error
    assert PASSWORD not in str(row.error)


@pytest.mark.usefixtures("named")
async def test_a_worker_that_knows_no_server(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker without the address that the API has says what is missing."""
    run = await sqlite_house.submitted("query", sql="SELECT 1", engine="clickhouse")
    monkeypatch.delenv(URL)
    await sqlite_house.execute(run, sqlite_house.another_bench("worker-2"))
    error = await sqlite_house.error(run)

    assert "ENGINE_UNAVAILABLE" == error["code"]
    assert URL in error["hint"]


async def test_nothing_to_kill() -> None:
    """Killing a statement of a server that is away, which there is no need to do, does no harm."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        await asyncio.to_thread(kill_query, Server("127.0.0.1", taken.getsockname()[1]), "none")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("http://ch", Server("ch", 8123)),
        ("https://ch/sales", Server("ch", 8443, database="sales", secure=True)),
        ("https://a%40b@ch:9/x", Server("ch", 9, "a@b", "", "x", secure=True)),
    ],
)
def test_addresses(url: str, server: Server) -> None:
    """An address says host, port, user and database; what it leaves out is ClickHouse's default."""
    assert server == QuerySettings(clickhouse_url=url).clickhouse


@pytest.mark.parametrize(
    "url", ["ch", "ftp://ch", "http://u:p@ch", "http://:8123", "http://ch:x", "http://ch?a=b"]
)
def test_addresses_that_are_none(url: str) -> None:
    """An address that is none, or that has a password, is refused when the service starts."""
    with pytest.raises(ValueError, match="clickhouse_url"):
        QuerySettings(clickhouse_url=url)
