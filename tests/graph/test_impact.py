"""What changes would reach, rule by rule; and what is refused."""

import asyncio
from typing import Any

import pytest

from db.impact import MAX_CHANGES
from tests.graph.api import Api, recording
from tests.graph.test_annotations import said
from tests.graph.test_lineage import learn

SHOP = {
    "orders.sql": "CREATE TABLE raw.orders (id INT, price INT, state TEXT, note TEXT);",
    "paid.sql": "CREATE VIEW shop.paid AS SELECT id, price * 2 AS gross FROM raw.orders WHERE state = 'paid';",
    "totals.sql": "CREATE VIEW shop.totals AS SELECT id, sum(gross) AS total FROM shop.paid GROUP BY id;",
    "ids.sql": "CREATE VIEW shop.ids AS SELECT md5(id::VARCHAR) AS id FROM shop.paid;",
    "kept.sql": "CREATE TABLE shop.kept (id INT, total INT);",
    "fill.sql": "INSERT INTO shop.kept (id, total) SELECT id, total FROM shop.totals;",
    "report.sql": "CREATE VIEW shop.report AS SELECT id FROM shop.kept;",
}
CIRCLE = {
    "one.sql": "CREATE TABLE a.one (x INT); CREATE TABLE a.two (x INT);",
    "round.sql": "INSERT INTO a.two SELECT x FROM a.one; INSERT INTO a.one SELECT x FROM a.two;",
}
IMPACT = """
query Impact(
  $changes: [ChangeInput!]!, $kinds: [EdgeKind!], $maxNodes: Int! = 500, $asOf: AsOf,
  $workspace: String! = "main"
) {
  impact(changes: $changes, kinds: $kinds, maxNodes: $maxNodes, asOf: $asOf, workspace: $workspace) {
    revision truncated complete
    changes { kind asset { name } column { name } affectedCount reachedBy }
    affected {
      id distance reason breaks changes masked aggregated pathLength
      asset { name kind } column { name dataType }
      path { source target kind subtype masking evidence { expression file line } }
    }
    assets { asset { name } distance reason breaks nodeCount owners }
    counts {
      columns wholeAssets assets
      byReason { reason count } byAssetKind { kind count } byDistance { distance count }
      byOwner { owner count } unownedAssets
    }
    frontier { asset { name } column { name } }
  }
}"""
Seen = dict[str, tuple[int, str, bool]]


def of_column(kind: str, name: str) -> dict[str, Any]:
    asset, _, own = name.rpartition(".")
    return {kind: {"asset": asset, "column": own}}


def of_asset(name: str) -> dict[str, Any]:
    return {"dropAsset": {"name": name}}


def name_of(node: dict[str, Any]) -> str:
    return ".".join(filter(None, (node["asset"]["name"], (node["column"] or {}).get("name"))))


async def impact(api: Api, *changes: dict[str, Any], **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.ask(IMPACT, changes=list(changes), **variables))["impact"]
    return found


def seen_in(found: dict[str, Any]) -> Seen:
    return {name_of(each): (each["distance"], each["reason"], each["breaks"]) for each in found["affected"]}


async def reached(api: Api, *changes: dict[str, Any], **variables: Any) -> Seen:
    """What is told of each thing that changes reach."""
    return seen_in(await impact(api, *changes, **variables))


async def in_memory(api: Api) -> None:
    await asyncio.wrap_future(api.app.state.graphs.ask_for("main"))


@pytest.mark.parametrize("kind", ["retypeColumn", "changeExpression"])
async def test_values_travel_as_values(api: Api, kind: str) -> None:
    """Where all edges are direct a change of a value is one of values; nothing fails for it."""
    await learn(api, SHOP)
    for _ in range(2):
        assert {
            "shop.paid.gross": (1, "VALUE", False),
            "shop.totals.total": (2, "VALUE", False),
            "shop.kept.total": (3, "VALUE", False),
        } == await reached(api, of_column(kind, "raw.orders.price"))
        await in_memory(api)


async def test_once_an_influence(api: Api) -> None:
    """What influences stays an influence, whatever edges follow; what reaches a whole reaches its columns."""
    await learn(api, SHOP)
    found = await reached(api, of_column("retypeColumn", "raw.orders.state"))

    assert {"INFLUENCE"} == {reason for _, reason, _ in found.values()}
    assert (1, "INFLUENCE", False) == found["shop.paid"]
    assert (2, "INFLUENCE", False) == found["shop.ids.id"]
    assert (4, "INFLUENCE", False) == found["shop.report.id"]
    assert {} == await reached(api, of_column("retypeColumn", "raw.orders.state"), kinds=["DIRECT"])


