"""Who may not see definitions sees lineage, and no word of the SQL that it was found in."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.graph.api import Api
from tests.graph.test_lineage import LEVELS, PEAKS, WALK, column, learn
from tests.graph.test_rights import BOSS, SET, Asker, house_of

SECRET = "PEAK-7319"  # noqa: S105 - a word to look for
TEXTS = {
    "levels.sql": LEVELS,
    "peaks.sql": PEAKS.replace("cm > 0", f"note <> '{SECRET}'"),
    "bad.sql": f"CREATE VIEW v AS SELECT (('{SECRET}' FROM t;",
}
ASSET = '{ asset(name: "river.peaks") { id name definition ddl { sql } columns { name } } }'
RESULT = """query Result($id: String!) { run(runId: $id) {
  error { message } events { seq ... on RunNotice { message } }
  result { ... on LineageResult { unresolvedCount gaps { text reason message remedy } } }
} }"""
NODE = "query Node($id: ID!) { node(id: $id) { ... on Asset { name definition ddl { sql } } } }"


@pytest.fixture
async def walled(sqlite_url: str, redis_url: str, tmp_path: Path) -> Any:
    """An API behind a proxy, with something in its graph, and two viewers of whom one sees definitions."""
    async with house_of(sqlite_url, redis_url, tmp_path) as api:
        api.client.headers["X-Forwarded-User"] = BOSS
        await learn(api, TEXTS)
        boss = Asker(api, BOSS)
        await boss.ask(SET, principal="sees", role="VIEWER")
        await boss.ask(SET, principal="blind", role="VIEWER", sees=False)
        yield api


async def told(asker: Asker) -> list[Any]:
    """All that somebody is told of the graph and the run."""
    runs = await asker.ask("{ runs { edges { node { runId } } } }")
    run_id = runs["runs"]["edges"][0]["node"]["runId"]
    asset = await asker.ask(ASSET)
    return [
        asset,
        await asker.ask(NODE, id=asset["asset"]["id"]),
        await asker.ask(WALK, of=column("river.peaks.metres")),
        await asker.ask(RESULT, id=run_id),
        await asker.ask('{ searchAssets(words: "peaks") { edges { node { asset { definition } } } } }'),
        await asker.ask("{ assets { edges { node { name definition ddl { sql generated } } } } }"),
    ]


async def test_lineage_without_words(walled: Api) -> None:
    """Assets, columns and edges show; definitions, expressions, literals and messages about them do not."""
    sees, blind = await told(Asker(walled, "sees")), await told(Asker(walled, "blind"))
    asset, node, walk, run, hits, _ = blind

    assert SECRET in json.dumps(sees[0])
    assert SECRET not in json.dumps(blind)
    assert ["station", "metres"] == [each["name"] for each in asset["asset"]["columns"]]
    assert None is asset["asset"]["definition"] is node["node"]["definition"]
    assert {""} == {each["expression"] for edge in walk["lineage"]["edges"] for each in edge["evidence"]}
    assert len(sees[2]["lineage"]["edges"]) == len(walk["lineage"]["edges"]) > 0
    assert 2 == run["run"]["result"]["unresolvedCount"] == len(run["run"]["result"]["gaps"])
    assert [None] == [each["node"]["asset"]["definition"] for each in hits["searchAssets"]["edges"][:1]]


async def test_files_and_pictures(walled: Api) -> None:
    """Files of runs and pictures hold SQL, so that no address of them is given out."""
    files = "{ runs { edges { node { artifacts { name url } } } } }"
    picture = '{ lineagePicture(of: {asset: {name: "river.peaks"}}) { url } }'

    assert None is await Asker(walled, "sees").code(files)
    assert "FORBIDDEN" == await Asker(walled, "blind").code(files)
    assert None is await Asker(walled, "sees").code(picture)
    assert "FORBIDDEN" == await Asker(walled, "blind").code(picture)
