"""Queries through the API: submitted, paged, downloaded, and hidden where they have to be."""

import json
from typing import Any

import httpx
import pytest
from sqlmodel import select

from db.warehouse import TableVersion
from graph.paging import decode_cursor, encode_cursor
from graph.schema import build_schema
from jobs.pipeline import load_pipelines
from tests.graph.api import Api

SUBMIT = """mutation($run: RunInput!, $options: RunOptions) { submitRun(run: $run, options: $options) {
  __typename ... on Run { runId } ... on Refusal { code message }
  ... on InvalidParamsRefusal { field } ... on EngineUnavailableRefusal { engine present }
} }"""
RESULT = """query($id: String!, $first: Int! = 20, $after: String, $w: String! = "main") {
  run(runId: $id, workspace: $w) { status error { code message line column } result { kind ... on QueryResult {
    engine rowCount truncated cacheHit sizeBytes columns { name type }
    rows(first: $first, after: $after) { edges { cursor node { number values } } pageInfo {
      hasNextPage hasPreviousPage startCursor endCursor } }
    change { act schema name version madeOf changedRows files { sha256 rowCount } }
    tables { schema name version } statistics { rowsRead } plan { operator parent depth details { key text } }
    downloads { parquet csv safe: csv(formulaSafe: true) jsonLines arrow xlsx }
  } } }
}"""


async def submitted(api: Api, sql: str, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.ask(SUBMIT, run={"query": {"sql": sql, **params}}))["submitRun"]
    return found


async def carried_out(api: Api, sql: str, **params: Any) -> str:
    """The id of a query that was carried out, however it ended."""
    run_id: str = (await submitted(api, sql, **params))["runId"]
    await api.execute(run_id)
    return run_id


async def answered(api: Api, sql: str, **params: Any) -> dict[str, Any]:
    """The result of a query."""
    run = (await api.ask(RESULT, id=await carried_out(api, sql, **params)))["run"]
    assert run["error"] is None, run
    result: dict[str, Any] = run["result"]
    return result


def values(result: dict[str, Any]) -> list[Any]:
    return [edge["node"]["values"] for edge in result["rows"]["edges"]]


async def test_rows(api: Api) -> None:
    """A query is submitted, and its columns, rows, counts and plan are read."""
    sql = "SELECT range AS n, 'x' || range AS word, [range, NULL] AS list FROM range($1)"
    result = await answered(api, sql, params=[3])

    assert ("DUCKDB", "3", False, False) == (
        result["engine"],
        result["rowCount"],
        result["truncated"],
        result["cacheHit"],
    )
    assert [{"name": "n", "type": "BIGINT"}, {"name": "word", "type": "VARCHAR"}] == result["columns"][:2]
    assert ["0", "1", "2"] == [edge["node"]["number"] for edge in result["rows"]["edges"]]
    assert ["x0", "x1", "x2"] == [row[1] for row in values(result)]
    assert result["plan"][0]["parent"] is None
    assert result["plan"][0]["depth"] == 0


async def test_pages(sqlite_api: Api) -> None:
    """Pages make up the whole, and each says what is behind it."""
    run_id = await carried_out(sqlite_api, "SELECT range::INTEGER AS n FROM range(5)")
    read, after = [], None
    for _ in range(3):
        rows = (await sqlite_api.ask(RESULT, id=run_id, first=2, after=after))["run"]["result"]["rows"]
        read.append(([edge["node"]["values"] for edge in rows["edges"]], rows["pageInfo"]["hasNextPage"]))
        after = rows["pageInfo"]["endCursor"]

    assert [([[0], [1]], True), ([[2], [3]], True), ([[4]], False)] == read


async def test_a_page_far_behind(sqlite_api: Api) -> None:
    """The last rows of many are reached by a cursor."""
    run_id = await carried_out(sqlite_api, "SELECT range::INTEGER AS n FROM range(300000)", rowLimit=300_000)
    other = (await sqlite_api.ask(RESULT, id=run_id, first=1))["run"]["result"]["rows"]["pageInfo"]["endCursor"]
    pk, _ = decode_cursor(other, parts=2)
    rows = (await sqlite_api.ask(RESULT, id=run_id, after=encode_cursor(pk, "299997")))["run"]["result"]

    assert [[299_998], [299_999]] == values(rows)
    assert not rows["rows"]["pageInfo"]["hasNextPage"]


