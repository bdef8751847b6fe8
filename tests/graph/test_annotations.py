"""Owners, tags and descriptions, as clients see them and filter by them."""

from pathlib import Path

import orjson
import pytest

from tests.catalogs import uploaded
from tests.dbt import RAW, catalog, files, manifest, model, source
from tests.graph.api import Api

ASSETS = "query ($filter: AssetFilter) { assets(filter: $filter) { edges { node { name } } } }"
ASKED = """query ($name: String!, $asOf: AsOf) { asset(name: $name, asOf: $asOf) {
  kind description owners tags
  annotations { kind value source author reason }
  columns { name dataType description tags annotations { kind value } }
} }"""
SQL = 'select id, price from "shop"."raw"."orders"'


async def load(api: Api, folder: Path, *, tags: tuple[str, ...], owner: str) -> int:
    """Run over a project of one model whose column `id` has these tags; the revision that it made."""
    columns = {"id": {"name": "id", "description": "The key.", "tags": list(tags)}}
    told = manifest(
        source(),
        model("orders", SQL, needs=(RAW,), columns=columns, description="All orders.", meta={"owner": owner}),
    )
    known = catalog(source__shop__raw__orders={"id": "INTEGER", "price": "DECIMAL(10,2)"})
    ids = [await uploaded(api.house, each.path, each.name) for each in files(folder, told, known)]
    run = await api.house.submitted("lineage", uploads=ids, source="dbt")
    await api.house.execute(run)
    row = await api.house.row(run)
    assert row.result is not None, row.error
    return int(row.result["revision"])


async def named(api: Api, **filters: list[str]) -> list[str]:
    found = await api.ask(ASSETS, filter=filters)
    return [edge["node"]["name"] for edge in found["assets"]["edges"]]


async def test_words_of_a_project(api: Api, tmp_path: Path) -> None:
    """A project's owners, tags and descriptions are shown with their source, as of each revision."""
    first = await load(api, tmp_path, tags=("PII", "key"), owner="Ann")
    await load(api, tmp_path, tags=("key",), owner="Bob")

    asset = (await api.ask(ASKED, name="shop.mart.orders"))["asset"]
    assert ("view", "All orders.", ["Bob"], []) == (
        asset["kind"],
        asset["description"],
        asset["owners"],
        asset["tags"],
    )
    assert [{"kind": "OWNER", "value": "Bob", "source": "dbt", "author": None, "reason": ""}] == asset[
        "annotations"
    ]
    assert {
        "name": "id",
        "dataType": None,
        "description": "The key.",
        "tags": ["key"],
        "annotations": [{"kind": "DESCRIPTION", "value": "The key."}, {"kind": "TAG", "value": "key"}],
    } == {**asset["columns"][0], "annotations": sorted(asset["columns"][0]["annotations"], key=orjson.dumps)}
    before = (await api.ask(ASKED, name="shop.mart.orders", asOf={"revision": first}))["asset"]
    assert (["Ann"], ["PII", "key"]) == (before["owners"], before["columns"][0]["tags"])


async def test_filters_by_tag_and_owner(api: Api, tmp_path: Path) -> None:
    """Assets are found by a tag of a column and by an owner in any capitals, in lists, searches and walks."""
    await load(api, tmp_path, tags=("PII",), owner="Ann")

    assert ["shop.mart.orders"] == await named(api, tags=["pii"])
    assert ["shop.mart.orders"] == await named(api, owners=["ANN", "nobody"])
    assert [] == await named(api, tags=["pii"], owners=["nobody"])
    walk = """query ($filter: AssetFilter) { lineage(of: {asset: {name: "shop.raw.orders"}},
      direction: DOWNSTREAM, level: ASSET, filter: $filter) { nodes { asset { name } } } }"""
    reached = [
        [node["asset"]["name"] for node in (await api.ask(walk, filter=wanted))["lineage"]["nodes"]]
        for wanted in ({"owners": ["ann"]}, {"owners": ["nobody"]})
    ]
    assert [["shop.raw.orders", "shop.mart.orders"], ["shop.raw.orders"]] == [
        sorted(each, reverse=True) for each in reached
    ]


@pytest.mark.parametrize("field", ["tags", "owners"])
async def test_too_many_values(sqlite_api: Api, field: str) -> None:
    """A filter of more than a hundred values is refused by its field."""
    (error,) = await sqlite_api.errors(ASSETS, filter={field: [str(number) for number in range(101)]})
    assert f"filter.{field} names 101" in error["message"]