@pytest.mark.parametrize("kind", ["dropColumn", "renameColumn"])
async def test_what_loses_a_name_fails_as_a_whole(api: Api, kind: str) -> None:
    """A view that names what is gone fails, with all that reads any column of it; a table keeps what it has."""
    await learn(api, SHOP)
    for _ in range(2):
        found = await reached(api, of_column(kind, "raw.orders.price"))
        assert {True} == {breaks for _, _, breaks in found.values()}
        assert (1, "VALUE", True) == found["shop.paid.gross"]
        # Nothing of the price is in this one, but it reads a view that fails.
        assert (2, "BREAKAGE", True) == found["shop.ids.id"]
        assert (3, "BREAKAGE", True) == found["shop.kept.id"]
        await in_memory(api)
    assert {} == await reached(api, of_column(kind, "raw.orders.note"))
    # What fills a table fails; who reads another column of the table goes on.
    assert {"shop.report.id", "shop.report"}.isdisjoint(
        await reached(api, of_column(kind, "shop.totals.total"))
    )


async def test_dropping_an_asset(api: Api) -> None:
    """An asset that goes takes all its columns along, and none of them is among what it reaches."""
    await learn(api, SHOP)
    found = await impact(api, of_asset("RAW.Orders"))
    names = set(seen_in(found))

    assert {"shop.paid.id", "shop.paid.gross", "shop.paid", "shop.report.id"} <= names
    assert not any(name.startswith("raw.orders") for name in names)
    (change,) = found["changes"]
    assert ("DROP_ASSET", "raw.orders", None) == (change["kind"], change["asset"]["name"], change["column"])
    assert len(names) == change["affectedCount"]


async def test_paths_and_what_is_on_them(api: Api) -> None:
    """Each is told with a way that shows its reason, with evidence; masking and aggregation on it are noted."""
    await learn(api, SHOP)
    nodes = {name_of(each): each for each in (await impact(api, of_asset("raw.orders")))["affected"]}
    total, masked = nodes["shop.totals.total"], nodes["shop.ids.id"]

    assert (True, False, 2) == (total["aggregated"], total["masked"], total["pathLength"])
    assert (False, True) == (masked["aggregated"], masked["masked"])
    first, second = total["path"]
    assert (nodes["shop.paid.gross"]["id"], total["id"]) == (first["target"], second["target"])
    assert second["source"] == first["target"]
    assert ("DIRECT", "AGGREGATION") == (second["kind"], second["subtype"])
    assert "totals.sql" == second["evidence"][0]["file"]
    assert "sum(gross)" in second["evidence"][0]["expression"]


async def test_several_changes_at_once(api: Api) -> None:
    """Each tells which changes reach it; what is changed itself is not among it, and tells who reaches it."""
    await learn(api, SHOP)
    changes = [
        of_column("retypeColumn", "raw.orders.price"),
        of_column("dropColumn", "shop.totals.id"),
        of_column("renameColumn", "shop.totals.total"),
    ]
    found = await impact(api, *changes)
    nodes = {name_of(each): each for each in found["affected"]}

    assert [0] == nodes["shop.paid.gross"]["changes"]
    assert [0, 2] == nodes["shop.kept.total"]["changes"]
    assert [1] == nodes["shop.kept.id"]["changes"]
    assert [1] == nodes["shop.report.id"]["changes"]
    assert nodes["shop.kept.total"]["breaks"]
    assert not nodes["shop.paid.gross"]["breaks"]
    assert {"shop.totals.total", "shop.totals.id"}.isdisjoint(nodes)
    assert [[], [], [0]] == [change["reachedBy"] for change in found["changes"]]


async def test_order_and_counts(api: Api) -> None:
    """The nearest come first, then by name; all is counted by reason, kind and distance, and by asset."""
    await learn(api, SHOP)
    found = await impact(api, of_column("dropColumn", "raw.orders.price"))
    places = [(each["distance"], each["asset"]["name"], name_of(each)) for each in found["affected"]]
    counts = found["counts"]

    assert sorted(places) == places
    assert len(places) == counts["columns"] + counts["wholeAssets"]
    assert len(places) == sum(each["count"] for each in counts["byReason"])
    assert len(places) == sum(each["nodeCount"] for each in found["assets"])
    assert {"VALUE": 3} == {each["reason"]: each["count"] for each in counts["byReason"][:1]}
    assert {"view": 4, "table": 1} == {each["kind"]: each["count"] for each in counts["byAssetKind"]}
    assert [1, 2, 3, 4] == [each["distance"] for each in counts["byDistance"]]
    assert "shop.paid" == found["assets"][0]["asset"]["name"]
    assert (False, True, []) == (found["truncated"], found["complete"], found["frontier"])


async def test_owners(api: Api) -> None:
    """Each asset tells who answers for it; owners are counted over all that is reached, shown or not."""
    await learn(api, SHOP)
    owned = {"shop.paid": ("Ann",), "shop.totals": ("ann", "Bob"), "shop.kept": ("Bob",), "shop.ids": ("ANN",)}
    for name, owners in owned.items():
        await said(api, {"asset": {"name": name}}, "OWNER", *owners)
    change = of_column("dropColumn", "raw.orders.price")
    found, first = await impact(api, change), await impact(api, change, maxNodes=1)

    told = {each["asset"]["name"]: set(each["owners"]) for each in found["assets"]}
    assert {name: set(owners) for name, owners in owned.items()} | {"shop.report": set()} == told
    assert [{"owner": "ANN", "count": 3}, {"owner": "Bob", "count": 2}] == found["counts"]["byOwner"]
    assert 1 == found["counts"]["unownedAssets"]
    assert found["counts"] == first["counts"]
    past = await impact(api, change, asOf={"revision": 1})
    assert ([], 5) == (past["counts"]["byOwner"], past["counts"]["unownedAssets"])


