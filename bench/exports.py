"""A graph of a million edges written as files, and saved again from one of them while somebody else writes."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
import psutil
from sqlalchemy import text

from bench.catalog import megabytes, upload
from bench.figures import Figure
from bench.site import DATABASE, Site, submit
from db.session import engine_for_writes

ASSETS = 50_000  # with some 1,000,000 edges: see `plant`
FORMATS = ("JSON", "CSV", "PARQUET", "XLSX", "GRAPHML", "OPENLINEAGE")
LOOK_SECONDS = 0.05
BETWEEN_WRITES = 0.02
ARTIFACT = "query ($run: String!) { run(runId: $run) { artifacts { name url } } }"
WORKSPACE = 'mutation { createWorkspace(name: "again") { __typename } }'


@dataclass(slots=True)
class Ended:
    """A run that has ended: what it took, what memory it needed, and its result."""

    run_id: str
    seconds: float
    worker_mb: float
    result: dict[str, Any]
    stages: dict[str, float]


@dataclass(slots=True)
class OtherWriter:
    """Who writes beside the service, again and again, and the milliseconds until each turn."""

    database: Path
    waits: list[float] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        engine = engine_for_writes(f"sqlite:///{self.database}")
        while not self.stop.wait(BETWEEN_WRITES):
            began = time.perf_counter()
            with engine.begin() as connection:
                self.waits.append((time.perf_counter() - began) * 1000)
                connection.execute(text("UPDATE workspaces SET head = head WHERE name = 'main'"))
        engine.dispose()


@contextlib.contextmanager
def writing_beside(site: Site) -> Iterator[list[float]]:
    """The milliseconds that another writer waited for its turns meanwhile."""
    other = OtherWriter(site.folder / DATABASE)
    thread = threading.Thread(target=other.write)
    thread.start()
    try:
        yield other.waits
    finally:
        other.stop.set()
        thread.join()


async def ended(site: Site, client: httpx.AsyncClient, kind: str, params: Any, **options: Any) -> Ended:
    """Submit a run and watch it to its end."""
    worker, peak, began = psutil.Process(site.processes[1].pid), 0.0, time.perf_counter()
    run_id = await submit(client, kind, params, **options)
    query = f"SELECT pk, status, result, error FROM runs WHERE run_id = '{run_id}' AND finished_at IS NOT NULL"
    while not (found := site.rows(query)):
        peak = max(peak, megabytes(worker))
        await asyncio.sleep(LOOK_SECONDS)
    seconds = time.perf_counter() - began
    pk, status, result, error = found[0]
    if not status.startswith("completed"):
        raise RuntimeError(f"the run ended as {status}: {error}")
    query = f"SELECT data FROM run_events WHERE run_pk = {pk!r} AND name = 'STAGE_COMPLETED'"
    told = [orjson.loads(data) for (data,) in site.rows(query)]
    stages = {each["stage"]: each["duration_ms"] / 1000 for each in told}
    return Ended(run_id, seconds, peak, orjson.loads(result), stages)


async def file_of(client: httpx.AsyncClient, run_id: str, path: Path) -> None:
    """Download the first artifact of a run."""
    response = await client.post("/graphql", json={"query": ARTIFACT, "variables": {"run": run_id}})
    url = response.raise_for_status().json()["data"]["run"]["artifacts"][0]["url"]
    with path.open("wb") as file:
        async with client.stream("GET", url) as response:
            async for part in response.aiter_bytes():
                file.write(part)


async def carried(site: Site) -> list[Figure]:
    """All figures of one service."""
    figures = []
    async with httpx.AsyncClient(base_url=site.url, timeout=600) as client:
        for name in FORMATS:
            told = await ended(site, client, "export", {"format": name})
            beside = f"{told.seconds:.0f} s, {told.result['edge_count']:,} edges"
            figures.append(Figure(f"export as {name}, peak memory", told.worker_mb, "MB", "≤ 600", beside))
            if name == "JSON":
                await file_of(client, told.run_id, site.folder / "graph.jsonl")
        (await client.post("/graphql", json={"query": WORKSPACE})).raise_for_status()
        again = await upload(client, site.folder / "graph.jsonl", workspace="again")
        with writing_beside(site) as waits:
            saved = await ended(site, client, "lineage", {"uploads": [again]}, workspace="again")
    stages = ", ".join(f"{stage} {seconds:.0f}" for stage, seconds in saved.stages.items())
    beside = f"{stages} s; {saved.seconds:.0f} s in all, peak {saved.worker_mb:.0f} MB"
    figures.append(Figure("1,000,000 edges saved", saved.stages["SAVE"], "s", "≤ 40", beside))
    beside = f"{len(waits):,} writes, the median {sorted(waits)[len(waits) // 2]:.1f} ms"
    figures.append(Figure("another writer waits meanwhile, at most", max(waits), "ms", "≤ 100", beside))
    return figures


def figures(site: Site) -> Iterator[Figure]:
    """Files of a large graph, and one of them read again."""
    yield from asyncio.run(carried(site))
