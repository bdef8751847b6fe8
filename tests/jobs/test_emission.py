"""An OpenLineage receiver is told of each run, in order, whatever becomes of it or of us meanwhile."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import update
from sqlmodel import select

from db.emissions import Emission, EmissionTurn, take_turn
from db.models import Run, now
from db.runs import delete_run, stop_queued_run
from db.session import Session
from jobs import emission
from jobs.bench import Bench
from jobs.emission import emit
from jobs.settings import EmissionSettings
from jobs.sweep import start_tasks, sweep
from tests.house import House, working
from tests.jobs.pipelines.lineage.sight import submitted
from tests.receiver import Behave, Receiver, drips, hangs, hangs_up, pours, receiving, says
from tests.specification import problems

PATIENT = 20.0  # seconds: longer than any answer of these tests takes
TEXTS = {
    "tables.sql": "CREATE TABLE raw.orders (id int, price int);",
    "views.sql": "CREATE VIEW mart.sales AS SELECT id, sum(price) AS total FROM raw.orders GROUP BY id;",
}


def telling(house: House, receiver: Receiver, worker: str = "teller", **settings: Any) -> Bench:
    """What a worker has at hand that tells this receiver."""
    told = EmissionSettings(url=receiver.address, timeout_seconds=settings.pop("seconds", PATIENT), **settings)
    return replace(house.bench, worker=worker, emission=told)


@asynccontextmanager
async def told(house: House, **settings: Any) -> AsyncIterator[tuple[Receiver, Bench]]:
    """A receiver that is told from now on, and what tells it."""
    async with receiving() as receiver:
        bench = telling(house, receiver, **settings)
        await emit(bench)
        yield receiver, bench


async def change(house: House, **values: Any) -> None:
    """Change the turn behind everybody's back."""
    await house.write(lambda session: session.execute(update(EmissionTurn).values(**values)))


async def ran(house: House, word: str = "hello") -> Run:
    run = await house.submitted("echo", word=word)
    await house.execute(run)
    return run


def _turn(session: Session) -> EmissionTurn:
    return session.scalars(select(EmissionTurn)).one()


async def turn(house: House) -> EmissionTurn:
    return await house.store.read(_turn)


async def test_a_run_is_told(house: House) -> None:
    """A run is told when it starts and when it ends, with what it wrote into the graph, and by whom."""
    async with told(house, api_key=SecretStr("hw_key"), namespace="prod") as (receiver, bench):
        run = await submitted(house, TEXTS, source="shop")
        claimed = await house.claimed(run)
        await emit(bench)
        assert [("START", run.run_id)] == receiver.said
        await house.change(claimed, lease_until=None, status="queued", worker=None)
        await house.execute(run)
        await emit(bench)
        await emit(bench)

        assert [("START", run.run_id), ("COMPLETE", run.run_id)] == receiver.said
        start, end = receiver.events
        assert [] == problems(start) + problems(end)
        assert str(run.pk) == start["run"]["runId"] == end["run"]["runId"]
        assert {"namespace": "prod", "name": "main.lineage.shop"}.items() <= end["job"].items()
        assert start["eventTime"] < end["eventTime"]
        sales = next(each for each in end["outputs"] if each["name"] == "mart.sales")
        (price,) = sales["facets"]["columnLineage"]["fields"]["total"]["inputFields"]
        assert ("raw.orders", "price") == (price["name"], price["field"])
        assert all("authorization: bearer hw_key" in head.lower() for head in receiver.heads)


async def test_how_runs_end(house: House) -> None:
    """A run that failed says why, one that was stopped is aborted, and one that never started is not told."""
    async with told(house) as (receiver, bench):
        failed = await house.submitted("echo", word="crash")
        await house.execute(failed)
        waiting = await house.submitted("echo", word="wait")
        await house.write(partial(stop_queued_run, pk=waiting.pk))
        stopped = await house.submitted("echo", word="stop")
        claimed = await house.claimed(stopped)
        await house.change(claimed, stop_requested_at=now())
        await house.orphaned(claimed)
        await sweep(house.bench)
        await emit(bench)

        assert [("FAIL", failed.run_id), ("ABORT", stopped.run_id)] == [
            each for each in receiver.said if each[0] != "START"
        ]
        assert 4 == len(receiver.said)
        assert [] == [problem for each in receiver.events for problem in problems(each)]
        fail = next(each for each in receiver.events if each["eventType"] == "FAIL")
        assert fail["run"]["facets"]["errorMessage"]["message"].startswith("INTERNAL: ")


async def test_by_itself_nobody_is_told(sqlite_house: House) -> None:
    """Without an address nothing is sent, and no task looks for what could be."""
    assert EmissionSettings().url is None
    await ran(sqlite_house)
    await emit(sqlite_house.bench)
    tasks = start_tasks(sqlite_house.bench)
    names = {task.get_name() for task in tasks}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert "sweep" in names
    assert "emit" not in names
    assert [] == await sqlite_house.store.read(lambda session: session.scalars(select(EmissionTurn)).all())


