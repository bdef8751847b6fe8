"""The graph as clients walk it: found by name, bounded, with evidence for every step, behind its wall."""

import asyncio
from typing import Any

from db.models import Workspace
from tests.graph.api import Api, recording

LEVELS = "CREATE TABLE river.levels (station INT, cm INT);"
PEAKS = """-- the highest of each
CREATE VIEW river.peaks AS
SELECT
    station,
    max(cm) / 100.0 AS metres
FROM river.levels
WHERE cm > 0
GROUP BY station;"""
REPORT = "CREATE VIEW river.report AS SELECT p.station, p.metres AS high FROM river.peaks AS p;"
RIVER = {"levels.sql": LEVELS, "peaks.sql": PEAKS, "report.sql": REPORT}

WALK = """
query Walk(
  $of: LineageRoot!, $direction: Direction! = UPSTREAM, $level: Level! = COLUMN, $kinds: [EdgeKind!],
  $depth: Int! = 10, $maxNodes: Int! = 500, $workspace: String! = "main"
) {
  lineage(
    of: $of, direction: $direction, level: $level, kinds: $kinds, depth: $depth, maxNodes: $maxNodes,
    workspace: $workspace
  ) {
    revision
    truncated
    nodes { id depth asset { name namespace } column { name } }
    edges {
      source target kind subtype masking confidence
      evidence { origin source expression file line statement note }
    }
    frontier { id asset { name namespace } column { name } }
  }
}"""
ASSET = """
query Named($name: String!, $namespace: String, $workspace: String! = "main") {
  asset(name: $name, namespace: $namespace, workspace: $workspace) {
    name namespace kind columnsComplete definition columns { name ordinal dataType }
  }
}"""
LIST = """
query List(
  $kind: [String!], $namespace: String, $first: Int! = 50, $after: String, $workspace: String! = "main"
) {
  assets(kind: $kind, namespace: $namespace, first: $first, after: $after, workspace: $workspace) {
    edges { node { name kind } }
    pageInfo { hasNextPage endCursor }
  }
}"""


async def learn(api: Api, texts: dict[str, str], *, workspace: str = "main", **more: str) -> None:
    """Run a lineage run over these texts."""
    named = [{"name": name, "sql": sql} for name, sql in texts.items()]
    accepted = await api.submit({"lineage": {"texts": named, "dialect": "DUCKDB"} | more}, workspace=workspace)
    await api.execute(accepted["runId"], workspace)
    status = await api.ask(
        "query($id: String!, $w: String!) { run(runId: $id, workspace: $w) { status } }",
        id=accepted["runId"],
        w=workspace,
    )
    assert status["run"]["status"].startswith("COMPLETED"), status


def column(name: str, **more: str) -> dict[str, Any]:
    asset, _, own = name.rpartition(".")
    return {"column": {"asset": asset, "column": own, **more}}


def name_of(node: dict[str, Any]) -> str:
    return ".".join(filter(None, (node["asset"]["name"], (node["column"] or {}).get("name"))))


async def walked(api: Api, of: dict[str, Any], **variables: Any) -> dict[str, Any]:
    """A walk whose edges name their ends, which are all among its nodes."""
    found: dict[str, Any] = (await api.ask(WALK, of=of, **variables))["lineage"]
    names = {node["id"]: name_of(node) for node in found["nodes"]}
    for edge in found["edges"]:
        edge["step"] = (names[edge["source"]], names[edge["target"]])
    found["names"] = {name_of(node): node["depth"] for node in found["nodes"]}
    assert {node["id"] for node in found["frontier"]} <= set(names)
    assert found["truncated"] == bool(found["frontier"])
    return found


async def test_upstream_with_evidence(api: Api) -> None:
    """A walk leads to where a value comes from and what decided about it, with words and places."""
    await learn(api, RIVER)
    found = await walked(api, column("river.report.high"))
    direct = {edge["step"]: edge for edge in found["edges"] if edge["kind"] == "DIRECT"}
    influences = {edge["subtype"] for edge in found["edges"] if edge["kind"] == "INDIRECT"}
    (evidence,) = direct["river.levels.cm", "river.peaks.metres"]["evidence"]

    assert {("river.peaks.metres", "river.report.high"), ("river.levels.cm", "river.peaks.metres")} == set(
        direct
    )
    assert {"FILTER", "GROUP_BY"} <= influences
    assert (0, 1, 2) == tuple(
        found["names"][name] for name in ("river.report.high", "river.peaks.metres", "river.levels.cm")
    )
    assert ("PARSED", "default", "peaks.sql", 5, "CREATE VIEW") == (
        evidence["origin"],
        evidence["source"],
        evidence["file"],
        evidence["line"],
        evidence["statement"],
    )
    assert "max(cm) / 100.0" in evidence["expression"]
    assert all(edge["evidence"] for edge in found["edges"])


