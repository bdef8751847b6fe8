"""The history of queries: what was asked, found by engine, text and how long it took."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from db.models import Run, now
from tests.graph.api import Api
from tests.graph.test_queries import carried_out, submitted

LIST = """query List($filter: RunFilter) {
  runs(filter: $filter) { totalCount edges { node { runId input } } }
}"""


async def took(api: Api, run_id: str, seconds: float) -> None:
    """Have it that a run took so long."""
    began = now() - timedelta(hours=1)
    moments: dict[str, Any] = {"started_at": began, "finished_at": began + timedelta(seconds=seconds)}
    work = update(Run).where(col(Run.run_id) == run_id).values(**moments)
    await api.house.store.write(lambda session: session.execute(work))


async def test_what_is_found(api: Api) -> None:
    """Each filter of queries narrows the list, and counts agree; texts are found as they are written."""
    short = await carried_out(api, "SELECT 'a_b%' AS word")
    long = await carried_out(api, "SELECT 'aXb' AS Word")
    waiting = (await submitted(api, "SELECT 'waiting' AS word"))["runId"]
    other = await api.done()
    await took(api, short, 0.25)
    await took(api, long, 90.5)
    await took(api, other, 5)
    expected: list[tuple[dict[str, Any], set[str]]] = [
        ({"engine": "DUCKDB"}, {short, long, waiting}),
        ({"engine": "CLICKHOUSE"}, set()),
        ({"text": "as WORD"}, {short, long, waiting}),
        ({"text": "a_b%"}, {short}),
        ({"text": ""}, {short, long, waiting, other}),
        ({"text": "\\"}, set()),
        ({"longerThanSeconds": 90.4}, {long}),
        ({"longerThanSeconds": 90.5}, set()),
        ({"shorterThanSeconds": 0.251}, {short}),
        ({"longerThanSeconds": 1, "shorterThanSeconds": 10}, {other}),
        ({"engine": "DUCKDB", "text": "word", "longerThanSeconds": 0}, {short, long}),
    ]
    for wanted, fitting in expected:
        runs = (await api.ask(LIST, filter=wanted))["runs"]
        assert fitting == {edge["node"]["runId"] for edge in runs["edges"]}, wanted
        assert len(fitting) == runs["totalCount"], wanted


async def test_what_was_asked(sqlite_api: Api) -> None:
    """A run tells what was submitted."""
    await submitted(sqlite_api, "SELECT $1", params=[1], rowLimit=7)
    (edge,) = (await sqlite_api.ask(LIST))["runs"]["edges"]

    asked = edge["node"]["input"]
    assert ("SELECT $1", [1], 7, "duckdb") == tuple(
        asked[name] for name in ("sql", "params", "row_limit", "engine")
    )


@pytest.mark.parametrize("text", ["x" * 201])
async def test_what_is_too_long(sqlite_api: Api, text: str) -> None:
    """A text that is too long to be looked for is refused by its field."""
    assert "VALIDATION_FAILED" == await sqlite_api.code(LIST, filter={"text": text})
