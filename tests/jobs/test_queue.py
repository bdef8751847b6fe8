"""The queue carries word of runs; what it cannot carry in time is left to the sweep."""

import time
from uuid import uuid4

import pytest
from arq.constants import job_key_prefix
from redis.exceptions import RedisError

from jobs import queue as queue_module
from jobs.queue import Queue, connect, job_id
from jobs.valkey import EmbeddedValkey
from tests.servers import short_folder, start_valkey


async def test_put_and_forget(redis_url: str) -> None:
    """What was put is held until it is forgotten, and putting it again changes nothing."""
    redis = connect(redis_url)
    queue = Queue(redis)
    entries = [(uuid4(), 0), (uuid4(), 3)]

    assert await queue.put(entries)
    assert await queue.put(entries)
    assert {job_id(entry) for entry in entries} == await queue.job_ids()
    assert [] == await queue.missing(entries)

    await queue.forget([job_id(entries[0])])
    assert [entries[0]] == await queue.missing(entries)
    assert 0 == await redis.exists(job_key_prefix + job_id(entries[0]))
    await redis.aclose(close_connection_pool=True)


async def test_nothing_to_do(redis_url: str) -> None:
    """Nothing asks Redis nothing."""
    redis = connect("unix:///nonexistent/valkey.sock")
    queue = Queue(redis)

    assert [] == await queue.missing([])
    assert await queue.put([])
    await queue.forget([])
    await redis.aclose(close_connection_pool=True)
    assert redis_url


async def test_redis_is_away() -> None:
    """Without Redis, putting says that it did not work, and looking raises."""
    redis = connect("unix:///nonexistent/valkey.sock")
    queue = Queue(redis)

    assert not await queue.answers()
    assert not await queue.put([(uuid4(), 0)])
    with pytest.raises(RedisError):
        await queue.job_ids()
    await redis.aclose(close_connection_pool=True)


@pytest.mark.kills
async def test_redis_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Redis that takes requests and answers none holds nobody up for long."""
    import psutil

    monkeypatch.setattr(queue_module, "ANSWER_SECONDS", 0.2)
    valkey: EmbeddedValkey = start_valkey(short_folder())
    redis = connect(valkey.url)
    queue = Queue(redis)
    assert await queue.answers()
    process = psutil.Process(valkey.pid())
    process.suspend()
    began = time.monotonic()

    assert not await queue.answers()
    assert not await queue.put([(uuid4(), 0)])
    with pytest.raises(TimeoutError):
        await queue.job_ids()

    assert time.monotonic() - began < 2
    process.resume()
    assert await queue.answers()
    await redis.aclose(close_connection_pool=True)
    valkey.stop()