async def test_downstream_kinds_and_levels(sqlite_api: Api) -> None:
    """A walk can go the other way, along values alone, and between whole assets."""
    await learn(sqlite_api, RIVER)
    values = await walked(sqlite_api, column("river.levels.cm"), direction="DOWNSTREAM", kinds=["DIRECT"])
    influence = await walked(
        sqlite_api, column("river.levels.station"), direction="DOWNSTREAM", kinds=["INDIRECT"]
    )
    assets = await walked(
        sqlite_api, {"asset": {"name": "river.levels"}}, direction="DOWNSTREAM", level="ASSET"
    )

    assert {"river.levels.cm", "river.peaks.metres", "river.report.high"} == set(values["names"])
    assert {"DIRECT"} == {edge["kind"] for edge in values["edges"]}
    assert {"INDIRECT"} == {edge["kind"] for edge in influence["edges"]}
    assert {"river.levels": 0, "river.peaks": 1, "river.report": 2} == assets["names"]
    assert {None} == {node["column"] for node in assets["nodes"]}
    assert {("river.levels", "river.peaks"), ("river.peaks", "river.report")} == {
        edge["step"] for edge in assets["edges"]
    }
    assert {None} == {edge["subtype"] for edge in assets["edges"]}


async def test_names_in_any_capitals(api: Api) -> None:
    """An asset and a column are found however their names are spelled, whatever the dialect folds them to."""
    await learn(api, RIVER)
    await learn(api, {"a.sql": "CREATE TABLE Snow.Flakes (Wet INT)"}, dialect="SNOWFLAKE", source="snow")
    await learn(api, {"a.sql": "CREATE TABLE Big.Query (Wide INT)"}, dialect="BIGQUERY", source="big")

    for spelled, name in (
        ("RIVER.Peaks", "river.peaks"),
        ("river.peaks", "river.peaks"),
        ("snow.flakes", "Snow.Flakes"),
        ("SNOW.FLAKES", "Snow.Flakes"),
        ("big.query", "Big.Query"),
        ("BIG.QUERY", "Big.Query"),
    ):
        assert name == (await api.ask(ASSET, name=spelled))["asset"]["name"], spelled
    for spelled in ("RIVER.REPORT.HIGH", "Snow.Flakes.WET", "snow.flakes.wet", "BIG.query.WIDE"):
        assert 0 in (await walked(api, column(spelled)))["names"].values(), spelled


async def test_what_an_asset_tells(sqlite_api: Api) -> None:
    """An asset has its kind, its columns in order with their types, and the statement that defines it."""
    await learn(sqlite_api, RIVER)
    table = (await sqlite_api.ask(ASSET, name="river.levels"))["asset"]
    view = (await sqlite_api.ask(ASSET, name="river.peaks", namespace="headwater://main"))["asset"]

    await learn(sqlite_api, {"a.sql": "CREATE VIEW t.v AS SELECT u.x FROM t.u"}, source="second")
    used = (await sqlite_api.ask(ASSET, name="t.u"))["asset"]

    assert ("external", False, None) == (used["kind"], used["columnsComplete"], used["definition"])
    assert ("table", True) == (table["kind"], table["columnsComplete"])
    assert [("station", 0, "int"), ("cm", 1, "int")] == [
        (each["name"], each["ordinal"], each["dataType"]) for each in table["columns"]
    ]
    assert ("view", ["station", "metres"]) == (view["kind"], [each["name"] for each in view["columns"]])
    assert "max(cm) / 100.0 AS metres" in view["definition"]


async def test_what_is_not_there(sqlite_api: Api) -> None:
    """An unknown asset, column, namespace or workspace is NOT_FOUND, and the message says which."""
    await learn(sqlite_api, {"levels.sql": LEVELS})
    levels = {"name": "river.levels"}
    for of, more in (
        ({"asset": {"name": "river.lakes"}}, {}),
        (column("river.lakes.cm"), {}),
        (column("river.levels.depth"), {}),
        ({"asset": levels | {"namespace": "elsewhere"}}, {}),
        ({"asset": levels}, {"workspace": "elsewhere"}),
    ):
        (error,) = await sqlite_api.errors(WALK, of=of, **more)
        assert "NOT_FOUND" == error["extensions"]["code"]
        assert error["extensions"]["hint"]
    for more in (
        {"name": "river.lakes"},
        levels | {"namespace": "elsewhere"},
        levels | {"workspace": "elsewhere"},
    ):
        assert "NOT_FOUND" == await sqlite_api.code(ASSET, **more)


