"""Versions of tables are kept for a while after newer ones took their place; the newest is never touched."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from db import retention
from db.models import RunArtifact, now
from db.warehouse import TableVersion, WarehouseTable
from jobs.sweep import tidy_artifacts, tidy_tables
from tests.house import House
from tests.jobs.pipelines.query.queries import answer, rows, tables

LONG_AGO = timedelta(days=31)


async def age(house: House) -> None:
    """Make all versions that were replaced so for 31 days."""
    ended = col(TableVersion.superseded_at)
    older = update(TableVersion).where(ended.is_not(None)).values(superseded_at=now() - LONG_AGO)
    await house.write(lambda session: session.execute(older))


async def numbers(house: House) -> list[int]:
    query = select(TableVersion.number).order_by(col(TableVersion.number))
    return await house.store.read(lambda session: list(session.scalars(query)))


async def test_old_versions_go(house: House) -> None:
    """What was replaced long ago goes with its files; files that newer versions have, and results, stay."""
    first = await answer(house, "CREATE TABLE t AS SELECT 1 AS n")
    more = await answer(house, "INSERT INTO t VALUES (2)")
    last = await answer(house, "UPDATE t SET n = n + 10")
    kept = await answer(house, "INSERT INTO t VALUES (3)")
    result = await answer(house, "FROM t")
    await age(house)
    await tidy_tables(house.bench)
    await tidy_artifacts(house.bench)

    assert [4] == await numbers(house)
    assert [(11,), (12,), (3,)] == list(await rows(house, "FROM t", use_cache=False))
    files = {
        name: [file.sha256 for file in each.change.files]
        for name, each in {"first": first, "more": more, "last": last, "kept": kept}.items()
        if each.change is not None
    }
    linked = await house.store.read(lambda session: set(session.scalars(select(RunArtifact.digest))))
    assert not linked & {*files["first"], *files["more"]}
    assert {*files["last"], *files["kept"], result.artifact} <= linked


async def test_new_ones_stay(sqlite_house: House) -> None:
    """What was replaced just now can be read as of then."""
    await answer(sqlite_house, "CREATE TABLE t AS SELECT 1 AS n")
    await answer(sqlite_house, "UPDATE t SET n = 2")
    await tidy_tables(sqlite_house.bench)

    assert [1, 2] == await numbers(sqlite_house)


async def test_dropped_tables_go(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a table that was dropped long ago nothing is left, in however many steps."""
    monkeypatch.setattr(retention, "VERSIONS", 1)
    await answer(sqlite_house, "CREATE TABLE t AS SELECT 1 AS n")
    await answer(sqlite_house, "INSERT INTO t VALUES (2)")
    await answer(sqlite_house, "DROP TABLE t")
    await answer(sqlite_house, "CREATE TABLE t AS SELECT 5 AS n")
    await age(sqlite_house)
    await tidy_tables(sqlite_house.bench)

    names = await sqlite_house.store.read(lambda session: list(session.scalars(select(WarehouseTable.dropped))))
    assert ([""], [1], 1) == (names, await numbers(sqlite_house), (await tables(sqlite_house))["t"].version)
