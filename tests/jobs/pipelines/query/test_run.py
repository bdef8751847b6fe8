"""Statements of every kind, from the submission to what they leave."""

import pytest

from db.models import RunStatus, Workspace
from jobs.engines.sql.values import Act
from jobs.pipelines.query.values import QueryColumn, TableUsed
from jobs.submit import RunOptions
from tests.house import House
from tests.jobs.pipelines.query.queries import answer, asked, result_in, rows, tables


async def test_rows(house: House) -> None:
    """Rows are kept as a Parquet file of the run, and columns, counts and the plan are told."""
    row = await asked(house, "SELECT range AS n, 'x' AS word FROM range(3)")
    result = result_in(row)

    assert RunStatus.COMPLETED == row.status
    assert (QueryColumn("n", "BIGINT"), QueryColumn("word", "VARCHAR")) == result.columns
    assert (3, False, False) == (result.row_count, result.truncated, result.cache_hit)
    assert result.artifact is not None
    assert result.size_bytes == house.artifacts.path(result.artifact).stat().st_size
    assert [(None, 0)] == [(step.parent, step.depth) for step in result.plan[:1]]
    assert result.plan[1:], "a plan of one operator shows no tree"
    assert all(
        step.depth == result.plan[step.parent].depth + 1 for step in result.plan if step.parent is not None
    )
    assert 300 == row.timeout_seconds


async def test_row_limit(sqlite_house: House) -> None:
    """More rows than are wanted are left out, and that is told; exactly as many are no sign of more."""
    more = await answer(sqlite_house, "FROM range(11)", row_limit=10)
    as_many = await answer(sqlite_house, "FROM range(10)", row_limit=10)

    assert (10, True) == (more.row_count, more.truncated)
    assert (10, False) == (as_many.row_count, as_many.truncated)


@pytest.mark.parametrize(
    ("sql", "params"),
    [
        ("SELECT $1 + 1, $2", [41, "it"]),
        ("SELECT ? + 1, ?", [41, "it"]),
        ("SELECT $n + 1, $w", {"n": 41, "w": "it"}),
    ],
    ids=["numbers", "marks", "names"],
)
async def test_params(sqlite_house: House, sql: str, params: object) -> None:
    """A statement takes its values by place or by name."""
    assert [("42", "it")] == [
        (str(number), word) for number, word in await rows(sqlite_house, sql, params=params)
    ]


async def test_every_kind_of_writing(house: House) -> None:
    """Each statement that writes makes the next version of its table, which the next statement reads."""
    steps = [
        ("CREATE TABLE shop.sales AS SELECT range AS id, range * 10 AS price FROM range(3)", Act.CREATE, 1, 3),
        ("INSERT INTO shop.sales VALUES (3, 30)", Act.APPEND, 2, 1),
        ("UPDATE shop.sales SET price = 0 WHERE id > 1", Act.REPLACE, 3, 2),
        ("DELETE FROM shop.sales WHERE id = 0", Act.REPLACE, 4, 1),
        ("ALTER TABLE shop.sales ADD COLUMN note VARCHAR", Act.REPLACE, 5, 3),
    ]
    for sql, act, version, changed in steps:
        change = (await answer(house, sql)).change

        assert change is not None, sql
        assert (act, version, changed) == (change.act, change.version, change.changed_rows), sql
        view = (await tables(house))["shop.sales"]
        assert (version, [(column.name, column.type) for column in change.columns]) == (
            view.version,
            list(view.columns),
        ), sql
    assert [(1, 10, None), (2, 0, None), (3, 0, None)] == [
        (int(str(a)), int(str(b)), c) for a, b, c in await rows(house, "FROM shop.sales ORDER BY id")
    ]


async def test_rename_and_drop(house: House) -> None:
    """A table keeps its rows under another name; once it is dropped there is none, and its name is free."""
    await answer(house, "CREATE TABLE a AS SELECT 1 AS x")
    renamed = await answer(house, "ALTER TABLE a RENAME TO b")
    there = await rows(house, "SELECT x FROM b")
    dropped = await answer(house, "DROP TABLE b")

    assert [(1,)] == there
    assert renamed.change is not None
    assert ("a", "b", 2) == (renamed.change.name, renamed.change.new_name, renamed.change.version)
    assert dropped.change is not None
    assert (Act.DROP, None) == (dropped.change.act, dropped.change.version)
    assert {} == await tables(house)
    again = await answer(house, "CREATE TABLE b (y INTEGER)")
    assert again.change is not None
    assert 1 == again.change.version


async def test_nothing_to_do(sqlite_house: House) -> None:
    """Where IF EXISTS or IF NOT EXISTS leaves nothing to do, no version is made."""
    await answer(sqlite_house, "CREATE TABLE a AS SELECT 1 AS x")
    same = await answer(sqlite_house, "CREATE TABLE IF NOT EXISTS a AS SELECT 2 AS x")
    await answer(sqlite_house, "DROP TABLE IF EXISTS missing")

    assert same.change is not None
    assert (Act.NOTHING, 1) == (same.change.act, same.change.version)
    assert [(1,)] == await rows(sqlite_house, "FROM a")


async def test_destination(house: House) -> None:
    """The rows of a SELECT become a table, all of them whatever the limit; once more makes its next version."""
    made = await answer(house, "FROM range(20)", destination="mart.numbers", row_limit=5)
    again = await answer(house, "FROM range(2)", destination="MART.Numbers")

    assert made.change is not None
    assert again.change is not None
    assert (20, False, 1) == (made.row_count, made.truncated, made.change.version)
    assert (2, "mart", "numbers") == (again.change.version, again.change.schema, again.change.name)
    assert [(2,)] == [(int(str(n)),) for (n,) in await rows(house, "SELECT count(*) FROM mart.numbers")]


async def test_destination_of_a_statement_that_writes(sqlite_house: House) -> None:
    """A statement that writes a table has no rows to put anywhere else."""
    row = await asked(sqlite_house, "CREATE TABLE a AS SELECT 1 AS x", destination="b")

    assert "VALIDATION_FAILED" == (row.error or {})["code"]
    assert {} == await tables(sqlite_house)


async def test_tables_that_were_read(sqlite_house: House) -> None:
    """The versions of the tables that a statement names are told, however they are spelt."""
    await answer(sqlite_house, "CREATE TABLE Trips AS SELECT 1 AS x")
    await answer(sqlite_house, "INSERT INTO trips VALUES (2)")
    await answer(sqlite_house, "CREATE TABLE other AS SELECT 1 AS x")
    result = await answer(sqlite_house, 'SELECT * FROM "TRIPS"')

    assert (TableUsed("main", "Trips", 2),) == result.tables


async def test_what_tables_there_are(sqlite_house: House) -> None:
    """The standard catalog tells of all tables of the workspace."""
    await answer(sqlite_house, "CREATE TABLE a AS SELECT 1 AS x")
    await answer(sqlite_house, "CREATE TABLE s.b AS SELECT 1 AS x")

    found = await rows(
        sqlite_house, "SELECT table_schema, table_name FROM information_schema.tables ORDER BY ALL"
    )
    assert [("main", "a"), ("s", "b")] == found


async def test_workspaces(house: House) -> None:
    """A statement sees the tables of its own workspace only."""
    await house.write(lambda session: session.add(Workspace(name="other")))
    await answer(house, "CREATE TABLE secret AS SELECT 1 AS x")
    row = await asked(house, "FROM secret", options=RunOptions(workspace="other"))

    assert "UNKNOWN_NAME" == (row.error or {})["code"]
