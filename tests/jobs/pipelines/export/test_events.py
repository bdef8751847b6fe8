"""A graph is exported as OpenLineage events, and reading them gives the same graph."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from db.annotations import Word, say
from db.catalog import find_assets, find_column
from db.models import RunStatus
from jobs.pipelines.export.events import PAGE
from tests.house import House
from tests.jobs.pipelines.export.exports import exported, imported
from tests.jobs.pipelines.lineage.sight import look, make_workspace, told
from tests.openlineage import dataset, event, source, transformation
from tests.specification import problems

HERE = "headwater://main"
TEXTS = {
    "tables.sql": "CREATE TABLE raw.orders (id int, price decimal(10, 2), email text, state text);"
    "CREATE TABLE raw.days (day date, id int); CREATE TABLE mart.loaded (id int, total int);",
    "views.sql": "CREATE VIEW mart.sales AS SELECT o.id, sum(o.price) AS total, md5(o.email) AS who, d.day"
    " FROM raw.orders o JOIN raw.days d ON d.id = o.id WHERE o.state = 'paid' GROUP BY o.id, o.email, d.day;"
    "CREATE VIEW mart.all_of_it AS SELECT * FROM elsewhere.unknown;",
    "loads.sql": "INSERT INTO mart.loaded SELECT id, total FROM mart.sales ORDER BY total;",
    "odd.sql": 'CREATE TABLE "odd "" name" ("a.b" int, "ü \U0001d11e" int);',
}


def events_in(content: bytes) -> list[dict[str, Any]]:
    """The events of a file, each of which keeps to the specification."""
    found = [orjson.loads(line) for line in content.splitlines()]
    assert [] == [problem for each in found for problem in problems(each)]
    return found


async def events_of(house: House, workspace: str = "main", **params: Any) -> list[dict[str, Any]]:
    """The events that an export writes."""
    return events_in(await exported(house, workspace, called="lineage.ndjson", format="openlineage", **params))


def without_time(events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What events say, by the name of what they are about."""
    said = {}
    for each in events:
        about = each.get("dataset") or each["job"]
        said[f"{about['namespace']} {about['name']}"] = {
            key: value for key, value in each.items() if key != "eventTime"
        }
    return said


async def say_of(house: House, name: str, column: str | None, kind: str, *values: str) -> None:
    """Let a person say something of an asset or a column."""
    at = await house.head()
    found = await house.store.read(partial(find_assets, workspace="main", names=[(HERE, name)], at=at))
    asset = found[HERE, name]
    of_column = None
    if column is not None:
        of_column = await house.store.read(partial(find_column, asset_pk=asset.pk, name=column, at=at))
        assert of_column is not None
    word = Word("main", asset.pk, of_column.pk if of_column else None, kind, values, "ann", "")
    assert await house.write(partial(say, word=word))


async def test_a_graph_comes_back(house: House, tmp_path: Path) -> None:
    """Assets, columns, types, edges, owners, tags and descriptions are imported as they were exported."""
    await told(house, TEXTS)
    await say_of(house, "mart.sales", None, "owner", "team:data", "ann")
    await say_of(house, "mart.sales", None, "tag", "tier:gold", "curated")
    await say_of(house, "mart.sales", "who", "tag", "pii")
    await say_of(house, "mart.sales", "total", "description", "In euro.")
    await say_of(house, "raw.orders", None, "description", "All orders.")
    content = await exported(house, called="lineage.ndjson", format="openlineage")

    await house.write(partial(make_workspace, name="other"))
    run = await imported(house, tmp_path, content, "other")
    assert RunStatus.COMPLETED == run.status, run.error

    before, after = without_time(events_in(content)), without_time(await events_of(house, "other"))
    assert before == after
    here, there = await look(house), await look(house, workspace="other")
    assert (here.assets, here.columns, here.edges) == (there.assets, there.columns, there.edges)
    sales = before[f"{HERE} mart.sales"]["dataset"]["facets"]
    assert [{"name": "team:data"}, {"name": "ann"}] == sorted(
        sales["ownership"]["owners"], key=lambda each: -len(each["name"])
    )
    ways = sales["columnLineage"]["fields"]["who"]["inputFields"][0]["transformations"]
    assert {"type": "DIRECT", "subtype": "TRANSFORMATION", "masking": True} in ways
    assert "In euro." in [each.get("description") for each in sales["schema"]["fields"]]


