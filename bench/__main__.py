"""`make bench`: run every measurement once, side by side, and print it beside what is wanted and the floor.

Nothing here fails a build: a figure below its floor is marked, for a person to look at.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import catalog, latency, steady, throughput
from bench.site import Site, open_site

FLOORS = Path(__file__).parent / "floors.json"


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured: `wanted` is what was asked for; more is better where it begins with ≥."""

    name: str
    value: float
    unit: str
    wanted: str
    beside: str = ""


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


PARTS: tuple[Callable[[Site], Iterator[Figure]], ...] = (
    of_one_service,
    of_load,
    of_queue,
    of_death,
    of_catalog,
)


def measured() -> Iterator[Figure]:
    for part in PARTS:
        with open_site() as site:
            yield from part(site)


def verdict(figure: Figure, floor: float | None) -> str:
    """How a figure stands to the committed floor."""
    if floor is None:
        return "no floor yet"
    better = figure.value >= floor if figure.wanted.startswith("≥") else figure.value <= floor
    return "ok" if better else "BEHIND"


def main() -> None:
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    table = Table("figure", "measured", "wanted", "floor", "", "beside")
    figures = list(measured())
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
