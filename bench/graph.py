"""A graph of 100,000 assets: pages of it by HTTP, and what is reached counted, beside peers on its edges."""

import contextlib
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import rustworkx

from bench.latency import percentile
from bench.plant import LAYERS
from bench.site import DATABASE, Site, submit

ASSETS = 100_000
PAGE_NODES, PAGE_EDGES = 1_000, 2_500
ROOTS, ROUNDS = 20, 15
CLOSURE = 100_000  # columns
COUNTS = 7
DEPENDANTS = 10_000
TRIES = 40  # columns two thirds down the layers, of which the one with about as many dependants is taken
SEED = 7
CANDIDATES = 400

PAGE = """query ($asset: String!, $column: String!, $most: Int!) {
  lineage(of: {column: {asset: $asset, column: $column}}, depth: 100, maxNodes: $most) {
    nodes { id asset { name } column { name } }
    edges { source target kind }
  }
}"""
REACH = """query ($asset: String!, $column: String!) {
  lineage(of: {column: {asset: $asset, column: $column}}, depth: 1, maxNodes: 1) { reach { columnCount } }
}"""
IMPACT = """query ($asset: String!, $column: String!) {
  impact(changes: [{dropColumn: {asset: $asset, column: $column}}]) {
    complete
    counts { columns wholeAssets assets byAssetKind { kind count } byDistance { distance count } }
    affected { distance reason breaks asset { name } column { name } path { source target kind } }
  }
}"""
POLICY = """mutation {
  setTagPolicy(
    policy: {tag: "bench", stoppedByMasking: false, stoppedByAggregation: false, includeInfluence: true}
  ) { __typename }
}"""
TAG = """mutation ($asset: String!, $column: String!) {
  annotate(of: {column: {asset: $asset, column: $column}}, kind: TAG, values: ["bench"]) { __typename }
}"""
TAG_REACH = """{
  tagReach(tag: "bench", first: 100) {
    totalCount complete
    nodes { edges { node {
      marking distance asset { name } column { name } origin { column { name } } path { source target kind }
    } } }
  }
}"""
FLOWING = """{
  assets(first: 100, filter: {schemas: ["layer_%d"]}) {
    edges { node { name columns { name flowingTags { marking distance path { source target } } } } }
  }
}"""
HEALTH = """{
  catalogHealth {
    coverage { definedCount explainedCount }
    gaps { reason count }
    disagreements { totalCount }
    orphans { totalCount items { name } }
    unusedAssets { totalCount items { name } }
    circles { totalCount }
  }
}"""
# A column is made of what its own edges and those of its asset as a whole come from.
RECURSIVE = """
WITH RECURSIVE reached (pk) AS (
  SELECT :root UNION
  SELECT edges.source_column_pk FROM reached
  JOIN columns ON columns.pk = reached.pk
  JOIN edges ON target_asset_pk = columns.asset_pk
    AND (target_column_pk = columns.pk OR target_column_pk IS NULL)
) SELECT count(*) - 1 FROM reached
"""


@dataclass(frozen=True, slots=True)
class Root:
    """A column to walk from: its id, and its name in two parts."""

    pk: str
    asset: str
    column: str

    @property
    def named(self) -> dict[str, Any]:
        return {"asset": self.asset, "column": self.column}


@dataclass(frozen=True, slots=True)
class Pages:
    """What reading pages took, in milliseconds, and how large they were."""

    p50: float
    p99: float
    edges: int


@dataclass(frozen=True, slots=True)
class Closure:
    """How many columns were counted, and the median milliseconds that it took each of three."""

    columns: int
    service: float
    recursive_sql: float
    rustworkx: float


def answered(client: httpx.Client, query: str, variables: dict[str, Any]) -> Any:
    """What a query gives."""
    answer = client.post("/graphql", json={"query": query, "variables": variables}).json()
    if "errors" in answer:
        raise RuntimeError(answer["errors"])
    return answer["data"]


def ask(client: httpx.Client, query: str, variables: dict[str, Any]) -> Any:
    """What a query for lineage gives."""
    return answered(client, query, variables)["lineage"]


def candidates(site: Site) -> Iterator[Root]:
    """Columns of the last layers, which have much behind them, in an order that is the same each time."""
    rows = site.rows(
        "SELECT columns.pk, assets.name, columns.name FROM columns JOIN assets ON assets.pk = asset_pk "
        f"WHERE assets.name LIKE 'layer\\_{LAYERS - 1}.%' ESCAPE '\\' ORDER BY columns.pk"
    )
    chosen = random.Random(SEED).sample(rows, CANDIDATES)  # noqa: S311 - the same roots each time
    return (Root(*row) for row in chosen)


def pages(site: Site, client: httpx.Client) -> Pages:
    """Read pages of 1,000 nodes from several roots, each several times, once the graph is in memory."""
    ask(client, REACH, next(candidates(site)).named)  # which waits for it
    roots, most_edges = [], 0
    for root in candidates(site):
        page = ask(client, PAGE, {**root.named, "most": PAGE_NODES})
        if len(page["nodes"]) == PAGE_NODES and len(page["edges"]) <= PAGE_EDGES:
            roots.append(root)
            most_edges = max(most_edges, len(page["edges"]))
        if len(roots) == ROOTS:
            break
    took = []
    for _ in range(ROUNDS):
        for root in roots:
            began = time.perf_counter()
            ask(client, PAGE, {**root.named, "most": PAGE_NODES})
            took.append((time.perf_counter() - began) * 1000)
    return Pages(statistics.median(took), percentile(took, 99), most_edges)