async def test_jobs_and_wholes_come_back(house: House, tmp_path: Path) -> None:
    """What came from events goes out as events: jobs, whole datasets, and fields of fields."""
    entries = [
        {"type": "JOB", "inputs": [{**source("raw.a", "x"), "type": "DATASET"}]},
        {"type": "DATASET", "namespace": "n", "name": "o", "inputs": [{"type": "JOB"}]},
    ]
    job = {"namespace": "airflow", "name": "own", "facets": {"lineage": {"entries": entries}}}
    masked = transformation("DIRECT", "AGGREGATION", masking=True)
    fields = {"a.b": {"inputFields": [source("raw.a", "x", masked)]}}
    given = [
        {**event(run="1"), "job": job},
        event(run="2", inputs=[dataset("raw.a")], outputs=[dataset("p", columnLineage={"fields": fields})]),
        event(run="3", inputs=[dataset("raw.a")], outputs=[dataset("q")]),
    ]
    first = await imported(house, tmp_path, orjson.dumps(given))
    assert RunStatus.COMPLETED == first.status, first.error
    content = await exported(house, called="lineage.ndjson", format="openlineage")

    await house.write(partial(make_workspace, name="other"))
    await imported(house, tmp_path, content, "other")

    assert without_time(events_in(content)) == without_time(await events_of(house, "other"))
    assert await look(house) == await look(house, workspace="other")


async def test_revisions_and_namespaces(house: House) -> None:
    """An export shows one revision, and all namespaces or one that there is."""
    one = await told(house, {"a.sql": "CREATE TABLE a (x int);"}, source="a", namespace="mssql://one")
    before = await events_of(house)
    await told(house, {"b.sql": "CREATE TABLE b (x int);"}, source="b", namespace="mssql://two")

    assert before == await events_of(house, as_of_revision=one["revision"])
    assert ["a", "b"] == [each["dataset"]["name"] for each in await events_of(house)]
    assert before[0]["dataset"] == (await events_of(house, namespace="mssql://one"))[0]["dataset"]
    run = await house.submitted("export", format="openlineage", namespace="mssql://three")
    await house.execute(run)
    assert "NAMESPACE_NEEDED" == (await house.error(run))["code"]


async def test_more_than_a_page(house: House) -> None:
    """Graphs of more assets than one transaction reads are whole, in the order of their names."""
    count = 2 * PAGE + 1
    tables = "".join(f"CREATE TABLE t{number:04} (x int);" for number in range(count))
    await told(house, {"many.sql": tables})

    assert [f"t{number:04}" for number in range(count)] == [
        each["dataset"]["name"] for each in await events_of(house)
    ]


async def test_an_empty_graph(house: House) -> None:
    """A workspace without a graph has no events."""
    assert [] == await events_of(house)


async def test_names_that_quotes_tell_apart(house: House) -> None:
    """Two relations of one spelling have their folded names, so that they stay two."""
    await told(
        house, {"a.sql": 'CREATE TABLE Orders (a int); CREATE TABLE "Orders" (a int);'}, dialect="postgres"
    )

    assert {"Orders", "orders"} == {each["dataset"]["name"] for each in await events_of(house)}


async def test_what_is_seen_is_typed(house: House) -> None:
    """Procedures and what only others name keep their kinds."""
    text = "CREATE PROCEDURE dbo.fill AS INSERT INTO dbo.t (x) SELECT y FROM far.off;"
    await told(house, {"p.sql": "CREATE TABLE dbo.t (x int);", "q.sql": text}, dialect="tsql")
    kinds: Mapping[str, str] = {
        each["dataset"]["name"]: each["dataset"]["facets"]["datasetType"]["datasetType"]
        for each in await events_of(house)
    }

    assert {"dbo.fill": "PROCEDURE", "dbo.t": "TABLE", "far.off": "EXTERNAL"} == kinds