async def test_where_else_a_name_is(sqlite_api: Api) -> None:
    """A name that is not where it is looked for is refused with where it is, or how to look for it."""
    await learn(sqlite_api, {"levels.sql": LEVELS}, namespace="postgres://db")
    (elsewhere,) = await sqlite_api.errors(ASSET, name="River.Levels")
    (nowhere,) = await sqlite_api.errors(ASSET, name="river.lakes")
    (unnamed,) = await sqlite_api.errors(ASSET, name="river.levels", namespace="")

    assert "There is no asset 'River.Levels' in 'headwater://main' at revision 1." == elsewhere["message"]
    assert "There is one in 'postgres://db': name that namespace." == elsewhere["extensions"]["hint"]
    assert "Ask searchAssets for names like it." == nowhere["extensions"]["hint"]
    assert "There is no asset 'river.levels' in '' at revision 1." == unnamed["message"]


async def test_bounds_that_are_refused(sqlite_api: Api) -> None:
    """A walk has 1 to 100 steps and 1 to 5,000 nodes, and a beginning."""
    of = {"asset": {"name": "a"}}
    for field, values in (("depth", (0, -1, 101)), ("maxNodes", (0, -1, 5_001))):
        for value in values:
            (error,) = await sqlite_api.errors(WALK, of=of, **{field: value})
            assert ("VALIDATION_FAILED", field) == (error["extensions"]["code"], error["extensions"]["field"])
    for root in ({}, {"asset": None}, {"asset": {"name": "a"}, "column": {"asset": "a", "column": "b"}}):
        assert "BAD_INPUT" == await sqlite_api.code(WALK, of=root)


async def test_a_cut_is_told_and_can_be_walked_on_from(sqlite_api: Api) -> None:
    """Whoever walks on from each frontier by name, in small pieces, sees in the end what one long walk sees."""
    chain = {"0.sql": "CREATE TABLE t.v0 (a INT, b INT);"} | {
        f"{at}.sql": f"CREATE VIEW t.v{at} AS SELECT a + b AS a, b FROM t.v{at - 1} WHERE a > 0;"
        for at in range(1, 13)
    }
    await learn(sqlite_api, chain)
    whole = await walked(sqlite_api, column("t.v12.a"), depth=100)
    assert not whole["truncated"]
    for bounds in ({"depth": 2}, {"maxNodes": 8}):
        seen: set[tuple[str, str]] = set()
        todo, begun = [column("t.v12.a")], []
        while todo:
            root = todo.pop()
            begun.append(root)
            part = await walked(sqlite_api, root, **bounds)
            assert len(part["nodes"]) <= bounds.get("maxNodes", 500)
            seen |= {edge["step"] for edge in part["edges"]}
            todo += [each for each in map(root_of, part["frontier"]) if each not in begun + todo]
        assert {edge["step"] for edge in whole["edges"]} == seen, bounds


def root_of(node: dict[str, Any]) -> dict[str, Any]:
    asset = node["asset"]
    if node["column"] is None:
        return {"asset": asset}
    return column(f"{asset['name']}.{node['column']['name']}", namespace=asset["namespace"])


async def test_cycles_end(sqlite_api: Api) -> None:
    """A walk over tables that feed one another ends, and says that nothing is missing."""
    await learn(
        sqlite_api,
        {
            "a.sql": "CREATE TABLE t.a (x INT); CREATE TABLE t.b (x INT);",
            "b.sql": "INSERT INTO t.a SELECT x FROM t.b; INSERT INTO t.b SELECT x FROM t.a;",
        },
    )
    for direction in ("UPSTREAM", "DOWNSTREAM"):
        found = await walked(sqlite_api, column("t.a.x"), direction=direction, depth=100)
        assert {"t.a.x": 0, "t.b.x": 1} == found["names"]
        assert {("t.a.x", "t.b.x"), ("t.b.x", "t.a.x")} == {edge["step"] for edge in found["edges"]}
        assert not found["truncated"]


