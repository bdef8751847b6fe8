"""What died is put right: lost runs, an emptied queue, abandoned revisions, artifacts without owner."""

import asyncio
import logging
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from arq.constants import default_queue_name, in_progress_key_prefix, job_key_prefix
from sqlalchemy import delete, update
from sqlmodel import col, select

from db.lineage import Revision
from db.models import Artifact, RunArtifact, RunStatus, now
from db.revisions import clear_dead_revision, clear_revision, head_of, reserve_revision
from jobs.bench import TRIES
from jobs.queue import TAKEN_SECONDS, job_id
from jobs.sweep import _for_ever, heartbeat, start_tasks, sweep, tidy_artifacts
from tests.acceptance.graphs import NOTHING, leftovers_of
from tests.house import House
from tests.pipelines.chores.values import Chore


async def test_a_lost_run(house: House) -> None:
    """A run whose lease has run out goes back to the queue and is offered again at once."""
    run = await house.claimed(await house.submitted("echo", word="hello"))
    await house.orphaned(run)

    await sweep(house.bench)

    row = await house.row(run)
    assert (RunStatus.QUEUED, 1, None) == (row.status, row.faults, row.worker)
    assert job_id((run.pk, 1)) in await house.queue.job_ids()
    await house.execute(run)
    assert ["ACCEPTED", "STARTED", "REQUEUED", "STARTED", "FINISHED"] == await house.event_names(run)


async def test_two_sweeps_at_once(house: House) -> None:
    """Workers that find the same lost run at the same moment requeue it once."""
    run = await house.claimed(await house.submitted("echo", word="hello"))
    await house.orphaned(run)

    await asyncio.gather(*(sweep(house.another_bench(f"worker-{n}")) for n in range(5)))

    assert 1 == (await house.row(run)).faults
    assert 1 == (await house.event_names(run)).count("REQUEUED")


async def test_poison(house: House) -> None:
    """A run that its worker did not survive three times fails as WORKER_LOST."""
    run = await house.submitted("echo", word="hello")

    for _ in range(TRIES):
        await house.claimed(run)
        await house.orphaned(run)
        await sweep(house.bench)

    assert RunStatus.FAILED == await house.status(run)
    assert "WORKER_LOST" == (await house.error(run))["code"]
    assert TRIES == (await house.row(run)).attempt


async def test_an_emptied_queue(house: House) -> None:
    """Admitted runs that the queue has lost are offered again, and only those."""
    first, second = [await house.submitted("echo", word="hello") for _ in range(2)]
    await house.claimed(second)
    await house.redis.flushall()

    await sweep(house.bench)

    assert {job_id((first.pk, 0))} == await house.queue.job_ids()


async def test_jobs_of_the_dead(house: House) -> None:
    """Jobs of runs that are over, or go by a newer attempt, leave the queue; a running run's job stays."""
    over, running = [await house.submitted("echo", word="hello") for _ in range(2)]
    await house.execute(over)
    await house.claimed(running)

    await sweep(house.bench)

    assert {job_id((running.pk, 0))} == await house.queue.job_ids()
    assert not await house.redis.exists(job_key_prefix + job_id((over.pk, 0)))


@pytest.mark.parametrize(("age_seconds", "taken"), [(1, True), (10, False)])
async def test_taken_and_never_claimed(house: House, age_seconds: float, *, taken: bool) -> None:
    """A job whose worker died before it claimed the run is offered anew in seconds, not when arq forgets it."""
    run = await house.submitted("echo", word="hello")
    in_progress = in_progress_key_prefix + job_id((run.pk, 0))
    await house.redis.psetex(in_progress, int((TAKEN_SECONDS - age_seconds) * 1000), b"1")

    await sweep(house.bench)

    assert taken == bool(await house.redis.exists(in_progress))
    assert {job_id((run.pk, 0))} == await house.queue.job_ids()


