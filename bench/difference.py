"""A second revision of a large graph, and how long telling what differs takes, and who feels it."""

import contextlib
import sqlite3
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.plant import MOMENT, SOURCE
from bench.site import DATABASE, Site
from db.models import MAIN_WORKSPACE

RETYPED, REMOVED, CUT = 400, 100, 250  # columns, columns, and edges of each kind
CHANGES = RETYPED + REMOVED + 2 * CUT
ROUNDS = 11
PAGE = 50
READ_SECONDS = 60.0

# Any rows will do: ids are chance, so the first ones by them are spread over the whole graph.
SECOND = f"""
CREATE TEMPORARY TABLE retyped AS SELECT pk, column_pk, ordinal FROM column_facts ORDER BY pk LIMIT {RETYPED};
INSERT INTO column_facts (pk, fact, workspace, source_pk, since, column_pk, ordinal, data_type)
SELECT replace(pk, substr(pk, 1, 8), 'ffffffff'), replace(pk, substr(pk, 1, 8), 'ffffffff'), '{MAIN_WORKSPACE}',
'{SOURCE}', 2, column_pk, ordinal, 'BIGINT' FROM retyped;
UPDATE column_facts SET until = 2 WHERE pk IN (SELECT pk FROM retyped);
UPDATE column_facts SET until = 2
WHERE pk IN (SELECT pk FROM column_facts WHERE until IS NULL AND since = 1 ORDER BY pk LIMIT {REMOVED});
UPDATE evidence SET until = 2 WHERE edge_pk IN (
SELECT pk FROM (SELECT pk FROM edges WHERE kind = 'direct' ORDER BY pk LIMIT {CUT})
UNION SELECT pk FROM (SELECT pk FROM edges WHERE kind = 'indirect' ORDER BY pk LIMIT {CUT}));
INSERT INTO revisions (workspace, number, attempt, state, reserved_at, committed_at)
VALUES ('{MAIN_WORKSPACE}', 2, 1, 'committed', '{MOMENT}', '{MOMENT}');
UPDATE workspaces SET head = 2 WHERE name = '{MAIN_WORKSPACE}';
"""
DIFF = f"""query {{
  lineageDiff(from: {{revision: 1}}, first: {PAGE}) {{
    totalCount counts {{ severity count }} changes {{ edges {{ node {{ severity reason %s }} }} }}
  }}
}}"""
FELT = "downstream { assetCount columnCount complete nearest { distance } }"


@dataclass(frozen=True, slots=True)
class Told:
    """How many changes were told, and the median milliseconds of a page: alone, and with who feels each."""

    changes: int
    alone: float
    felt: float
    first_felt: float


def difference(site: Site, client: httpx.Client) -> Told:
    """Write a second revision beside the service, and ask what differs."""
    grow(site.folder / DATABASE)
    alone, told = asked(client, DIFF % "", ROUNDS)
    first, _ = asked(client, DIFF % FELT, 1)
    deadline = time.monotonic() + READ_SECONDS
    while not complete(client):  # SQL answers until the graph of the new head is in memory
        if time.monotonic() > deadline:
            raise TimeoutError("the graph of the new head did not come into memory")
        time.sleep(0.5)
    felt, _ = asked(client, DIFF % FELT, ROUNDS)
    return Told(told["totalCount"], alone, felt, first)


def grow(file: Path) -> None:
    """Give a planted graph its second revision."""
    with contextlib.closing(sqlite3.connect(file, timeout=30)) as database:
        database.executescript(SECOND)


def complete(client: httpx.Client) -> bool:
    """Whether all who feel the changes of a page are counted."""
    _, told = asked(client, DIFF % FELT, 1)
    felt = [edge["node"]["downstream"] for edge in told["changes"]["edges"]]
    return all(each is None or each["complete"] for each in felt)


def asked(client: httpx.Client, query: str, rounds: int) -> tuple[float, Any]:
    """Median milliseconds of an answer, and the last one."""
    took, told = [], None
    for _ in range(rounds):
        began = time.perf_counter()
        answer = client.post("/graphql", json={"query": query}).json()
        took.append((time.perf_counter() - began) * 1000)
        if "errors" in answer:
            raise RuntimeError(answer["errors"])
        told = answer["data"]["lineageDiff"]
    return statistics.median(took), told
