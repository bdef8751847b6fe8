"""A late loser changes nothing: every write of a worker is fenced by its attempt."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlmodel import select

from db.models import Artifact, EventName, Run, RunArtifact, RunStatus
from db.runs import finish_run, owns_run, renew_leases, requeue_run, say_of_attempt
from db.session import Session
from jobs.bench import LEASE
from jobs.context import WorkContext
from jobs.errors import LeaseLost
from jobs.execute import again, complete, end
from jobs.sweep import heartbeat, sweep
from tests.acceptance.graphs import NOTHING, leftovers_of
from tests.house import House
from tests.pipelines.chores.values import Chore
from tests.pipelines.echo.values import EchoResult


async def superseded(house: House) -> Run:
    """The first attempt at a run that a second worker has taken over."""
    run = await house.submitted("echo", word="hello")
    loser = await house.claimed(run)
    await house.orphaned(run)
    await sweep(house.bench)
    await house.claimed(run, "worker-2")
    return loser


async def test_a_late_finish(house: House) -> None:
    """A result that comes after another worker took over leaves no row, no event and no effect."""
    loser = await superseded(house)
    before = await house.columns(loser), await house.event_names(loser)
    pipeline = house.pipelines["echo"]
    result = EchoResult("hello")

    admitted = await house.write(
        partial(complete, run=loser, pipeline=pipeline, result=result, bench=house.bench)
    )

    assert () == admitted
    assert before == (await house.columns(loser), await house.event_names(loser))
    assert 0 == await house.said("hello")


async def test_a_late_failure_or_retry(house: House) -> None:
    """A failure, a stop or a hand-back that comes late changes nothing either."""
    loser = await superseded(house)
    before = await house.columns(loser), await house.event_names(loser)

    await house.write(partial(end, run=loser, status=RunStatus.FAILED, bench=house.bench, outcome={}))
    await house.write(partial(end, run=loser, status=RunStatus.STOPPED, bench=house.bench, outcome={}))
    await house.write(partial(again, run=loser, bench=house.bench, reason="late", faulty=True))

    assert before == (await house.columns(loser), await house.event_names(loser))


def nothing(_session: Session, _rows: object) -> None:
    raise AssertionError("a late loser was allowed to write")


async def one_stage(context: WorkContext) -> None:
    async with context.stage("WORK"):
        pass


@pytest.mark.parametrize(
    "act",
    [
        lambda context: context.notice("late"),
        lambda context: context.stream(nothing, [1]),
        lambda context: context.keep(b"late", "late", "text/plain"),
        lambda context: context.reserve(),
        one_stage,
    ],
    ids=["say", "stream", "keep", "reserve", "stage"],
)
async def test_late_words_and_rows(house: House, act: Callable[[WorkContext], Awaitable[object]]) -> None:
    """Whatever a late loser does through its context tells it that the lease is lost, and writes nothing."""
    run = await house.submitted("chores", chore=Chore.WAIT)
    context = house.context(await house.claimed(run))
    await house.orphaned(run)
    await sweep(house.bench)
    before = await house.event_names(run)

    with pytest.raises(LeaseLost):
        await act(context)

    assert before == await house.event_names(run)
    assert NOTHING == await leftovers_of(house)
    assert [] == await house.store.read(lambda session: session.scalars(select(RunArtifact)).all())
    assert [] == await house.store.read(lambda session: session.scalars(select(Artifact)).all())


async def test_an_interrupted_heartbeat(house: House) -> None:
    """A worker whose heartbeats stayed away finds its run lost and drops it without a word."""
    run = await house.submitted("chores", chore=Chore.WAIT)
    task = await house.running(run)
    await house.orphaned(run)
    await sweep(house.another_bench("worker-2"))
    names = await house.event_names(run)

    await heartbeat(house.bench)
    await task

    assert names == await house.event_names(run)
    assert RunStatus.QUEUED == await house.status(run)
    assert {} == house.bench.executions


async def test_a_heartbeat_renews(house: House) -> None:
    """A heartbeat moves the lease of this worker's own runs, and of no others."""
    mine = await house.submitted("chores", chore=Chore.WAIT)
    other = await house.submitted("chores", chore=Chore.WAIT)
    task = await house.running(mine)
    await house.claimed(other, "worker-2")
    before = await house.row(mine), await house.row(other)

    await heartbeat(house.bench)

    after = await house.row(mine), await house.row(other)
    assert after[0].lease_until is not None
    assert before[0].lease_until is not None
    assert after[0].lease_until > before[0].lease_until
    assert after[1].lease_until == before[1].lease_until
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_process_that_was_held_up(house: House) -> None:
    """A worker that could not beat for long, but lives, does not take its own run for lost."""
    run = await house.submitted("chores", chore=Chore.WAIT)
    task = await house.running(run)
    await house.orphaned(run)

    await sweep(house.bench)

    assert (RunStatus.RUNNING, 1) == ((await house.row(run)).status, (await house.row(run)).attempt)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_sql_of_fencing(house: House) -> None:
    """Each statement about a running run is conditional on the attempt that owns it."""
    run = await house.claimed(await house.submitted("echo", word="hello"))
    other = run.attempt + 1

    def all_of_them(session: Session) -> list[object]:
        said = say_of_attempt(
            session, pk=run.pk, attempt=other, name=EventName.NOTICE, data={}, percent=None, lease=LEASE
        )
        return [
            said,
            owns_run(session, run.pk, other),
            finish_run(session, run.pk, other, RunStatus.FAILED),
            requeue_run(session, run.pk, other, "", faulty=False, wait=timedelta()),
            dict(renew_leases(session, "worker-2", [run.pk], LEASE).attempts),
        ]

    assert [None, False, False, False, {}] == await house.write(all_of_them)
    assert RunStatus.RUNNING == await house.status(run)


async def test_only_an_end_ends(house: House) -> None:
    """A run cannot be finished with a status that does not end it."""
    run = await house.claimed(await house.submitted("echo", word="hello"))

    with pytest.raises(ValueError, match="does not end"):
        await house.write(lambda session: finish_run(session, run.pk, 1, RunStatus.QUEUED))