AWAY: tuple[tuple[str, Behave, float], ...] = (
    ("500", says(500), PATIENT),
    ("503", says(503, "Retry-After: 7"), PATIENT),
    ("429", says(429, "Retry-After: 100000"), PATIENT),
    ("408", says(408), PATIENT),
    ("hang", hangs, 0.2),
    ("drip", drips, 0.2),
    ("hang up", hangs_up, PATIENT),
    ("garbage", says(99), PATIENT),
)


@pytest.mark.parametrize(("away", "seconds"), [each[1:] for each in AWAY], ids=[each[0] for each in AWAY])
async def test_a_receiver_that_is_away(sqlite_house: House, away: Behave, seconds: float) -> None:
    """While a receiver does not take events they wait, and are told in order when it is back."""
    house = sqlite_house
    async with told(house, seconds=seconds) as (receiver, bench):
        first = await ran(house)
        receiver.will(away)
        await emit(bench)
        assert ([], 1) == (receiver.said, (await turn(house)).failures)
        await emit(bench)
        assert 1 == len(receiver.bodies), "it is left alone for a while"

        second = await ran(house)
        await change(house, not_before=None)
        await emit(replace(bench, emission=bench.emission.model_copy(update={"timeout_seconds": PATIENT})))

        assert [
            (word, run.run_id) for run in (first, second) for word in ("START", "COMPLETE")
        ] == receiver.said
        assert (0, None) == ((await turn(house)).failures, (await turn(house)).worker)


