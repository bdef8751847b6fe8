"""What is asked for is counted over all processes, refused until it fades, and counted alone without Redis."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as some
from redis.asyncio import Redis

from graph.meter import KEYS, Meter, Seat
from graph.quotas import Asker, Limit, LimitName, LimitScope, Window, limits_of, network_of
from graph.settings import QuotaSettings
from jobs.errors import LimitReached
from jobs.queue import connect
from tests.house import DEADLINE_SECONDS
from tests.servers import short_folder, start_valkey

ADA, BOB = Asker("ada", "192.0.2.1"), Asker("bob", "192.0.2.1")
OF_ONE = Limit(LimitName.REQUESTS, LimitScope.PRINCIPAL, 10, 60)
OF_ALL = Limit(LimitName.REQUESTS, LimitScope.ADDRESS, 15, 60)
POINTS = Limit(LimitName.COST, LimitScope.PRINCIPAL, 100, 60)
SOCKETS = Limit(LimitName.SOCKETS, LimitScope.ADDRESS, 2)


@asynccontextmanager
async def metering(url: str, *limits: Limit, alone_seconds: float = 5.0) -> AsyncIterator[Meter]:
    """A meter as an API process has one."""
    redis = connect(url)
    meter = Meter(limits, redis, alone_seconds=alone_seconds)
    try:
        yield meter
    finally:
        await redis.aclose(close_connection_pool=True)


async def refused(meter: Meter, name: LimitName, asker: Asker, amount: int = 1) -> LimitReached | None:
    """The refusal of so much more; None if it is counted."""
    try:
        await meter.take(name, asker, amount)
    except LimitReached as refusal:
        return refusal
    return None


async def fits(meter: Meter, asker: Asker, count: int) -> int:
    """How many of so many requests are counted."""
    return sum([await refused(meter, LimitName.REQUESTS, asker) is None for _ in range(count)])


async def let_pass(url: str, seconds: float) -> None:
    """Take so much of the time from all counters that they have left: the clock of Redis cannot be set."""
    async with Redis.from_url(url) as redis:
        async for key in redis.scan_iter(f"{KEYS}:*"):
            left = await redis.pttl(key) - round(seconds * 1000)
            await (redis.pexpire(key, left) if left > 0 else redis.delete(key))


async def test_the_edge(redis_url: str) -> None:
    """As many are taken as allowed, each of two limits holds for itself, and others are not concerned."""
    async with metering(redis_url, OF_ONE, OF_ALL) as meter:
        assert (10, 5, 0) == (await fits(meter, ADA, 10), await fits(meter, BOB, 12), await fits(meter, ADA, 2))
        assert 2 == await fits(meter, Asker("bob", "192.0.2.2"), 2)
        assert 20 == await fits(meter, Asker(), 20)


async def test_processes_share(redis_url: str) -> None:
    """Two processes count together, and of requests at the same moment no more pass than allowed."""
    async with metering(redis_url, OF_ONE) as ours, metering(redis_url, OF_ONE) as theirs:
        outcomes = await asyncio.gather(
            *(refused(meter, LimitName.REQUESTS, ADA) for meter in (ours, theirs) for _ in range(20))
        )

    assert 10 == outcomes.count(None)


async def test_large_limits(redis_url: str) -> None:
    """Of a large limit a thousandth is counted at once: few requests wait, and it holds so nearly."""
    large = Limit(LimitName.REQUESTS, LimitScope.PRINCIPAL, 3_000, 60)
    async with metering(redis_url, large) as ours, metering(redis_url, large) as theirs:
        told = []
        for _ in range(4):
            await ours.take(LimitName.REQUESTS, ADA)
            (own,), (shared,) = await ours.uses(ADA), await theirs.uses(ADA)
            told.append((own.used, shared.used))
        passed = 4 + await fits(ours, ADA, 1_500) + await fits(theirs, ADA, 1_600)

    assert [(1, 0), (2, 0), (3, 3), (4, 3)] == told
    assert 2_997 <= passed <= 3_006


@pytest.mark.parametrize("earlier", [0, 7, 10])
async def test_when_to_come_back(redis_url: str, earlier: int) -> None:
    """After as many seconds as the refusal says it is taken, and two seconds before it is not."""
    async with metering(redis_url, OF_ONE) as meter:
        await fits(meter, ADA, earlier)
        await let_pass(redis_url, 75 if earlier else 0)
        await fits(meter, ADA, 10)
        refusal = await refused(meter, LimitName.REQUESTS, ADA)
    assert refusal is not None
    assert refusal.retry_after is not None
    async with metering(redis_url, OF_ONE) as another:
        await let_pass(redis_url, refusal.retry_after - 2)
        assert await refused(another, LimitName.REQUESTS, ADA) is not None
    async with metering(redis_url, OF_ONE) as another:
        await let_pass(redis_url, 2)
        assert await refused(another, LimitName.REQUESTS, ADA) is None


async def test_points(redis_url: str) -> None:
    """What costs more is counted as more; what can never fit is refused without a time to come back."""
    async with metering(redis_url, POINTS) as meter:
        assert await refused(meter, LimitName.COST, ADA, 90) is None
        dear, cheap = (
            await refused(meter, LimitName.COST, ADA, 11),
            await refused(meter, LimitName.COST, ADA, 10),
        )
        never = await refused(meter, LimitName.COST, ADA, 101)

    assert (None, None) == (cheap, never and never.retry_after)
    assert dear is not None
    assert "HEADWATER_MAX_COST_PER_PRINCIPAL" in dear.hint
    assert f"in {dear.retry_after} s" in dear.hint


async def test_renewal(redis_url: str) -> None:
    """What is used is told, with the time when all is free again; then all of it is."""
    async with metering(redis_url, OF_ONE, SOCKETS) as meter:
        before = await meter.uses(ADA)
        await fits(meter, ADA, 4)
        await meter.sit(Seat(), ADA)
        requests, sockets = await meter.uses(ADA)
        await let_pass(redis_url, 120)
        after, _ = await meter.uses(ADA)
        assert 10 == await fits(meter, ADA, 12)

    assert [(0, None), (0, None)] == [(use.used, use.renews_at) for use in before]
    assert (4, 1) == (requests.used, sockets.used)
    assert requests.renews_at is not None
    assert (0, None) == (after.used, after.renews_at)


COUNTS = some.integers(min_value=0, max_value=40)
LEFT = some.floats(min_value=0, max_value=60, allow_nan=False)


@given(COUNTS, LEFT, COUNTS, LEFT, some.integers(min_value=1, max_value=30))
def test_the_time_to_wait(before: int, before_left: float, now: int, left: float, amount: int) -> None:
    """It is the first whole second in which the counter takes so many more, if nobody adds to it."""
    limit, window = (
        Limit(LimitName.COST, LimitScope.PRINCIPAL, 30, 60),
        Window(before, before_left, now, 60 + left),
    )

    def takes(seconds: float) -> bool:
        if seconds <= left:
            used = math.floor(before * max(before_left - seconds, 0) / 60) + now
        else:
            used = math.floor(now * max(60 - (seconds - left), 0) / 60)
        return used + amount <= limit.most

    wait = window.wait(limit, amount)
    assert wait is not None
    assert takes(wait)
    assert wait == 1 or not takes(wait - 1.001)


def test_what_can_never_fit() -> None:
    """More than there is at all fits at no time."""
    assert Window(0, 0, 0, 0).wait(POINTS, 101) is None


async def test_sockets(redis_url: str) -> None:
    """Sockets of an address are counted over processes; one that ends lets another in; one sits once only."""
    async with metering(redis_url, SOCKETS) as ours, metering(redis_url, SOCKETS) as theirs:
        first, second, third = Seat(), Seat(), Seat()
        await ours.sit(first, ADA)
        await ours.sit(first, ADA)
        await theirs.sit(second, BOB)
        for meter in (ours, theirs):
            with pytest.raises(LimitReached, match="2 sockets") as caught:
                await meter.sit(third, ADA)
        await ours.leave(first)
        await theirs.sit(third, ADA)

    assert (None, "SOCKETS") == (caught.value.retry_after, caught.value.limit)


async def test_sockets_of_one_process(redis_url: str) -> None:
    """Of many sockets that are opened at once no more get in than allowed, and those refused leave nothing."""
    async with metering(redis_url, SOCKETS) as meter:
        seats = [Seat() for _ in range(10)]
        await asyncio.gather(*(meter.sit(seat, ADA) for seat in seats), return_exceptions=True)
        inside = [seat for seat in seats if seat.of]
        for seat in seats:
            await meter.leave(seat)
        (use,) = await meter.uses(ADA)

    assert (2, 0) == (len(inside), use.used)


@pytest.mark.kills
async def test_without_redis(caplog: pytest.LogCaptureFixture) -> None:
    """While Redis is away each process counts alone, which is told once; then they count together again."""
    caplog.set_level(logging.INFO, "graph.meter")
    valkey = start_valkey(short_folder())
    async with (
        metering(valkey.url, OF_ONE, SOCKETS, alone_seconds=0.05) as ours,
        metering(valkey.url, OF_ONE, SOCKETS, alone_seconds=0.05) as theirs,
    ):
        seats = [Seat(), Seat(), Seat()]
        await ours.sit(seats[0], ADA)
        assert 10 == await fits(ours, ADA, 10)
        valkey.kill()
        assert (10, 10) == (await fits(ours, ADA, 15), await fits(theirs, ADA, 15))
        alone = await refused(ours, LimitName.REQUESTS, ADA)
        await ours.sit(seats[1], ADA)
        with pytest.raises(LimitReached):
            await ours.sit(seats[2], ADA)
        told = [record.message for record in caplog.records if record.message.startswith("limits")]

        valkey.start()
        async with asyncio.timeout(DEADLINE_SECONDS):
            while "limits counted together again" not in caplog.text:
                await fits(ours, BOB, 1)
                await asyncio.sleep(0.01)
        await ours.renew()
        with pytest.raises(LimitReached):
            await theirs.sit(seats[2], ADA)
    valkey.stop()

    assert ["limits counted alone"] * 2 == told
    assert alone is not None
    assert alone.retry_after is not None
    assert 1 <= alone.retry_after <= 120


async def test_a_flood_costs_others_nothing(redis_url: str) -> None:
    """What somebody is refused does not count against their address, but for the first one in a second."""
    async with metering(redis_url, OF_ONE, OF_ALL) as meter:
        assert (10, 4) == (await fits(meter, ADA, 200), await fits(meter, BOB, 10))


async def test_a_flood_is_told_once(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """The log has a line for each limit that somebody reaches, not one for each refusal."""
    async with metering(redis_url, OF_ONE, OF_ALL) as meter:
        await fits(meter, ADA, 100)
        await fits(meter, BOB, 100)
    lines = [vars(record) for record in caplog.records if record.message == "limit reached"]

    assert [("requests", "principal", 10, "ada"), ("requests", "address", 15, "bob")] == [
        (line["limit"], line["scope"], line["most"], line["principal"]) for line in lines
    ]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_addresses(address: str, counted: str) -> None:
    """An IPv6 address counts as its network, any other as itself."""
    assert counted == network_of(address)


def test_no_limits() -> None:
    """By default there is a limit of each kind; one that is 0 is none."""
    names = {LimitName.REQUESTS, LimitName.COST, LimitName.SOCKETS, LimitName.UPLOADS}
    off = {f"max_{name}_per_{scope}": 0 for name in names for scope in ("principal", "address")}

    assert names == {limit.name for limit in limits_of(QuotaSettings())}
    assert () == limits_of(QuotaSettings.model_validate(off))
