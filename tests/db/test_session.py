"""Both databases are set up so that readers see one state and cannot write, and writers do not collide."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import col, select

from db import session as session_module
from db.lineage import Source, identity
from db.models import Workspace, now
from db.revisions import insert_rows
from db.session import Session, clock, engine_for_reads, engine_for_writes, is_sqlite
from db.store import Store
from tests.house import House

WRITES = 40
WRITER = f"""
import sys
from functools import partial
from tests.db.test_session import raise_head
from db.store import Store
store = Store(sys.argv[1])
print(flush=True)
sys.stdin.readline()
for _ in range({WRITES}):
    store.write_now(raise_head)
store.close()
"""


def pragma(session: Session, name: str) -> Any:
    return session.execute(text(f"PRAGMA {name}")).scalar_one()


def raise_head(session: Session) -> None:
    """Read, then write what was read: an update is lost if two do this at the same time."""
    mine = select(Workspace.head).where(Workspace.name == "main").with_for_update()
    head = session.execute(mine).scalar_one()
    session.execute(update(Workspace).where(col(Workspace.name) == "main").values(head=head + 1))


def head_now(session: Session) -> int:
    head: int = session.execute(select(Workspace.head).where(Workspace.name == "main")).scalar_one()
    return head


@pytest.mark.parametrize(("asked", "level"), [("NORMAL", 1), ("FULL", 2)])
async def test_sqlite_is_set_up(sqlite_url: str, asked: str, level: int) -> None:
    """Every SQLite connection has WAL and foreign keys on, and writes as durably as was asked."""
    store = Store(sqlite_url, synchronous=asked)
    try:
        for run in (store.read, store.write):
            assert "wal" == await run(partial(pragma, name="journal_mode"))
            assert 1 == await run(partial(pragma, name="foreign_keys"))
        assert level == await store.write(partial(pragma, name="synchronous"))
        assert 1 == await store.read(partial(pragma, name="query_only"))
        assert 0 == await store.write(partial(pragma, name="query_only"))
    finally:
        store.close()


async def test_readers_cannot_write(house: House) -> None:
    """A write in a reading transaction is refused by the database itself, and changes nothing."""
    rise = update(Workspace).values(head=1)
    with pytest.raises(DBAPIError, match=r"read-?only"):
        await house.store.read(lambda session: session.execute(rise))

    assert 0 == await house.store.read(head_now)


async def test_a_reader_sees_one_state(house: House) -> None:
    """What is committed while a reader is at work stays out of its sight until it begins again."""

    def read_around_a_write(session: Session) -> tuple[int, int]:
        before = head_now(session)
        house.store.write_now(raise_head)
        return before, head_now(session)

    assert (0, 0) == await house.store.read(read_around_a_write)
    assert 1 == await house.store.read(head_now)


def test_a_write_takes_the_lock_as_it_begins(sqlite_url: str) -> None:
    """On SQLite a transaction that may write has the lock before its first statement, so none fails later."""
    engine = engine_for_writes(sqlite_url)
    path = sqlite_url.removeprefix("sqlite:///")
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
            with engine.connect() as holder:
                holder.execute(text("SELECT 1"))  # it has written nothing yet
                with pytest.raises(sqlite3.OperationalError, match="locked"):
                    other.execute("BEGIN IMMEDIATE")
            other.execute("BEGIN IMMEDIATE")
    finally:
        engine.dispose()


def test_whoever_waits_too_long_is_told(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that does not get SQLite's lock in time fails as locked, and the next one succeeds."""
    monkeypatch.setattr(session_module, "SQLITE_BUSY_SECONDS", 0.05)
    holder, waiter = engine_for_writes(sqlite_url), engine_for_writes(sqlite_url)
    try:
        with holder.connect() as held, waiter.connect() as waiting:
            held.execute(text("SELECT 1"))
            with pytest.raises(OperationalError, match="locked"):
                waiting.execute(text("SELECT 1"))
            held.rollback()
            assert 1 == waiting.execute(text("SELECT 1")).scalar_one()
    finally:
        holder.dispose()
        waiter.dispose()


READING_THE_LOG_AGAIN = """
import fcntl, sys
with open(sys.argv[1], "r+b") as index:
    fcntl.lockf(index, fcntl.LOCK_EX, 8, 120)  # here SQLite locks for writers, recovery, readers
    index.write(bytes(136))  # without the two copies of its header it is to be made again, from the log
    index.flush()
    print(flush=True)
    sys.stdin.readline()
"""


