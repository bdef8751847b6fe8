"""Runs are accepted once, refused for a reason, retried as new runs, and deleted when they have ended."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from db.history import labels_of
from db.models import Run, RunEvent, RunInput, RunLabel, RunStatus
from jobs.errors import (
    DuplicateRunId,
    InvalidParams,
    RunNotReady,
    TooManyRuns,
    UnknownRun,
    UnknownWorkspace,
)
from jobs.queue import Queue, connect
from jobs.settings import WorkSettings
from jobs.submit import RunOptions, _accept, remove_run, retry_run, stop_run, submit_run
from tests.house import House, open_house
from tests.pipelines.chores.values import Chore
from tests.pipelines.echo.values import EchoParams


async def rows(house: House, table: Any) -> int:
    return len(await house.store.read(lambda session: session.scalars(select(table)).all()))


async def test_accepted(house: House) -> None:
    """An accepted run is a row with its params, its labels and its first event."""
    options = RunOptions(run_id="a.run-1_", labels=("b", "a", "b"), priority=2, slots=3, timeout_seconds=60)

    run = await house.submitted("echo", options, word="hello")

    row = await house.row(run)
    assert ("a.run-1_", "main", "somebody", "echo") == (row.run_id, row.workspace, row.created_by, row.kind)
    assert (2, 3, 60, RunStatus.QUEUED) == (row.priority, row.slots, row.timeout_seconds, row.status)
    assert ["ACCEPTED"] == await house.event_names(run)
    labels = await house.store.read(lambda session: session.scalars(select(RunLabel.label)).all())
    assert ["a", "b"] == sorted(labels)


async def test_made_up_ids(house: House) -> None:
    """Runs without an id get different ones, of the characters that are allowed."""
    made = {(await house.submitted("echo", word="hello")).run_id for _ in range(5)}

    assert 5 == len(made)
    for run_id in made:
        RunOptions(run_id=run_id)


async def test_twenty_at_once(house: House) -> None:
    """Twenty parallel requests with one id are one run, and all are told so."""
    options = RunOptions(run_id="once")

    told = await asyncio.gather(*(house.submitted("echo", options, word="hello") for _ in range(20)))

    assert 1 == len({run.pk for run in told})
    assert (1, 1, 1) == (await rows(house, Run), await rows(house, RunInput), await rows(house, RunEvent))


async def test_twenty_of_one_key(house: House) -> None:
    """Twenty parallel requests with one idempotency key are one run."""
    options = RunOptions(idempotency_key="once")

    told = await asyncio.gather(*(house.submitted("echo", options, word="hello") for _ in range(20)))

    assert 1 == len({run.pk for run in told})
    assert 1 == await rows(house, Run)


@pytest.mark.parametrize("options", [RunOptions(run_id="taken"), RunOptions(idempotency_key="taken")])
async def test_another_input(house: House, options: RunOptions) -> None:
    """The same id or key with another input is refused, and nothing is written."""
    await house.submitted("echo", options, word="hello")

    with pytest.raises(DuplicateRunId, match="taken"):
        await house.submitted("echo", options, word="other")

    assert 1 == await rows(house, Run)


async def test_twenty_inputs_at_once(house: House) -> None:
    """Of parallel requests with one id and different inputs, one is accepted and all others are refused."""
    options = RunOptions(run_id="contended")

    told = await asyncio.gather(
        *(house.submitted("echo", options, word=f"word {n}") for n in range(20)), return_exceptions=True
    )

    assert [Run] == [type(each) for each in told if not isinstance(each, DuplicateRunId)]


async def test_an_id_that_vanishes(house: House) -> None:
    """An id that is taken at one look and free at the next, because its run is deleted, is refused."""
    run = await house.submitted("echo", RunOptions(idempotency_key="key"), word="hello")
    row = Run(**(await house.columns(run)) | {"run_id": "other", "idempotency_key": None})

    with pytest.raises(DuplicateRunId):  # the row's inner id is taken, and nobody has its outer one
        await house.write(lambda session: _accept(session, row, {}, (), house.settings, check=None))


async def test_too_many(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Beyond the allowed number of unfinished runs a submission is refused, and a repeated one is not."""
    settings = WorkSettings(max_unfinished_runs=2)
    async with open_house(sqlite_url, redis_url, tmp_path, settings) as house:
        first = await house.submitted("echo", RunOptions(run_id="first"), word="hello")
        await house.submitted("echo", word="hello")

        with pytest.raises(TooManyRuns) as caught:
            await house.submitted("echo", word="hello")

        assert (2, 2) == (caught.value.unfinished, caught.value.allowed)
        assert first.pk == (await house.submitted("echo", RunOptions(run_id="first"), word="hello")).pk


async def test_too_many_of_one(database_url: str, redis_url: str, tmp_path: Path) -> None:
    """Of submissions at the same moment, by two processes, as many are accepted as one principal may have."""
    settings = WorkSettings(max_unfinished_runs_per_principal=3)
    async with (
        open_house(database_url, redis_url, tmp_path, settings) as ours,
        open_house(database_url, redis_url, tmp_path, settings) as theirs,
    ):
        outcomes = await asyncio.gather(
            *(house.submitted("echo", word=f"{nth}") for house in (ours, theirs) for nth in range(12)),
            return_exceptions=True,
        )
        accepted = [outcome for outcome in outcomes if isinstance(outcome, Run)]
        refused = [outcome for outcome in outcomes if isinstance(outcome, TooManyRuns)]
        other = await submit_run(ours.desk, "another", "echo", EchoParams("hello"), RunOptions())
        await stop_run(ours.desk, "main", accepted[0].run_id)
        again = await ours.submitted("echo", word="hello")

    assert (3, 21) == (len(accepted), len(refused))
    assert {"3 runs of yours are unfinished and 3 are allowed"} == set(map(str, refused))
    assert ("another", "somebody") == (other.created_by, again.created_by)


