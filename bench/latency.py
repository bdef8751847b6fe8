"""How long things take one at a time: submitting, starting, hearing of it."""

import asyncio
import statistics
import time
import uuid
from datetime import datetime
from pathlib import Path

import httpx
import orjson
import websockets
from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.asyncio import ConnectionPool

from bench.site import Site, submit

QUEUED = 100
SUBMISSIONS = 200
STARTS = 100
ARQ_STARTS = 12
WATCHED = 60
LOOK_SECONDS = 0.02

WATCH = "subscription ($id: String!) { runEvents(runId: $id) { __typename seq at } }"


def percentile(values: list[float], percent: int) -> float:
    """The value below which so many percent lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


async def submitting_while_queued(site: Site) -> float:
    """Milliseconds in which 95 % of submissions are answered while a hundred runs are queued."""
    gate = site.folder / "gate"
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as client:
        held = [
            await submit(client, "chores", {"chore": "WAIT", "path": str(gate)}) for _ in range(QUEUED + 10)
        ]
        took = []
        for _ in range(SUBMISSIONS):
            began = time.perf_counter()
            await submit(client, "echo", {"word": "hello"})
            took.append((time.perf_counter() - began) * 1000)
        await asyncio.to_thread(gate.touch)
        await site.settled(len(held) + SUBMISSIONS)
    return percentile(took, 95)


async def starting(site: Site) -> float:
    """Median milliseconds from acceptance to STARTED, on an idle service."""
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as client:
        for number in range(STARTS):
            await submit(client, "echo", {"word": "hello"}, labels=["starting"])
            await site.settled(number + 1, "AND pk IN (SELECT run_pk FROM run_labels WHERE label = 'starting')")
    took = [
        (datetime.fromisoformat(started) - datetime.fromisoformat(submitted)).total_seconds() * 1000
        for started, submitted in site.rows(
            "SELECT started_at, submitted_at FROM runs JOIN run_labels ON run_pk = pk WHERE label = 'starting'"
        )
    ]
    return percentile(took, 50)


async def starting_with_arq_as_it_comes(site: Site) -> float:
    """The same for bare arq with its own defaults."""
    started: asyncio.Queue[float] = asyncio.Queue()

    async def note(_ctx: dict[str, object]) -> None:
        started.put_nowait(time.perf_counter())

    redis = ArqRedis(connection_pool=ConnectionPool.from_url(site.valkey.url), default_queue_name="plain")
    jobs = [func(note, name="note")]  # type: ignore[arg-type]  # arq's protocol wants more than it calls
    worker = Worker(functions=jobs, redis_pool=redis, queue_name="plain", handle_signals=False)
    serving = asyncio.create_task(worker.async_run())
    took = []
    for number in range(ARQ_STARTS):
        await asyncio.sleep(0.1 + 0.037 * number)  # not in step with its polling
        began = time.perf_counter()
        await redis.enqueue_job("note", _queue_name="plain")
        took.append((await started.get() - began) * 1000)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await redis.aclose()
    return percentile(took, 50)


async def hearing(site: Site) -> float:
    """Median milliseconds from an event's commit to its arrival on a socket that was there before."""
    took: list[float] = []
    address = site.url.replace("http", "ws") + "/graphql"
    async with (
        httpx.AsyncClient(base_url=site.url, timeout=60) as client,
        websockets.connect(address, subprotocols=[websockets.Subprotocol("graphql-transport-ws")]) as socket,
    ):
        await socket.send('{"type": "connection_init"}')
        await socket.recv()
        for _ in range(WATCHED):
            run_id = uuid.uuid4().hex
            gate = site.folder / run_id
            await submit(client, "chores", {"chore": "WAIT", "path": str(gate)}, runId=run_id)
            payload = {"query": WATCH, "variables": {"id": run_id}}
            await socket.send(orjson.dumps({"id": run_id, "type": "subscribe", "payload": payload}).decode())
            took += await listen(socket, gate)
    return percentile(took, 50)


async def listen(socket: websockets.ClientConnection, gate: Path) -> list[float]:
    """Let a run end once it works; how long after their writing its last events came, in milliseconds."""
    took, opened = [], False
    async for text in socket:
        message = orjson.loads(text)
        if message["type"] == "complete":
            break
        event = message["payload"]["data"]["runEvents"]
        late = time.time() - datetime.fromisoformat(event["at"]).timestamp()
        if opened:
            took.append(late * 1000)
        elif event["__typename"] == "StageStarted" and event["seq"] > 3:
            opened = True
            await asyncio.to_thread(gate.touch)
    return took
