"""A subscriber misses nothing, holds nothing while it waits, and leaves nothing behind."""

import asyncio
import gc
from collections.abc import AsyncGenerator
from functools import partial
from typing import cast

import pytest

from db import hints as hints_module
from db.events import PAGE, follow_run, topic_of
from db.hints import Hints
from db.models import EventName, Run, RunEvent
from db.runs import say_of_attempt
from db.session import Session
from jobs.bench import LEASE
from jobs.execute import hand_back
from jobs.submit import remove_run
from tests.house import House
from tests.pipelines.chores.values import Chore


def follow(
    house: House, run: Run, after: int = 0, hints: Hints | None = None
) -> AsyncGenerator[RunEvent, None]:
    followed = follow_run(house.store, hints or house.hints, run.pk, after)
    return cast("AsyncGenerator[RunEvent, None]", followed)  # an iterator to those who only follow


async def followed(house: House, run: Run, after: int = 0, hints: Hints | None = None) -> list[int]:
    return [event.seq async for event in follow(house, run, after, hints)]


def speak(session: Session, run: Run, times: int = 1) -> None:
    for _ in range(times):
        say_of_attempt(
            session,
            pk=run.pk,
            attempt=run.attempt,
            name=EventName.NOTICE,
            data={"message": "news"},
            percent=None,
            lease=LEASE,
        )


async def one_of(follower: AsyncGenerator[RunEvent, None]) -> int:
    return (await anext(follower)).seq


async def waiting_run(house: House) -> Run:
    return await house.claimed(await house.submitted("chores", chore=Chore.WAIT))


async def listening(house: House, count: int) -> None:
    async def are_listening() -> bool:
        return house.hints.listeners == count

    await house.until(are_listening)


async def test_past_and_future(house: House) -> None:
    """A follower gets what has happened, then what happens, in order, and ends after FINISHED."""
    run = await house.submitted("chores", chore=Chore.COUNT, size=100)
    follower = asyncio.create_task(followed(house, run))
    await listening(house, 1)

    await house.execute(run)

    row = await house.row(run)
    assert list(range(1, row.last_seq + 1)) == await follower
    assert list(range(1, row.last_seq + 1)) == await followed(house, run)
    assert 0 == house.hints.listeners


@pytest.mark.parametrize(("after", "expected"), [(0, [1, 2, 3]), (2, [3]), (3, []), (99, []), (-5, [1, 2, 3])])
async def test_resuming(house: House, after: int, expected: list[int]) -> None:
    """A follower gets exactly what is numbered above where it stopped, also beyond the end or below zero."""
    run = await house.submitted("echo", word="hello")
    await house.execute(run)

    assert expected == await followed(house, run, after)


async def test_more_than_a_page(house: House) -> None:
    """A long history is replayed whole, page after page."""
    run = await waiting_run(house)
    await house.write(partial(speak, run=run, times=2 * PAGE))
    follower = follow(house, run)

    assert list(range(1, 2 * PAGE + 3)) == [(await anext(follower)).seq for _ in range(2 * PAGE + 2)]
    await follower.aclose()


async def test_many_followers_of_many_events(house: House) -> None:
    """Twenty followers that start at different moments, while three writers write, all see every event once."""
    run = await waiting_run(house)

    async def write() -> None:
        for _ in range(20):
            await house.write(partial(speak, run=run))

    writers = [asyncio.create_task(write()) for _ in range(3)]
    followers = []
    for _ in range(20):
        followers.append(asyncio.create_task(followed(house, run)))
        await house.row(run)
    await asyncio.gather(*writers)
    await house.change(run, stop_requested_at=run.submitted_at)
    await hand_back(house.bench, run)

    expected = list(range(1, 2 + 60 + 1 + 1))
    assert [expected] * 20 == await asyncio.gather(*followers)


async def test_lost_hints(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """When hints are lost, looking at the rows now and then makes up for it."""
    monkeypatch.setattr(hints_module, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(hints_module, "POLL_SECONDS_ALONE", 0.05)
    run = await house.submitted("echo", word="hello")
    deaf = Hints(house.another_bench("worker-2", "unix:///nonexistent/valkey.sock").queue.redis, house.look)
    await deaf.start()
    follower = asyncio.create_task(followed(house, run, hints=deaf))

    await house.execute(run)

    assert [1, 2, 3] == await follower
    await deaf.close()


async def test_dropped_followers(house: House) -> None:
    """A thousand followers that are dropped without a word leave no listener behind."""
    run = await waiting_run(house)
    followers = [follow(house, run, after=2) for _ in range(1_000)]
    waiting = [asyncio.create_task(one_of(follower)) for follower in followers]
    await listening(house, 1_000)

    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    del followers, waiting
    gc.collect()

    await listening(house, 0)


async def test_dropped_between_two_events(house: House) -> None:
    """A follower that is dropped while it holds an event leaves no listener behind."""
    run = await waiting_run(house)
    followers = [follow(house, run) for _ in range(100)]
    assert [1] * 100 == [(await anext(follower)).seq for follower in followers]
    assert 100 == house.hints.listeners

    del followers
    gc.collect()

    await listening(house, 0)


async def test_waiting_holds_no_connection(house: House) -> None:
    """Followers that wait hold no database connection."""
    run = await waiting_run(house)
    followers = [asyncio.create_task(followed(house, run, after=2)) for _ in range(50)]
    await listening(house, 50)

    async def are_idle() -> bool:
        return house.store.connections_in_use == 0

    await house.until(are_idle)
    for follower in followers:
        follower.cancel()
    await asyncio.gather(*followers, return_exceptions=True)


async def test_a_run_that_is_deleted(house: House) -> None:
    """The feed of a run that is deleted ends, and so does that of one which never was."""
    run = await house.submitted("echo", word="hello")
    await house.execute(run)
    await remove_run(house.desk, "main", run.run_id)

    assert [] == await followed(house, run)


async def test_topics_name_runs(house: House) -> None:
    """The polling floor looks at runs only, whatever else is listened to."""
    run = await house.submitted("echo", word="hello")

    assert {topic_of(run.pk): 1} == await house.look([topic_of(run.pk), "revision:main", "queue"])