@pytest.mark.parametrize("wrong", [{"first": 101}, {"first": 0}, {"after": "x"}])
async def test_bad_pages(sqlite_api: Api, wrong: dict[str, Any]) -> None:
    """More than a hundred rows at once, none, and what is no cursor are refused."""
    run_id = await carried_out(sqlite_api, "SELECT 1 AS n")

    assert "VALIDATION_FAILED" == await sqlite_api.code(RESULT, id=run_id, **wrong)


async def test_a_cursor_of_another_run(sqlite_api: Api) -> None:
    """A cursor of one run is none of another, though both have the same rows."""
    one = await answered(sqlite_api, "SELECT 1 AS n")
    other = await carried_out(sqlite_api, "SELECT 1 AS n")
    after = one["rows"]["pageInfo"]["endCursor"]

    assert "VALIDATION_FAILED" == await sqlite_api.code(RESULT, id=other, after=after)


async def test_rows_that_are_gone(sqlite_api: Api) -> None:
    """Whoever lost the file of a result is told so."""
    run_id = await carried_out(sqlite_api, "SELECT 1 AS n")
    run = await sqlite_api.house.by_id(run_id)
    assert run is not None
    assert run.result is not None
    sqlite_api.house.artifacts.remove(run.result["artifact"])

    assert "ARTIFACT_MISSING" == await sqlite_api.code(RESULT, id=run_id)


async def test_a_table(api: Api) -> None:
    """A statement that writes tells what it did to its table, and has no rows."""
    await answered(api, "CREATE TABLE shop.sales AS SELECT 1 AS id")
    result = await answered(api, "INSERT INTO shop.sales SELECT range FROM range(4)")

    change = result["change"]
    assert ("APPEND", "shop", "sales", 2, 1, "4") == tuple(
        change[name] for name in ("act", "schema", "name", "version", "madeOf", "changedRows")
    )
    assert ["4"] == [file["rowCount"] for file in change["files"]]
    assert ([], None) == (result["rows"]["edges"], result["downloads"])
    assert [{"schema": "shop", "name": "sales", "version": 1}] == result["tables"]


@pytest.mark.parametrize(
    ("run", "told"),
    [
        ({"sql": " "}, ("InvalidParamsRefusal", "VALIDATION_FAILED", "sql")),
        ({"sql": "-- nothing"}, ("InvalidParamsRefusal", "VALIDATION_FAILED", "sql")),
        ({"sql": "SELECT 1; SELECT 2"}, ("InvalidParamsRefusal", "VALIDATION_FAILED", "sql")),
        ({"sql": "SELECT 1", "rowLimit": 0}, ("InvalidParamsRefusal", "VALIDATION_FAILED", "rowLimit")),
        ({"sql": "SELECT 1", "params": 5}, ("InvalidParamsRefusal", "VALIDATION_FAILED", "params")),
        (
            {"sql": "SELECT 1", "destination": "a b"},
            ("InvalidParamsRefusal", "VALIDATION_FAILED", "destination"),
        ),
    ],
)
async def test_refused(sqlite_api: Api, run: dict[str, Any], told: tuple[str, str, str]) -> None:
    """What cannot be run is refused, and the field is named."""
    refusal = (await sqlite_api.ask(SUBMIT, run={"query": run}))["submitRun"]

    assert told == (refusal["__typename"], refusal["code"], refusal["field"])


async def test_an_absent_engine(sqlite_api: Api) -> None:
    """An engine that is not here is refused with those that are."""
    refusal = await submitted(sqlite_api, "SELECT 1", engine="CLICKHOUSE")

    assert ("EngineUnavailableRefusal", "ENGINE_UNAVAILABLE", "CLICKHOUSE", ["DUCKDB"]) == tuple(
        refusal[name] for name in ("__typename", "code", "engine", "present")
    )


