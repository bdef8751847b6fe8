"""A statement that takes long is stopped, timed out and watched, and what ran beside it goes on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event, Thread, Timer
from time import monotonic

import pytest

from jobs.children import ChildLimits, Children
from jobs.engines.sql import duck
from jobs.engines.sql.duck import execute, run_query
from jobs.engines.sql.errors import QueryTimedOut, UnknownName
from jobs.engines.sql.values import Limits, Outcome, Progress
from jobs.engines.sql.watch import read_progress, tell_progress
from jobs.errors import StopRequested
from tests.jobs.engines.sql.desk import Desk

ENDLESS = [
    "SELECT count(*) FROM range(10_000_000) AS a, range(10_000_000) AS b",
    "SELECT * FROM range(10_000_000) AS a, range(10_000_000) AS b",
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "CREATE TABLE endless AS SELECT hash(a.range) FROM range(10_000_000) AS a, range(10_000_000) AS b",
    "UPDATE items SET price = (SELECT count(*) FROM range(10_000_000) AS a, range(10_000_000) AS b)",
]
PROMPT_SECONDS = (
    2.0  # far more than the promised 0.2 s, which `make bench ARGS=query` measures: tests run on busy machines
)


@pytest.mark.parametrize("sql", ENDLESS)
def test_stop(desk: Desk, sql: str) -> None:
    """A statement that was asked to stop does so, wherever it is."""
    stop = Event()
    asked = Timer(0.3, stop.set)
    asked.start()

    with pytest.raises(StopRequested):
        desk.ask(sql, stop=stop)

    assert stop.is_set()


@pytest.mark.parametrize("sql", ENDLESS)
def test_timeout(desk: Desk, sql: str) -> None:
    """A statement that takes longer than it may ends with that."""
    began = monotonic()

    with pytest.raises(QueryTimedOut, match="longer than"):
        desk.ask(sql, timeout_seconds=0.3)

    assert monotonic() - began < 0.3 + PROMPT_SECONDS


def test_neighbours_go_on(desk: Desk) -> None:
    """Stopping one statement does not stop another in the same process."""
    stop = Event()
    queries = [desk.query(ENDLESS[0]), desk.query("SELECT sum(hash(range) % 7) FROM range(30_000_000)")]
    outcomes: list[Outcome] = []
    other = Thread(target=lambda: outcomes.append(execute(queries[1])))
    Timer(0.2, stop.set).start()
    other.start()

    with pytest.raises(StopRequested):
        execute(queries[0], stop=stop)
    other.join()

    assert [1] == [outcome.row_count for outcome in outcomes]


def test_progress(desk: Desk) -> None:
    """Progress is told while a statement runs, as a fraction that never exceeds one."""
    told: list[Progress] = []
    stop = Event()

    def tell(done: Progress) -> None:
        told.append(done)
        if len(told) > 3:
            stop.set()

    with pytest.raises(StopRequested):
        execute(desk.query(ENDLESS[0]), stop=stop, report=tell)

    assert all(done is None or 0 <= done <= 1 for done in told)
    assert any(done is not None for done in told)


def test_progress_file(tmp_path: Path) -> None:
    """Progress is read by another process from a file, which is whole at any moment, or None."""
    file = tmp_path / "progress"
    assert read_progress(file) is None
    tell = tell_progress(file)
    tell(0.25)
    assert 0.25 == read_progress(file)
    tell(None)
    assert read_progress(file) is None


@pytest.fixture
async def children() -> AsyncIterator[Children]:
    limits = ChildLimits(size=2, memory_bytes=2 << 30, timeout_seconds=60, preload=(duck.__name__,))
    async with Children(limits) as warm:
        yield warm


async def test_in_a_child(desk: Desk, children: Children) -> None:
    """A statement runs in a child process: outcome and errors come back as what they are."""
    outcome = await children.call(run_query, desk.query("SELECT id FROM items"), desk.folder / "progress")
    assert 1_000 == outcome.row_count

    with pytest.raises(UnknownName) as caught:
        await children.call(run_query, desk.query("SELECT\n nosuch FROM items"))
    assert (2, 2) == (caught.value.line, caught.value.column)


async def test_a_child_is_killed(desk: Desk, children: Children) -> None:
    """A call that is given up leaves no child that computes, and the next statement gets another child."""
    endless = asyncio.create_task(children.call(run_query, desk.query(ENDLESS[1]), desk.folder / "progress"))
    async with asyncio.timeout(30):
        while read_progress(desk.folder / "progress") is None:  # noqa: ASYNC110  # another process sets no event
            await asyncio.sleep(0.01)
    endless.cancel()
    with pytest.raises(asyncio.CancelledError):
        await endless

    outcome = await children.call(run_query, desk.query("SELECT 1"))
    assert 1 == outcome.row_count


@pytest.mark.parametrize("wrong", [{"rows": 0}, {"timeout_seconds": 0.0}, {"memory_bytes": -1}])
def test_limits_are_positive(wrong: dict[str, int]) -> None:
    """A limit of nothing is no limit."""
    with pytest.raises(ValueError, match="more than zero"):
        Limits(**wrong)
