"""Headwater speaks OpenLineage with others: with another Headwater, and with the official client."""

import asyncio
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpConfig, HttpTransport
from pydantic import SecretStr
from sqlmodel import select

from db.lineage import Edge
from db.models import RunStatus
from db.session import Session
from jobs.emission import emit
from jobs.settings import EmissionSettings
from tests.graph.api import Api, open_api
from tests.graph.test_inbox import runs
from tests.house import open_house
from tests.jobs.pipelines.lineage.sight import told
from tests.openlineage import WAREHOUSE

TEXTS = {
    "tables.sql": "CREATE TABLE raw.orders (id int, price int);",
    "sales.sql": "CREATE VIEW mart.sales AS SELECT id, sum(price) AS total FROM raw.orders GROUP BY id;",
    "best.sql": "CREATE VIEW mart.best AS SELECT total AS best FROM mart.sales;",
}
WALK = """query ($asset: String!, $column: String!, $namespace: String!) {
  lineage(of: {column: {asset: $asset, column: $column, namespace: $namespace}}, direction: UPSTREAM) {
    edges { subtype } nodes { asset { name } column { name } }
  }
}"""


async def walked(api: Api, asset: str, column: str, namespace: str) -> tuple[set[str], set[str]]:
    """The columns from which a column comes, and how."""
    found = (await api.ask(WALK, asset=asset, column=column, namespace=namespace))["lineage"]
    columns = {f"{each['asset']['name']}.{each['column']['name']}" for each in found["nodes"] if each["column"]}
    return columns, {each["subtype"] for each in found["edges"]}


async def drained(api: Api) -> None:
    """Let what was sent become lineage."""
    for run in await runs(api):
        if run.finished_at is None:
            await api.house.execute(run)
            assert RunStatus.COMPLETED == (await api.house.row(run)).status


async def test_from_one_headwater_to_another(
    sqlite_url: str, sqlite_template: Path, redis_url: str, tmp_path: Path
) -> None:
    """What a run found out here can be walked there, from column to column, and nothing else."""
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(sqlite_template, other / "headwater.db")
    there = open_api(f"sqlite:///{other / 'headwater.db'}", redis_url, other, bearer="right")
    async with open_house(sqlite_url, redis_url, tmp_path) as house, there as api:
        settings = EmissionSettings(url=f"{api.address}/api/v1/lineage", api_key=SecretStr("right"))
        bench = replace(house.bench, emission=settings)
        await emit(bench)
        await told(house, TEXTS)
        await emit(bench)
        await drained(api)

        columns, ways = await walked(api, "mart.best", "best", "headwater://main")
        assert {"mart.best.best", "mart.sales.total", "raw.orders.price", "raw.orders.id"} >= columns
        assert {"mart.best.best", "mart.sales.total", "raw.orders.price"} <= columns
        assert {"IDENTITY", "AGGREGATION"} <= ways
        assert "DEPENDENCY" not in ways


async def test_two_that_tell_each_other(sqlite_api: Api) -> None:
    """A run that reads what others sent is not told to others: they would tell us of having read that."""
    house = sqlite_api.house
    settings = EmissionSettings(url=f"{sqlite_api.address}/api/v1/lineage")
    bench = replace(house.bench, emission=settings)
    await emit(bench)
    await told(house, TEXTS)
    await emit(bench)
    await drained(sqlite_api)
    count = len(await runs(sqlite_api))
    await emit(bench)

    assert count == len(await runs(sqlite_api)) == 2
    assert all(run.finished_at is not None for run in await runs(sqlite_api))


def lineage_of(field: str) -> column_lineage_dataset.ColumnLineageDatasetFacet:
    """The facet columnLineage as the official client writes it."""
    way = column_lineage_dataset.Transformation(type="DIRECT", subtype="AGGREGATION", masking=True)
    source = column_lineage_dataset.InputField(WAREHOUSE, "raw.orders", "amount", [way])
    return column_lineage_dataset.ColumnLineageDatasetFacet(
        fields={field: column_lineage_dataset.Fields(inputFields=[source])}
    )


def send(address: str, token: str) -> None:
    """Send the start and the end of a run with the official client, over its own transport."""
    config = HttpConfig(url=address, auth=ApiKeyTokenProvider({"apiKey": token}))
    client = OpenLineageClient(transport=HttpTransport(config))
    run, job = Run(str(uuid4())), Job("airflow", "daily")
    fields = [schema_dataset.SchemaDatasetFacetFields("total", "NUMERIC")]
    output = OutputDataset(
        WAREHOUSE,
        "mart.daily",
        facets={"columnLineage": lineage_of("total"), "schema": schema_dataset.SchemaDatasetFacet(fields)},
    )
    for state, outputs in ((RunState.START, []), (RunState.COMPLETE, [output])):
        client.emit(
            RunEvent(
                eventTime=datetime.now(UTC).isoformat(),
                run=run,
                job=job,
                eventType=state,
                inputs=[InputDataset(WAREHOUSE, "raw.orders")],
                outputs=outputs,
                producer="https://example.org/tests",
            )
        )
    client.close()


async def test_the_official_client(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """What the official client sends over its own transport can be walked from column to column."""
    async with open_api(sqlite_url, redis_url, tmp_path, bearer="right") as api:
        await asyncio.to_thread(send, api.address, "right")
        await drained(api)

        columns, ways = await walked(api, "mart.daily", "total", WAREHOUSE)
        assert ({"mart.daily.total", "raw.orders.amount"}, {"AGGREGATION"}) == (columns, ways)
        masked = await api.house.store.read(_masked)
        assert [True] == masked


def _masked(session: Session) -> list[bool]:
    return [edge.masking for edge in session.scalars(select(Edge)).all() if edge.source_column_pk]
