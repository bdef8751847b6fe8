"""Owners, tags and descriptions, as clients see them and filter by them."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlmodel import select

from db.models import Run
from db.revisions import reserve_revision
from db.session import Session
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


ANNOTATE = """mutation ($of: LineageRoot!, $kind: AnnotationKind!, $values: [String!]!, $reason: String! = "") {
  annotate(of: $of, kind: $kind, values: $values, reason: $reason) {
    __typename
    ... on Spoken {
      asset { description owners tags annotations { value author reason source } }
      column { name tags }
    }
    ... on Refusal { code message hint retryable }
  }
}"""
ORDERS = {"asset": {"name": "shop.mart.orders"}}
ID = {"column": {"asset": "shop.mart.orders", "column": "id"}}


async def said(api: Api, of: Mapping[str, Any], kind: str, *values: str, reason: str = "") -> dict[str, Any]:
    told: dict[str, Any] = (await api.ask(ANNOTATE, of=of, kind=kind, values=values, reason=reason))["annotate"]
    return told


async def test_words_of_people_stand_over_those_of_files(api: Api, tmp_path: Path) -> None:
    """What a person says comes first, with who says so and why, and later runs leave it as it is."""
    await load(api, tmp_path, tags=("key",), owner="Ann")
    spoken = await said(api, ORDERS, "OWNER", "Zoe", reason="Ann left.")
    await said(api, ORDERS, "DESCRIPTION", "What people order.")
    column = (await said(api, ID, "TAG", "pii", "pii"))["column"]
    await load(api, tmp_path, tags=("key", "daily"), owner="Bob")

    assert ["Zoe", "Ann"] == spoken["asset"]["owners"]
    assert {"value": "Zoe", "author": "anybody", "reason": "Ann left.", "source": "people"} == spoken["asset"][
        "annotations"
    ][0]
    assert {"name": "id", "tags": ["pii", "key"]} == column
    asset = (await api.ask(ASKED, name="shop.mart.orders"))["asset"]
    assert (["Zoe", "Bob"], "What people order.") == (asset["owners"], asset["description"])
    assert ["pii", "daily", "key"] == asset["columns"][0]["tags"]


async def test_words_are_taken_back(api: Api, tmp_path: Path) -> None:
    """New values take the place of the old ones, none takes them back, and the past still knows them."""
    await load(api, tmp_path, tags=(), owner="Ann")
    await said(api, ORDERS, "TAG", "gold", "daily")
    at = (await api.ask("{ latestRevision { number } }"))["latestRevision"]["number"]
    assert ["daily", "hourly"] == (await said(api, ORDERS, "TAG", "hourly", "daily"))["asset"]["tags"]
    assert [] == (await said(api, ORDERS, "TAG"))["asset"]["tags"]

    before = (await api.ask(ASKED, name="shop.mart.orders", asOf={"revision": at}))["asset"]
    assert ["daily", "gold"] == before["tags"]
    newest = (await api.ask("{ latestRevision { number } }"))["latestRevision"]["number"]
    await said(api, ORDERS, "TAG")
    assert newest == (await api.ask("{ latestRevision { number } }"))["latestRevision"]["number"] == at + 2


async def test_words_wait_for_runs(api: Api, tmp_path: Path) -> None:
    """While a run writes a revision nothing can be said, which is told as such."""
    await load(api, tmp_path, tags=(), owner="Ann")

    def reserve(session: Session) -> None:
        run = session.scalars(select(Run.pk)).first()
        assert run is not None
        reserve_revision(session, "main", run, 9)

    await api.house.store.write(reserve)
    refused = await said(api, ORDERS, "TAG", "x")
    assert ("WorkspaceBusyRefusal", "BUSY", True) == (
        refused["__typename"],
        refused["code"],
        refused["retryable"],
    )
    assert [] == await named(api, tags=["x"])


async def test_two_speak_at_once(api: Api, tmp_path: Path) -> None:
    """What two say at the same time both holds, each in a revision of its own."""
    await load(api, tmp_path, tags=(), owner="Ann")
    told = await asyncio.gather(*(said(api, of, "TAG", "x") for of in (ORDERS, ID) * 3))

    assert {"Spoken"} == {each["__typename"] for each in told}
    asset = (await api.ask(ASKED, name="shop.mart.orders"))["asset"]
    assert (["x"], ["x"]) == (asset["tags"], asset["columns"][0]["tags"])


WRONG = (
    ({"kind": "TAG", "values": [" "]}, "values[0] must have 1 to 200 characters"),
    ({"kind": "OWNER", "values": ["a", "b" * 201]}, "values[1] must have 1 to 200 characters"),
    ({"kind": "TAG", "values": ["a\nb"]}, "values[0] holds characters that cannot be shown"),
    ({"kind": "DESCRIPTION", "values": ["a", "b"]}, "values are 2; at most 1 may be said"),
    ({"kind": "TAG", "values": [str(number) for number in range(51)]}, "values are 51; at most 50"),
    ({"kind": "TAG", "values": ["a"], "reason": "x" * 1_001}, "reason has more than 1,000 characters"),
)


@pytest.mark.parametrize(("given", "words"), WRONG)
async def test_words_that_are_refused(sqlite_api: Api, given: dict[str, Any], words: str) -> None:
    """Words that are empty, too long, too many or no text are refused by their place."""
    told = (await sqlite_api.ask(ANNOTATE, of=ORDERS, **given))["annotate"]
    assert "VALIDATION_FAILED" == told["code"]
    assert words in told["message"]


async def test_what_is_not_there(sqlite_api: Api) -> None:
    """Nothing can be said of an asset that there is not."""
    asked = {"of": ORDERS, "kind": "TAG", "values": ["x"]}
    refused = (await sqlite_api.ask(ANNOTATE, **asked))["annotate"]
    assert ("NotFoundRefusal", "NOT_FOUND") == (refused["__typename"], refused["code"])
