"""Statements that cannot be carried out, and runs that are not let to their end."""

import asyncio
import json
from typing import Any

import pytest

from db.models import RunStatus
from jobs.engines.sql.errors import EngineUnavailable
from jobs.errors import InvalidParams
from jobs.submit import RunOptions, stop_run
from tests.house import House
from tests.jobs.pipelines.query.queries import answer, asked, tables

ENDLESS = "SELECT count(*) FROM range(10000000) AS a, range(10000000) AS b WHERE (a.range * b.range) % 7 = 3"


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("-- nothing\n/* at all */ ;", "only comments"),
        ("SELECT 1; SELECT 2", "several statements"),
        ("SELECT '\0'", "is no text"),
        ("SELECT '\ud800'", "is no text"),
        (f"SELECT '{'x' * (1 << 20)}'", "more than"),
        (f"SELECT '{'é' * (1 << 19)}'", "more than"),
    ],
    ids=["empty", "blank", "comments", "several", "NUL", "surrogate", "long", "long in bytes"],
)
async def test_refused(sqlite_house: House, sql: str, words: str) -> None:
    """What is no statement is refused when it is submitted, and the field is told."""
    with pytest.raises(InvalidParams, match=words) as refused:
        await sqlite_house.submitted("query", sql=sql)

    assert "sql" == refused.value.field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("row_limit", 0),
        ("row_limit", 100_000_001),
        ("params", "x"),
        ("params", [1 << 70]),
        ("destination", "a.b.c"),
        ("destination", ""),
    ],
)
async def test_refused_params(sqlite_house: House, field: str, value: object) -> None:
    """Limits, parameters and names that cannot be are refused."""
    refused = {"row_limit": "rowLimit"}.get(field, field)
    given: dict[str, Any] = {field: value}

    with pytest.raises(InvalidParams) as caught:
        await sqlite_house.submitted("query", sql="SELECT 1", **given)
    assert refused == caught.value.field


async def test_text_that_only_looks_like_several(sqlite_house: House) -> None:
    """A semicolon in a text, a name or a comment ends no statement; one at the end ends the only one."""
    result = await answer(sqlite_house, "SELECT ';' AS \"a;b\", $$;$$ -- ; \n /* ; */ ; ;")

    assert ["a;b"] == [column.name for column in result.columns][:1]


async def test_absent_engine(sqlite_house: House) -> None:
    """An engine that is not here is refused, and those that are here are named."""
    with pytest.raises(EngineUnavailable, match=r"CLICKHOUSE.*DUCKDB"):
        await sqlite_house.submitted("query", sql="SELECT 1", engine="clickhouse")


@pytest.mark.parametrize(
    ("sql", "code", "place"),
    [
        ("SELECT\n  frm FRO", "UNKNOWN_NAME", (2, 3)),
        ("SELECT 1 +\n FROM", "SYNTAX_ERROR", (2, 2)),
        ("SELECT * FROM nowhere", "UNKNOWN_NAME", (1, 15)),
        ("SELECT * FROM read_csv('/etc/passwd')", "SQL_FORBIDDEN", (1, 15)),
        ("ATTACH 'x.db'", "SQL_FORBIDDEN", (1, 1)),
        ("SELECT CAST('x' AS INTEGER)", "CONVERSION_FAILED", None),
        ("SELECT 1 WHERE $1", "PARAMS_MISMATCH", None),
        ("INSERT INTO nowhere VALUES (1)", "UNKNOWN_NAME", (1, 13)),
    ],
)
async def test_failed(sqlite_house: House, sql: str, code: str, place: tuple[int, int] | None) -> None:
    """A statement that is wrong fails with its code and place, and without a path or a traceback."""
    row = await asked(sqlite_house, sql)
    error = row.error or {}

    assert (RunStatus.FAILED, code) == (row.status, error["code"])
    assert place in {None, (error.get("line"), error.get("column"))}
    assert str(sqlite_house.scratch.root) not in json.dumps(error)
    assert "Traceback" not in json.dumps(error)


async def test_out_of_room(sqlite_house: House) -> None:
    """A statement that needs more than it is given fails alone, and nothing of it stays."""
    small = sqlite_house.bench.pipeline_settings["query"].model_copy(update={"memory_mb": 64, "temp_mb": 1})
    sqlite_house.bench.pipeline_settings["query"] = small  # type: ignore[index]  # a dict, whatever its type says
    row = await asked(
        sqlite_house,
        "SELECT count(*) FROM (SELECT DISTINCT a.range, b.range FROM range(3000) a, range(3000) b)",
    )

    assert (row.error or {})["code"] in {"OUT_OF_MEMORY", "OUT_OF_TEMP_SPACE"}
    assert 1 == (await answer(sqlite_house, "SELECT 1")).row_count


async def test_stop(house: House) -> None:
    """A run that is in the midst of an endless join stops, and the worker goes on."""
    run = await house.submitted("query", sql=ENDLESS)
    task = asyncio.create_task(house.execute(run))

    async def at_work() -> bool:
        return (await house.row(run)).stage == "EXECUTE"

    await house.until(at_work)
    await stop_run(house.desk, "main", run.run_id)
    await task

    assert RunStatus.STOPPED == (await house.row(run)).status
    assert 1 == (await answer(house, "SELECT 1")).row_count


@pytest.mark.parametrize(
    "sql",
    [ENDLESS, "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t"],
    ids=["join", "recursion"],
)
async def test_timeout(sqlite_house: House, sql: str) -> None:
    """What has no end is ended by the timeout of its run, and the worker goes on."""
    row = await asked(sqlite_house, sql, options=RunOptions(timeout_seconds=1))

    assert (RunStatus.FAILED, "TIMEOUT") == (row.status, (row.error or {})["code"])
    assert 1 == (await answer(sqlite_house, "SELECT 1")).row_count


async def test_a_failed_statement_writes_nothing(sqlite_house: House) -> None:
    """A table stays as it was if the statement that writes it fails in its midst."""
    await answer(sqlite_house, "CREATE TABLE t AS SELECT range AS n FROM range(10)")
    row = await asked(sqlite_house, "INSERT INTO t SELECT CAST('x' || range AS INTEGER) FROM range(5)")

    assert RunStatus.FAILED == row.status
    assert (1, 10) == ((view := (await tables(sqlite_house))["t"]).version, view.row_count)