async def test_evidence_follows_statements_that_move(api: Api) -> None:
    """When a statement moves to another line or file, its evidence says so; when it goes, its edges go."""
    await learn(api, RIVER)
    await learn(api, {"levels.sql": LEVELS, "all.sql": f"\n\n\n{REPORT}\n{PEAKS}"})
    moved = await walked(api, column("river.report.high"), kinds=["DIRECT"])
    places = {
        edge["step"]: [(each["file"], each["line"]) for each in edge["evidence"]] for edge in moved["edges"]
    }
    await learn(api, {"levels.sql": LEVELS, "peaks.sql": PEAKS})
    gone = await walked(api, column("river.levels.cm"), direction="DOWNSTREAM", kinds=["DIRECT"])

    assert {
        ("river.peaks.metres", "river.report.high"): [("all.sql", 4)],
        ("river.levels.cm", "river.peaks.metres"): [("all.sql", 9)],
    } == places
    assert {"river.levels.cm": 0, "river.peaks.metres": 1} == gone["names"]
    assert gone["revision"] == moved["revision"] + 1
    assert "NOT_FOUND" == await api.code(ASSET, name="river.report")


async def test_workspaces_are_walls(api: Api) -> None:
    """What one workspace knows is not seen from another, though the names are the same."""

    def open_workspace(session: Any) -> None:
        session.add(Workspace(name="other"))

    await api.house.write(open_workspace)
    await learn(api, RIVER)
    await learn(api, {"levels.sql": LEVELS}, workspace="other")
    theirs = await walked(api, {"asset": {"name": "river.levels"}}, direction="DOWNSTREAM", workspace="other")
    listed = (await api.ask(LIST, workspace="other"))["assets"]["edges"]

    assert [] == theirs["edges"]
    assert {"headwater://other"} == {node["asset"]["namespace"] for node in theirs["nodes"]}
    assert ["river.levels"] == [edge["node"]["name"] for edge in listed]
    assert "NOT_FOUND" == await api.code(ASSET, name="river.peaks", workspace="other")


async def test_lists_of_assets(api: Api) -> None:
    """Assets are listed by name in pages, narrowed by the kind they are shown as and by namespace."""
    await learn(api, RIVER)
    await learn(api, {"r.sql": "CREATE VIEW x.y AS SELECT metres FROM river.peaks, x.z"}, source="second")
    await learn(api, {"a.sql": LEVELS}, source="third", namespace="postgres://db")

    async def listed(**variables: Any) -> list[str]:
        names, after = [], None
        while True:
            page = (await api.ask(LIST, after=after, **variables))["assets"]
            names += [edge["node"]["name"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return names

    home = ["river.levels", "river.peaks", "river.report", "x.y", "x.z"]
    assert [*home, "river.levels"] == await listed(first=2) == await listed()
    assert ["river.peaks", "river.report", "x.y"] == await listed(kind=["view"], first=1)
    assert ["river.peaks", "river.report", "x.y"] == await listed(kind=["VIEW"])
    assert ["x.z"] == await listed(kind=["external"])  # river.peaks is a view, though others only use it
    assert ["river.levels"] == await listed(namespace="postgres://db")
    assert [] == await listed(kind=["document", "nothing"]) == await listed(namespace="")
    assert home == await listed(kind=[], namespace="headwater://main")
    for wrong in ({"first": 0}, {"first": 101}, {"after": "x"}, {"kind": [str(at) for at in range(101)]}):
        assert "VALIDATION_FAILED" == await api.code(LIST, **wrong)


async def test_statements_do_not_grow_with_nodes(api: Api) -> None:
    """A walk with evidence, and a list with columns, cost as many statements for 100 columns as for one."""
    counts: dict[str, set[int]] = {"walk": set(), "list": set()}
    for width in (1, 10, 100):
        names = [f"c{at}" for at in range(width)]
        table = f"CREATE TABLE w{width}.t ({', '.join(f'{name} INT' for name in names)});"
        view = f"CREATE VIEW w{width}.v AS SELECT {', '.join(names)} FROM w{width}.t;"
        await learn(api, {"t.sql": table, "v.sql": view}, source=f"w{width}", namespace=f"w{width}")
        await asyncio.wrap_future(api.app.state.graphs.ask_for("main"))  # its reading is not the walk's affair
        with recording() as sent:
            found = await walked(api, {"asset": {"name": f"w{width}.v", "namespace": f"w{width}"}}, depth=1)
        assert width == len(found["edges"])
        counts["walk"].add(sent.count)
        query = (
            "query($n: String!) { assets(namespace: $n) { edges { node { definition columns { name } } } } }"
        )
        with recording() as sent:
            await api.ask(query, n=f"w{width}")
        counts["list"].add(sent.count)

    assert {"walk": 1, "list": 1} == {name: len(counted) for name, counted in counts.items()}, counts
