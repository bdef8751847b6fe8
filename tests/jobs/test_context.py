"""What a pipeline may do to the world: say, count, reserve, write ahead, keep, and work in children."""

import asyncio
import operator
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from sqlmodel import select

from db.models import Run, RunArtifact, RunEvent, RunStatus, now
from db.session import Session
from jobs.context import PROGRESS_SECONDS, WorkContext
from jobs.errors import ArtifactTooLarge, ChildFailed, StopRequested
from jobs.execute import complete, end
from jobs.pipeline import NoSettings
from jobs.submit import stop_run
from jobs.sweep import sweep
from tests.house import House
from tests.jobs.work import fail_with
from tests.pipelines.chores.values import Chore, ChoreResult


async def progress_of(house: House, run: Run) -> list[RunEvent]:
    return [event for event in await house.events(run) if event.name == "STAGE_PROGRESS"]


async def test_progress_is_coalesced(house: House) -> None:
    """However often a pipeline counts, at most four events a second tell of it, and the last count is kept."""
    run = await house.submitted("chores", chore=Chore.COUNT, size=10_000)
    began = time.monotonic()

    await house.execute(run)

    told = await progress_of(house, run)
    assert 1 <= len(told) <= 1 + (time.monotonic() - began) / PROGRESS_SECONDS
    completed = [event for event in await house.events(run) if event.name == "STAGE_COMPLETED"]
    assert (10_000, 10_000) == (completed[1].data["done"], completed[1].data["total"])


async def test_progress_renews_the_lease(house: House) -> None:
    """An event about progress renews the lease in the same transaction."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    await house.orphaned(run)

    await house.context(run).progress(1, 2)

    row = await house.row(run)
    assert row.lease_until is not None
    assert row.lease_until > now()


async def test_progress_never_goes_down(house: House) -> None:
    """What a second attempt shows begins where the first one was, in the row and in its events."""
    run = await house.submitted("chores", chore=Chore.WAIT)
    first = house.context(await house.claimed(run))
    async with first.stage("PREPARE"), first.stage("WORK"):
        await first.progress(9, 10)
    before = (await house.row(run)).progress
    await house.orphaned(run)

    await sweep(house.bench)
    second = house.context(await house.claimed(run))
    async with second.stage("PREPARE"):
        await second.progress(1, 10)

    assert 60 < before <= (await house.row(run)).progress
    percents = [event.data["percent"] for event in await progress_of(house, run)]
    assert sorted(percents) == percents
    assert {1, 2} == {event.attempt for event in await progress_of(house, run)}


async def test_stages(house: House) -> None:
    """A stage is told when it begins and when it ends, with its duration, and its name is on the row."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    context = house.context(run)

    async with context.stage("WORK"):
        assert "WORK" == (await house.row(run)).stage

    started, completed = (await house.events(run))[-2:]
    assert {"stage": "WORK"} == started.data
    assert ("WORK", 0, 0) == tuple(completed.data[name] for name in ("stage", "done", "total"))
    assert completed.data["duration_ms"] >= 0


async def test_counting_nothing(house: House) -> None:
    """A stage that has nothing to do is done."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    context = house.context(run)

    async with context.stage("SAVE"):
        await context.progress(0, 0)

    assert 99.0 == (await house.row(run)).progress


async def test_what_it_is_given(house: House) -> None:
    """A pipeline knows its run, its workspace and its settings, and reads but does not write by reading."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    context = house.context(run)

    assert (run.pk, "main") == (context.run_pk, context.workspace)
    assert isinstance(context.settings, NoSettings)
    assert run.run_id == await context.read(lambda session: session.get_one(type(run), run.pk).run_id)


async def test_scratch(house: House) -> None:
    """The scratch directory is empty, one for the run, and gone afterwards."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    context = house.context(run)
    scratch = context.scratch
    (scratch / "file").write_text("content")

    assert scratch == context.scratch
    await context.close()

    assert not scratch.exists()
    await house.context(run).close()


async def test_keep(house: House, tmp_path: Path) -> None:
    """A kept file is an artifact of the run under its name; the same name again refers to the newer one."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    (tmp_path / "file").write_bytes(b"first")

    first = await house.context(run).keep(tmp_path / "file", "report", "text/plain")
    second = await house.context(run).keep(b"second", "report", "text/plain")

    assert b"first" == house.artifacts.path(first).read_bytes()
    links = await house.store.read(lambda session: session.scalars(select(RunArtifact)).all())
    assert [("report", second)] == [(link.name, link.digest) for link in links]


async def test_keep_too_much(sqlite_house: House) -> None:
    """An artifact over the limit fails the run with a code and what to do, and is not kept."""
    run = await sqlite_house.claimed(await sqlite_house.submitted("chores", chore=Chore.WAIT))
    small = replace(sqlite_house.bench, artifacts=replace(sqlite_house.artifacts, max_bytes=3))
    context = WorkContext(small, run, sqlite_house.pipelines["chores"])

    with pytest.raises(ArtifactTooLarge, match="report has more than 3 bytes") as failure:
        await context.keep(b"four", "report", "text/plain")

    assert "HEADWATER_MAX_ARTIFACT_BYTES" in failure.value.hint
    assert [] == await sqlite_house.store.read(lambda session: session.scalars(select(RunArtifact)).all())


async def test_stream(house: House) -> None:
    """Rows are written in order, in several transactions, all of them once."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    seen: list[int] = []
    sizes: list[int] = []

    def write(_session: Session, rows: Sequence[int]) -> None:
        seen.extend(rows)
        sizes.append(len(rows))

    await house.context(run).stream(write, range(1_000))

    assert list(range(1_000)) == seen
    assert 1 < len(sizes)
    assert all(later <= 2 * size for size, later in pairwise(sizes))


async def test_map(house: House) -> None:
    """Work on many items keeps their order, and a failure stands in its item's place."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))

    results = await house.context(run).map(operator.neg, [1, 2, 3])
    failures = await house.context(run).map(fail_with, ["secret"])

    assert [-1, -2, -3] == results
    assert [ChildFailed] == [type(failure) for failure in failures]


async def test_a_stop_during_a_map(house: House) -> None:
    """A stop is a stop, however many items hear of it."""
    run = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    await stop_run(house.desk, "main", run.run_id)

    with pytest.raises(StopRequested):
        await house.context(run).map(operator.neg, [1, 2, 3])


async def test_one_revision_at_a_time(house: House) -> None:
    """A run that needs the graph while another changes it waits, says for whom, and goes on when it is free."""
    first = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    second = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    holding = house.context(first)
    assert 1 == await holding.reserve() == await holding.reserve()

    waiting = asyncio.create_task(house.context(second).reserve())

    async def was_told() -> bool:
        return "NOTICE" in await house.event_names(second)

    await house.until(was_told)
    notices = [event.data["message"] for event in await house.events(second) if event.name == "NOTICE"]
    assert first.run_id in notices[0]
    chores = house.pipelines["chores"]
    await house.write(partial(complete, run=first, pipeline=chores, result=ChoreResult(0), bench=house.bench))
    assert 2 == await waiting
    assert 1 == await house.head()


async def test_waiting_for_the_dead(house: House) -> None:
    """A revision whose holder is dead is cleared by the run that needs the next one."""
    first = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    second = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))
    await house.context(first).reserve()
    await stop_run(house.desk, "main", first.run_id)

    await house.write(partial(end, run=first, status=RunStatus.STOPPED, bench=house.bench, outcome={}))

    assert 2 == await house.context(second).reserve()
