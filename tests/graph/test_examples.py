"""The examples a visitor finds filled in really run, one after the other."""

import json
from pathlib import Path
from typing import Any

import graphql
import pytest

from graph.graphiql import ExampleTab, example_tabs
from graph.schema import schema
from tests.graph.api import Api

WAREHOUSE = Path(__file__).parents[2] / "examples" / "warehouse"
TABS = example_tabs()


def variables_of(tab: ExampleTab) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(tab.variables or "{}")
    return given


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.title)
def test_every_example_is_valid(tab: ExampleTab) -> None:
    """An example is a valid document, and its variables are what it declares."""
    api = schema._schema  # noqa: SLF001 - Strawberry shows graphql-core's schema nowhere else
    document = graphql.parse(tab.query)
    (operation,) = (each for each in document.definitions if isinstance(each, graphql.OperationDefinitionNode))
    coerced = graphql.get_variable_values(api, operation.variable_definitions or (), variables_of(tab))

    assert [] == graphql.validate(api, document)
    assert not isinstance(coerced, list), coerced


async def test_the_examples_in_turn(sqlite_api: Api) -> None:
    """A visitor submits, watches, walks, searches, looks and lists by pressing the button tab after tab."""
    submit, watch, upstream, search, picture, runs, service = TABS
    await load_warehouse(sqlite_api)

    accepted = (await sqlite_api.ask(submit.query, **variables_of(submit)))["submitRun"]
    await sqlite_api.execute(accepted["runId"])
    async with sqlite_api.socket() as wire:
        given = variables_of(watch) | {"runId": accepted["runId"]}
        seen = [
            payload["data"]["runEvents"]["__typename"]
            for payload in await wire.rest(await wire.start(watch.query, **given))
        ]
    walked = (await sqlite_api.ask(upstream.query, **variables_of(upstream)))["lineage"]
    hits = (await sqlite_api.ask(search.query))["searchAssets"]["edges"]
    seen_as = await sqlite_api.ask(picture.query)
    page = await sqlite_api.client.get(seen_as["lineagePicture"]["url"])
    listed = (await sqlite_api.ask(runs.query, **variables_of(runs)))["runs"]
    about = (await sqlite_api.ask(service.query))["service"]

    assert "Run" == accepted["__typename"]
    assert ("RunAccepted", "RunFinished") == (seen[0], seen[-1])
    assert "StageCompleted" in seen
    assert {"raw", "staging", "mart"} <= {node["asset"]["name"].partition(".")[0] for node in walked["nodes"]}
    assert all(edge["evidence"] for edge in walked["edges"])
    assert not walked["truncated"]
    assert "mart.revenue_by_month" in {hit["node"]["asset"]["name"] for hit in hits}
    assert (200, True) == (page.status_code, "mart.revenue_by_month" in page.text)
    assert 2 == seen_as["latestRevision"]["number"]
    assert accepted["runId"] == listed["edges"][0]["node"]["runId"]
    assert "Headwater" == about["name"]


async def load_warehouse(api: Api) -> str:
    """Do what `make demo` does; the id of its run."""
    files = sorted(WAREHOUSE.rglob("*.sql"))
    texts = [{"name": str(file.relative_to(WAREHOUSE)), "sql": file.read_text()} for file in files]
    accepted = await api.submit({"lineage": {"texts": texts, "dialect": "DUCKDB", "source": "warehouse"}})
    await api.execute(accepted["runId"])
    return str(accepted["runId"])
