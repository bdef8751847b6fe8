"""A worker that goes hands back what it has: at every instant, and without blame."""

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest

from db.models import Run, RunStatus
from db.session import Session
from jobs.execute import execute_run, finish
from tests.house import House
from tests.pipelines.chores.values import Chore


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_mid_run(house: House) -> None:
    """A run whose worker shuts down goes back to the queue, admitted, and counts no fault."""
    run = await house.submitted("chores", chore=Chore.WAIT)

    await cancelled(await house.running(run))

    row = await house.row(run)
    assert (RunStatus.QUEUED, 1, 0) == (row.status, row.attempt, row.faults)
    assert row.admitted_at is not None
    assert "REQUEUED" == (await house.event_names(run))[-1]
    assert {} == house.bench.executions


async def test_the_next_worker_goes_on(house: House) -> None:
    """What was handed back is executed by the next worker."""
    run = await house.submitted("chores", chore=Chore.WRITE_AHEAD, size=10)
    task = asyncio.create_task(house.execute(run))
    await asyncio.sleep(0)
    await cancelled(task)

    await house.execute(run, house.another_bench("worker-2"))

    assert RunStatus.COMPLETED == await house.status(run)


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8])
async def test_at_any_instant(house: House, turns: int) -> None:
    """However early the shut-down meets an execution, the run is afterwards queued without a fault or ended."""
    run = await house.submitted("echo", word="hello")
    task = asyncio.create_task(house.execute(run))
    for _ in range(turns):
        await asyncio.sleep(0)

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    row = await house.row(run)
    assert row.status in {RunStatus.QUEUED, RunStatus.COMPLETED}
    assert 0 == row.faults
    assert {} == house.bench.executions


async def test_while_claiming(house: House) -> None:
    """A claim that is under way when the worker shuts down is waited for and handed back."""
    run = await house.submitted("echo", word="hello")
    held, free = threading.Event(), threading.Event()
    blocking = [asyncio.create_task(house.store.write(hold(held, free))) for _ in range(8)]
    task = asyncio.create_task(execute_run(house.bench, run.pk))
    await asyncio.to_thread(held.wait)

    task.cancel()
    for _ in range(3):
        await asyncio.sleep(0)
    assert not task.done()
    free.set()
    await asyncio.gather(*blocking)
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (RunStatus.QUEUED, 0) == ((await house.row(run)).status, (await house.row(run)).faults)


async def test_while_finishing(house: House) -> None:
    """A finish that is under way when the worker shuts down is waited for, and lands."""
    run = await house.submitted("echo", word="hello")
    loser = await house.claimed(run)
    held, free = threading.Event(), threading.Event()
    blocking = [asyncio.create_task(house.store.write(hold(held, free))) for _ in range(8)]
    await asyncio.to_thread(held.wait)

    task = asyncio.create_task(finish(house.bench, loser, RunStatus.STOPPED))
    await asyncio.sleep(0)
    task.cancel()
    for _ in range(3):
        await asyncio.sleep(0)
    assert not task.done()
    free.set()
    await asyncio.gather(*blocking)
    with pytest.raises(asyncio.CancelledError):
        await task

    assert RunStatus.STOPPED == await house.status(run)


def hold(held: threading.Event, free: threading.Event) -> Callable[[Session], None]:
    """Work that keeps a writer thread until it is let go."""

    def work(_session: Session) -> None:
        held.set()
        free.wait(timeout=20)

    return work


async def test_a_claim_that_was_not_made(house: House) -> None:
    """A shut-down during a claim that takes nothing has nothing to hand back."""
    run = await house.submitted("echo", word="hello")
    await house.execute(run)
    task = asyncio.create_task(house.execute(run))
    await asyncio.sleep(0)

    await cancelled(task)

    assert ["ACCEPTED", "STARTED", "FINISHED"] == await house.event_names(run)


async def test_a_cancelled_write(house: House) -> None:
    """Cancelling the caller of a write that has begun does not undo it; one that waits is never begun."""
    held, free = threading.Event(), threading.Event()
    run = await house.submitted("echo", word="hello")
    busy = [asyncio.create_task(house.store.write(hold(held, free))) for _ in range(8)]
    await asyncio.to_thread(held.wait)
    waiting = asyncio.create_task(house.change(run, priority=1))
    await asyncio.sleep(0)

    for task in (busy[0], waiting):
        task.cancel()
    await asyncio.gather(busy[0], waiting, return_exceptions=True)
    for _ in range(3):  # the cancellation reaches the line of the threads one turn later
        await asyncio.sleep(0)
    free.set()
    await asyncio.gather(*busy, waiting, return_exceptions=True)

    assert 5 == (await house.row(run)).priority
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(house.store.write(partial(raise_priority, run.pk, loop, begun)))
    await begun.wait()
    await cancelled(task)

    async def has_changed() -> bool:
        return (await house.row(run)).priority == 2

    await house.until(has_changed)


def raise_priority(pk: UUID, loop: asyncio.AbstractEventLoop, begun: asyncio.Event, session: Session) -> None:
    row = session.get_one(Run, pk)
    row.priority = 2
    loop.call_soon_threadsafe(begun.set)