async def test_a_receiver_that_is_not_there(sqlite_house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody listens: nothing is lost, and the waits grow up to five minutes."""
    house = sqlite_house
    async with receiving() as receiver:
        bench = telling(house, receiver)
        await emit(bench)
    await ran(house)
    with caplog.at_level(logging.WARNING):
        for _ in range(12):
            await change(house, not_before=None)
            before = now()
            await emit(bench)
            until = (await turn(house)).not_before
            assert until is not None
            assert until > before

    said = [vars(each) for each in caplog.records if each.message == "receiver away"]
    assert [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300] == [each["wait_seconds"] for each in said]
    assert {"ConnectError"} == {each["reason"] for each in said}
    assert 12 == (await turn(house)).failures


@pytest.mark.parametrize("status", [400, 401, 404, 413, 422, 301, 308])
async def test_what_is_refused_is_given_up(
    sqlite_house: House, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """What a receiver refuses, or sends elsewhere, is given up with a line in the log, and the next is told."""
    house = sqlite_house
    async with told(house) as (receiver, bench), receiving() as elsewhere:
        run = await ran(house)
        receiver.will(says(status, f"Location: {elsewhere.address}"))
        with caplog.at_level(logging.WARNING):
            await emit(bench)

        assert [("COMPLETE", run.run_id)] == receiver.said
        assert [] == elsewhere.bodies
        assert ["event given up"] == [each.message for each in caplog.records if each.name == emission.__name__]


async def test_a_long_answer_is_not_read(sqlite_house: House) -> None:
    """An answer that never ends costs nothing: its status is all that counts."""
    async with told(sqlite_house) as (receiver, bench):
        await ran(sqlite_house)
        receiver.will(pours, pours)
        await emit(bench)

        assert 2 == len(receiver.bodies)
        assert "" == str((await turn(sqlite_house)).worker or "")


async def test_killed_before_it_was_noted(house: House) -> None:
    """What a worker sent and could not note is sent again by the next one, word for word."""
    async with told(house) as (receiver, bench):
        run = await ran(house)

        async def lose_the_turn() -> None:
            receiver.before_answer = None
            await change(house, worker="dead", held_until=now() - timedelta(seconds=1))

        receiver.before_answer = lose_the_turn
        await emit(bench)
        assert [("START", run.run_id)] == receiver.said
        await emit(telling(house, receiver, "another"))

        assert ["START", "START", "COMPLETE"] == [word for word, _ in receiver.said]
        assert receiver.bodies[0] == receiver.bodies[1]


async def test_one_worker_tells_at_a_time(house: House) -> None:
    """While one worker has its turn no other tells anything; of several at once, each thing is told once."""
    async with told(house) as (receiver, bench):
        for _ in range(3):
            await ran(house)
        lease = timedelta(seconds=60)
        assert await house.write(partial(take_turn, worker="slow", lease=lease))
        await emit(bench)
        assert [] == receiver.said
        assert not await house.write(partial(take_turn, worker="teller", lease=lease))
        await change(house, held_until=None)

        await asyncio.gather(*(emit(telling(house, receiver, f"w{number}")) for number in range(4)))

        assert 6 == len(receiver.said) == len(set(receiver.said))


async def test_many_runs_are_told_page_by_page(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many runs wait to be told, few are read at once, and their order is kept."""
    house = sqlite_house
    monkeypatch.setattr(emission, "PAGE", 2)
    async with told(house) as (receiver, bench):
        runs = [await ran(house) for _ in range(7)]
        open_ones = [await house.claimed(await house.submitted("echo", word="x")) for _ in range(5)]
        await emit(bench)

        ends = [name for word, name in receiver.said if word == "COMPLETE"]
        assert [run.run_id for run in runs] == ends
        assert {run.run_id for run in (*runs, *open_ones)} == {
            name for word, name in receiver.said if word == "START"
        }
        for run in runs:
            assert receiver.said.index(("START", run.run_id)) < receiver.said.index(("COMPLETE", run.run_id))
        assert 19 == len(receiver.said)


async def test_what_was_overlooked(sqlite_house: House) -> None:
    """A run whose end came into the database long after its time is found when all is looked at again."""
    house = sqlite_house
    async with told(house) as (receiver, bench):
        run = await ran(house)
        long_ago = now() - timedelta(minutes=30)
        await house.change(run, started_at=long_ago, finished_at=long_ago)
        await change(house, begun_at=long_ago - timedelta(hours=1))
        await emit(bench)
        assert [] == receiver.said
        await change(house, looked_at=long_ago)
        await emit(bench)

        assert ["START", "COMPLETE"] == [word for word, _ in receiver.said]
        assert long_ago < (await turn(house)).looked_at


async def test_what_is_too_old(sqlite_house: House) -> None:
    """Runs that ended before anybody was told, or longer ago than events wait, are not told."""
    house = sqlite_house
    before = await ran(house)
    async with told(house, backlog_hours=1) as (receiver, bench):
        old = await ran(house)
        new = await ran(house)
        ended_at = (await house.row(before)).finished_at
        assert ended_at is not None
        await change(house, begun_at=ended_at + timedelta(microseconds=1))
        await house.change(old, finished_at=now() - timedelta(hours=2), started_at=now() - timedelta(hours=2))
        await change(house, looked_at=now() - timedelta(hours=2))
        await emit(bench)

        assert {new.run_id} == {name for _, name in receiver.said}


async def test_runs_that_are_deleted(sqlite_house: House) -> None:
    """A run that is deleted before it is told is told no more, and takes with it what was noted of it."""
    house = sqlite_house
    async with told(house) as (receiver, bench):
        run, other = await ran(house), await ran(house)

        async def delete() -> None:
            receiver.before_answer = None
            await house.write(partial(delete_run, pk=run.pk))

        receiver.before_answer = delete
        await emit(bench)
        assert [("START", run.run_id), ("START", other.run_id), ("COMPLETE", other.run_id)] == receiver.said
        kept = await house.store.read(lambda session: session.scalars(select(Emission.run_pk)).all())
        assert [other.pk] == list(kept)


async def test_a_worker_tells(sqlite_house: House) -> None:
    """A worker that is set up so tells of the runs that it executes, by itself."""
    async with receiving() as receiver:
        environ = {**sqlite_house.environ, "HEADWATER_OPENLINEAGE_URL": receiver.address}
        async with working(environ):

            async def begun() -> bool:
                found = await sqlite_house.store.read(lambda session: session.get(EmissionTurn, "openlineage"))
                return found is not None

            await sqlite_house.until(begun)
            run = await sqlite_house.submitted("echo", word="hello")

            async def is_told() -> bool:
                return ("COMPLETE", run.run_id) in receiver.said

            await sqlite_house.until(is_told)
        assert [("START", run.run_id), ("COMPLETE", run.run_id)] == receiver.said


async def test_half_a_character(sqlite_house: House) -> None:
    """What cannot be written as JSON in UTF-8 is given up, and what comes after it is told."""
    house = sqlite_house
    async with told(house) as (receiver, bench):
        odd, run = await ran(house), await ran(house)
        await house.change(odd, error={"code": "X", "message": "\ud83d"})
        await emit(bench)

        assert [("START", odd.run_id), ("START", run.run_id), ("COMPLETE", run.run_id)] == sorted(
            receiver.said, key=lambda each: (each[0] != "START", each[1] != odd.run_id)
        )


async def test_outputs_are_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a run that wrote more than an event may tell, the event says how much it leaves out."""
    monkeypatch.setattr(emission, "MOST_ASSETS", 2)
    async with told(house) as (receiver, bench):
        run = await submitted(house, {"a.sql": "".join(f"CREATE TABLE t{n} (x int);" for n in range(5))})
        await house.execute(run)
        await emit(bench)
        monkeypatch.setattr(emission, "MOST_INFLOWS", 0)
        again = await submitted(house, {"b.sql": "CREATE VIEW v AS SELECT x FROM t1;"}, source="views")
        await house.execute(again)
        await emit(bench)

        ends = [each for each in receiver.events if each["eventType"] == "COMPLETE"]
        left = [each["run"]["facets"]["headwater_run"].get("outputsLeftOut") for each in ends]
        assert [(2, 3), (0, 1)] == [(len(each["outputs"]), n) for each, n in zip(ends, left, strict=True)]
