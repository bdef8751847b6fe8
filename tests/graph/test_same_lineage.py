"""Lineage is the same through every door: the graph of a run, an answer at once, and the command line."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.graph.api import Api
from tests.graph.shell import in_thread
from tests.graph.test_analyses import VIEW, analyzed
from tests.graph.test_examples import WAREHOUSE, load_warehouse
from tests.graph.test_lineage import learn

SCRIPT = f"""{VIEW}
GO
CREATE TABLE dbo.archive (name NVARCHAR(50), total MONEY)
GO
INSERT INTO dbo.archive (name, total) SELECT name, HASHBYTES('SHA2_256', name) FROM mart.spent WHERE total > 0
GO
CREATE VIEW dbo.all_of_it AS SELECT a.*, [Order Lines].qty FROM dbo.archive a CROSS JOIN dbo.[Order Lines]
GO
"""
ASSETS = "{ assets(first: 100) { edges { node { name } } } }"
EDGES = """
query Edges($name: String!) {
  lineage(of: {asset: {name: $name}}, depth: 1, maxNodes: 5000) {
    nodes { id asset { name } column { name } }
    edges { source target kind subtype }
  }
}"""

Flow = tuple[str, str, str, str]


def flows(edges: Iterable[Mapping[str, Any]]) -> set[Flow]:
    """What leads where and how."""
    return {
        (
            ".".join(filter(None, edge["source"].values())),
            ".".join(filter(None, edge["target"].values())),
            edge["kind"],
            edge["subtype"],
        )
        for edge in edges
    }


async def flows_of_graph(api: Api) -> set[Flow]:
    """All edges of the graph, by asking each asset for what is one step upstream."""
    found: set[Flow] = set()
    listed = (await api.ask(ASSETS))["assets"]["edges"]
    assert 0 < len(listed) < 100
    for each in listed:
        told = (await api.ask(EDGES, name=each["node"]["name"]))["lineage"]
        ends = {
            node["id"]: {"asset": node["asset"]["name"], "column": (node["column"] or {}).get("name")}
            for node in told["nodes"]
        }
        found |= flows(
            edge | {"source": ends[edge["source"]], "target": ends[edge["target"]]} for edge in told["edges"]
        )
    return found


async def test_the_warehouse_is_the_same_through_both_doors(sqlite_api: Api) -> None:
    """The sample has the same edges whether a run puts them into the graph or the command prints them."""
    await load_warehouse(sqlite_api)

    said = await in_thread("lineage", str(WAREHOUSE), "--dialect", "duckdb")

    assert 0 == said.status
    assert 200 < len(said.told["edges"])
    assert flows(said.told["edges"]) == await flows_of_graph(sqlite_api)


async def test_a_script_is_the_same_through_three_doors(sqlite_api: Api, tmp_path: Path) -> None:
    """A script of T-SQL has the same edges in the graph, on the command line and as an answer at once."""
    (tmp_path / "script.sql").write_text(SCRIPT)
    words = ("--dialect", "tsql", "--default-schema", "dbo")
    await learn(sqlite_api, {"script.sql": SCRIPT}, dialect="TSQL", defaultSchema="dbo")

    said = await in_thread("lineage", str(tmp_path / "script.sql"), *words)
    at_once = await analyzed(sqlite_api, SCRIPT, defaultSchema="dbo")

    printed = flows(said.told["edges"])
    assert ("mart.spent.name", "dbo.archive.name", "DIRECT", "IDENTITY") in printed
    assert printed == await flows_of_graph(sqlite_api)
    assert printed == flows(at_once["edges"])
    assert [{**gap, "file": "sql"} for gap in said.told["unresolved"]] == [
        {**gap, "file": "sql"} for gap in at_once["unresolved"]
    ]
