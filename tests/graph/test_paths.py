"""Ways from one column or asset to another: shortest first, bounded, with evidence for each edge."""

import asyncio
from typing import Any

from tests.graph.api import Api
from tests.graph.test_impact import CIRCLE, SHOP
from tests.graph.test_lineage import column, learn

PATHS = """
query Paths(
  $from: LineageRoot!, $to: LineageRoot!, $kinds: [EdgeKind!], $maxPaths: Int! = 5, $maxLength: Int! = 30,
  $asOf: AsOf
) {
  paths(from: $from, to: $to, kinds: $kinds, maxPaths: $maxPaths, maxLength: $maxLength, asOf: $asOf) {
    revision truncated
    nodes { id depth asset { name } column { name } }
    paths { length edges { source target kind subtype confidence evidence { expression file } } }
  }
}"""
TWO_WAYS = SHOP | {"short.sql": "CREATE VIEW shop.short AS SELECT total, price FROM shop.totals, raw.orders;"}


def asset(name: str) -> dict[str, Any]:
    return {"asset": {"name": name}}


async def found(api: Api, begin: dict[str, Any], end: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.ask(PATHS, **({"from": begin, "to": end} | more)))["paths"]
    return answer


def ways(answer: dict[str, Any]) -> list[list[str]]:
    """Each way as the names of what it comes by."""
    names = {
        node["id"]: ".".join(filter(None, (node["asset"]["name"], (node["column"] or {}).get("name"))))
        for node in answer["nodes"]
    }
    return [
        [names[path["edges"][0]["source"]], *(names[edge["target"]] for edge in path["edges"])]
        for path in answer["paths"]
    ]


async def test_a_way_with_evidence(api: Api) -> None:
    """The shortest way is told edge by edge, each with evidence, whether a graph is in memory or not."""
    await learn(api, SHOP)
    for _ in range(2):
        answer = await found(api, column("raw.orders.price"), column("shop.kept.total"))
        assert [["raw.orders.price", "shop.paid.gross", "shop.totals.total", "shop.kept.total"]] == ways(answer)
        (path,) = answer["paths"]
        assert (3, False) == (path["length"], answer["truncated"])
        assert ["paid.sql", "totals.sql", "fill.sql"] == [edge["evidence"][0]["file"] for edge in path["edges"]]
        assert all(edge["confidence"] > 0 for edge in path["edges"])
        assert [0, 1, 2, 3] == [node["depth"] for node in answer["nodes"]]
        await asyncio.wrap_future(api.app.state.graphs.ask_for("main"))


async def test_shortest_first(api: Api) -> None:
    """Several ways come in order of length, and as many as are wanted; that there may be more is told."""
    await learn(api, TWO_WAYS)
    answer = await found(api, asset("raw.orders"), asset("shop.short"), kinds=["DIRECT"])
    lengths = [path["length"] for path in answer["paths"]]
    first = await found(api, asset("raw.orders"), asset("shop.short"), kinds=["DIRECT"], maxPaths=1)
    short = await found(api, asset("raw.orders"), asset("shop.short"), kinds=["DIRECT"], maxLength=1)

    assert [1, 3] == lengths
    assert [["raw.orders.price", "shop.short.price"]] == ways(first) == ways(short)
    assert [False, True, True] == [each["truncated"] for each in (answer, first, short)]


async def test_no_way(api: Api) -> None:
    """Where no way leads, and from a thing to itself, there are no paths, and that is no error."""
    await learn(api, SHOP)
    for begin, end in (
        (column("shop.kept.total"), column("raw.orders.price")),
        (column("raw.orders.note"), asset("shop.kept")),
        (asset("shop.paid"), asset("shop.paid")),
    ):
        answer = await found(api, begin, end)
        assert ([], [], False) == (answer["paths"], answer["nodes"], answer["truncated"])


async def test_ways_of_influence(sqlite_api: Api) -> None:
    """What influences an asset as a whole arrives at each of its columns, unless such edges are not wanted."""
    await learn(sqlite_api, SHOP)
    ends = column("raw.orders.state"), column("shop.paid.id")

    assert [["raw.orders.state", "shop.paid"]] == ways(await found(sqlite_api, *ends))
    assert [] == (await found(sqlite_api, *ends, kinds=["DIRECT"]))["paths"]


async def test_in_circles(sqlite_api: Api) -> None:
    """A way comes by nothing twice."""
    await learn(sqlite_api, CIRCLE)
    answer = await found(sqlite_api, column("a.one.x"), column("a.two.x"))

    assert [["a.one.x", "a.two.x"]] == ways(answer)


async def test_ways_in_the_past(api: Api) -> None:
    """Ways at an earlier revision are those of then."""
    await learn(api, SHOP)
    await learn(api, {"orders.sql": SHOP["orders.sql"], "kept.sql": SHOP["kept.sql"]})
    ends = column("raw.orders.price"), column("shop.kept.total")

    assert [] == (await found(api, *ends))["paths"]
    assert [3] == [path["length"] for path in (await found(api, *ends, asOf={"revision": 1}))["paths"]]


async def test_bad_bounds(sqlite_api: Api) -> None:
    """Bounds beyond what is allowed are refused, and ends that are not there are NOT_FOUND."""
    await learn(sqlite_api, SHOP)
    ends = {"from": asset("raw.orders"), "to": asset("shop.kept")}
    for name, value in (("maxPaths", 0), ("maxPaths", 51), ("maxLength", 0), ("maxLength", 101)):
        assert "VALIDATION_FAILED" == await sqlite_api.code(PATHS, **ends, **{name: value})
    for end, named in (("from", asset("no")), ("to", column("raw.orders.no"))):
        assert "NOT_FOUND" == await sqlite_api.code(PATHS, **(ends | {end: named}))
