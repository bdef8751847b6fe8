"""How a catalog is doing: each part is told as the sources of its graph make it."""

import asyncio
from pathlib import Path
from typing import Any

from tests.catalogs import CATALOG, submitted, values
from tests.graph.api import Api, open_api
from tests.graph.test_impact import CIRCLE, SHOP
from tests.graph.test_lineage import learn

HEALTH = """
query Health($workspace: String! = "main", $asOf: AsOf, $first: Int! = 20, $days: Int! = 7) {
  catalogHealth(workspace: $workspace, asOf: $asOf) {
    revision
    coverage { definedCount explainedCount partlyCount failedCount }
    unexplained(first: $first) { totalCount items { asset { name } gaps { file line reason message remedy } } }
    gaps { reason count remedies }
    disagreements(first: $first) { totalCount items { source { name } target { name } witness } }
    orphans(first: $first) { totalCount items { name } }
    unusedAssets(first: $first) { totalCount items { name } }
    unusedColumns(first: $first) { totalCount items { name asset { name } } }
    circles(first: $first) { totalCount items { assetCount assets { name } } }
    sources(staleAfterDays: $days) { name lastChangedAt lastRevision lastRunAt stale }
  }
}"""
BROKEN = {
    "half.sql": "CREATE VIEW shop.half AS SELECT id, (SELECT no.here FROM raw.orders o) AS odd FROM shop.paid;",
    "bad.sql": "CREATE VIEW shop.bad AS SELECT FROM WHERE GROUP;",
    "call.sql": "CREATE VIEW shop.star AS SELECT * FROM far.unknown;",
}


async def health(api: Api, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.ask(HEALTH, **variables))["catalogHealth"]
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [each["name"] for each in found["items"]]


async def test_shape(api: Api) -> None:
    """What has no edges, what nobody reads and what is read in part are told by name, and counted."""
    await learn(api, SHOP | {"alone.sql": "CREATE TABLE raw.alone (x INT); CREATE TABLE raw.also (x INT);"})
    for _ in range(2):
        found = await health(api)
        assert ["raw.alone", "raw.also"] == names(found["orphans"])
        assert ["shop.ids", "shop.report"] == names(found["unusedAssets"])
        assert ["raw.orders.note", "shop.kept.total"] == [
            f"{each['asset']['name']}.{each['name']}" for each in found["unusedColumns"]["items"]
        ]
        assert (2, {"totalCount": 0, "items": []}) == (found["orphans"]["totalCount"], found["circles"])
        few = await health(api, first=1)
        assert (["raw.alone"], 2) == (names(few["orphans"]), few["orphans"]["totalCount"])
        assert (1, 2) == (len(few["unusedColumns"]["items"]), few["unusedColumns"]["totalCount"])
        await asyncio.wrap_future(api.app.state.graphs.ask_for("main"))


async def test_circles(api: Api) -> None:
    """Assets whose values go round are told together; one that only reads itself is none."""
    await learn(api, CIRCLE | {"self.sql": "CREATE TABLE a.self (x INT); UPDATE a.self SET x = x + 1;"})
    found = (await health(api))["circles"]

    assert 1 == found["totalCount"]
    assert [{"assetCount": 2, "assets": [{"name": "a.one"}, {"name": "a.two"}]}] == found["items"]


async def test_what_was_explained(api: Api) -> None:
    """Coverage counts what is defined; what was not explained is told by asset and by reason, with remedies."""
    await learn(api, SHOP | BROKEN)
    found = await health(api)
    coverage, listed = found["coverage"], found["unexplained"]
    reasons = {each["asset"]["name"]: {gap["reason"] for gap in each["gaps"]} for each in listed["items"]}
    counted = coverage["explainedCount"] + coverage["partlyCount"] + coverage["failedCount"]

    assert coverage["definedCount"] == counted
    assert listed["totalCount"] == coverage["partlyCount"] + coverage["failedCount"] == len(reasons)
    assert {"unknown_columns"} == reasons["shop.star"]
    assert sorted(reasons) == [each["asset"]["name"] for each in listed["items"]]
    by_reason = {each["reason"]: each for each in found["gaps"]}
    assert {"syntax", "unknown_columns"} <= set(by_reason)
    assert any(each["remedies"] for each in found["gaps"])
    assert sorted((each["count"] for each in found["gaps"]), reverse=True) == [
        each["count"] for each in found["gaps"]
    ]


