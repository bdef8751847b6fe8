"""Workers as processes: they drain, die, are poisoned, and lose their Redis; the pool lives on."""

import asyncio
import signal
import time
from functools import partial
from pathlib import Path

import httpx
import pytest

from db.models import Run, RunStatus
from tests.house import House
from tests.pipelines.chores.values import Chore
from tests.processes import Process, Site, is_gone

pytestmark = pytest.mark.kills

RECOVERY_SECONDS = 10.0


async def has_status(house: House, run: Run, status: RunStatus) -> bool:
    return await house.status(run) == status


async def running(site: Site, run: Run) -> Run:
    await site.house.until(partial(has_status, site.house, run, RunStatus.RUNNING))
    return await site.house.row(run)


async def test_a_worker_that_is_told_to_end(site: Site, tmp_path: Path) -> None:
    """SIGTERM lets short runs end, hands long ones back in time without blame, and takes no new ones."""
    gate = tmp_path / "gate"
    worker = await site.worker(drain_seconds=1)
    short = await site.house.submitted("chores", chore=Chore.WAIT, path=str(gate))
    long = await site.house.submitted("chores", chore=Chore.SPIN_IN_CHILD)
    for run in (short, long):
        await running(site, run)
    children = [child.pid for child in worker.children()]

    worker.tell(signal.SIGTERM)
    began = time.monotonic()
    gate.touch()
    await worker.heard("worker ended")
    late = await site.house.submitted("echo", word="late")

    assert 0 == await worker.ended()
    assert time.monotonic() - began < 1 + 3
    assert RunStatus.COMPLETED == await site.house.status(short)
    row = await site.house.row(long)
    assert (RunStatus.QUEUED, 1, 0) == (row.status, row.attempt, row.faults)
    assert RunStatus.QUEUED == await site.house.status(late)
    assert [] == [pid for pid in children if not is_gone(pid)]


async def test_busy_slots_do_not_delay_recovery(site: Site) -> None:
    """A run of a dead worker is requeued in seconds though every place of the other one is taken for ever."""
    dying = await site.worker(worker_runs=1)
    first = await running(site, await site.house.submitted("chores", chore=Chore.WAIT))
    await site.worker(worker_runs=1)
    endless = await running(site, await site.house.submitted("chores", chore=Chore.WAIT))
    assert first.worker != endless.worker

    dying.kill()
    began = time.monotonic()
    await site.house.until(partial(has_status, site.house, first, RunStatus.QUEUED))

    assert time.monotonic() - began < RECOVERY_SECONDS
    assert (RunStatus.RUNNING, 1) == (
        (await site.house.row(endless)).status,
        (await site.house.row(endless)).attempt,
    )


async def test_a_poison_run(site: Site) -> None:
    """A run that kills its worker three times ends FAILED as WORKER_LOST, and its neighbours end well."""
    workers = [site.start_worker(), site.start_worker()]
    for worker in workers:
        await worker.heard("worker started")
    poison = await site.house.submitted("chores", chore=Chore.KILL_WORKER)
    keeper = asyncio.create_task(keep_two(site, workers))

    row = await site.house.ended(poison, seconds=60)
    neighbour = await site.house.submitted("echo", word="alive")

    assert (RunStatus.FAILED, 3) == (row.status, row.attempt)
    assert "WORKER_LOST" == (row.error or {})["code"]
    assert 3 == sum(not worker.alive for worker in workers)
    assert RunStatus.COMPLETED == (await site.house.ended(neighbour)).status
    keeper.cancel()
    await asyncio.gather(keeper, return_exceptions=True)


async def keep_two(site: Site, workers: list[Process]) -> None:
    """Start another worker for each that died, as whoever looks after processes would."""
    while True:
        if sum(worker.alive for worker in workers) < 2:
            workers.append(site.start_worker())
        await asyncio.sleep(0.05)  # sleeps: until the test has seen enough and cancels this


async def test_valkey_is_emptied(site: Site, tmp_path: Path) -> None:
    """When Valkey is killed and comes back empty, queued and running runs of two workers all finish once."""
    gate = tmp_path / "gate"
    workers = [site.start_worker(worker_runs=5), site.start_worker(worker_runs=5)]
    for worker in workers:
        await worker.heard("worker started")
    runs = [await site.house.submitted("chores", chore=Chore.WAIT, path=str(gate)) for _ in range(10)]
    for run in runs:
        await running(site, run)
    queued = [await site.house.submitted("echo", word="queued") for _ in range(20)]

    site.valkey.kill()
    site.valkey.start()
    gate.touch()

    ends = [await site.house.ended(run) for run in (*runs, *queued)]
    assert {(RunStatus.COMPLETED, 1)} == {(row.status, row.attempt) for row in ends}
    assert 20 == await site.house.said("queued")
    assert all(worker.alive for worker in workers)


async def test_an_api_that_is_killed(site: Site) -> None:
    """What an API accepted is executed although the API is killed right after it answered."""
    url = await site.api()
    submit = (
        'mutation { submitRun(run: {echo: {word: "over http"}}, options: {runId: "over-http"}) { __typename } }'
    )
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{url}/graphql", json={"query": submit})
    site.processes[-1].kill()
    assert "errors" not in answer.json()

    await site.worker()

    accepted = await site.house.by_id("over-http")
    assert accepted is not None
    assert RunStatus.COMPLETED == (await site.house.ended(accepted)).status


async def test_a_worker_that_waits(site: Site) -> None:
    """A worker started before Valkey waits for it; told to end meanwhile, it ends at once and in order."""
    site.valkey.kill()
    worker = site.start_worker()
    await worker.heard("waiting for redis")

    worker.tell(signal.SIGTERM)

    assert 0 == await worker.ended(seconds=5)
    site.valkey.start()
