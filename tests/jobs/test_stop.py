"""A stopped run stops: queued, running, or in a child that ignores it."""

import asyncio
from functools import partial

import psutil
import pytest

from db.models import Run, RunStatus
from db.runs import request_stop, requeue_run
from jobs.errors import UnknownRun
from jobs.execute import hand_back
from jobs.submit import stop_run
from jobs.sweep import heartbeat, sweep
from tests.house import House
from tests.pipelines.chores.values import Chore


async def stopped(house: House, run: Run) -> Run:
    return await stop_run(house.desk, "main", run.run_id)


async def test_a_queued_run(house: House) -> None:
    """A queued run is stopped at once, never starts, and frees its slots for the next."""
    run = await house.submitted("echo", word="hello")

    row = await stopped(house, run)
    await house.execute(run)

    assert RunStatus.STOPPED == row.status
    assert ["ACCEPTED", "FINISHED"] == await house.event_names(run)
    assert 0 == await house.said("hello")


async def test_a_running_run(house: House) -> None:
    """A running run hears of it by hint, without waiting for a heartbeat."""
    run = await house.submitted("chores", chore=Chore.WAIT)
    task = await house.running(run)

    await stopped(house, run)
    async with asyncio.timeout(1.5):  # less than a heartbeat
        await task

    assert RunStatus.STOPPED == await house.status(run)
    assert "FINISHED" == (await house.event_names(run))[-1]


async def test_when_the_hint_is_lost(house: House) -> None:
    """A stop whose hint was lost is seen by the next heartbeat."""
    run = await house.submitted("chores", chore=Chore.WAIT)
    task = await house.running(run)
    house.store.publish = None  # hints are lost from here on

    await stopped(house, run)
    await heartbeat(house.bench)
    await task

    assert RunStatus.STOPPED == await house.status(run)


async def test_at_the_next_stage(house: House) -> None:
    """A pipeline that is between two stages when it should stop begins no other."""
    run = await house.submitted("chores", chore=Chore.WAIT)
    context = house.context(await house.claimed(run))
    await stopped(house, run)

    with pytest.raises(Exception, match="asked this run to stop"):
        await context.notice("still here")


async def test_a_bell_that_rings_for_nothing(house: House) -> None:
    """Hints that may have been lost ring every bell, and stop no run that nobody asked to stop."""
    run = await house.submitted("chores", chore=Chore.WAIT)
    task = await house.running(run)

    house.hints.publish([f"stop:{run.pk.hex}"])
    await heartbeat(house.bench)
    for _ in range(20):  # reads in the same threads: by then the bell's own look is long over
        await house.row(run)

    assert not task.done()
    await stopped(house, run)
    await task
    assert RunStatus.STOPPED == await house.status(run)


@pytest.mark.kills
async def test_a_child_that_ignores_it(sqlite_house: House) -> None:
    """A run whose child holds its interpreter is stopped in a second, and the child is gone."""
    run = await sqlite_house.submitted("chores", chore=Chore.SPIN_IN_CHILD)
    task = await sqlite_house.running(run)
    ours = psutil.Process()

    async def has_child() -> bool:
        return any(child.cpu_times().user > 0.2 for child in ours.children() if "jobs.child" in child.cmdline())

    await sqlite_house.until(has_child)
    spinning = [child for child in ours.children() if "jobs.child" in child.cmdline()]
    await stopped(sqlite_house, run)
    async with asyncio.timeout(1.5):
        await task

    assert RunStatus.STOPPED == await sqlite_house.status(run)
    _gone, alive = psutil.wait_procs(spinning, timeout=2)
    assert [] == alive


async def test_after_it_ended(house: House) -> None:
    """Stopping an ended run changes nothing and tells how it ended."""
    run = await house.submitted("echo", word="hello")
    await house.execute(run)
    before = await house.columns(run)

    row = await stopped(house, run)

    assert RunStatus.COMPLETED == row.status
    assert before == await house.columns(run)
    assert ["ACCEPTED", "STARTED", "FINISHED"] == await house.event_names(run)


async def test_ten_times(house: House) -> None:
    """Stopping a run ten times at once stops it once."""
    run = await house.submitted("chores", chore=Chore.WAIT)
    task = await house.running(run)

    await asyncio.gather(*(stopped(house, run) for _ in range(10)))
    await task
    await stopped(house, run)

    assert 1 == (await house.event_names(run)).count("FINISHED")


async def test_an_unknown_run(house: House) -> None:
    """Stopping what is not there is refused."""
    with pytest.raises(UnknownRun):
        await stop_run(house.desk, "main", "no-such-run")


async def test_a_stop_that_meets_a_lost_worker(house: House) -> None:
    """A run whose worker dies after it was asked to stop is stopped by the sweep, not tried again."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    await stopped(house, run)
    await house.orphaned(run)

    await sweep(house.bench)

    assert RunStatus.STOPPED == await house.status(run)


async def test_a_stop_that_meets_a_shut_down(house: House) -> None:
    """A run that is handed back after it was asked to stop is stopped: nobody would ever claim it again."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    await house.write(partial(request_stop, pk=run.pk))

    await hand_back(house.bench, run)

    assert RunStatus.STOPPED == await house.status(run)
    assert not await house.write(lambda session: requeue_run(session, run.pk, 1, "again", faulty=False))
