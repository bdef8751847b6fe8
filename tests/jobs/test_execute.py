"""A run is executed once, however often it is asked for, and every run ends."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from db.models import RunInput, RunStatus, now
from jobs.bench import TRIES
from jobs.submit import RunOptions
from tests.house import House
from tests.pipelines.chores.values import Chore


async def test_two_workers_one_run(house: House) -> None:
    """When two workers take the same run at the same moment, its effects land once."""
    run = await house.submitted("echo", word="hello")

    await asyncio.gather(house.execute(run), house.execute(run, house.another_bench("worker-2")))

    assert ["ACCEPTED", "STARTED", "FINISHED"] == await house.event_names(run)
    assert 1 == await house.said("hello")


async def test_ten_times_at_once(house: House) -> None:
    """Ten workers that race for one run claim it once."""
    run = await house.submitted("echo", word="hello")

    await asyncio.gather(*(house.execute(run, house.another_bench(f"worker-{n}")) for n in range(10)))

    assert 1 == (await house.row(run)).attempt
    assert 1 == await house.said("hello")


async def test_again_after_it_ended(house: House) -> None:
    """Executing an ended run changes nothing."""
    run = await house.submitted("echo", word="hello")
    await house.execute(run)
    before = await house.columns(run)

    await house.execute(run)

    assert before == await house.columns(run)
    assert 1 == await house.said("hello")


async def test_a_completed_run(house: House) -> None:
    """A completed run has a result, a moment at which it finished, all its progress, and no lease."""
    run = await house.submitted("echo", word="hello")

    await house.execute(run)

    row = await house.row(run)
    assert (RunStatus.COMPLETED, {"word": "hello"}, 100.0) == (row.status, row.result, row.progress)
    assert row.finished_at is not None
    assert (None, None, None) == (row.lease_until, row.worker, row.admitted_at)
    assert {} == house.bench.executions


async def test_gaps(house: House) -> None:
    """A run that had to leave something out is completed with gaps, which its result names."""
    run = await house.submitted("chores", chore=Chore.GAPS)

    await house.execute(run)

    row = await house.row(run)
    assert RunStatus.COMPLETED_WITH_GAPS == row.status
    assert row.result is not None
    assert ["something"] == row.result["gaps"]
    assert "NOTICE" in await house.event_names(run)


@pytest.mark.parametrize("word", ["crash", "crash in save"])
async def test_a_bug_in_a_pipeline_is_not_shown(
    house: House, word: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected exception ends the run as INTERNAL with an id that finds the log line, not its words."""
    run = await house.submitted("echo", word=word)

    with caplog.at_level(logging.ERROR, "jobs.execute"):
        await house.execute(run)

    assert RunStatus.FAILED == await house.status(run)
    error = await house.error(run)
    assert "INTERNAL" == error["code"]
    assert "secret" not in str(error)
    (record,) = [record for record in caplog.records if record.message == "run crashed"]
    assert record.__dict__["incident"] in error["hint"]
    assert 0 == await house.said(word)


async def test_a_pipeline_that_cancels_itself(house: House) -> None:
    """A pipeline that ends as if it were cancelled has a bug: its run fails and is not handed back for ever."""
    run = await house.submitted("chores", chore=Chore.CANCEL_ITSELF)

    await house.execute(run)

    assert "INTERNAL" == (await house.error(run))["code"]


async def test_retryable_failures(house: House) -> None:
    """A failure worth trying again backs off for longer each time, and the third one is the run's."""
    run = await house.submitted("chores", chore=Chore.FAIL_RETRYABLY)

    for _ in range(TRIES):
        await house.change(run, not_before=None, admitted_at=now())
        await house.execute(run)

    waits = [event.data["wait_seconds"] for event in await house.events(run) if event.name == "REQUEUED"]
    assert [2.0, 4.0] == waits
    row = await house.row(run)
    assert (RunStatus.FAILED, TRIES) == (row.status, row.attempt)
    assert "TRY_AGAIN" == (await house.error(run))["code"]


async def test_backing_off(house: House) -> None:
    """A run that backs off is not admitted before its time, and holds no slot meanwhile."""
    run = await house.submitted("chores", chore=Chore.FAIL_RETRYABLY)
    await house.execute(run)

    row = await house.row(run)
    assert (RunStatus.QUEUED, 1, None) == (row.status, row.faults, row.admitted_at)
    assert row.not_before is not None
    assert timedelta(seconds=1) < row.not_before - now() < timedelta(seconds=2)
    other = await house.submitted("echo", word="meanwhile")
    await house.execute(other)
    assert RunStatus.COMPLETED == await house.status(other)
    assert (await house.row(run)).admitted_at is None


async def test_other_failures_are_final(house: House) -> None:
    """A failure that trying again would not mend ends the run at its first attempt."""
    run = await house.submitted("echo", word="crash")

    await house.execute(run)

    assert 1 == (await house.row(run)).attempt
    assert "REQUEUED" not in await house.event_names(run)


async def test_an_unknown_kind(house: House) -> None:
    """A run of a kind that its worker lacks goes back, for a newer worker, and at last fails and says so."""
    run = await house.submitted("echo", word="hello")
    await house.change(run, kind="of-tomorrow")

    await house.execute(run)
    assert (RunStatus.QUEUED, 1) == ((await house.row(run)).status, (await house.row(run)).faults)
    for _ in range(TRIES - 1):
        await house.change(run, not_before=None, admitted_at=now())
        await house.execute(run)

    error = await house.error(run)
    assert "UNKNOWN_KIND" == error["code"]
    assert "of-tomorrow" in error["message"]


@pytest.mark.parametrize(
    ("params", "field"), [({"word": ["a", "list"]}, "word"), ({}, "word"), ({"word": ""}, "word")]
)
async def test_params_of_yesterday(house: House, params: dict[str, Any], field: str) -> None:
    """Params that the kind no longer takes end the run at once and name the field."""
    run = await house.submitted("echo", word="hello")
    stored = update(RunInput).where(col(RunInput.run_pk) == run.pk).values(params=params)
    await house.write(lambda session: session.execute(stored))

    await house.execute(run)

    error = await house.error(run)
    assert "VALIDATION_FAILED" == error["code"]
    assert error["message"].startswith(f"{field} is")


async def test_timeout(house: House) -> None:
    """A run that takes longer than its timeout fails as TIMEOUT."""
    run = await house.submitted("chores", RunOptions(timeout_seconds=1), chore=Chore.WAIT)

    await house.execute(run)

    assert RunStatus.FAILED == await house.status(run)
    assert "TIMEOUT" == (await house.error(run))["code"]
    assert "1 s" in (await house.error(run))["message"]


async def test_the_present_attempt_is_told_of_an_older_one(house: House) -> None:
    """A process that lost a run and gets it again ends its older attempt and keeps the younger one's lease."""
    run = await house.submitted("chores", chore=Chore.WAIT)
    older = await house.running(run)
    await house.change(run, status=RunStatus.QUEUED, lease_until=None, admitted_at=now())

    younger = asyncio.create_task(house.execute(run))
    await older

    async def is_at_work() -> bool:
        return run.pk in house.bench.executions

    await house.until(is_at_work)
    assert 2 == house.bench.executions[run.pk].attempt
    younger.cancel()
    await asyncio.gather(younger, return_exceptions=True)
    assert {} == house.bench.executions