async def test_a_job_without_content(house: House) -> None:
    """A job that Redis forgot while its number stayed in line is made whole."""
    run = await house.submitted("echo", word="hello")
    await house.redis.delete(job_key_prefix + job_id((run.pk, 0)))
    assert await house.redis.zcard(default_queue_name)

    await sweep(house.bench)

    assert await house.redis.exists(job_key_prefix + job_id((run.pk, 0)))


async def test_a_reservation_of_the_dead(house: House, tmp_path: Path) -> None:
    """What a dead attempt wrote ahead is removed, and its revision is never used again."""
    run = await house.submitted(
        "chores", chore=Chore.WRITE_AHEAD, size=300, pause_at_save=True, path=str(tmp_path / "absent")
    )
    task = await house.running(run)

    async def has_written() -> bool:
        return (await house.row(run)).stage == "SAVE"

    await house.until(has_written)
    await house.change(run, status=RunStatus.QUEUED, lease_until=None)

    await sweep(house.bench)
    await heartbeat(house.bench)
    await task

    assert NOTHING == await leftovers_of(house)
    assert 0 == await house.head()
    states = await house.store.read(lambda session: session.scalars(select(Revision.state)).all())
    assert ["abandoned"] == list(states)


async def test_clearing_twice(house: House) -> None:
    """Clearing a revision that is no longer reserved does nothing."""
    run = await house.claimed(await house.submitted("echo", word="hello"))
    await house.write(lambda session: reserve_revision(session, "main", run.pk, 1))

    await clear_dead_revision(house.store, "main", 1)

    assert await house.write(lambda session: clear_revision(session, "main", 1))
    assert await house.write(lambda session: clear_revision(session, "main", 99))
    assert 0 == await house.store.read(partial(head_of, workspace="theirs"))


async def test_artifacts_without_owner(house: House) -> None:
    """An artifact that no run refers to is removed with its file once it is old; others stay."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    kept = await house.context(run).keep(b"kept", "kept", "text/plain")
    lost = await house.context(run).keep(b"lost", "lost", "text/plain")
    young = await house.context(run).keep(b"young", "young", "text/plain")
    long_ago = now() - timedelta(hours=2)
    made = update(Artifact).where(col(Artifact.digest) != young).values(created_at=long_ago)
    await house.write(lambda session: session.execute(made))
    let_go = delete(RunArtifact).where(col(RunArtifact.name).in_(["lost", "young"]))
    await house.write(lambda session: session.execute(let_go))

    await tidy_artifacts(house.bench)

    assert [True, False, True] == [house.artifacts.path(digest).exists() for digest in (kept, lost, young)]


async def test_without_redis(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """While Redis is away the sweep does everything else."""
    run = await house.claimed(await house.submitted("echo", word="hello"))
    await house.orphaned(run)
    bench = house.another_bench("worker-2", redis_url="unix:///nonexistent/valkey.sock")

    with caplog.at_level(logging.WARNING, "jobs.sweep"):
        await sweep(bench)

    assert RunStatus.QUEUED == await house.status(run)
    assert ["run lost", "queue away"] == [
        record.message for record in caplog.records if record.name == "jobs.sweep"
    ]
    await bench.queue.redis.aclose(close_connection_pool=True)


async def test_a_round_that_fails(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """A round that fails is logged, and the next one comes all the same."""
    rounds: list[int] = []

    async def fail_once(_bench: object) -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise RuntimeError("a bad minute")

    task = asyncio.create_task(_for_ever(fail_once, house.bench, 0))

    async def came_again() -> bool:
        return len(rounds) > 1

    await house.until(came_again)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert ["round failed"] == [record.message for record in caplog.records if record.name == "jobs.sweep"]


async def test_the_tasks(house: House) -> None:
    """A worker's tasks recover a lost run by themselves."""
    run = await house.claimed(await house.submitted("echo", word="hello"))
    await house.orphaned(run)

    tasks = start_tasks(house.bench)

    async def is_queued() -> bool:
        return await house.status(run) == RunStatus.QUEUED

    await house.until(is_queued)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
