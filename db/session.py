"""Engines for SQLite and PostgreSQL, set up so that both behave alike."""

import sqlite3
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from db.models import now

__all__ = ["Session", "clock", "engine_for_reads", "engine_for_writes", "hold_count", "is_sqlite"]

SECRETIVE: Final[dict[str, Any]] = {"hide_parameters": True}  # an error's words end in logs; rows do not
SQLITE_BUSY_SECONDS = 30.0  # how long a write waits for the other processes' writes
TURN_SECONDS = 0.0005  # between two tries to begin
THREADS = 8  # PostgreSQL connections a process, and SQLite readers


def is_sqlite(url: str) -> bool:
    """Whether an address is that of a SQLite database; the others are PostgreSQL's."""
    return make_url(url).get_backend_name() == "sqlite"


def is_there(url: str) -> bool:
    """Whether a SQLite file exists; of other databases only a connection can tell."""
    return not is_sqlite(url) or Path(make_url(url).database or "").is_file()


WRITER_CACHE_KILOBYTES = 64_000  # at most, and only of a process that writes much


def engine_for_writes(url: str, *, synchronous: str = "NORMAL") -> Engine:
    """An engine whose transactions may write. On SQLite each takes the write lock as it begins.

    A transaction that began by reading could find, at its first write, that another process wrote
    meanwhile, and would fail; BEGIN IMMEDIATE waits at the start instead.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_size=THREADS, max_overflow=0, pool_pre_ping=True, **SECRETIVE)
    _make_folder(parsed)
    # Rows of a graph go to places all over their indexes: with SQLite's own 2 MB each page is fetched again.
    cache = f"PRAGMA cache_size=-{WRITER_CACHE_KILOBYTES}"
    return _sqlite(parsed, f"PRAGMA synchronous={synchronous}", cache, pool_size=1, writes=True)


def engine_for_reads(url: str) -> Engine:
    """An engine whose transactions see one state of the database and cannot write."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(
            parsed,
            pool_size=THREADS,
            max_overflow=0,
            pool_pre_ping=True,
            **SECRETIVE,
            isolation_level="REPEATABLE READ",
        )
        return engine.execution_options(postgresql_readonly=True)
    _make_folder(parsed)
    return _sqlite(parsed, "PRAGMA query_only=ON", pool_size=THREADS, writes=False)


def _make_folder(url: URL) -> None:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)


def _sqlite(url: URL, *pragmas: str, pool_size: int, writes: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"timeout": SQLITE_BUSY_SECONDS, "check_same_thread": False},
        **SECRETIVE,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we send BEGIN ourselves: see `begin_as_asked`
        write_ahead_log(connection)
        for each in ("PRAGMA foreign_keys=ON", *pragmas):
            connection.execute(each).close()
        if writes:
            connection.execute("PRAGMA busy_timeout=0").close()  # `take_turn` does the waiting

    @event.listens_for(engine, "begin")
    def begin_as_asked(connection: Any) -> None:
        if writes:
            try:
                take_turn(connection)
            except sqlite3.OperationalError as error:
                # As SQLAlchemy tells what its own calls meet, so that callers know one error, not two.
                raise OperationalError("BEGIN IMMEDIATE", None, error) from error
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def take_turn(connection: Connection) -> None:
    """Begin a transaction that writes, waiting for other processes' writes.

    SQLite's own waiting sleeps for longer and longer, up to 100 ms, while a transaction of ours takes two.
    Measured with two processes: looking again soon takes the p99 of waiting from 20-50 ms to 4-9 ms.
    """
    deadline = time.monotonic() + SQLITE_BUSY_SECONDS
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if not _is_busy(error.orig) or time.monotonic() > deadline:
                raise
            time.sleep(TURN_SECONDS)
        else:
            return


def _is_busy(error: BaseException | None) -> bool:
    """Whether others are at work: they write, or read the log of a dead process (SQLITE_BUSY_RECOVERY)."""
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def write_ahead_log(connection: sqlite3.Connection) -> None:
    """Put a database into WAL mode, which lets readers and the writer work side by side.

    The very first switch needs the file for itself, and unlike everything else SQLite does not wait for it.
    """
    deadline = time.monotonic() + SQLITE_BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(TURN_SECONDS)
        else:
            return


def clock(session: Session) -> datetime:
    """The time that all processes share: PostgreSQL's own, so that skewed machines agree on leases."""
    if session.get_bind().dialect.name == "sqlite":
        return now()  # one machine, one clock
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def hold_count(session: Session, of: str) -> None:
    """Keep others who ask this from counting the same until the transaction ends: whoever counts may then add.

    Two that count first and add then would both find room for one. SQLite has one writer, and needs no lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(of, 0))))