def closure(site: Site, client: httpx.Client) -> Closure:
    """Count all that one column is made of, where that is some 100,000 columns, in three ways."""
    root, columns = min(
        ((root, ask(client, REACH, root.named)["reach"]["columnCount"]) for root in candidates(site)),
        key=lambda found: (found[1] < CLOSURE, abs(found[1] - CLOSURE)),
    )
    service = median_ms(lambda: ask(client, REACH, root.named)["reach"]["columnCount"], columns)
    with contextlib.closing(sqlite3.connect(site.folder / DATABASE)) as database:
        recursive = median_ms(lambda: database.execute(RECURSIVE, {"root": root.pk}).fetchone()[0], columns)
    graph, numbers, hubs = as_rustworkx(site)
    number = numbers[root.pk]
    peer = median_ms(lambda: sum(each < hubs for each in rustworkx.descendants(graph, number)), columns)
    return Closure(columns, service, recursive, peer)


@dataclass(frozen=True, slots=True)
class Reached:
    """How many columns and assets a change reaches, and the median milliseconds to tell."""

    dependants: int
    took: float


def depended_on(client: httpx.Client, site: Site) -> Root:
    """A column on which some 10,000 others depend."""
    rows = site.rows(
        "SELECT columns.pk, assets.name, columns.name FROM columns JOIN assets ON assets.pk = asset_pk "
        f"WHERE assets.name LIKE 'layer\\_{LAYERS - 12}.%' ESCAPE '\\' ORDER BY columns.pk"
    )
    chosen = random.Random(SEED).sample(rows, TRIES)  # noqa: S311 - the same columns each time
    found = [(root, dependants(client, root)) for root in (Root(*row) for row in chosen)]
    return min(found, key=lambda each: abs(each[1] - DEPENDANTS))[0]


def reached(client: httpx.Client, root: Root) -> Reached:
    """Ask what the dropping of a column would reach."""
    count = dependants(client, root)
    return Reached(count, median_ms(lambda: dependants(client, root), count))


def tagged(client: httpx.Client, root: Root) -> tuple[Reached, Reached]:
    """Tag a column, and ask how far the tag reaches; then what flows into the columns of 100 assets."""
    for mutation in (POLICY, TAG):
        answered(client, mutation, root.named if mutation == TAG else {})
    count = tag_reach(client)
    of_tag = Reached(count, median_ms(lambda: tag_reach(client), count))
    columns = flowing(client)
    return of_tag, Reached(columns, median_ms(lambda: flowing(client), columns))


def tag_reach(client: httpx.Client) -> int:
    """How much has something of the tag; the nearest 100 are told with their ways."""
    found = answered(client, TAG_REACH, {})["tagReach"]
    if not found["complete"]:
        raise RuntimeError("the tag was not followed to its end")
    return int(found["totalCount"])


def flowing(client: httpx.Client) -> int:
    """How many columns a page of assets has, each asked which tags flow into it."""
    page = answered(client, FLOWING % (LAYERS - 1), {})["assets"]["edges"]
    return sum(len(edge["node"]["columns"]) for edge in page)


def dependants(client: httpx.Client, root: Root) -> int:
    """How many columns and assets as a whole the dropping of a column reaches."""
    counts = answered(client, IMPACT, root.named)["impact"]["counts"]
    return int(counts["columns"] + counts["wholeAssets"])


def health(client: httpx.Client) -> float:
    """Median milliseconds to tell how the catalog is doing."""
    took = []
    for _ in range(COUNTS):
        began = time.perf_counter()
        answered(client, HEALTH, {})
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


async def changed(site: Site) -> float:
    """Median milliseconds from submitting one view, each time another, to the end of its run."""
    took = []
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as client:
        for number in range(COUNTS):
            table = f"layer_{LAYERS - 1}.table_{ASSETS - 1}"
            view = f"CREATE VIEW mart.changed AS SELECT column_0 + {number} AS a FROM {table}"
            texts = [{"name": "changed.sql", "sql": view}]
            began = time.perf_counter()
            await submit(client, "lineage", {"texts": texts, "source": "changed", "dialect": "DUCKDB"})
            await site.settled(number + 1)
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def as_rustworkx(site: Site) -> tuple[Any, dict[str, int], int]:
    """The same edges for rustworkx; numbers of columns, and the first number that is an asset as a whole."""
    columns = site.rows("SELECT pk, asset_pk FROM columns")
    numbers = {pk: number for number, (pk, _) in enumerate(columns)}
    wholes = {pk: len(columns) + number for number, (pk,) in enumerate(site.rows("SELECT pk FROM assets"))}
    edges = site.rows("SELECT target_asset_pk, target_column_pk, source_column_pk FROM edges")
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(len(columns) + len(wholes)))
    graph.add_edges_from_no_data([(numbers[pk], wholes[asset]) for pk, asset in columns])
    graph.add_edges_from_no_data(
        [(numbers[column] if column else wholes[asset], numbers[source]) for asset, column, source in edges]
    )
    return graph, numbers, len(columns)


def median_ms(count: Callable[[], int], expected: int) -> float:
    """Median milliseconds of counting, which has to give what is expected."""
    took = []
    for _ in range(COUNTS):
        began = time.perf_counter()
        counted = count()
        took.append((time.perf_counter() - began) * 1000)
        if counted != expected:
            raise RuntimeError(f"counted {counted} columns instead of {expected}")
    return statistics.median(took)
