"""Walks as clients ask for them: narrowed to some assets, in the past, and counted."""

import asyncio
from typing import Any

from tests.graph.api import Api
from tests.graph.test_lineage import LEVELS, PEAKS, REPORT, column, learn

MORE = "CREATE VIEW mart.alarm AS SELECT station FROM river.report WHERE high > 3;"
RIVER = {"levels.sql": LEVELS, "peaks.sql": PEAKS, "report.sql": REPORT, "more.sql": MORE}
WALK = """
query Walk(
  $of: LineageRoot!, $direction: Direction! = DOWNSTREAM, $level: Level! = ASSET, $filter: AssetFilter,
  $asOf: AsOf, $kinds: [EdgeKind!], $depth: Int! = 10
) {
  lineage(
    of: $of, direction: $direction, level: $level, filter: $filter, asOf: $asOf, kinds: $kinds, depth: $depth
  ) {
    revision
    truncated
    nodes { asset { name } }
    reach { assetCount columnCount complete }
  }
}"""
ROOT = {"asset": {"name": "river.levels"}}


async def names(api: Api, **variables: Any) -> set[str]:
    found = (await api.ask(WALK, **{"of": ROOT} | variables))["lineage"]
    return {node["asset"]["name"] for node in found["nodes"]}


async def reach(api: Api, **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.ask(WALK, **{"of": ROOT} | variables))["lineage"]["reach"]
    return found


async def in_memory(api: Api) -> None:
    await asyncio.wrap_future(api.app.state.graphs.ask_for("main"))


async def test_only_some_assets(api: Api) -> None:
    """A walk neither shows nor passes through what does not fit, but for its root."""
    await learn(api, RIVER)
    every = {"river.levels", "river.peaks", "river.report", "mart.alarm"}
    for _ in range(2):
        assert every == await names(api)
        assert every == await names(api, filter={})
        assert every - {"mart.alarm"} == await names(api, filter={"schemas": ["RIVER"]})
        assert every - {"mart.alarm"} == await names(api, filter={"excludedSchemas": ["mart"]})
        assert {"river.levels", "river.peaks"} == await names(api, filter={"name": "peak"})
        assert every == await names(api, filter={"kinds": ["View"]})
        assert {"river.levels"} == await names(api, filter={"name": "report"})
        assert {"river.levels"} == await names(api, filter={"kinds": ["document"]})
        assert {"assetCount": 2, "columnCount": 0, "complete": True} == await reach(
            api, filter={"kinds": ["view"], "excludedSchemas": ["mart"]}
        )
        await in_memory(api)


async def test_a_filter_too_long(sqlite_api: Api) -> None:
    """A filter of too many values, or of too long a pattern, is refused, and the message says which."""
    for wrong in ({"schemas": [str(number) for number in range(101)]}, {"name": "x" * 201}):
        (error,) = await sqlite_api.errors(WALK, of=ROOT, filter=wrong)
        assert "VALIDATION_FAILED" == error["extensions"]["code"]
        assert error["extensions"]["field"] in {"filter.schemas", "filter.name"}


async def test_counts_of_all_that_can_be_reached(api: Api) -> None:
    """Counts go beyond the depth of the walk, follow its kinds, and leave out where it begins."""
    await learn(api, RIVER)
    whole = await reach(api, level="COLUMN", depth=1)
    part = await reach(api, of=column("river.levels.cm"), level="COLUMN", kinds=["DIRECT"])
    up = await reach(
        api, of=column("mart.alarm.station"), level="COLUMN", direction="UPSTREAM", kinds=["DIRECT"]
    )

    assert {"assetCount": 3, "columnCount": 5, "complete": True} == whole
    assert {"assetCount": 2, "columnCount": 2, "complete": True} == part
    assert {"assetCount": 3, "columnCount": 3, "complete": True} == up


async def test_walking_the_past(api: Api) -> None:
    """A walk at an earlier revision, or moment, shows the graph of then; one that never was is refused."""
    await learn(api, RIVER)
    first = (await api.ask(WALK, of=ROOT))["lineage"]["revision"]
    await learn(api, {"levels.sql": LEVELS, "peaks.sql": PEAKS})
    await in_memory(api)
    now = {"river.levels", "river.peaks"}
    before = {"river.levels", "river.peaks", "river.report", "mart.alarm"}

    assert now == await names(api) == await names(api, asOf={"revision": first + 1})
    assert before == await names(api, asOf={"revision": first})
    assert now == await names(api, asOf={"at": "2999-01-01T00:00:00Z"})
    assert {"assetCount": 3, "columnCount": 0, "complete": True} == await reach(api, asOf={"revision": first})
    for wrong in ({"revision": first + 2}, {"revision": 0}, {"revision": -1}, {"at": "1999-01-01T00:00:00Z"}):
        (error,) = await api.errors(WALK, of=ROOT, asOf=wrong)
        assert ("VALIDATION_FAILED", "asOf") == (error["extensions"]["code"], error["extensions"]["field"])
        assert error["extensions"]["hint"] in {
            f"There are revisions {first} to {first + 1}.",
            "Ask revisions when they were made.",
        }


async def test_names_only_where_they_are_asked_for(sqlite_api: Api) -> None:
    """Nodes tell their names in fragments too, and a query that asks for none is answered."""
    await learn(sqlite_api, RIVER)
    bare = "query($of: LineageRoot!) { lineage(of: $of) { nodes { id depth } edges { source } } }"
    within = """
    query($of: LineageRoot!) { lineage(of: $of, direction: DOWNSTREAM) { ...Found } }
    fragment Found on Lineage { nodes { ... on LineageNode { column { name } ...Named } } }
    fragment Named on LineageNode { asset { name } }"""
    of = column("river.levels.cm")
    found = (await sqlite_api.ask(within, of=of))["lineage"]["nodes"]

    assert [{"depth": 0}] == [
        {"depth": node["depth"]} for node in (await sqlite_api.ask(bare, of=of))["lineage"]["nodes"]
    ]
    assert {"column": {"name": "cm"}, "asset": {"name": "river.levels"}} == found[0]
    assert {"river.levels", "river.peaks", "river.report", "mart.alarm"} == {
        node["asset"]["name"] for node in found
    }