async def test_sources(api: Api) -> None:
    """A source tells when it last changed something, and when it last ran."""
    await learn(api, SHOP, source="shop")
    await learn(api, CIRCLE, source="circle")
    await learn(api, CIRCLE, source="circle")
    first, second = (await health(api))["sources"]

    assert (("circle", 2), ("shop", 1)) == tuple(
        (each["name"], each["lastRevision"]) for each in (first, second)
    )
    assert not first["stale"]
    assert first["lastRunAt"] > first["lastChangedAt"] > second["lastChangedAt"]
    (then,) = (await health(api, asOf={"revision": 1}))["sources"]
    assert ("shop", 1) == (then["name"], then["lastRevision"])


async def test_the_past(api: Api) -> None:
    """A catalog is told as it was at an earlier revision."""
    await learn(api, SHOP)
    await learn(api, {"orders.sql": SHOP["orders.sql"]})
    now, then = await health(api), await health(api, asOf={"revision": 1})

    assert (["raw.orders"], []) == (names(now["orphans"]), names(then["orphans"]))
    assert ["shop.ids", "shop.report"] == names(then["unusedAssets"])
    assert (2, 1) == (now["revision"], then["revision"])


async def test_origins_disagree(api: Api, tmp_path: Path) -> None:
    """What only the database declares and what only the SQL says are told, and who tells it."""
    declares = values("referencing_object_id, referenced_object_id", "(2::BIGINT, 3::BIGINT)")
    run = await submitted(api.house, tmp_path, {**CATALOG, "dependencies": declares})
    await api.house.execute(run)
    found = (await health(api))["disagreements"]

    assert 2 == found["totalCount"]
    assert [("dbo.Archive", "dbo.vOrders", "DECLARED"), ("dbo.Orders", "dbo.vOrders", "SQL")] == [
        (each["source"]["name"], each["target"]["name"], each["witness"]) for each in found["items"]
    ]
    few = (await health(api, first=1))["disagreements"]
    assert (1, 2) == (len(few["items"]), few["totalCount"])


async def test_an_empty_catalog(api: Api) -> None:
    """Before the first revision everything is empty, and nothing fails."""
    found = await health(api)

    assert {"definedCount": 0, "explainedCount": 0, "partlyCount": 0, "failedCount": 0} == found["coverage"]
    for part in ("unexplained", "disagreements", "orphans", "unusedAssets", "unusedColumns", "circles"):
        assert {"totalCount": 0, "items": []} == found[part]
    assert [[], [], 0] == [found["gaps"], found["sources"], found["revision"]]


async def test_without_room(database_url: str, redis_url: str, tmp_path: Path) -> None:
    """Where no graph has room in memory its shape is null; all else is told."""
    async with open_api(database_url, redis_url, tmp_path, walk_cache_mb="0") as api:
        await learn(api, SHOP)
        found = await health(api)

        assert {None} == {found[part] for part in ("orphans", "unusedAssets", "unusedColumns", "circles")}
        assert 6 == found["coverage"]["definedCount"]


async def test_bad_bounds(sqlite_api: Api) -> None:
    """Sizes and days beyond what is allowed are refused."""
    for wrong in ({"first": 0}, {"first": 101}, {"days": 0}, {"days": 3_651}):
        errors = await sqlite_api.errors(HEALTH, **wrong)
        assert {"VALIDATION_FAILED"} == {error["extensions"]["code"] for error in errors}
