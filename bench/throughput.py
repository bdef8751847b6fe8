"""Trivial runs a second through the whole path, beside bare arq on the same Valkey in the same run."""

import asyncio
import time

import httpx
from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool

from bench.site import Site, submit

RUNS = 600
JOBS = 3_000
CLIENTS = 8
POLL_SECONDS = 0.02


async def nothing(_ctx: dict[str, object]) -> None:
    """The work of a bare arq job."""


async def bare_arq(site: Site) -> float:
    """Trivial jobs a second: enqueued by eight clients, executed by one arq worker tuned as ours is."""
    redis = ArqRedis(connection_pool=ConnectionPool.from_url(site.valkey.url), default_queue_name="bare")
    worker = Worker(
        functions=[func(nothing, name="nothing", keep_result=0)],  # type: ignore[arg-type]  # arq's protocol wants more than it calls
        redis_pool=redis,
        queue_name="bare",
        poll_delay=0.01,
        queue_read_limit=10_000,
        handle_signals=False,
    )

    async def client(count: int) -> None:
        for _ in range(count):
            await redis.enqueue_job("nothing", _queue_name="bare")

    began = time.perf_counter()
    serving = asyncio.create_task(worker.async_run())
    await asyncio.gather(*(client(JOBS // CLIENTS) for _ in range(CLIENTS)))
    while worker.jobs_complete < JOBS:  # noqa: ASYNC110 - arq tells nobody when it is done
        await asyncio.sleep(POLL_SECONDS)
    taken = time.perf_counter() - began
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await redis.aclose()
    return JOBS / taken


async def whole_path(site: Site) -> float:
    """Trivial runs a second: submitted over GraphQL by eight clients, watched until the last has finished."""
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as client:

        async def submitting(count: int) -> None:
            for _ in range(count):
                await submit(client, "echo", {"word": "hello"})

        began = time.perf_counter()
        await asyncio.gather(*(submitting(RUNS // CLIENTS) for _ in range(CLIENTS)))
        await site.settled(RUNS)
        return RUNS / (time.perf_counter() - began)
