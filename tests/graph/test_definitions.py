"""Who may not see definitions sees lineage, and no word of the SQL that it was found in."""

import json
from pathlib import Path
from typing import Any

import pytest

from graph.events import UNSEEN
from tests.catalogs import CATALOG, submitted, values
from tests.graph.api import Api
from tests.graph.test_lineage import LEVELS, PEAKS, WALK, column, learn
from tests.graph.test_rights import BOSS, KEY, SET, Asker, house_of

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
PICTURE = '{ lineagePicture(of: {asset: {name: "river.peaks"}}) { url mermaid } }'
ERROR = "error { code message hint problems { code file message rows } }"
TOLD = (
    "seq ... on RunNotice { words: message } ... on RunRequeued { reason } ... on RunFinished { " + ERROR + " }"
)
FAILED = f"""query Failed($id: String!) {{ run(runId: $id) {{
  {ERROR}
  events {{ {TOLD} }}
}} }}"""
FEED = f"subscription Feed($id: String!) {{ runEvents(runId: $id) {{ {TOLD} }} }}"
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


async def test_files(walled: Api) -> None:
    """Files of runs hold SQL, so that no address of them is given out."""
    files = "{ runs { edges { node { artifacts { name url } } } } }"

    assert None is await Asker(walled, "sees").code(files)
    assert "FORBIDDEN" == await Asker(walled, "blind").code(files)


async def test_pictures(walled: Api) -> None:
    """A picture is drawn without expressions, also behind its address; the places they stand at show."""
    pages: dict[str, str] = {}
    for name in ("sees", "blind"):
        picture = (await Asker(walled, name).ask(PICTURE))["lineagePicture"]
        assert "river.peaks" in picture["mermaid"]
        pages[name] = (await walled.client.get(picture["url"])).text

    assert "max(cm)" in pages["sees"]
    assert "max(cm)" not in pages["blind"]
    assert "peaks.sql:" in pages["blind"]
    assert pages["sees"].count("<path") == pages["blind"].count("<path")


async def test_errors_of_runs(walled: Api, tmp_path: Path) -> None:
    """Why a run failed is told by its code and where the fault lies, without the SQL that stands there."""
    twice = values("object_id, definition", f"(2::BIGINT, '{SECRET}')", f"(2, 'not {SECRET}')")
    run = await submitted(walled.house, tmp_path, {**CATALOG, "definitions": twice})
    await walled.house.execute(run)
    error = {"code": "BAD_CATALOG", "message": UNSEEN, "hint": ""}
    problem = {"code": "DUPLICATE_DEFINITION", "file": "definitions.parquet", "message": UNSEEN, "rows": []}

    assert SECRET in json.dumps(await Asker(walled, "sees").ask(FAILED, id=run.run_id))
    found = (await Asker(walled, "blind").ask(FAILED, id=run.run_id))["run"]
    assert {**error, "problems": [problem]} == found["error"] == found["events"][-1]["error"]
    assert [{**error, "problems": [problem]}] == [
        event["error"] for event in await watched(walled, "blind", run.run_id) if event.get("error")
    ]


async def test_notices(walled: Api) -> None:
    """Notices and reasons of a run may quote, so their words are hidden; errors that never quote are told."""
    notices, again, late = [
        await walled.chore(chore, options=options)
        for chore, options in (("GAPS", {}), ("FAIL_RETRYABLY", {}), ("WAIT", {"timeoutSeconds": 1}))
    ]
    for run_id in (notices, again, late):
        await walled.execute(run_id)

    for name, words, reason in (
        ("sees", "Something was left undone.", "The first attempts fail."),
        ("blind", UNSEEN, UNSEEN),
    ):
        told = [event.get("words") for event in await watched(walled, name, notices)]
        assert [words] == [each for each in told if each]
        asked = (await Asker(walled, name).ask(FAILED, id=again))["run"]["events"]
        assert [reason] == [event["reason"] for event in asked if event.get("reason")]
        ended = (await Asker(walled, name).ask(FAILED, id=late))["run"]["error"]
        assert ("TIMEOUT", False) == (ended["code"], UNSEEN == ended["message"])


async def watched(api: Api, name: str, run_id: str) -> list[Any]:
    """The events of a run that has ended, as somebody is told them on a socket."""
    async with api.socket(additional_headers={"X-Forwarded-User": name}) as wire:
        payloads = await wire.rest(await wire.start(FEED, id=run_id))
    return [payload["data"]["runEvents"] for payload in payloads]