async def test_an_unknown_workspace(house: House) -> None:
    """A workspace that is not there is refused."""
    with pytest.raises(UnknownWorkspace):
        await house.submitted("echo", RunOptions(workspace="theirs"), word="hello")

    assert 0 == await rows(house, Run)


async def test_wider_than_all(house: House) -> None:
    """A run with more slots than all workers have together is refused: it could never start."""
    with pytest.raises(InvalidParams, match="at most 10"):
        await house.submitted("echo", RunOptions(slots=11), word="hello")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"run_id": ""}, "runId"),
        ({"run_id": "a" * 65}, "runId"),
        ({"run_id": "../etc"}, "runId"),
        ({"run_id": "name\n"}, "runId"),
        ({"run_id": "é"}, "runId"),
        ({"idempotency_key": ""}, "idempotencyKey"),
        ({"idempotency_key": "a" * 201}, "idempotencyKey"),
        ({"idempotency_key": "a\0b"}, "idempotencyKey"),
        ({"labels": ("a",) * 21}, "labels"),
        ({"labels": ("",)}, "labels"),
        ({"labels": ("a" * 101,)}, "labels"),
        ({"labels": ("a\nb",)}, "labels"),
        ({"priority": 0}, "priority"),
        ({"priority": 9}, "priority"),
        ({"slots": 0}, "slots"),
        ({"timeout_seconds": 0}, "timeoutSeconds"),
        ({"timeout_seconds": 86_401}, "timeoutSeconds"),
    ],
)
def test_options_that_make_no_sense(wrong: dict[str, Any], field: str) -> None:
    """An option out of its range is refused by name."""
    with pytest.raises(InvalidParams) as caught:
        RunOptions(**wrong)

    assert field == caught.value.field


async def test_without_redis(house: House) -> None:
    """A run is accepted while Redis is away: its row is enough."""
    redis = connect("unix:///nonexistent/valkey.sock")
    desk = replace(house.desk, queue=Queue(redis))

    run = await submit_run(desk, "somebody", "echo", EchoParams("hello"), RunOptions())

    assert RunStatus.QUEUED == await house.status(run)
    await redis.aclose(close_connection_pool=True)


async def test_retry(house: House) -> None:
    """A retry is a new run of the same input, with the same options, that names the one it retries."""
    run = await house.submitted(
        "echo", RunOptions(labels=("nightly",), priority=1, slots=2, timeout_seconds=9), word="crash"
    )
    await house.execute(run)

    again = await retry_run(house.desk, "another", "main", run.run_id)

    assert run.run_id == again.retry_of
    assert run.run_id != again.run_id
    assert "another" == again.created_by
    row = await house.row(again)
    assert (1, 2, 9, run.input_digest) == (row.priority, row.slots, row.timeout_seconds, row.input_digest)
    await house.execute(again)
    assert RunStatus.FAILED == await house.status(again)
    labels = await house.store.read(lambda session: labels_of(session, [again.pk]))
    assert ["nightly"] == labels[again.pk]


async def test_retry_of_what_is_not_over(house: House) -> None:
    """A run that has not ended is not retried, nor one that is not there."""
    run = await house.submitted("echo", word="hello")

    with pytest.raises(RunNotReady, match="QUEUED"):
        await retry_run(house.desk, "somebody", "main", run.run_id)
    with pytest.raises(UnknownRun):
        await retry_run(house.desk, "somebody", "main", "no-such-run")


async def test_retry_of_yesterday(house: House) -> None:
    """A run whose kind or params are no longer known is not retried, and the refusal says so."""
    run = await house.submitted("echo", word="hello")
    await house.execute(run)
    stored = update(RunInput).where(col(RunInput.run_pk) == run.pk).values(params={"word": 1})
    await house.write(lambda session: session.execute(stored))

    with pytest.raises(InvalidParams, match="word is not what runs of kind echo take"):
        await retry_run(house.desk, "somebody", "main", run.run_id)
    await house.change(run, kind="of-yesterday")
    with pytest.raises(InvalidParams, match="of-yesterday"):
        await retry_run(house.desk, "somebody", "main", run.run_id)


async def test_remove(house: House) -> None:
    """A deleted run is gone with its params, labels and events."""
    run = await house.submitted("echo", RunOptions(labels=("a",)), word="hello")
    await house.execute(run)

    await remove_run(house.desk, "main", run.run_id)

    assert [0, 0, 0, 0] == [await rows(house, table) for table in (Run, RunInput, RunLabel, RunEvent)]


async def test_remove_what_is_not_over(house: House) -> None:
    """Only an ended run is deleted."""
    queued = await house.submitted("echo", word="hello")
    running = await house.claimed(await house.submitted("chores", chore=Chore.WAIT))

    for run in (queued, running):
        with pytest.raises(RunNotReady):
            await remove_run(house.desk, "main", run.run_id)
    with pytest.raises(UnknownRun):
        await remove_run(house.desk, "main", "no-such-run")
    assert 2 == await rows(house, Run)
