"""Hints over Redis: every process hears of news at once; a Redis that goes and comes costs only time."""

import asyncio
import logging
from collections.abc import Collection

import pytest
from sqlalchemy.exc import OperationalError

from db import hints as hints_module
from db.hints import CHANNEL, PUBLISH_BACKLOG, Bell, Hints
from jobs.queue import connect
from jobs.valkey import EmbeddedValkey
from tests.house import House
from tests.servers import short_folder, start_valkey


async def rings(bell: Bell, seconds: float = 5.0) -> bool:
    try:
        await asyncio.wait_for(bell.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def test_from_process_to_process(redis_url: str) -> None:
    """What one process publishes rings in another, for that topic alone."""
    redis = connect(redis_url)
    here, there = Hints(redis), Hints(redis)
    await here.start()
    await there.start()
    async with there.listen("news") as bell, there.listen("other") as other:
        await rings(bell)  # once, when the subscription stands
        await rings(other)

        here.publish(["news"])

        assert await rings(bell)
        assert not await rings(other, 0.05)
    await here.close()
    await there.close()
    await redis.aclose(close_connection_pool=True)


async def test_before_it_starts(redis_url: str) -> None:
    """Hints that nobody has started yet, or that are closed, are dropped."""
    redis = connect(redis_url)
    hints = Hints(redis)

    hints.publish(["news"])

    await hints.close()
    await redis.aclose(close_connection_pool=True)


async def test_nonsense_on_the_wire(house: House) -> None:
    """What is no list of topics harms no listener."""
    async with house.hints.listen("news") as bell:
        await rings(bell)
        for nonsense in (b"\xff", b"5", b"[[]]", b'["news"'):
            await house.redis.publish(CHANNEL, nonsense)

        async def rang() -> bool:
            await house.redis.publish(CHANNEL, b'["news"]')
            return await rings(bell, 0.05)

        await house.until(rang)


@pytest.mark.kills
async def test_redis_goes_and_comes(caplog: pytest.LogCaptureFixture) -> None:
    """After Redis was killed the subscription stands again by itself, and rings for what may have been lost."""
    valkey: EmbeddedValkey = start_valkey(short_folder())
    redis = connect(valkey.url)
    hints = Hints(redis)
    await hints.start()
    async with hints.listen("news") as bell:
        assert await rings(bell)
        valkey.kill()
        async with asyncio.timeout(5):
            while "hints interrupted" not in caplog.messages:  # noqa: ASYNC110 - a log sets no event
                await asyncio.sleep(0.01)
        hints.publish(["other"])
        async with asyncio.timeout(5):
            while "hints lost" not in caplog.messages:  # noqa: ASYNC110 - a log sets no event
                await asyncio.sleep(0.01)
        valkey.start()

        assert await rings(bell)
    await hints.close()
    await redis.aclose(close_connection_pool=True)
    valkey.stop()


async def test_a_backlog_is_bounded(redis_url: str) -> None:
    """When more is published than Redis takes, the oldest hints are dropped, and our own listeners hear all."""
    redis = connect(redis_url)
    hints = Hints(redis)
    await hints.start()
    async with hints.listen("topic 0") as bell:
        hints.publish([f"topic {number}" for number in range(PUBLISH_BACKLOG + 10)])

        assert await rings(bell)
    await hints.close()
    await redis.aclose(close_connection_pool=True)


async def test_the_floor_outlives_the_database(
    redis_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A database that is away when the floor looks is looked at again."""
    monkeypatch.setattr(hints_module, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(hints_module, "POLL_SECONDS_ALONE", 0.01)
    looks: list[int] = []

    async def look(topics: Collection[str]) -> dict[str, int]:
        looks.append(len(looks))
        if len(looks) == 1:
            raise OperationalError("SELECT", {}, Exception("away"))
        return dict.fromkeys(topics, len(looks))

    redis = connect(redis_url)
    hints = Hints(redis, look)
    await hints.start()
    async with hints.listen("news") as bell, asyncio.timeout(5):
        while len(looks) < 3:
            await bell.wait()
    with caplog.at_level(logging.ERROR):
        assert "hints could not look" in caplog.messages
    await hints.close()
    await redis.aclose(close_connection_pool=True)
