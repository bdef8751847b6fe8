"""`make bench`: run every measurement once, side by side, and print it beside what is wanted and the floor.

`make bench ARGS="graph catalog"` runs these parts alone. Nothing here fails a build: a figure below its floor
is marked, for a person to look at.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from bench import (
    asked,
    catalog,
    contract,
    difference,
    engine,
    exports,
    graph,
    latency,
    queries,
    search,
    steady,
    throughput,
)
from bench.figures import Figure
from bench.plant import plant
from bench.site import Site, open_site

FLOORS = Path(__file__).parent / "floors.json"


def of_one_service(site: Site) -> Iterator[Figure]:
    yield Figure("idle CPU of API and worker", steady.idle(site), "% of a core", "≤ 6")
    as_it_comes = asyncio.run(latency.starting_with_arq_as_it_comes(site))
    beside = f"bare arq, own defaults: {as_it_comes:.0f} ms"
    yield Figure("accepted → STARTED, p50", asyncio.run(latency.starting(site)), "ms", "≤ 25", beside)
    yield Figure("event committed → on the socket, p50", asyncio.run(latency.hearing(site)), "ms", "≤ 10")


def of_load(site: Site) -> Iterator[Figure]:
    bare = asyncio.run(throughput.bare_arq(site))
    whole = asyncio.run(throughput.whole_path(site))
    beside = f"{whole:.0f} runs/s, bare arq {bare:.0f} jobs/s"
    yield Figure("trivial runs over bare arq jobs", 100 * whole / bare, "%", "≥ 8", beside)


def of_queue(site: Site) -> Iterator[Figure]:
    p95 = asyncio.run(latency.submitting_while_queued(site))
    yield Figure("submit answered, 100 queued, p95", p95, "ms", "≤ 50")


def of_death(site: Site) -> Iterator[Figure]:
    yield Figure("SIGKILL → STARTED again, p50", asyncio.run(steady.recovering(site)), "s", "≤ 7")


def of_catalog(site: Site) -> Iterator[Figure]:
    took = asyncio.run(catalog.carried(site))
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in took.stages.items())
    beside = f"{stages}; bare sqlglot parse {took.parse_seconds:.1f} s"
    yield Figure("5,000 objects, upload → COMPLETED", took.seconds, "s", "≤ 90", beside)
    yield Figure("its peak memory, worker and children", took.worker_mb, "MB", "≤ 1000")
    yield Figure("its peak memory, API", took.api_mb, "MB", "≤ 400")


def of_graph(site: Site) -> Iterator[Figure]:
    """What is read of a graph of 100,000 assets, and what is told of a second revision of it."""
    with httpx.Client(base_url=site.url, timeout=60) as client:
        yield from of_reads(site, client, "")
        told = difference.difference(site, client)
        tag, flowing = graph.tagged(client, graph.depended_on(client, site))
        one = asyncio.run(graph.changed(site))
    beside = f"{tag.dependants:,} columns and assets, the nearest 100 of them with their ways"
    yield Figure("reach of a tag, p50", tag.took, "ms", "≤ 500", beside)
    beside = f"{flowing.dependants:,} columns of 100 assets"
    yield Figure("tags that flow into a page, p50", flowing.took, "ms", "≤ 500", beside)
    beside = "of a source of its own, beside two million edges"
    yield Figure("one changed view, submit → COMPLETED, p50", one, "ms", "≤ 300", beside)
    beside = f"{told.changes:,} changes between two revisions, a page of {difference.PAGE}"
    yield Figure("diff of 1,000 changes, p50", told.alone, "ms", "≤ 300", beside)
    beside = f"the first time {told.first_felt:.0f} ms"
    yield Figure("diff, with who feels each of a page, p50", told.felt, "ms", "≤ 2000", beside)


def of_graph_on_postgres(site: Site) -> Iterator[Figure]:
    """The same reads where the state is in PostgreSQL."""
    with httpx.Client(base_url=site.url, timeout=60) as client:
        yield from of_reads(site, client, ", PostgreSQL")


def of_reads(site: Site, client: httpx.Client, where: str) -> Iterator[Figure]:
    """Pages, counts, impact and health, once the graph is in memory."""
    read = graph.pages(site, client)
    beside = f"p50 {read.p50:.0f} ms; {graph.ASSETS:,} assets, at most {read.edges:,} edges a page"
    yield Figure(f"page of 1,000 nodes, p99{where}", read.p99, "ms", "≤ 120", beside)
    counted = graph.closure(site, client)
    recursive, peer = counted.recursive_sql, counted.rustworkx
    beside = f"{counted.columns:,} columns; recursive SQL {recursive:.0f} ms, rustworkx {peer:.0f} ms"
    yield Figure(f"100,000 nodes counted, p50{where}", counted.service, "ms", "≤ 100", beside)
    if not where:  # what the peers do is the same
        yield Figure("recursive SQL over the service, same count", recursive / counted.service, "times", "≥ 2")
        yield Figure("rustworkx over the service, same count", peer / counted.service, "times", "≥ 0.5")
    root = graph.depended_on(client, site)
    impact = graph.reached(client, root)
    beside = f"{impact.dependants:,} dependants, 500 of them with their ways"
    yield Figure(f"impact of a column, p50{where}", impact.took, "ms", "≤ 500", beside)
    beside = "all but unused columns and sources"
    yield Figure(f"health of the catalog, p50{where}", graph.health(client), "ms", "≤ 1000", beside)
    memory = psutil.Process(site.processes[0].pid).memory_info().rss / (1 << 20)
    yield Figure(f"memory of the API with the graph{where}", memory, "MB", "≤ 1000")


PARTS: Mapping[str, Callable[[Site], Iterator[Figure]]] = {
    "service": of_one_service,
    "load": of_load,
    "queue": of_queue,
    "death": of_death,
    "catalog": of_catalog,
    "graph": of_graph,
    "graph-postgres": of_graph_on_postgres,
    "exports": exports.figures,
    "query-runs": asked.figures,
    "api": contract.figures,
}
ALONE: Mapping[str, Callable[[], Iterator[Figure]]] = {
    "engine": engine.figures,
    "query": queries.figures,
    "search": search.figures,
}
"""Parts that need no service."""
GRAPH = partial(plant, assets=graph.ASSETS)
FILLED: Mapping[str, Callable[[Path], object]] = {
    "graph": GRAPH,
    "graph-postgres": GRAPH,
    "exports": partial(plant, assets=exports.ASSETS),
}
ON_POSTGRES = frozenset({"graph-postgres"})


def measured(names: Sequence[str]) -> Iterator[Figure]:
    for name in names or (*PARTS, *ALONE):
        if name in ALONE:
            yield from ALONE[name]()
            continue
        with open_site(FILLED.get(name), on_postgres=name in ON_POSTGRES) as site:
            yield from PARTS[name](site)


def verdict(figure: Figure, floor: float | None) -> str:
    """How a figure stands to the committed floor."""
    if floor is None:
        return "no floor yet"
    better = figure.value >= floor if figure.wanted.startswith("≥") else figure.value <= floor
    return "ok" if better else "BEHIND"


def main() -> None:
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    table = Table("figure", "measured", "wanted", "floor", "", "beside")
    if unknown := set(sys.argv[1:]) - {*PARTS, *ALONE}:
        sys.exit(f"There is no part {', '.join(sorted(unknown))}: take of {', '.join((*PARTS, *ALONE))}.")
    figures = list(measured(sys.argv[1:]))
    for figure in figures:
        floor = floors.get(figure.name)
        shown = f"{figure.value:.1f} {figure.unit}"
        table.add_row(
            figure.name, shown, figure.wanted, str(floor or ""), verdict(figure, floor), figure.beside
        )
    console = Console(width=150)
    console.print(
        f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}"
    )
    console.print(table)


if __name__ == "__main__":
    main()
