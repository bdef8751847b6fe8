"""The tables of a workspace: listed, read as of a moment, looked into, and asked what a statement would do."""

import asyncio
from typing import Any

import pytest

from jobs.engines.sql.sample import EXAMPLES
from tests.graph.api import Api, recording
from tests.graph.files import uploaded
from tests.graph.test_queries import answered

TABLES = """query ($first: Int! = 20, $after: String, $w: String! = "main") {
  tables(first: $first, after: $after, workspace: $w) {
    edges { cursor node { schema name version rowCount fileCount columns { name type } } }
    pageInfo { hasNextPage endCursor }
  }
}"""
TABLE = """query (
  $name: String!, $schema: String! = "main", $asOf: DateTime, $first: Int! = 20, $after: String
) {
  table(name: $name, schema: $schema, asOf: $asOf) {
    schema name version rowCount sizeBytes fileCount changedAt runId columns { name type }
    sample(first: 2) { number values }
    versions(first: $first, after: $after) {
      edges { cursor node { number act runId changedRows rowCount createdAt supersededAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""
DRY = """query ($sql: String!) { dryRun(sql: $sql) {
  problem { code message hint line column } statement cacheable writes
  columns { name type } reads { schema name columns }
  edges { source { asset column } target { asset column } kind }
} }"""


async def table(api: Api, name: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.ask(TABLE, name=name, **more))["table"]
    return found


async def test_tables(api: Api) -> None:
    """Tables are listed by schema and name, page by page, with what they hold."""
    for name in ("b", "A", "shop.c"):
        await answered(api, f"CREATE TABLE {name} AS SELECT 1 AS n, 'x' AS word")
    pages, after = [], None
    while True:
        found = (await api.ask(TABLES, first=1, after=after))["tables"]
        pages += [edge["node"] for edge in found["edges"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break

    assert [("main", "A"), ("main", "b"), ("shop", "c")] == [(each["schema"], each["name"]) for each in pages]
    assert [{"name": "n", "type": "INTEGER"}, {"name": "word", "type": "VARCHAR"}] == pages[0]["columns"]
    assert ("1", 1, 1) == tuple(pages[0][name] for name in ("rowCount", "fileCount", "version"))
    assert [] == (await api.ask(TABLES, after=after))["tables"]["edges"]


async def test_versions(api: Api) -> None:
    """Each write is a version, which is read again as of when it was the newest; old rows stay as they were."""
    await answered(api, "CREATE TABLE t AS SELECT 1 AS n")
    first = await table(api, "T")
    await answered(api, "INSERT INTO t VALUES (2), (3)")
    now = await table(api, "t")

    assert (2, "3", [1]) == (now["version"], now["rowCount"], now["sample"][0]["values"])
    nodes = [edge["node"] for edge in now["versions"]["edges"]]
    assert [(2, "append", "2"), (1, "create", "1")] == [
        (node["number"], node["act"], node["changedRows"]) for node in nodes
    ]
    assert [None, nodes[0]["createdAt"]] == [node["supersededAt"] for node in nodes]
    then = await table(api, "t", asOf=first["changedAt"])
    assert (1, "1") == (then["version"], then["rowCount"])
    page = await table(api, "t", first=1)
    rest = await table(api, "t", first=1, after=page["versions"]["pageInfo"]["endCursor"])
    assert [2, 1] == [each["versions"]["edges"][0]["node"]["number"] for each in (page, rest)]
    await answered(api, "DROP TABLE t")
    assert "NOT_FOUND" == await api.code(TABLE, name="t")
    assert 2 == (await table(api, "t", asOf=now["changedAt"]))["version"]


async def test_an_empty_table(api: Api) -> None:
    """A table without rows has columns and no sample."""
    await answered(api, "CREATE TABLE empty (a INTEGER, b DATE)")
    found = await table(api, "empty")

    assert ([], "0", ["a", "b"]) == (
        found["sample"],
        found["rowCount"],
        [column["name"] for column in found["columns"]],
    )


async def test_what_a_statement_would_do(api: Api) -> None:
    """A dry run tells what is read and written, what comes out, and what flows where; nothing is executed."""
    await answered(api, "CREATE TABLE shop.orders AS SELECT 1 AS id, 2 AS price, 'x' AS note")
    told = (await api.ask(DRY, sql="SELECT id, price * 2 AS twice FROM shop.orders WHERE note = 'x'"))["dryRun"]
    writes = (await api.ask(DRY, sql="INSERT INTO shop.orders VALUES (1, 2, 'y')"))["dryRun"]
    steady = [(await api.ask(DRY, sql=sql))["dryRun"]["cacheable"] for sql in ("SELECT 1", "SELECT random()")]

    assert (None, "select", None) == (told["problem"], told["statement"], told["writes"])
    assert [("id", "INTEGER"), ("twice", "INTEGER")] == [
        (column["name"], column["type"]) for column in told["columns"]
    ]
    (read,) = told["reads"]
    assert ("shop", "orders", {"id", "price", "note"}) == (read["schema"], read["name"], set(read["columns"]))
    flows = {(edge["source"]["column"], edge["target"]["column"], edge["kind"]) for edge in told["edges"]}
    assert {("id", "id", "DIRECT"), ("price", "twice", "DIRECT")} <= flows
    assert ("insert", "shop.orders") == (writes["statement"], writes["writes"])
    assert [True, False] == steady
    assert "1" == (await table(api, "orders", schema="shop"))["rowCount"]


@pytest.mark.parametrize(
    ("sql", "code", "line", "column"),
    [
        ("SELECT *\n  FRM t", "SYNTAX_ERROR", 2, None),
        ("SELECT nothing FROM t", "UNKNOWN_NAME", 1, 8),
        ("SELECT * FROM read_csv('/etc/passwd')", "SQL_FORBIDDEN", 1, None),
        ("SELECT 1; SELECT 2", "SEVERAL_STATEMENTS", 1, None),
        ("-- nothing", "EMPTY_STATEMENT", None, None),
    ],
)
async def test_what_is_wrong(
    sqlite_api: Api, sql: str, code: str, line: int | None, column: int | None
) -> None:
    """A dry run tells what is wrong with a statement, and where."""
    await answered(sqlite_api, "CREATE TABLE t AS SELECT 1 AS n")
    problem = (await sqlite_api.ask(DRY, sql=sql))["dryRun"]["problem"]

    assert code == problem["code"]
    assert line is None or line == problem["line"]
    assert column is None or column == problem["column"]


async def test_too_much_to_look_at(sqlite_api: Api) -> None:
    """A statement that is too long to be looked at is refused by its field, and cursors of no list too."""
    assert "VALIDATION_FAILED" == await sqlite_api.code(DRY, sql="SELECT 1" + " " * 100_000)
    assert "VALIDATION_FAILED" == await sqlite_api.code(TABLES, after="x")
    assert "VALIDATION_FAILED" == await sqlite_api.code(TABLES, first=101)


async def test_statements(sqlite_api: Api) -> None:
    """Many tables take as many statements as one."""
    rows = [await answered(sqlite_api, f"CREATE TABLE t{number} AS SELECT 1 AS n") for number in range(12)]
    counts = []
    for size in (1, len(rows)):
        with recording() as sent:
            found = await sqlite_api.ask(TABLES, first=size)
        counts.append(sent.count)
        assert size == len(found["tables"]["edges"])

    assert 1 == len(set(counts)), counts


async def test_at_once(sqlite_api: Api) -> None:
    """Dry runs beside each other all answer."""
    told = await asyncio.gather(*(sqlite_api.ask(DRY, sql=f"SELECT {number} AS n") for number in range(4)))

    assert ["n"] * 4 == [each["dryRun"]["columns"][0]["name"] for each in told]


async def test_examples(sqlite_api: Api) -> None:
    """All examples are told, with what they answer; each is executed on the sample elsewhere."""
    found = (await sqlite_api.ask("{ exampleQueries { name description sql engine } }"))["exampleQueries"]

    assert [example.name for example in EXAMPLES] == [each["name"] for each in found]
    assert {"DUCKDB"} == {each["engine"] for each in found}


LOAD = """mutation($run: RunInput!) { submitRun(run: $run) {
  __typename ... on Run { runId } ... on Refusal { code message hint } } }"""
LOADED = """query($id: String!) { run(runId: $id) { status error { code message } result { __typename
  ... on TableResult { schema name version rowCount mode format file columns { name type } } } } }"""


async def test_a_table_of_an_upload(api: Api) -> None:
    """A CSV file that was uploaded becomes a table, whose rows the API shows."""
    upload = await uploaded(api, b"id,word\n1,a\n2,b\n", "words.csv")
    assert "ROWS" == upload["role"]
    given = {"upload": upload["uploadId"], "name": "shop.words", "mode": "CREATE"}
    run_id = (await api.ask(LOAD, run={"table": given}))["submitRun"]["runId"]
    await api.execute(run_id)
    run = (await api.ask(LOADED, id=run_id))["run"]

    assert ("COMPLETED", None) == (run["status"], run["error"])
    assert {
        "__typename": "TableResult",
        "schema": "shop",
        "name": "words",
        "version": 1,
        "rowCount": "2",
        "mode": "CREATE",
        "format": "CSV",
        "file": "words.csv",
        "columns": [{"name": "id", "type": "BIGINT"}, {"name": "word", "type": "VARCHAR"}],
    } == run["result"]
    query = '{ table(schema: "shop", name: "words") { version rowCount } }'
    assert {"version": 1, "rowCount": "2"} == (await api.ask(query))["table"]


async def test_an_upload_that_makes_no_table(sqlite_api: Api) -> None:
    """A file whose name does not say what it is is refused, and the hint says what to do."""
    upload = await uploaded(sqlite_api, b"a,b\n", "words.txt")
    given = {"upload": upload["uploadId"], "name": "t"}
    refused = (await sqlite_api.ask(LOAD, run={"table": given}))["submitRun"]

    assert "BadFileRefusal" == refused["__typename"]
    assert "Say format: PARQUET, CSV or JSON." == refused["hint"]


STATISTICS = """query($name: String!, $asOf: DateTime) { table(name: $name, asOf: $asOf) {
  version statistics { name nullCount distinctCount min max } } }"""


async def test_statistics(api: Api) -> None:
    """Columns are told by figures that follow the value rule; they are found once for each version."""
    values = "range::HUGEINT AS big, if(range > 0, 'w' || range, NULL) AS word, [range] AS list"
    await answered(api, f"CREATE TABLE t AS SELECT {values} FROM range(3)")
    asked = [(await api.ask(STATISTICS, name="t"))["table"]["statistics"] for _ in range(2)]
    await answered(api, "INSERT INTO t VALUES (NULL, repeat('x', 300), NULL)")
    later = (await api.ask(STATISTICS, name="t"))["table"]

    assert [
        {"name": "big", "nullCount": "0", "distinctCount": "3", "min": "0", "max": "2"},
        {"name": "word", "nullCount": "1", "distinctCount": "2", "min": "w1", "max": "w2"},
        {"name": "list", "nullCount": "0", "distinctCount": None, "min": None, "max": None},
    ] == asked[0]
    assert asked[0] == asked[1]
    assert (2, ["1", "1", "1"]) == (later["version"], [each["nullCount"] for each in later["statistics"]])
    assert 200 == len(later["statistics"][1]["max"])


async def test_statistics_of_nothing(sqlite_api: Api) -> None:
    """A table without rows has columns without values."""
    await answered(sqlite_api, "CREATE TABLE t (n INTEGER, moment TIMESTAMP)")
    found = (await sqlite_api.ask(STATISTICS, name="t"))["table"]["statistics"]

    assert [("n", "0", "0", None), ("moment", "0", "0", None)] == [
        (each["name"], each["nullCount"], each["distinctCount"], each["min"]) for each in found
    ]
