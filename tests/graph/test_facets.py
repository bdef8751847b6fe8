"""What OpenLineage events say that Headwater does not read can be read by whoever asks for it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import update
from sqlmodel import select

from db.facets import MOST, DatasetFacet
from db.models import now
from db.session import Session
from jobs.engines.openlineage.unread import MAX_BYTES, MAX_DEPTH
from jobs.sweep import tidy_events
from tests.graph.api import Api, open_api
from tests.graph.test_inbox import runs, sent
from tests.openlineage import WAREHOUSE, dataset, event, schema

FACETS = """query($name: String!, $namespace: String!) { asset(name: $name, namespace: $namespace) {
  kind facets { name producer schemaUrl saidAt sizeBytes value }
} }"""


def quality(rows: int, **more: Any) -> dict[str, Any]:
    """A facet that we do not read."""
    url = "https://example.org/quality.json"
    return {"_producer": "https://example.org/spark", "_schemaURL": url, "rowCount": rows, **more}


async def facets_of(api: Api, name: str = "o", namespace: str = WAREHOUSE) -> dict[str, Any]:
    """What is shown of an asset's facets, by name."""
    found = (await api.ask(FACETS, name=name, namespace=namespace))["asset"]["facets"]
    assert sorted(each["name"] for each in found) == [each["name"] for each in found]
    return {each["name"]: each for each in found}


async def taken(api: Api, *events: dict[str, Any]) -> None:
    """Let events become lineage."""
    assert 201 == (await sent(api, list(events))).status_code
    for run in await runs(api):
        if run.finished_at is None:
            await api.house.execute(run)


def of(**facets: Any) -> dict[str, Any]:
    return event(inputs=[dataset("raw.a")], outputs=[dataset("o", **facets)])


async def test_what_nobody_reads_is_shown(api: Api) -> None:
    """A facet that is not in the graph itself is shown whole, with who made it; one that is, is not."""
    output = {**dataset("o", schema=schema(x="INT"), dataQuality=quality(7))}
    output["outputFacets"] = {"outputStatistics": quality(9, nested={"deep": [1, None, "ü"]})}
    await taken(api, event(inputs=[dataset("raw.a")], outputs=[output]))

    found = await facets_of(api)
    assert ["dataQuality", "outputStatistics"] == list(found)
    shown = found["dataQuality"]
    assert ("https://example.org/spark", "https://example.org/quality.json") == (
        shown["producer"],
        shown["schemaUrl"],
    )
    assert quality(7) == shown["value"]
    assert len(orjson.dumps(quality(7))) == shown["sizeBytes"]
    assert "2026-01-02T03:04:05+00:00" == shown["saidAt"]
    assert {"deep": [1, None, "ü"]} == found["outputStatistics"]["value"]["nested"]
    assert {} == await facets_of(api, "raw.a")


async def test_the_latest_counts(api: Api) -> None:
    """Of each facet the latest counts by the time of its event, whatever the order in which events come."""
    late = {**of(q=quality(2)), "eventTime": "2026-03-01T00:00:00Z"}
    early = {**of(q=quality(1), other=quality(3)), "eventTime": "2026-02-01T00:00:00Z"}
    await taken(api, late)
    await taken(api, early)

    found = await facets_of(api)
    assert (2, 3) == (found["q"]["value"]["rowCount"], found["other"]["value"]["rowCount"])
    await taken(api, {**of(q={"_deleted": True}), "eventTime": "2026-04-01T00:00:00Z"})
    assert ["other"] == list(await facets_of(api))
    await taken(api, {**of(q=quality(4)), "eventTime": "2026-03-15T00:00:00Z"})
    assert ["other"] == list(await facets_of(api))
    both = [{**of(q=quality(rows)), "eventTime": f"2026-05-0{rows}T00:00:00Z"} for rows in (7, 8, 6)]
    await taken(api, *both)
    assert 8 == (await facets_of(api))["q"]["value"]["rowCount"]


async def test_clocks_that_go_ahead(sqlite_api: Api) -> None:
    """An event from the future is of now, so that what is said later is heard."""
    await taken(sqlite_api, {**of(q=quality(1)), "eventTime": "2999-01-01T00:00:00Z"})
    assert (await facets_of(sqlite_api))["q"]["saidAt"] < "2999"
    later = (now() + timedelta(days=1)).isoformat()
    await taken(sqlite_api, {**of(q=quality(2)), "eventTime": later})

    assert 2 == (await facets_of(sqlite_api))["q"]["value"]["rowCount"]