async def test_an_error_with_its_place(sqlite_api: Api) -> None:
    """A statement that is wrong says where."""
    run_id = await carried_out(sqlite_api, "SELECT 1,\n  missing FROM range(3)")
    run = (await sqlite_api.ask(RESULT, id=run_id))["run"]

    assert ("FAILED", None) == (run["status"], run["result"])
    error = run["error"]
    assert ("UNKNOWN_NAME", 2, 3) == (error["code"], error["line"], error["column"])


async def test_a_kept_result(api: Api) -> None:
    """The same question has the kept answer, which is the later run's own."""
    first = await answered(api, "SELECT 7 AS n")
    second = await answered(api, "SELECT 7 AS n")

    assert (False, True) == (first["cacheHit"], second["cacheHit"])
    assert values(first) == values(second)
    assert first["rows"]["edges"][0]["cursor"] != second["rows"]["edges"][0]["cursor"]


async def fetched(api: Api, address: str) -> httpx.Response:
    return await api.client.get(address)


async def test_downloads(api: Api) -> None:
    """Rows leave as files of five kinds, always as attachments that no browser executes."""
    result = await answered(api, "SELECT range::INTEGER AS n, '=1+' || range AS text FROM range(2)")
    got = {name: await fetched(api, address) for name, address in result["downloads"].items()}

    assert dict.fromkeys(got, 200) == {name: answer.status_code for name, answer in got.items()}
    assert "n,text\r\n0,=1+0\r\n1,=1+1\r\n" == got["csv"].text
    assert "n,text\r\n0,'=1+0\r\n1,'=1+1\r\n" == got["safe"].text
    assert [{"n": 0, "text": "=1+0"}, {"n": 1, "text": "=1+1"}] == [
        json.loads(line) for line in got["jsonLines"].text.splitlines()
    ]
    assert b"PAR1" == got["parquet"].content[:4]
    assert b"\xff\xff\xff\xff" == got["arrow"].content[:4]
    assert b"PK" == got["xlsx"].content[:2]
    for name, answer in got.items():
        assert answer.headers["content-disposition"].startswith("attachment"), name
        assert "nosniff" == answer.headers["x-content-type-options"], name
        assert "sandbox; default-src 'none'" == answer.headers["content-security-policy"], name
        assert str(len(answer.content)) == answer.headers["content-length"], name


async def test_bad_downloads(sqlite_api: Api) -> None:
    """An address that was changed, is for another purpose, or whose rows are gone gives nothing."""
    result = await answered(sqlite_api, "SELECT 1 AS n")
    csv, parquet = result["downloads"]["csv"], result["downloads"]["parquet"]
    crossed = parquet.replace("/artifacts/", "/rows/")
    tampered = csv.replace("/rows/", "/rows/x")
    assert [403, 403] == [(await fetched(sqlite_api, each)).status_code for each in (crossed, tampered)]

    folder = sqlite_api.house.artifacts
    (kept,) = folder.root.glob("??/*")
    kept.unlink()
    assert 410 == (await fetched(sqlite_api, csv)).status_code


async def test_no_file_stays(sqlite_api: Api) -> None:
    """Nothing of a file that was given out stays on the disk."""
    result = await answered(sqlite_api, "SELECT 1 AS n")
    await fetched(sqlite_api, result["downloads"]["csv"])
    left = [
        path for path in sqlite_api.house.scratch.root.rglob("*") if path.is_file() and path.name != ".lock"
    ]

    assert [] == left


def test_only_results_of_rows_have_rows() -> None:
    """A kind that is not tabular has neither rows nor downloads."""
    made = build_schema(load_pipelines(("jobs.pipelines",))).as_str()
    types = {part.partition(" ")[0]: part for part in made.split("\ntype ")[1:]}

    assert "implements RunResult & TabularResult" in types["QueryResult"]
    assert "TabularResult" not in types["ExportResult"].partition("\n}")[0]


async def test_versions_are_told_of_their_run(api: Api) -> None:
    """A version of a table names the run that made it."""
    run_id = await carried_out(api, "CREATE TABLE t AS SELECT 1 AS n")
    made = await api.house.store.read(lambda session: session.scalars(select(TableVersion.run_id)).one())

    assert run_id == made
