"""The queue of admitted runs: arq on Redis. The rows of db are the truth; this only carries word of them."""

from collections.abc import Collection, Sequence
from uuid import UUID

import orjson
from arq.connections import ArqRedis
from arq.constants import (
    default_queue_name,
    in_progress_key_prefix,
    job_key_prefix,
    retry_key_prefix,
)
from redis.asyncio import BlockingConnectionPool
from redis.exceptions import RedisError

Entry = tuple[UUID, int]
"""A run, and how often it had been claimed when it was admitted."""

CONNECTIONS = 20
ANSWER_SECONDS = 2.0  # how long a caller waits for Redis before it goes on without; the sweep makes up for it


def job_id(entry: Entry) -> str:
    """Each attempt has an id of its own: arq never starts the same id twice while it remembers it."""
    pk, attempt = entry
    return f"{pk.hex}:{attempt}"


def connect(url: str) -> ArqRedis:
    """A client that connects when first used."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
    )
    return ArqRedis(
        connection_pool=pool,
        job_serializer=orjson.dumps,
        job_deserializer=orjson.loads,
    )


class Queue:
    """Says which admitted runs there are to execute."""

    def __init__(self, redis: ArqRedis) -> None:
        self.redis = redis

    async def answers(self) -> bool:
        """Whether Redis is there."""
        try:
            await self.redis.ping()
        except (RedisError, OSError):
            return False
        return True

    async def put(self, entries: Collection[Entry]) -> bool:
        """Offer runs to the workers; False if Redis is away, in which case the sweep offers them again."""
        try:
            for entry in entries:
                await self.redis.enqueue_job("run", entry[0].hex, _job_id=job_id(entry))
        except (RedisError, OSError):
            return False
        return True

    async def missing(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those of `entries` that the queue does not hold.

        Raises:
            RedisError, OSError: Redis is away.
        """
        if not entries:
            return []
        held = await self.redis.mget([job_key_prefix + job_id(entry) for entry in entries])
        return [entry for entry, job in zip(entries, held, strict=True) if job is None]

    async def job_ids(self) -> set[str]:
        """The ids of all jobs in the queue, running ones too.

        Raises:
            RedisError, OSError: Redis is away.
        """
        return {raw.decode() for raw in await self.redis.zrange(default_queue_name, 0, -1)}

    async def forget(self, ids: Collection[str]) -> None:
        """Remove jobs that a dead worker left: arq itself would keep them for its longest timeout.

        Raises:
            RedisError, OSError: Redis is away.
        """
        if not ids:
            return
        prefixes = (job_key_prefix, in_progress_key_prefix, retry_key_prefix)
        async with self.redis.pipeline(transaction=True) as pipe:
            pipe.zrem(default_queue_name, *ids)
            pipe.delete(*(prefix + job for job in ids for prefix in prefixes))
            await pipe.execute()
