"""Runs of queries from door to door: beside bare DuckDB, and fifty at once while others ask the API."""

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import httpx

from bench.figures import Figure
from bench.latency import percentile
from bench.queries import SMALL
from bench.site import Site, submit
from jobs.engines.sql.sample import write_trips

ROUNDS, WARM, TOGETHER, WAVES = 60, 5, 50, 4
BETWEEN_SECONDS = 0.01  # of who asks the API meanwhile
CREATE = """mutation ($name: String!, $size: BigInt!) {
  createUpload(name: $name, size: $size) { ... on Upload { uploadId putUrl } } }"""
LIST = "{ runs(first: 20) { edges { node { runId status kind queuePosition submittedAt } } } }"


def figures(site: Site) -> Iterator[Figure]:
    file = site.folder / "sample.parquet"
    write_trips(file)
    yield asyncio.run(_one_by_one(site, file))
    yield asyncio.run(_together(site))


async def _one_by_one(site: Site, file: Path) -> Figure:
    """One question after the other, executed each time, and the same asked of a DuckDB that is open here."""
    bare = []
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as client:
        await _load(client, site, file)
        with duckdb.connect(config={"threads": "2"}) as peer:
            peer.execute(f"CREATE VIEW trips AS FROM '{file}'")
            for number in range(ROUNDS):
                await _ask(client, "alone")
                await site.settled(number + 1, _labelled("alone"))
                began = time.perf_counter()
                peer.execute(SMALL).fetchall()
                bare.append(1_000 * (time.perf_counter() - began))
    took = _durations(site, "alone")
    service, alone = percentile(took[WARM:], 50), percentile(bare[WARM:], 50)
    slow = percentile(took[WARM:], 95)
    beside = f"{service:.1f} ms from submission to the end, p95 {slow:.1f}; bare {alone:.1f} ms"
    return Figure("a whole query run, over bare DuckDB, p50", service - alone, "ms", "≤ 60", beside)


async def _together(site: Site) -> Figure:
    """Fifty short queries at once, again and again, and how long a list of runs takes meanwhile."""
    took: list[float] = []
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as client:
        for wave in range(1, WAVES + 1):
            asked = asyncio.gather(*(_ask(client, "together") for _ in range(TOGETHER)))
            ended = asyncio.create_task(site.settled(wave * TOGETHER, _labelled("together")))
            while not ended.done():
                began = time.perf_counter()
                answer = await client.post("/graphql", json={"query": LIST})
                took.append(1_000 * (time.perf_counter() - began))
                if "errors" in answer.json():
                    raise RuntimeError(answer.text)
                await asyncio.sleep(BETWEEN_SECONDS)
            await asked
    waited = percentile(_durations(site, "together"), 50)
    beside = f"p50 {percentile(took, 50):.1f} ms of {len(took)}; the queries ended after {waited:.0f} ms"
    return Figure("list of runs, 50 queries at once, p99", percentile(took, 99), "ms", "≤ 100", beside)


async def _ask(client: httpx.AsyncClient, label: str) -> None:
    await submit(client, "query", {"sql": SMALL, "useCache": False}, labels=[label])


async def _load(client: httpx.AsyncClient, site: Site, file: Path) -> None:
    """Make the table `trips` of a file, as anybody would."""
    content = await asyncio.to_thread(file.read_bytes)
    about = {"name": file.name, "size": str(len(content))}
    told = (await client.post("/graphql", json={"query": CREATE, "variables": about})).json()
    upload = told["data"]["createUpload"]
    (await client.put(upload["putUrl"], content=content)).raise_for_status()
    await submit(client, "table", {"upload": upload["uploadId"], "name": "trips"}, labels=["loaded"])
    await site.settled(1, _labelled("loaded"))


def _labelled(label: str) -> str:
    return f"AND pk IN (SELECT run_pk FROM run_labels WHERE label = '{label}')"


def _durations(site: Site, label: str) -> list[float]:
    """Milliseconds from acceptance to the end of each run with a label; all must be completed."""
    rows = site.rows(
        f"SELECT submitted_at, finished_at, status FROM runs WHERE 1 {_labelled(label)} ORDER BY submitted_at"
    )
    if any(status != "completed" for _, _, status in rows):
        raise RuntimeError("a query failed")
    return [
        1_000 * (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()
        for begun, ended, _ in rows
    ]
