"""What our way of answering costs, beside plain Strawberry with its caches on."""

import asyncio
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import psutil
from graphql import GraphQLSchema, parse, validate

from bench.figures import Figure
from bench.site import Site, free_port, submit
from graph.limits import Limits
from graph.schema import schema
from graph.weights import Scale

ROWS = 100
ROUNDS, REQUESTS = 8, 60  # of each in turns, so that whatever else the machine does meets both
TRIVIAL = 400
FRAGMENTS = 600
LOOKS = 9
START_SECONDS = 30.0
LIST = """query {
  runs(first: 100) {
    edges { node { runId kind status createdBy priority attempt submittedAt finishedAt } }
  }
}"""
VIEWER = "{ viewer { principal } }"
KEY = """mutation {
  createApiKey(name: "bench", scopes: [{workspace: "main", role: VIEWER}]) {
    ... on ApiKeyCreated { secret } ... on Refusal { message }
  }
}"""


@dataclass(slots=True)
class Side:
    """One of the two services: how long each request took, and the CPU of its process."""

    name: str
    client: httpx.AsyncClient
    process: psutil.Process
    took: list[float]
    rates: list[float]
    cpu: float = 0.0

    async def ask(self, query: str) -> Any:
        answer = (await self.client.post("/graphql", json={"query": query})).json()
        if "errors" in answer:
            raise RuntimeError(answer["errors"])
        return answer["data"]

    async def round(self, query: str, requests: int) -> None:
        """Ask so often, one after the other."""
        spent, began = busy(self.process), time.perf_counter()
        for _ in range(requests):
            asked = time.perf_counter()
            await self.ask(query)
            self.took.append((time.perf_counter() - asked) * 1000)
        self.rates.append(requests / (time.perf_counter() - began))
        self.cpu += busy(self.process) - spent


def busy(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def side(name: str, url: str, pid: int, token: str | None) -> Side:
    """A service, asked over one connection that stays open."""
    headers = {"Accept-Encoding": "identity"}  # ours would pack its answers, and plain Strawberry packs none
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    client = httpx.AsyncClient(base_url=url, headers=headers, timeout=60)
    return Side(name, client, psutil.Process(pid), took=[], rates=[])


async def start_peer(site: Site) -> tuple[str, int]:
    """Start plain Strawberry over the same database; its address, and its process."""
    port = free_port()
    words = ("--factory", "bench.peer:create_app", "--port", str(port), "--log-level", "error")
    process = site.start((sys.executable, "-m", "uvicorn", *words))
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
    async with httpx.AsyncClient(base_url=url) as client:
        while time.monotonic() < deadline:
            try:
                await client.post("/graphql", json={"query": VIEWER})
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return url, process.pid
    raise TimeoutError("the peer did not become ready")


async def both(site: Site, query: str, requests: int) -> tuple[Side, Side]:
    """Ask ours, as an operator runs it and by an API key, and the peer, in turns."""
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as client:
        made = (await client.post("/graphql", json={"query": KEY})).json()["data"]["createApiKey"]
        for at in range(ROWS - len(site.rows("SELECT pk FROM runs"))):
            await submit(client, "echo", {"word": f"word {at}"})
        await site.settled(ROWS)
    url, pid = await start_peer(site)
    ours = side("ours", site.url, site.processes[0].pid, made["secret"])
    peer = side("peer", url, pid, None)
    if query == LIST and await ours.ask(query) != await peer.ask(query):
        raise RuntimeError("the two do not answer the same")
    for each in (ours, peer):
        await each.round(query, requests)  # warms both up
        each.took, each.rates, each.cpu = [], [], 0.0
    for _ in range(ROUNDS):
        for each in (ours, peer):
            await each.round(query, requests)
    for each in (ours, peer):
        await each.client.aclose()
    return ours, peer


def chain(length: int, number: int) -> str:
    """Fragments of which each spreads the one before it twice: no cycle, and valid."""
    links = (f"fragment f{at} on Query {{ ...f{at - 1} ...f{at - 1} }}" for at in range(1, length))
    return f"# {number}\n{{ ...f{length - 1} }} fragment f0 on Query {{ __typename }} {' '.join(links)}"


def looked_at(length: int) -> float:
    """Median milliseconds in which our limits judge a document that was read, each time a new one."""
    api: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry shows graphql-core's schema nowhere else
    limits, took = Limits(), []
    for number in range(LOOKS):
        document = parse(chain(length, number))
        began = time.perf_counter()
        problems = limits.refused_weighed(Scale(api, document, {}).weigh(None))
        if not problems:
            validate(api, document)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def figures(site: Site) -> Iterator[Figure]:
    """A list, a trivial query, and a document made to be a burden."""
    ours, peer = asyncio.run(both(site, LIST, REQUESTS))
    rate, theirs = statistics.median(ours.rates), statistics.median(peer.rates)
    spent = f"CPU {1000 * ours.cpu / len(ours.took):.1f} and {1000 * peer.cpu / len(peer.took):.1f} ms each"
    beside = f"{rate:.0f} requests/s, plain Strawberry with its caches {theirs:.0f}; {spent}"
    yield Figure("list of 100 runs, requests/s over plain Strawberry", rate / theirs, "times", "≥ 1.5", beside)
    ours, peer = asyncio.run(both(site, VIEWER, TRIVIAL // ROUNDS))
    around = statistics.median(ours.took) - statistics.median(peer.took)
    beside = f"p50 {statistics.median(ours.took):.2f} ms with all, {statistics.median(peer.took):.2f} ms plain"
    yield Figure("sign-in, rights and limits, p50", around, "ms", "≤ 1", beside)
    beside = f"of {FRAGMENTS} fragments; a chain of 100, which passes, {looked_at(100):.1f} ms"
    yield Figure("a chain of fragments judged", looked_at(FRAGMENTS), "ms", "≤ 20", beside)
