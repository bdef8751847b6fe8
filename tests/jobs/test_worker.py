"""The worker: it starts, works, outlives its Redis, and leaves in order; here in the process of the tests."""

import asyncio
import logging
import os
import signal
from pathlib import Path

import pytest
from arq.constants import default_queue_name
from redis.exceptions import RedisError

from db.models import RunStatus
from db.settings import BadSettings
from jobs.valkey import EmbeddedValkey
from jobs.worker import arq_worker, main, open_bench, work
from tests.house import House, open_house, working
from tests.pipelines.chores.values import Chore
from tests.servers import short_folder, start_valkey


async def test_it_works(house: House) -> None:
    """A worker executes what is submitted, whatever becomes of it."""
    async with working(house.environ):
        runs = [await house.submitted("echo", word=word) for word in ("hello", "crash", "hello")]

        ends = [(await house.ended(run)).status for run in runs]

    assert [RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.COMPLETED] == ends
    assert 2 == await house.said("hello")


async def test_what_was_there_before(house: House) -> None:
    """A worker finds what was accepted before it started, even if the queue has forgotten it."""
    run = await house.submitted("echo", word="hello")
    await house.redis.flushall()

    async with working(house.environ):
        assert RunStatus.COMPLETED == (await house.ended(run)).status


async def test_no_more_than_it_may(house: House, tmp_path: Path) -> None:
    """A worker executes no more runs at once than it is told to, and takes the next one when one has ended."""
    async with working(house.environ | {"HEADWATER_WORKER_RUNS": "1"}):
        first = await house.submitted("chores", chore=Chore.WAIT, path=str(tmp_path / "gate"))

        async def is_running() -> bool:
            return await house.status(first) == RunStatus.RUNNING

        await house.until(is_running)
        second = await house.submitted("echo", word="hello")
        for _ in range(20):
            assert RunStatus.QUEUED == await house.status(second)
        (tmp_path / "gate").touch()

        assert RunStatus.COMPLETED == (await house.ended(second)).status


async def test_it_hands_back(house: House) -> None:
    """A worker that ends gives its runs back and leaves no health key in Redis."""
    async with working(house.environ) as worker:
        run = await house.submitted("chores", chore=Chore.WAIT)

        async def is_running() -> bool:
            return await house.status(run) == RunStatus.RUNNING

        await house.until(is_running)
        key = worker.health_check_key
        assert await house.redis.exists(key)

    assert (RunStatus.QUEUED, 0) == ((await house.row(run)).status, (await house.row(run)).faults)
    assert not await house.redis.exists(key)


@pytest.fixture
def own_valkey() -> EmbeddedValkey:
    """A Valkey that may be killed."""
    return start_valkey(short_folder())


@pytest.mark.kills
async def test_it_outlives_its_redis(sqlite_url: str, own_valkey: EmbeddedValkey, tmp_path: Path) -> None:
    """When Redis is killed and comes back empty, running and queued runs finish, and none is stopped by it."""
    async with open_house(sqlite_url, own_valkey.url, tmp_path) as house, working(house.environ):
        gate = tmp_path / "gate"
        running = [await house.submitted("chores", chore=Chore.WAIT, path=str(gate)) for _ in range(10)]

        async def are_running() -> bool:
            return {await house.status(run) for run in running} == {RunStatus.RUNNING}

        await house.until(are_running)
        queued = [await house.submitted("echo", word="queued") for _ in range(5)]
        own_valkey.kill()
        queued.append(await house.submitted("echo", word="meanwhile"))
        own_valkey.start()
        gate.touch()

        ends = [await house.ended(run) for run in (*running, *queued)]

        assert {RunStatus.COMPLETED} == {run.status for run in ends}
        assert {1} == {run.attempt for run in ends}
    own_valkey.stop()


@pytest.mark.kills
async def test_it_waits_for_redis(
    sqlite_url: str, own_valkey: EmbeddedValkey, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A worker that starts before its Redis says that it waits, and works when Redis is there."""
    own_valkey.kill()
    async with open_house(sqlite_url, own_valkey.url, tmp_path) as house:
        task = asyncio.create_task(work(open_bench(house.environ)))

        async def waits() -> bool:
            return "waiting for redis" in caplog.messages

        await house.until(waits)
        own_valkey.start()
        run = await house.submitted("echo", word="hello")

        assert RunStatus.COMPLETED == (await house.ended(run)).status
        os.kill(os.getpid(), signal.SIGTERM)
        await task
    own_valkey.stop()


@pytest.mark.kills
async def test_told_to_end_while_it_waits(
    sqlite_url: str, own_valkey: EmbeddedValkey, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A worker that is told to end while it waits for Redis ends at once and in order."""
    own_valkey.kill()
    async with open_house(sqlite_url, own_valkey.url, tmp_path) as house:
        task = asyncio.create_task(work(open_bench(house.environ)))

        async def waits() -> bool:
            return "waiting for redis" in caplog.messages

        await house.until(waits)
        with caplog.at_level(logging.INFO, "jobs.worker"):
            os.kill(os.getpid(), signal.SIGTERM)
            async with asyncio.timeout(5):
                await task

    assert "worker ended" in caplog.messages
    own_valkey.stop()


async def test_places_are_given_back(sqlite_house: House) -> None:
    """A job that Redis fails to start costs no place: arq itself would never give it back."""
    bench = open_bench(sqlite_house.environ | {"HEADWATER_WORKER_RUNS": "2"})
    worker = arq_worker(bench, handle_signals=False)
    await sqlite_house.redis.zadd(default_queue_name, {"job": 1})
    await bench.queue.redis.aclose(close_connection_pool=True)
    bench.queue.redis.connection_pool.connection_kwargs["path"] = "/nonexistent/valkey.sock"

    for _ in range(5):
        with pytest.raises(RedisError):
            await worker.start_jobs([b"job"])

    assert 0 == worker.job_counter
    await worker.close()


async def test_a_job_it_has_already(sqlite_house: House) -> None:
    """A job that is offered again to the worker that is on it is left alone, and so is all while it is full."""
    bench = open_bench(sqlite_house.environ | {"HEADWATER_WORKER_RUNS": "1"})
    worker = arq_worker(bench, handle_signals=False)
    for_ever = asyncio.create_task(asyncio.Event().wait())
    worker.tasks["mine"] = for_ever

    await worker.start_jobs([b"mine"])
    assert 0 == worker.job_counter
    worker.job_counter = 1
    await worker.start_jobs([b"other"])

    assert {"mine": for_ever} == worker.tasks
    await worker.close()


def test_settings_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is set up wrongly says everything that is wrong and does not start."""
    with pytest.raises(BadSettings) as caught:
        open_bench({"HEADWATER_SLOTS": "none", "HEADWATER_DRAIN_SECONDS": "-1"})
    assert 2 == len(caught.value.problems)

    monkeypatch.setenv("HEADWATER_LOG_LEVEL", "LOUD")
    with pytest.raises(BadSettings, match="LOG_LEVEL"):
        main()


async def test_told_to_end_as_the_bell_rings(sqlite_house: House) -> None:
    """A worker that is told to end at the very moment at which there is news does end."""
    async with working(sqlite_house.environ) as worker:
        await asyncio.sleep(0)
        worker.bell.ring()
        worker.handle_sig(signal.SIGTERM)
        async with asyncio.timeout(20):
            while worker.main_task is not None and not worker.main_task.done():  # noqa: ASYNC110 - arq tells nobody
                await asyncio.sleep(0.01)
