"""The queue of admitted runs: arq on Redis. The rows of db are the truth; this only carries word of them."""

import asyncio
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
from arq.jobs import serialize_job
from arq.utils import timestamp_ms
from redis.asyncio import BlockingConnectionPool
from redis.exceptions import RedisError

from db.hints import CHANNEL

HEALTH_KEY = "headwater:worker:"  # ahead of a worker's name: there while it is at work
HEALTH_SECONDS = 10  # how often a worker says so
QUEUE_TOPIC = "queue"  # rings where jobs were put

Entry = tuple[UUID, int]
"""A run, and how often it had been claimed when it was admitted."""

CONNECTIONS = 20
ARQ_TIMEOUT_SECONDS = 25 * 3600  # never met: a run's own timeout is a day at most and kept by execute.py
TAKEN_SECONDS = ARQ_TIMEOUT_SECONDS + 10  # how long arq keeps a job for the worker that took it
CLAIM_SECONDS = 4.0  # a worker that took a job and has not claimed its run by then is dead; it takes 0.01
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
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.redis.ping()
        except (RedisError, OSError):
            return False
        return True

    async def has_worker(self, host: str) -> bool:
        """Whether a worker of this host is at work, as far as Redis knows."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                async for _ in self.redis.scan_iter(match=f"{HEALTH_KEY}{host}:*", count=1_000):
                    return True
        except (RedisError, OSError):
            return False
        return False

    async def put(self, entries: Collection[Entry]) -> bool:
        """Offer runs to the workers; False if Redis is away, in which case the sweep offers them again."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._put(entries)
        except (RedisError, OSError):
            return False
        return True

    async def _put(self, entries: Collection[Entry]) -> None:
        """One round trip for all, where arq's own `enqueue_job` takes three for each.

        Its look for a job of the same id is not needed: ours is the same job, whoever writes it.
        """
        if not entries:
            return
        moment = timestamp_ms()
        async with self.redis.pipeline(transaction=True) as pipe:
            for entry in entries:
                job = serialize_job(
                    "run", (entry[0].hex,), {}, None, moment, serializer=self.redis.job_serializer
                )
                pipe.psetex(job_key_prefix + job_id(entry), self.redis.expires_extra_ms, job)
                pipe.zadd(default_queue_name, {job_id(entry): moment})
            pipe.publish(CHANNEL, orjson.dumps([QUEUE_TOPIC]))
            await pipe.execute()

    async def missing(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those of `entries` that no worker would start.

        The queue does not hold them, or a worker took one and did not claim its run: it died in between,
        and arq would keep the job for it.

        Raises:
            RedisError, OSError: Redis is away.
        """
        if not entries:
            return []
        async with asyncio.timeout(ANSWER_SECONDS), self.redis.pipeline(transaction=False) as pipe:
            for job in map(job_id, entries):
                pipe.exists(job_key_prefix + job)
                pipe.pttl(in_progress_key_prefix + job)
            answers = await pipe.execute()
        overdue_ms = (TAKEN_SECONDS - CLAIM_SECONDS) * 1000
        looks = zip(entries, answers[::2], answers[1::2], strict=True)
        return [entry for entry, held, left_ms in looks if not held or 0 <= left_ms < overdue_ms]

    async def job_ids(self) -> set[str]:
        """The ids of all jobs in the queue, running ones too.

        Raises:
            RedisError, OSError: Redis is away.
        """
        async with asyncio.timeout(ANSWER_SECONDS):
            return {raw.decode() for raw in await self.redis.zrange(default_queue_name, 0, -1)}

    async def forget(self, ids: Collection[str]) -> None:
        """Remove jobs that a dead worker left: arq itself would keep them for its longest timeout.

        Raises:
            RedisError, OSError: Redis is away.
        """
        if not ids:
            return
        prefixes = (job_key_prefix, in_progress_key_prefix, retry_key_prefix)
        async with asyncio.timeout(ANSWER_SECONDS), self.redis.pipeline(transaction=True) as pipe:
            pipe.zrem(default_queue_name, *ids)
            pipe.delete(*(prefix + job for job in ids for prefix in prefixes))
            await pipe.execute()
