"""Seats are leases in Redis: as many as there are, shared by all, and free again when nobody renews them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from db.seats import PREFIX, Seats, SeatsAway
from tests.servers import short_folder


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of the test's own."""
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


async def expire(redis: Redis, of: str, seat: str) -> None:
    """Let a lease have run out a second ago, by the clock of Redis."""
    seconds, _ = await redis.time()
    await redis.zadd(PREFIX + of, {seat: seconds - 1})


async def test_as_many_as_there_are(redis: Redis) -> None:
    """Of many who want a seat at the same moment, over two processes, as many get one as there are."""
    ours, theirs = Seats(redis), Seats(redis)
    taken = await asyncio.gather(
        *(
            each.take("a", f"{name} {nth}", 3)
            for name, each in (("x", ours), ("y", theirs))
            for nth in range(10)
        )
    )

    assert 3 == sum(taken) == await theirs.count("a")
    assert await ours.take("b", "other", 1)


async def test_a_seat_that_is_given_back(redis: Redis) -> None:
    """A seat that is given back is free for others; one that was never taken changes nothing."""
    seats = Seats(redis)
    await seats.take("a", "one", 1)
    await seats.give_back("a", "two")
    assert not await seats.take("a", "three", 1)

    await seats.give_back("a", "one")
    assert await seats.take("a", "three", 1)


async def test_leases_run_out(redis: Redis) -> None:
    """A seat that nobody renews is free after its time, and is not counted; a key of nobody goes by itself."""
    seats = Seats(redis, life_seconds=30)
    await seats.take("a", "dead", 1)
    await expire(redis, "a", "dead")

    assert 0 == await seats.count("a")
    assert await seats.take("a", "alive", 1)
    assert 0 < await redis.ttl(PREFIX + "a") <= 30


async def test_renewed_seats(redis: Redis) -> None:
    """Renewing keeps many seats of many, also in a Redis that has forgotten all of them."""
    seats = Seats(redis)
    taken = {"a": [f"seat {nth}" for nth in range(2_500)], "b": ["one"], "c": []}
    await expire(redis, "a", "seat 0")
    await redis.flushall()
    await seats.renew(taken)

    assert (2_500, 1, 0) == tuple([await seats.count(of) for of in "abc"])


async def test_no_redis() -> None:
    """Without Redis each call says so, in one kind of error."""
    async with Redis.from_url(f"unix://{short_folder()}/none.sock") as client:
        seats = Seats(client)
        for call in (
            seats.take("a", "b", 1),
            seats.renew({"a": ["b"]}),
            seats.give_back("a", "b"),
            seats.count("a"),
        ):
            with pytest.raises(SeatsAway):
                await call
