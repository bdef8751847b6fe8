"""OpenLineage clients send events, and a run puts what they say into the graph."""

import gzip
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import select, update

from db.inbox import LineageEvent
from db.models import Run, RunStatus, now
from db.session import Session
from graph.inbox import unpacked
from jobs.errors import TooLarge
from jobs.sweep import tidy_events
from tests.graph.api import Api, open_api
from tests.openlineage import WAREHOUSE, dataset, event, source, transformation

EVENTS = "/api/v1/lineage"
FIELDS = {"total": {"inputFields": [source("raw.orders", "amount", transformation("DIRECT", "AGGREGATION"))]}}
COMPLETE = event(
    inputs=[dataset("raw.orders")], outputs=[dataset("mart.daily", columnLineage={"fields": FIELDS})]
)
LINEAGE = """query ($namespace: String!) {
  lineage(of: {column: {asset: "mart.daily", column: "total", namespace: $namespace}}) {
    edges { subtype source target evidence { origin source expression file } } nodes { id asset { name kind } }
  }
}"""


async def sent(api: Api, body: object, path: str = EVENTS, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return await api.client.post(path, content=content, headers={"content-type": "application/json", **headers})


def _runs(session: Session) -> list[Run]:
    return list(session.scalars(select(Run).order_by(Run.submitted_at)).all())  # type: ignore[arg-type]  # SQLModel


def _kept(session: Session) -> int:
    return len(session.scalars(select(LineageEvent.pk)).all())  # type: ignore[call-overload]  # SQLModel's columns


async def runs(api: Api) -> list[Run]:
    return await api.house.store.read(_runs)


async def test_an_event_becomes_lineage(api: Api) -> None:
    """What a client sent is an edge with its evidence, in its own namespace, as soon as the run has ended."""
    response = await sent(api, COMPLETE)
    assert (201, 1) == (response.status_code, response.json()["summary"]["successful"])

    (run,) = await runs(api)
    await api.house.execute(run)
    found = (await api.ask(LINEAGE, namespace=WAREHOUSE))["lineage"]
    (edge,) = [each for each in found["edges"] if each["subtype"] == "AGGREGATION"]
    assert {
        "origin": "IMPORTED",
        "source": "openlineage",
        "expression": "mart.daily.total from raw.orders.amount: AGGREGATION",
        "file": "airflow/load",
    } == edge["evidence"][0]
    assert RunStatus.COMPLETED == (await api.house.row(run)).status


async def test_one_run_reads_what_came_before_it(sqlite_api: Api) -> None:
    """Events that come while a run waits for its turn begin no other, and the same event twice is kept once."""
    for number in range(3):
        await sent(sqlite_api, event(run=str(number), inputs=[dataset("a")], outputs=[dataset(f"o{number}")]))
    await sent(sqlite_api, event(run="0", inputs=[dataset("a")], outputs=[dataset("o0")]))

    (run,) = await runs(sqlite_api)
    assert 3 == await sqlite_api.house.store.read(_kept)
    await sqlite_api.house.execute(run)
    result = (await sqlite_api.house.row(run)).result
    assert result is not None
    assert (4, 3) == (result["asset_count"], result["indirect_edge_count"])
    await sent(sqlite_api, COMPLETE)
    assert 2 == len(await runs(sqlite_api))


async def test_batches(sqlite_api: Api) -> None:
    """Of a batch each event counts for itself: what is none is told by its place."""
    wrong = {**COMPLETE, "eventTime": 7}
    response = await sent(sqlite_api, [COMPLETE, wrong, event("START")], f"{EVENTS}/batch")

    assert 207 == response.status_code
    assert {"received": 3, "successful": 2, "failed": 1} == response.json()["summary"]
    assert [{"index": 1, "reason": "eventTime is no text"}] == response.json()["failed_events"]
    assert 2 == await sqlite_api.house.store.read(_kept)


async def test_packed_events(sqlite_api: Api) -> None:
    """Clients may pack what they send by gzip."""
    response = await sent(sqlite_api, gzip.compress(orjson.dumps(COMPLETE)), **{"content-encoding": "gzip"})
    assert 201 == response.status_code


REFUSED: tuple[tuple[bytes, Mapping[str, str], int, str], ...] = (
    (b"{", {}, 400, "is not JSON"),
    (b"[]", {}, 422, "the batch is empty"),
    (b"5", {}, 422, "the event is no object"),
    (b'[{"a": 1}]', {}, 422, "[0] is no OpenLineage event"),
    (b"{}", {"content-type": "text/plain"}, 415, "Send application/json"),
    (b"no such thing", {"content-encoding": "gzip"}, 400, "no gzip"),
    (gzip.compress(b"{}")[:-9], {"content-encoding": "gzip"}, 400, "its gzip has no end"),
    (b"x", {"content-encoding": "br"}, 415, "packed by gzip"),
)


@pytest.mark.parametrize(("body", "headers", "status", "words"), REFUSED)
async def test_what_is_no_event(
    sqlite_api: Api, body: bytes, headers: Mapping[str, str], status: int, words: str
) -> None:
    """What is no event is refused with what is wrong, and begins no run."""
    response = await sent(sqlite_api, body, **headers)

    assert status == response.status_code
    assert words in response.json()["errors"][0]["message"]
    assert [] == await runs(sqlite_api)


def test_bombs() -> None:
    """What would become too large is refused before it is whole."""
    with pytest.raises(TooLarge, match="larger than 1,000 bytes when unpacked"):
        unpacked(gzip.compress(b"0" * 100_000), 1_000)


async def test_a_batch_of_a_million(sqlite_api: Api) -> None:
    """A million of what is no event is answered in few words, and the one that is an event is kept."""
    response = await sent(sqlite_api, b"[" + b"5," * 999_999 + b"5]")
    assert 422 == response.status_code
    assert "[0] is no OpenLineage event: the event is no object" in response.json()["errors"][0]["message"]

    response = await sent(sqlite_api, b"[" + orjson.dumps(COMPLETE) + b",5" * 999_999 + b"]")
    assert (207, 999_999, 100) == (
        response.status_code,
        response.json()["summary"]["failed"],
        len(response.json()["failed_events"]),
    )
    assert 1 == await sqlite_api.house.store.read(_kept)


async def test_more_than_a_body_may_be(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A batch that is larger than bodies may be is refused, packed or not."""
    async with open_api(sqlite_url, redis_url, tmp_path, max_body_bytes="2048") as api:
        batch = orjson.dumps([{**COMPLETE, "run": {"runId": str(number)}} for number in range(1_000)])
        plain = await sent(api, batch)

        assert (413, "TOO_LARGE") == (plain.status_code, plain.json()["errors"][0]["extensions"]["code"])
        bomb = await sent(api, gzip.compress(b"[" + b" " * 100_000 + b"]"), **{"content-encoding": "gzip"})
        assert (413, 0) == (bomb.status_code, await api.house.store.read(_kept))


async def test_unknown_producers_and_other_clocks(sqlite_api: Api) -> None:
    """Who made an event does not matter, nor that its clock goes ahead: what it says is in the graph."""
    odd = {**COMPLETE, "producer": "nobody:knows", "eventTime": "2999-12-31T23:59:59Z", "unheardOf": {"a": [1]}}
    assert 201 == (await sent(sqlite_api, odd)).status_code
    (run,) = await runs(sqlite_api)
    await sqlite_api.house.execute(run)

    ended = await sqlite_api.house.row(run)
    assert ended.result is not None
    assert (RunStatus.COMPLETED, 2) == (ended.status, ended.result["asset_count"])
    assert "1 events are of the future" in ended.result["warnings"][0]
    found = (await sqlite_api.ask(LINEAGE, namespace=WAREHOUSE))["lineage"]
    assert "AGGREGATION" in {each["subtype"] for each in found["edges"]}


async def test_other_methods_and_workspaces(sqlite_api: Api) -> None:
    """Events are sent by POST, and to a workspace that there is."""
    assert 405 == (await sqlite_api.client.get(EVENTS)).status_code
    response = await sent(sqlite_api, COMPLETE, f"{EVENTS}?workspace=nowhere")
    assert (404, "NOT_FOUND") == (response.status_code, response.json()["errors"][0]["extensions"]["code"])


async def test_who_may_send(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Who may submit no runs sends no events; a token is brought as to the API."""
    async with open_api(sqlite_url, redis_url, tmp_path, bearer="right") as api:
        async with httpx.AsyncClient(base_url=str(api.client.base_url)) as stranger:
            assert 401 == (await stranger.post(EVENTS, json=COMPLETE)).status_code
        assert 201 == (await sent(api, COMPLETE)).status_code
    async with open_api(sqlite_url, redis_url, tmp_path, anonymous="viewer") as api:
        assert 403 == (await sent(api, COMPLETE)).status_code


async def test_a_workspace_full_of_runs(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Where no run can begin, events are kept all the same."""
    async with open_api(sqlite_url, redis_url, tmp_path, max_unfinished_runs="1") as api:
        await api.echo()
        assert 201 == (await sent(api, COMPLETE)).status_code
        assert 1 == await api.house.store.read(_kept)
        assert ["echo"] == [run.kind for run in await runs(api)]


async def test_old_events_are_forgotten(sqlite_api: Api) -> None:
    """Events are kept for as many days as the settings say."""
    days = sqlite_api.house.bench.settings.event_retention_days
    await sent(sqlite_api, [COMPLETE, event("START")])

    def age(session: Session) -> None:
        body: Any = LineageEvent.body
        old = update(LineageEvent).where(body.contains("START"))
        session.execute(old.values(received_at=now() - timedelta(days=days, hours=1)))

    await sqlite_api.house.store.write(age)
    await tidy_events(sqlite_api.house.bench)
    assert 1 == await sqlite_api.house.store.read(_kept)


async def test_instead_of_texts(sqlite_api: Api) -> None:
    """A run reads the inbox, or texts or uploads, and not both; with an empty inbox it fails in words."""
    both = {"lineage": {"inbox": True, "texts": [{"name": "a", "sql": "SELECT 1"}]}}
    refused = await sqlite_api.submit(both)
    assert "inbox and texts or uploads are both given" in refused["message"]
    accepted: dict[str, Any] = await sqlite_api.submit({"lineage": {"inbox": True, "texts": []}})
    await sqlite_api.execute(accepted["runId"])
    asked = "query ($id: String!) { run(runId: $id) { error { problems { code file } } } }"
    shown = (await sqlite_api.ask(asked, id=accepted["runId"]))["run"]
    assert [{"code": "NO_EVENTS", "file": "inbox"}] == shown["error"]["problems"]
