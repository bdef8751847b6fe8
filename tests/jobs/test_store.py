"""The one seam to the database: one function, one transaction, one thread; hints after the commit."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db.models import Workspace
from db.session import Session
from db.store import TRIES, Store, hint, is_passing
from tests.house import House


class Undone(psycopg.errors.SerializationFailure):
    """What PostgreSQL says when two transactions cannot both be."""

    sqlstate = "40001"


def add_workspace(session: Session, name: str) -> None:
    session.add(Workspace(name=name))


@pytest.fixture
def told() -> list[str]:
    """The topics that were published."""
    return []


@pytest.fixture
def store(database_url: str, told: list[str]) -> Iterator[Store]:
    opened = Store(database_url, publish=told.extend)
    yield opened
    opened.close()


async def test_all_or_nothing(store: Store, told: list[str]) -> None:
    """What raises is rolled back, and its hints are never sent."""

    def work(session: Session) -> None:
        session.add(Workspace(name="half"))
        session.flush()
        hint(session, "half")
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        await store.write(work)

    assert None is await store.read(lambda session: session.get(Workspace, "half"))
    assert [] == told


async def test_hints_come_after_the_commit(store: Store, told: list[str]) -> None:
    """Hints are sent once each, in order, when what they tell of can be read."""

    def work(session: Session) -> str:
        session.add(Workspace(name="whole"))
        for topic in ("b", "a", "b"):
            hint(session, topic)
        assert not told
        return "done"

    assert "done" == await store.write(work)
    assert ["b", "a"] == told
    assert None is not await store.read(lambda session: session.get(Workspace, "whole"))


async def test_reading_does_not_write(store: Store) -> None:
    """A read that tries to write is refused by the database."""
    with pytest.raises(DBAPIError):
        await store.read(lambda session: session.execute(text("DELETE FROM workspaces")))


async def test_reads_see_one_state(store: Store) -> None:
    """Two looks of one read see the same, whatever is committed in between."""
    between, committed = threading.Event(), threading.Event()

    def look(session: Session) -> tuple[int, int]:
        count = text("SELECT count(*) FROM workspaces")
        first = session.execute(count).scalar_one()
        between.set()
        committed.wait(timeout=20)
        return first, session.execute(count).scalar_one()

    reading = asyncio.create_task(store.read(look))
    await asyncio.to_thread(between.wait)
    await store.write(lambda session: session.add(Workspace(name="meanwhile")))
    committed.set()

    first, second = await reading
    assert first == second


async def test_transactions_that_collide(store: Store) -> None:
    """What the database undid because of another transaction is done again, from the beginning."""
    tries: list[int] = []

    def work(session: Session) -> int:
        session.add(Workspace(name="once"))
        session.flush()
        tries.append(len(tries))
        if len(tries) < 3:
            raise DBAPIError("UPDATE", {}, Undone("undone"))
        return len(tries)

    assert 3 == await store.write(work)
    assert None is not await store.read(lambda session: session.get(Workspace, "once"))


async def test_collisions_without_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """After eight tries a collision is an error."""
    monkeypatch.setattr("db.store.time.sleep", lambda _: None)
    tries: list[int] = []

    def work(_session: Session) -> None:
        tries.append(len(tries))
        raise DBAPIError("UPDATE", {}, Undone("undone"))

    with pytest.raises(DBAPIError):
        await store.write(work)

    assert TRIES == len(tries)


async def test_a_hundred_writers(store: Store) -> None:
    """A hundred writes at once all land, and nobody meets a locked database."""
    await asyncio.gather(*(store.write(partial(add_workspace, name=f"w{n}")) for n in range(100)))

    count = text("SELECT count(*) FROM workspaces")
    assert 101 == await store.read(lambda session: session.execute(count).scalar_one())


async def test_the_version(store: Store, tmp_path: Path) -> None:
    """A database says which migration it is at: none if it is empty, and nothing if it does not answer."""
    (tmp_path / "empty.db").touch()
    empty, broken = Store(f"sqlite:///{tmp_path}/empty.db"), Store(f"sqlite:///{tmp_path}")

    assert await store.schema_version(5)
    assert "" == await empty.schema_version(5)
    assert None is await broken.schema_version(5)
    for each in (empty, broken):
        each.close()


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("from a test")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (PoolTimeout("no connection came free"), True),
        (
            DBAPIError("", {}, psycopg.Error("the server closed the connection"), connection_invalidated=True),
            True,
        ),
        (OperationalError("", {}, psycopg.OperationalError("connection refused")), True),
        (OperationalError("", {}, psycopg.errors.AdminShutdown("told to go")), True),
        (OperationalError("", {}, psycopg.errors.DiskFull("no space")), True),
        (OperationalError("", {}, sqlite_error(sqlite3.SQLITE_BUSY)), True),
        (OperationalError("", {}, sqlite_error(sqlite3.SQLITE_IOERR_FSYNC)), True),
        (OperationalError("", {}, sqlite_error(sqlite3.SQLITE_ERROR)), False),
        (ProgrammingError("", {}, psycopg.errors.UndefinedTable("no such table")), False),
        (IntegrityError("", {}, psycopg.errors.UniqueViolation("twice")), False),
        (DBAPIError("", {}, Exception("something else")), False),
        (RuntimeError("a bug"), False),
    ],
)
def test_what_passes(error: Exception, *, passing: bool) -> None:
    """A database that is away or overloaded is told from a statement that is wrong."""
    assert passing == is_passing(error)


async def test_a_database_that_was_away(house: House) -> None:
    """A run that meets a database that is away for a moment is tried again, and not called a bug."""
    run = await house.submitted("echo", word="database away")

    await house.execute(run)

    row = await house.row(run)
    assert ("queued", 1) == (row.status, row.faults)
    reasons = [event.data["reason"] for event in await house.events(run) if event.name == "REQUEUED"]
    assert ["The database was away for a moment."] == reasons
