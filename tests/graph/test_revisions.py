"""Revisions as clients list them, and the graph in numbers."""

from collections import Counter
from statistics import mean
from typing import Any

import pytest

from db.models import Workspace
from tests.graph.api import Api, recording
from tests.graph.test_lineage import LEVELS, RIVER, learn

LATEST = """
query ($workspace: String! = "main") {
  latestRevision(workspace: $workspace) {
    number committedAt assetCount columnCount edgeCount definitionBytes run { status }
  }
}"""
LIST = """
query ($first: Int! = 20, $after: String, $workspace: String! = "main") {
  revisions(first: $first, after: $after, workspace: $workspace) {
    edges { cursor node { number assetCount run { runId } } }
    pageInfo { hasNextPage endCursor }
  }
}"""
SUMMARY = """
query ($asOf: AsOf, $workspace: String! = "main") {
  summary(asOf: $asOf, workspace: $workspace) {
    revision assetCount edgeCount definedCount explainedCount coverage gapCount
    assetsByKind { kind count } edgesByKind { kind count } edgesByOrigin { origin count }
    confidence { least mean most }
  }
}"""
ALL = """
query {
  assets(first: 100) { edges { node { name kind explained definition } } }
  lineage(of: {asset: {name: "river.levels"}}, direction: DOWNSTREAM, maxNodes: 5000, depth: 100) {
    edges { kind confidence evidence { origin note } }
  }
}"""
ODD = "CREATE VIEW river.odd AS SELECT cm FROM river.levels WHERE EXISTS (;"


async def test_before_the_first(api: Api) -> None:
    """A workspace without a graph, or that there is not, has no revisions, and numbers that are all 0."""
    nothing = {"assetCount": 0, "edgeCount": 0, "definedCount": 0, "explainedCount": 0, "gapCount": 0}
    empty: dict[str, Any] = {
        "assetsByKind": [],
        "edgesByKind": [],
        "edgesByOrigin": [],
        "confidence": None,
        "coverage": None,
    }
    for workspace in ("main", "nowhere"):
        assert {"latestRevision": None} == await api.ask(LATEST, workspace=workspace)
        assert [] == (await api.ask(LIST, workspace=workspace))["revisions"]["edges"]
        summary = (await api.ask(SUMMARY, workspace=workspace))["summary"]
        (error,) = await api.errors(SUMMARY, workspace=workspace, asOf={"revision": 1})
        assert "There is none yet." == error["extensions"]["hint"]
        assert {"revision": 0} | nothing | empty == summary


async def test_the_newest(api: Api) -> None:
    """The newest revision tells its size, who made it and when; another workspace has its own."""

    def open_workspace(session: Any) -> None:
        session.add(Workspace(name="other"))

    await api.house.write(open_workspace)
    await learn(api, RIVER)
    await learn(api, {"levels.sql": LEVELS}, workspace="other")
    first = (await api.ask(LATEST))["latestRevision"]
    await learn(api, {"levels.sql": LEVELS})
    second = (await api.ask(LATEST))["latestRevision"]
    other = (await api.ask(LATEST, workspace="other"))["latestRevision"]

    assert (1, 3, 6) == (first["number"], first["assetCount"], first["columnCount"])
    assert (2, 1, 2, 0) == tuple(second[name] for name in ("number", "assetCount", "columnCount", "edgeCount"))
    assert (1, 1) == (other["number"], other["assetCount"])
    assert {"status": "COMPLETED"} == second["run"]
    assert first["committedAt"] < second["committedAt"]
    assert int(first["definitionBytes"]) > int(second["definitionBytes"]) > 0


async def test_lists_of_revisions(api: Api) -> None:
    """Revisions are listed newest first, in pages, each with its run; statements for runs do not grow."""
    for width in (1, 2, 3):
        names = ", ".join(f"c{at} INT" for at in range(width))
        await learn(api, {"t.sql": f"CREATE TABLE t.t ({names});" + "CREATE TABLE t.u (x INT);" * (width > 1)})
    numbers, after = [], None
    while True:
        page = (await api.ask(LIST, first=1, after=after))["revisions"]
        numbers += [(edge["node"]["number"], edge["node"]["assetCount"]) for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    with recording() as sent:
        whole = (await api.ask(LIST))["revisions"]["edges"]

    assert [(3, 2), (2, 2), (1, 1)] == numbers
    assert 3 == len({edge["node"]["run"]["runId"] for edge in whole})
    assert 1 == sent.naming("FROM runs")
    for wrong in ({"first": 0}, {"first": 101}, {"after": "x"}):
        assert "VALIDATION_FAILED" == await api.code(LIST, **wrong)


async def test_numbers_add_up(api: Api) -> None:
    """What a summary counts is what one counts over all nodes and edges; in the past, over those of then."""
    await learn(api, RIVER | {"odd.sql": ODD})
    summary = (await api.ask(SUMMARY))["summary"]
    everything = await api.ask(ALL)
    assets = [edge["node"] for edge in everything["assets"]["edges"]]
    edges = everything["lineage"]["edges"]
    defined = [asset for asset in assets if asset["definition"]]

    assert len(assets) == summary["assetCount"]
    assert len(edges) == summary["edgeCount"] > 0
    assert Counter(asset["kind"] for asset in assets) == counted(summary["assetsByKind"], "kind")
    assert Counter(edge["kind"] for edge in edges) == counted(summary["edgesByKind"], "kind")
    assert len(edges) == sum(counted(summary["edgesByOrigin"], "origin").values())
    assert len(defined) == summary["definedCount"]
    assert sum(asset["explained"] for asset in defined) == summary["explainedCount"]
    assert summary["coverage"] == pytest.approx(summary["explainedCount"] / summary["definedCount"], abs=1e-4)
    assert summary["gapCount"] > 0
    sure = [edge["confidence"] for edge in edges]
    assert (min(sure), max(sure)) == (summary["confidence"]["least"], summary["confidence"]["most"])
    assert summary["confidence"]["mean"] == pytest.approx(mean(sure), abs=1e-4)

    await learn(api, {"levels.sql": LEVELS})
    assert summary == (await api.ask(SUMMARY, asOf={"revision": summary["revision"]}))["summary"]
    assert 0 == (await api.ask(SUMMARY))["summary"]["edgeCount"]


def counted(rows: list[dict[str, Any]], name: str) -> dict[str, int]:
    return {row[name]: row["count"] for row in rows}


async def test_how_sure_an_edge_is(api: Api) -> None:
    """What one source parses is as sure as parsing is; between assets the surest edge counts."""
    await learn(api, RIVER)
    asked = """query ($level: Level!) {
      lineage(of: {asset: {name: "river.report"}}, level: $level) { edges { confidence evidence { origin } } }
    }"""
    for level in ("COLUMN", "ASSET"):
        edges = (await api.ask(asked, level=level))["lineage"]["edges"]
        assert {0.85} == {edge["confidence"] for edge in edges}
        assert {"PARSED"} == {each["origin"] for edge in edges for each in edge["evidence"]}
