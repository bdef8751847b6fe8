"""Queries beside one another: kept results, tables that change meanwhile, two who write one table."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update
from sqlmodel import select

from db.models import Run, RunArtifact, RunStatus, now
from db.query_cache import KeptAnswer
from jobs.engines.sql.errors import TableBusy
from jobs.execute import complete
from jobs.pipeline import params_from
from jobs.pipelines.query import PIPELINE
from jobs.pipelines.query.values import QueryResult
from tests.house import House
from tests.jobs.pipelines.query.queries import answer, asked, result_in, rows, tables


async def test_kept(house: House) -> None:
    """The same question over the same tables is answered by the kept result, until a table changes."""
    await answer(house, "CREATE TABLE t AS SELECT 1 AS n")
    first = await answer(house, "SELECT count(*) AS n FROM t")
    second = await answer(house, "select count(*) AS n\n  FROM t -- again")
    await answer(house, "INSERT INTO t VALUES (2)")
    third = await answer(house, "SELECT count(*) AS n FROM t")

    assert [False, True, False] == [first.cache_hit, second.cache_hit, third.cache_hit]
    assert first.artifact == second.artifact != third.artifact
    assert first.columns == second.columns


async def test_a_kept_result_belongs_to_each_run(sqlite_house: House) -> None:
    """A run that was answered by an earlier one has the file even when that is deleted."""
    first = await asked(sqlite_house, "SELECT 1 AS n")
    second = await asked(sqlite_house, "SELECT 1 AS n")
    await sqlite_house.write(lambda session: session.delete(session.get_one(Run, first.pk)))

    linked = select(RunArtifact.digest).where(RunArtifact.run_pk == second.pk)
    files = await sqlite_house.store.read(lambda session: session.scalars(linked).all())
    assert [result_in(second).artifact] == list(files)
    assert not (await answer(sqlite_house, "SELECT 1 AS n")).cache_hit, "the answer went with its run"


@pytest.mark.parametrize(
    ("sql", "params"),
    [
        ("SELECT random() AS n", {}),
        ("SELECT now() AS n", {}),
        ("SELECT 1 AS n", {"use_cache": False}),
        ("SELECT 1 AS n", {"destination": "t"}),
    ],
    ids=["random", "now", "not wanted", "a table"],
)
async def test_not_kept(sqlite_house: House, sql: str, params: dict[str, object]) -> None:
    """What may differ each time, is wanted anew, or becomes a table is executed each time."""
    await answer(sqlite_house, sql, **params)

    assert not (await answer(sqlite_house, sql, **params)).cache_hit


async def test_another_question(sqlite_house: House) -> None:
    """Other parameters and another limit are other questions."""
    await answer(sqlite_house, "SELECT $1 AS n", params=[1])

    assert not (await answer(sqlite_house, "SELECT $1 AS n", params=[2])).cache_hit
    assert not (await answer(sqlite_house, "SELECT $1 AS n", params=[1], row_limit=7)).cache_hit
    assert (await answer(sqlite_house, "SELECT $1 AS n", params=[1])).cache_hit


async def test_an_old_answer(house: House) -> None:
    """A result that was kept for long enough is made anew."""
    await answer(house, "SELECT 1 AS n")
    aged = update(KeptAnswer).values(created_at=now() - timedelta(days=1))
    await house.write(lambda session: session.execute(aged))

    assert not (await answer(house, "SELECT 1 AS n")).cache_hit
    assert (await answer(house, "SELECT 1 AS n")).cache_hit


async def test_a_kept_file_that_is_gone(sqlite_house: House) -> None:
    """A kept result whose file was lost is made anew."""
    first = await answer(sqlite_house, "SELECT 1 AS n")
    assert first.artifact is not None
    sqlite_house.artifacts.remove(first.artifact)

    assert not (await answer(sqlite_house, "SELECT 1 AS n")).cache_hit
    assert [(1,)] == await rows(sqlite_house, "SELECT 1 AS n")


class Halfway:
    """A run whose statement was executed, and which has not ended yet."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def begin(self, sql: str) -> QueryResult:
        run = await self.house.submitted("query", sql=sql)
        self.row = await self.house.claimed(run)
        context = self.house.context(self.row)
        self.result: QueryResult = await PIPELINE.run(context, params_from(PIPELINE, {"sql": sql}))
        await context.close()
        return self.result

    async def end(self) -> None:
        ending = partial(complete, run=self.row, pipeline=PIPELINE, result=self.result, bench=self.house.bench)
        await self.house.write(ending)


async def test_two_writers(house: House) -> None:
    """Whoever ends second is refused as BUSY, is told by whom, and changes nothing; then begins anew."""
    await answer(house, "CREATE TABLE t AS SELECT 1 AS n")
    late = Halfway(house)
    await late.begin("INSERT INTO t VALUES (10)")
    early = await asked(house, "INSERT INTO t VALUES (2)")

    with pytest.raises(TableBusy, match=f"main.t was written by run {early.run_id}") as busy:
        await late.end()
    assert ("BUSY", True) == (busy.value.code, busy.value.retryable)
    assert RunStatus.RUNNING == (await house.row(late.row)).status
    assert [(1,), (2,)] == await rows(house, "FROM t ORDER BY n")


async def test_two_who_create(house: House) -> None:
    """Of two who make one table, the second is refused as BUSY."""
    late = Halfway(house)
    await late.begin("CREATE TABLE t AS SELECT 10 AS n")
    await answer(house, "CREATE TABLE t AS SELECT 1 AS n")

    with pytest.raises(TableBusy):
        await late.end()
    assert [(1,)] == await rows(house, "FROM t")


async def test_busy_is_tried_again(sqlite_house: House) -> None:
    """A run that was too late goes back to the queue and is carried out over what the other one wrote."""
    await answer(sqlite_house, "CREATE TABLE t AS SELECT 1 AS n")
    run = await sqlite_house.submitted("query", sql="INSERT INTO t SELECT max(n) + 1 FROM t")
    other = await sqlite_house.submitted("query", sql="INSERT INTO t SELECT max(n) + 1 FROM t")
    await asyncio.gather(sqlite_house.execute(run), sqlite_house.execute(other))
    for each in (run, other):
        if (await sqlite_house.row(each)).finished_at is None:
            await sqlite_house.change(each, not_before=None, admitted_at=now())
            await sqlite_house.execute(each)

    ended = [await sqlite_house.row(each) for each in (run, other)]
    assert [RunStatus.COMPLETED] * 2 == [row.status for row in ended], [row.error for row in ended]
    assert [(1,), (2,), (3,)] == await rows(sqlite_house, "FROM t ORDER BY n")


async def test_a_table_that_is_dropped_while_it_is_read(house: House) -> None:
    """A reader goes on with the files that it began with."""
    await answer(house, "CREATE TABLE t AS SELECT range AS n FROM range(5)")
    view = (await tables(house))["t"]
    reader = Halfway(house)
    result = await reader.begin("SELECT count(*) AS n FROM t")
    await answer(house, "DROP TABLE t")
    await reader.end()

    assert all(house.artifacts.path(file.digest).is_file() for file in view.files)
    assert 1 == result.row_count
    assert RunStatus.COMPLETED == (await house.row(reader.row)).status