async def test_other_names_of_a_dataset(sqlite_api: Api) -> None:
    """What is said of a dataset under one of its names is shown under the name of its table, too."""
    identifiers = [{"namespace": WAREHOUSE, "name": "raw.orders", "type": "TABLE"}]
    files = {"namespace": "s3://lake", "name": "/lake/orders"}
    facets = {"symlinks": {"identifiers": identifiers}, "q": quality(1)}
    await taken(sqlite_api, event(inputs=[dataset("src")], outputs=[{**files, "facets": facets}]))

    assert quality(1) == (await facets_of(sqlite_api, "raw.orders"))["q"]["value"]


async def test_facets_of_jobs(sqlite_api: Api) -> None:
    """A job's facets are shown, too; its SQL only to who may see definitions."""
    entries = [{"type": "JOB", "inputs": [{"namespace": WAREHOUSE, "name": "raw.a", "type": "DATASET"}]}]
    facets = {"lineage": {"entries": entries}, "sql": {"query": "SELECT 1"}, "jobType": quality(1)}
    await taken(sqlite_api, {**event(), "job": {"namespace": "airflow", "name": "load", "facets": facets}})

    found = await facets_of(sqlite_api, "load", "airflow")
    assert ["jobType", "sql"] == list(found)
    assert {"query": "SELECT 1"} == found["sql"]["value"]


async def test_what_is_no_facet(sqlite_api: Api) -> None:
    """What is no object, has a name that is too long, or is too large or too deep costs itself alone."""
    deep: Any = 1
    for _ in range(MAX_DEPTH):
        deep = [deep]
    odd = {"q": 5, "n" * 201: quality(1), "": quality(1), "_producer": "x"}
    large: dict[str, Any] = {"text": "x" * MAX_BYTES}
    ok: dict[str, Any] = {"fine": [{}] * 3}
    await taken(sqlite_api, of(**odd, large=large, deep={"in": deep}, nul={"a": "\0"}, ok=ok))

    found = await facets_of(sqlite_api)
    assert ["deep", "large", "nul", "ok"] == list(found)
    assert [None, None, None, ok] == [each["value"] for each in found.values()]
    assert (None, None) == (found["ok"]["producer"], found["ok"]["schemaUrl"])
    assert MAX_BYTES < found["large"]["sizeBytes"]


async def test_how_many_are_shown(sqlite_api: Api) -> None:
    """Of very many facets the first by name are shown, and of very large ones together only the sizes."""
    some = {f"f{number:03}": {"text": "x" * 60_000} for number in range(MOST)}
    await taken(sqlite_api, *({**of(**dict([each])), "run": {"runId": each[0]}} for each in some.items()))
    more = {f"g{number:03}": quality(number) for number in range(MOST)}
    await taken(sqlite_api, of(**more))

    found = await facets_of(sqlite_api)
    assert list(some) == list(found)
    shown = [each["value"] is not None for each in found.values()]
    assert [True] * 66 + [False] * 34 == shown


async def test_facets_are_forgotten(sqlite_api: Api) -> None:
    """What was said is forgotten with the events that said it, and goes with its workspace."""
    days = sqlite_api.house.bench.settings.event_retention_days
    await taken(sqlite_api, of(q=quality(1)))

    def age(session: Session) -> None:
        session.execute(update(DatasetFacet).values(received_at=now() - timedelta(days=days, hours=1)))

    await sqlite_api.house.store.write(age)
    await tidy_events(sqlite_api.house.bench)
    assert {} == await facets_of(sqlite_api)

    await taken(sqlite_api, of(q=quality(2)))
    clear = 'mutation { clearWorkspace(workspace: "main", confirm: "main") { __typename } }'
    assert "WorkspaceCleared" == (await sqlite_api.ask(clear))["clearWorkspace"]["__typename"]
    left = await sqlite_api.house.store.read(lambda session: session.scalars(select(DatasetFacet)).all())
    assert [] == list(left)


@pytest.mark.parametrize("sees", [True, False])
async def test_sql_of_jobs_is_hidden(sqlite_url: str, redis_url: str, tmp_path: Path, *, sees: bool) -> None:
    """The SQL of a job is not shown to who may not see definitions."""
    async with open_api(sqlite_url, redis_url, tmp_path, bearer="boss") as api:
        entries = [{"type": "JOB", "inputs": [{"namespace": WAREHOUSE, "name": "raw.a", "type": "DATASET"}]}]
        facets = {"lineage": {"entries": entries}, "sql": {"query": "SELECT 1"}}
        await taken(api, {**event(), "job": {"namespace": "airflow", "name": "load", "facets": facets}})
        make = """mutation($sees: Boolean!) { createApiKey(name: "k", scopes: [
          {workspace: "main", role: VIEWER, seesDefinitions: $sees}]) { ... on ApiKeyCreated { secret } } }"""
        secret = (await api.ask(make, sees=sees))["createApiKey"]["secret"]
        api.client.headers["Authorization"] = f"Bearer {secret}"

        shown = (await facets_of(api, "load", "airflow"))["sql"]["value"]
        assert ({"query": "SELECT 1"} if sees else None) == shown