async def test_no_cut_is_silent(api: Api) -> None:
    """Of more than are wanted the nearest are shown, all are counted, and it is told where it goes on."""
    await learn(api, SHOP)
    for _ in range(2):
        whole = await impact(api, of_column("dropColumn", "raw.orders.price"))
        found = await impact(api, of_column("dropColumn", "raw.orders.price"), maxNodes=1)
        assert ["shop.paid.gross"] == list(map(name_of, found["affected"]))
        assert (True, whole["counts"]) == (found["truncated"], found["counts"])
        assert ["shop.paid.gross"] == list(map(name_of, found["frontier"]))
        assert 1 == len(found["assets"])
        await in_memory(api)


async def test_circles_end(api: Api) -> None:
    """Where values go round, all but what is changed is reached once."""
    await learn(api, CIRCLE)
    assert {"a.two.x": (1, "VALUE", True)} == await reached(api, of_column("dropColumn", "a.one.x"))


async def test_the_past(api: Api) -> None:
    """An impact at an earlier revision is that of then."""
    await learn(api, SHOP)
    await learn(api, {"orders.sql": SHOP["orders.sql"], "paid.sql": SHOP["paid.sql"]})
    change = of_column("retypeColumn", "raw.orders.price")

    assert {"shop.paid.gross"} == set(await reached(api, change))
    past = await impact(api, change, asOf={"revision": 1})
    assert {"shop.paid.gross", "shop.totals.total", "shop.kept.total"} == set(seen_in(past))
    assert 1 == past["revision"]


async def test_bad_changes(sqlite_api: Api) -> None:
    """No changes, too many, one twice, one of nothing, and bad bounds are refused, each in words of its own."""
    await learn(sqlite_api, SHOP)
    drop = of_column("dropColumn", "raw.orders.price")
    again = of_column("dropColumn", "RAW.ORDERS.PRICE")
    for changes, words in (
        ([], "are 0"),
        ([drop] * (MAX_CHANGES + 1), "are 51"),
        ([drop, of_asset("shop.paid"), again], "at 0 and 2"),
    ):
        (error,) = await sqlite_api.errors(IMPACT, changes=changes)
        assert ("VALIDATION_FAILED", "changes") == (error["extensions"]["code"], error["extensions"]["field"])
        assert words in error["message"]
    for most in (0, 5_001):
        assert "VALIDATION_FAILED" == await sqlite_api.code(IMPACT, changes=[drop], maxNodes=most)
    for empty in ({}, {"dropAsset": None}, drop | of_asset("shop.paid")):
        assert "BAD_INPUT" == await sqlite_api.code(IMPACT, changes=[empty])


async def test_changes_of_what_is_not_there(sqlite_api: Api) -> None:
    """An asset, column or namespace that is not there is NOT_FOUND, as if asked for by itself."""
    await learn(sqlite_api, SHOP)
    await learn(sqlite_api, CIRCLE, source="other", namespace="warehouse://b")
    for wrong in (
        of_asset("raw.nothing"),
        of_column("dropColumn", "raw.nothing.x"),
        of_column("dropColumn", "raw.orders.nothing"),
        {"dropAsset": {"name": "raw.orders", "namespace": "headwater://elsewhere"}},
    ):
        assert "NOT_FOUND" == await sqlite_api.code(IMPACT, changes=[of_asset("shop.paid"), wrong])
    (error,) = await sqlite_api.errors(IMPACT, changes=[of_asset("a.one")])
    assert "warehouse://b" in error["extensions"]["hint"]


async def test_another_workspace(sqlite_api: Api) -> None:
    """Names are those of the workspace that is asked about, whatever another one holds."""
    await sqlite_api.ask('mutation { createWorkspace(name: "lab") { __typename } }')
    await learn(sqlite_api, SHOP)

    code = await sqlite_api.code(IMPACT, changes=[of_asset("raw.orders")], workspace="lab")
    assert "NOT_FOUND" == code


async def test_statements_do_not_grow(api: Api) -> None:
    """However many changes are asked about, and whatever they reach, as many statements are sent."""
    await learn(api, SHOP)
    await in_memory(api)
    one = [of_column("retypeColumn", "shop.paid.gross")]
    many = [
        of_asset("raw.orders"),
        *(of_column("retypeColumn", f"raw.orders.{own}") for own in ("id", "price")),
    ]
    many += [of_column("renameColumn", "shop.paid.gross"), of_asset("shop.totals")]
    await impact(api, *one)
    sent = []
    for changes in (one, many):
        with recording() as statements:
            await impact(api, *changes)
        sent.append(len(statements.texts))

    assert sent[0] == sent[1]
