"""Watches are made, listed and deleted by who may, and there are not too many of them."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from db.clearing import begin_clearing
from tests.graph.api import Api, open_api
from tests.graph.test_feeds import SHOP, WATCH
from tests.graph.test_lineage import learn
from tests.graph.test_rights import BOSS, code_in, house_of

LIST = """query List($first: Int! = 50, $after: String, $owner: String) {
  watches(first: $first, after: $after, owner: $owner) {
    edges { node { id workspace name owner namespace asset column direction depth kinds createdAt } }
    pageInfo { hasNextPage endCursor }
  }
}"""
LOG = """{
  auditLog(filter: {action: "deleteWatch"}) { edges { node { outcome workspace target } } }
}"""
DELETE = """mutation Delete($id: ID!) {
  deleteWatch(id: $id) { __typename ... on WatchDeleted { name } ... on Refusal { code } }
}"""


async def listed(api: Api, **more: Any) -> list[dict[str, Any]]:
    return [edge["node"] for edge in (await api.ask(LIST, **more))["watches"]["edges"]]


async def test_what_a_watch_is(api: Api) -> None:
    """A watch says where it begins, which way and how far it looks, and whose it is; newest first."""
    await learn(api, SHOP)
    await api.ask(WATCH, name="first", asset="MART.sales")
    column = """mutation { createWatch(
      name: " second ", of: {column: {asset: "raw.orders", column: "price"}}, direction: DOWNSTREAM, depth: 2,
      kinds: [INDIRECT, DIRECT, DIRECT]
    ) { ... on Watch { id } } }"""
    made = (await api.ask(column))["createWatch"]["id"]
    second, first = await listed(api)

    assert (made, "second", "anybody", "raw.orders", "price", "DOWNSTREAM", 2, ["DIRECT", "INDIRECT"]) == tuple(
        second[name] for name in ("id", "name", "owner", "asset", "column", "direction", "depth", "kinds")
    )
    assert ("first", "mart.sales", None, "UPSTREAM", None, [], "headwater://main") == tuple(
        first[name] for name in ("name", "asset", "column", "direction", "depth", "kinds", "namespace")
    )
    node = await api.ask("query Node($id: ID!) { node(id: $id) { ... on Watch { name } } }", id=made)
    assert "second" == node["node"]["name"]
    assert [] == await listed(api, owner="nobody")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": ""}, "VALIDATION_FAILED"),
        ({"name": "x" * 201}, "VALIDATION_FAILED"),
        ({"name": "a\tb"}, "VALIDATION_FAILED"),
        ({"asset": "mart.none"}, "NOT_FOUND"),
        ({"name": "taken"}, "VALIDATION_FAILED"),
    ],
)
async def test_refusals(sqlite_api: Api, more: dict[str, str], code: str) -> None:
    """A name that is none or taken, and a place that is not there, are refused; nothing is made."""
    await learn(sqlite_api, SHOP)
    await sqlite_api.ask(WATCH, name="taken", asset="mart.sales")
    answer = (await sqlite_api.post(WATCH, {"name": "new", "asset": "mart.sales"} | more)).json()

    assert code == code_in(answer)
    assert ["taken"] == [each["name"] for each in await listed(sqlite_api)]


async def test_one_watch(sqlite_api: Api) -> None:
    """A watch is found by its id; what is none, or names something else, is null."""
    await learn(sqlite_api, SHOP)
    made = (await sqlite_api.ask(WATCH, name="a", asset="mart.sales"))["createWatch"]["id"]
    run = await sqlite_api.ask("{ runs { edges { node { id } } } }")
    one = "query One($id: ID!) { watch(id: $id) { id name } }"

    assert {"id": made, "name": "a"} == (await sqlite_api.ask(one, id=made))["watch"]
    for id_ in ("nonsense", "", run["runs"]["edges"][0]["node"]["id"], "V2F0Y2g6MQ=="):
        assert None is (await sqlite_api.ask(one, id=id_))["watch"]


async def test_while_the_workspace_is_cleared(sqlite_api: Api) -> None:
    """No watch is made of a workspace that is being cleared."""
    await learn(sqlite_api, SHOP)
    await sqlite_api.house.write(partial(begin_clearing, workspace="main"))

    assert "BUSY" == (await sqlite_api.ask(WATCH, name="a", asset="mart.sales"))["createWatch"]["code"]


async def test_how_many(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A workspace has no more watches than its operator lets it have."""
    async with open_api(sqlite_url, redis_url, tmp_path, max_watches_per_workspace="2") as api:
        await learn(api, SHOP)
        made = [(await api.ask(WATCH, name=name, asset="mart.sales"))["createWatch"] for name in "abc"]

    assert ["Watch", "Watch", "InvalidParamsRefusal"] == [each["__typename"] for each in made]
    assert "2" in made[2]["message"]


async def test_deleting(api: Api) -> None:
    """A watch that was deleted is gone; deleting it again, or what is no watch, is refused."""
    await learn(api, SHOP)
    made = (await api.ask(WATCH, name="a", asset="mart.sales"))["createWatch"]["id"]
    gone = (await api.ask(DELETE, id=made))["deleteWatch"]

    assert "a" == gone["name"]
    assert [] == await listed(api)
    for id_ in (made, "nonsense", "UnVuOjE="):
        assert "NOT_FOUND" == (await api.ask(DELETE, id=id_))["deleteWatch"]["code"]


async def test_whose_it_is(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Only its owner and admins delete a watch; for who sees nothing of the workspace it is not there."""
    async with house_of(sqlite_url, redis_url, tmp_path) as api:
        api.client.headers["X-Forwarded-User"] = BOSS
        await learn(api, SHOP)
        made = (await api.ask(WATCH, name="a", asset="mart.sales"))["createWatch"]["id"]
        api.client.headers["X-Forwarded-User"] = "stranger"
        hidden = (await api.ask(DELETE, id=made))["deleteWatch"]
        api.client.headers["X-Forwarded-User"] = BOSS
        left = await listed(api)

        log = await api.ask(LOG)
        await api.ask(DELETE, id=made)
        entries = [edge["node"] for edge in (await api.ask(LOG))["auditLog"]["edges"]]

    assert "NOT_FOUND" == hidden["code"]
    assert ["a"] == [each["name"] for each in left]
    assert ["NOT_FOUND"] == [edge["node"]["outcome"] for edge in log["auditLog"]["edges"]]
    assert ("done", "main", "a") == tuple(entries[0][name] for name in ("outcome", "workspace", "target"))
