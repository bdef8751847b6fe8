"""Seats: how many of something are open at once, counted over all processes in Redis.

A seat is a lease: its process renews it, so those of a process that dies come free by themselves. An emptied
Redis knows all seats again once they were renewed.
"""

from collections.abc import Collection, Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

PREFIX = "headwater:seats:"
LIFE_SECONDS = 30  # of a seat that nobody renews

_CLOCK = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
"""
TAKE = (
    _CLOCK
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
"""
)
RENEW = (
    _CLOCK
    + """
for at = 2, #ARGV do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[at]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
"""
)
COUNT = _CLOCK + "return redis.call('ZCOUNT', KEYS[1], '(' .. now, '+inf')"
ARGUMENTS = 1_000  # seats in one call: Lua takes some 8,000 at most


class SeatsAway(ConnectionError):
    """Redis, where seats are counted, does not answer."""


class Seats:
    """Takes, renews and gives back seats."""

    def __init__(self, redis: Redis, life_seconds: int = LIFE_SECONDS) -> None:
        """Ask nothing yet.

        Args:
            redis: A client whose pool is used.
            life_seconds: How long a seat is taken that is not renewed.
        """
        self._redis, self._life = redis, life_seconds
        self._take, self._renew = redis.register_script(TAKE), redis.register_script(RENEW)
        self._count = redis.register_script(COUNT)

    async def take(self, of: str, seat: str, most: int) -> bool:
        """Take a seat, unless as many are taken as there are; one script decides, so two cannot both win.

        Raises:
            SeatsAway: Redis does not answer.
        """
        return bool(await self._ask(self._take, of, self._life, most, seat))

    async def renew(self, taken: Mapping[str, Collection[str]]) -> None:
        """Keep what this process has taken, by whose it is; what Redis forgot is taken again.

        Raises:
            SeatsAway: Redis does not answer.
        """
        calls = [
            (PREFIX + of, listed[at : at + ARGUMENTS])
            for of, listed in ((of, list(seats)) for of, seats in taken.items())
            for at in range(0, len(listed), ARGUMENTS)
        ]
        try:
            async with self._redis.pipeline(transaction=False) as together:
                for key, listed in calls:
                    await self._renew(keys=[key], args=[self._life, *listed], client=together)
                await together.execute()
        except RedisError as error:
            raise SeatsAway(str(error)) from error

    async def give_back(self, of: str, seat: str) -> None:
        """Let others have a seat.

        Raises:
            SeatsAway: Redis does not answer.
        """
        try:
            await self._redis.zrem(PREFIX + of, seat)
        except RedisError as error:
            raise SeatsAway(str(error)) from error

    async def count(self, of: str) -> int:
        """How many seats are taken.

        Raises:
            SeatsAway: Redis does not answer.
        """
        return int(await self._ask(self._count, of))

    async def _ask(self, script: Any, of: str, *arguments: str | int) -> Any:
        try:
            return await script(keys=[PREFIX + of], args=arguments)
        except RedisError as error:
            raise SeatsAway(str(error)) from error