def test_a_write_waits_while_the_log_is_read_again(sqlite_url: str) -> None:
    """While another process reads the write-ahead log again, as after a crash, a write waits."""
    engine = engine_for_writes(sqlite_url)
    with engine.connect() as first:
        first.execute(text("UPDATE workspaces SET head = 7"))
        first.commit()
    command = [sys.executable, "-c", READING_THE_LOG_AGAIN, sqlite_url.removeprefix("sqlite:///") + "-shm"]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    other.stdout.readline()
    tries: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        tries.append(statement)
        if len(tries) == 3:  # two were refused
            other.communicate("\n")

    with engine.connect() as second:
        assert 7 == second.execute(text("SELECT head FROM workspaces")).scalar_one()
    engine.dispose()
    assert ["BEGIN IMMEDIATE"] * 3 == tries[:3]


def test_a_reader_does_not_wait_for_a_writer(sqlite_url: str) -> None:
    """On SQLite readers go on while somebody holds the lock for writing."""
    writing, reading = engine_for_writes(sqlite_url), engine_for_reads(sqlite_url)
    try:
        with writing.connect() as holder, Session(reading) as session:
            holder.execute(text("UPDATE workspaces SET head = 7"))
            assert 0 == head_now(session)
    finally:
        writing.dispose()
        reading.dispose()


async def test_sqlite_has_one_writer_thread(sqlite_house: House) -> None:
    """However many writes there are, one thread does them all, one after the other."""
    writes = (sqlite_house.store.write(lambda _: threading.current_thread().name) for _ in range(20))

    assert 1 == len(set(await asyncio.gather(*writes)))


def test_two_processes_lose_nothing(database_url: str) -> None:
    """Two processes that write at the same time both get through, and no write undoes another."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()  # imported and ready
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    said = [writer.communicate(timeout=60)[1] for writer in writers]

    assert [0, 0] == [writer.returncode for writer in writers], said
    store = Store(database_url)
    assert 2 * WRITES == store.read_now(head_now)
    store.close()


async def test_a_deadlock_is_tried_again(house: House) -> None:
    """Two writes that take two rows in opposite order both land: what PostgreSQL breaks off is called again."""
    await house.write(make_sources)
    meet = threading.Barrier(2)
    calls: list[str] = []

    def rename(session: Session, order: Sequence[str], mark: str) -> None:
        calls.append(mark)
        first, second = order
        append(session, first, mark)
        if len(calls) <= 2 and not is_sqlite(house.store.url):
            meet.wait(10)  # both hold their first row now
        append(session, second, mark)

    await asyncio.gather(
        house.write(partial(rename, order=("a", "b"), mark="1")),
        house.write(partial(rename, order=("b", "a"), mark="2")),
    )

    names = await house.store.read(lambda session: [row.name for row in session.scalars(select(Source))])
    assert [{"1", "2"}] * 2 == [set(name) - {"a", "b"} for name in sorted(names)]
    assert (2 if is_sqlite(house.store.url) else 3) == len(calls)


async def test_a_serialization_failure_is_tried_again(house: House) -> None:
    """A transaction that PostgreSQL cannot serialise is called again and then sees what the other wrote."""
    seen: list[int] = []

    def raise_from_an_old_view(session: Session) -> None:
        if not is_sqlite(house.store.url):
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        head = head_now(session)
        seen.append(head)
        if len(seen) == 1 and not is_sqlite(house.store.url):
            house.store.write_now(raise_head)  # meanwhile, somebody else
        session.execute(update(Workspace).values(head=head + 1))

    await house.write(raise_from_an_old_view)

    expected = [0] if is_sqlite(house.store.url) else [0, 1]
    assert expected == seen
    assert len(expected) == await house.store.read(head_now)


async def test_the_clock_is_shared(house: House) -> None:
    """The time by which leases are kept is an aware moment near ours, and later on the second look."""
    moments = [await house.store.read(clock) for _ in range(2)]

    assert sorted(moments) == moments
    assert abs((now() - moments[0]).total_seconds()) < 60


def make_sources(session: Session) -> None:
    rows = [
        {"pk": identity(name), "workspace": "main", "name": name, "created_at": now()} for name in ("a", "b")
    ]
    insert_rows(session, Source, rows)


def append(session: Session, source: str, mark: str) -> None:
    mine = col(Source.pk) == identity(source)
    session.execute(update(Source).where(mine).values(name=col(Source.name).concat(mark)))