async def test_warnings_of_results(walled: Api, tmp_path: Path) -> None:
    """How many warnings a result has shows, and not what they quote."""
    wrong = values("referencing_object_id, referenced_object_id, comment", "(2::BIGINT, 3::BIGINT, 'seeded')")
    run = await submitted(walled.house, tmp_path, {**CATALOG, "dependencies": wrong})
    await walled.house.execute(run)
    asked = "query W($id: String!) { run(runId: $id) { result { ... on LineageResult { warnings } } } }"

    seen = (await Asker(walled, "sees").ask(asked, id=run.run_id))["run"]["result"]["warnings"]
    hidden = (await Asker(walled, "blind").ask(asked, id=run.run_id))["run"]["result"]["warnings"]
    assert any("'comment'" in words for words in seen)
    assert [UNSEEN] * len(seen) == hidden


async def test_plans_of_queries(walled: Api) -> None:
    """Who may not see definitions sees the rows of a query, and neither its plan nor what its error quotes."""
    plan = "query P($id: String!) { run(runId: $id) { error { code message line } result { ... on QueryResult {"
    plan += " rowCount rows { edges { node { values } } } plan { details { text } } downloads { csv } } } } }"
    found = {}
    for sql in (
        f"SELECT n FROM range(3) AS t(n) WHERE n::VARCHAR <> '{SECRET}'",
        f"SELECT {SECRET} FROM nowhere",
    ):
        run = await walled.house.submitted("query", sql=sql)
        await walled.house.execute(run)
        for name in ("sees", "blind"):
            found[name, sql] = (await Asker(walled, name).ask(plan, id=run.run_id))["run"]
    sees, sees_error, blind, blind_error = (
        found[name, sql] for name in ("sees", "blind") for sql in dict.fromkeys(each for _, each in found)
    )

    assert sees["result"]["plan"]
    assert [] == blind["result"]["plan"]
    assert sees["result"]["rows"] == blind["result"]["rows"]
    assert blind["result"]["downloads"]["csv"]
    assert UNSEEN != sees_error["error"]["message"]
    assert UNSEEN == blind_error["error"]["message"]
    assert SECRET not in json.dumps([blind, blind_error])


async def test_who_may_give_the_right(walled: Api) -> None:
    """An admin who may not see definitions can let nobody see them, least of all themselves; others can."""
    boss, blind = Asker(walled, BOSS), Asker(walled, "blind")
    await boss.ask(SET, principal="blind", role="ADMIN", sees=False)

    for principal in ("blind", "eve", "*", "group:analysts"):
        assert "FORBIDDEN" == await blind.code(SET, principal=principal, role="ADMIN", sees=True), principal
        assert None is await blind.code(SET, principal=principal, role="ADMIN", sees=False), principal
    assert None is await blind.code(SET, principal="sees", role="ADMIN", sees=True)
    key = await blind.code(KEY, scopes=[{"workspace": "main", "role": "VIEWER", "seesDefinitions": True}])
    assert "FORBIDDEN" == key
    assert SECRET not in json.dumps(await blind.ask(ASSET))

    assert None is await Asker(walled, "sees").code(SET, principal="blind", role="ADMIN", sees=True)
    assert SECRET in json.dumps(await blind.ask(ASSET))


async def test_a_socket_loses_the_right(walled: Api) -> None:
    """A socket on which definitions were shown is closed once they are not to be shown any more."""
    async with walled.socket(additional_headers={"X-Forwarded-User": "sees"}) as wire:
        await Asker(walled, BOSS).ask(SET, principal="sees", role="ADMIN", sees=False)
        assert 4403 == await wire.closed()


async def test_statements_that_people_keep(walled: Api) -> None:
    """Statements that were saved or submitted are hidden, and nobody can guess at their words by a filter."""
    boss, sees, blind = (Asker(walled, name) for name in (BOSS, "sees", "blind"))
    saved = f"""mutation {{ saveQuery(name: "q", sql: "SELECT '{SECRET}'") {{ __typename }} }}"""
    assert "SavedQuery" == (await boss.ask(saved))["saveQuery"]["__typename"]
    await boss.ask('mutation { runSavedQuery(name: "q") { __typename } }')
    asked = '{ savedQuery(name: "q") { name sql } runs(filter: {engine: DUCKDB}) { edges { node { input } } } }'
    found = "query($text: String!) { runs(filter: {text: $text}) { totalCount } }"

    assert SECRET in json.dumps(await sees.ask(asked))
    assert {"savedQuery": {"name": "q", "sql": None}, "runs": {"edges": [{"node": {"input": None}}]}} == (
        await blind.ask(asked)
    )
    assert 1 == (await sees.ask(found, text=SECRET))["runs"]["totalCount"]
    assert "FORBIDDEN" == await blind.code(found, text=SECRET)
