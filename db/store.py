"""The one seam between async rooms and the database."""

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from db.session import THREADS, Session, engine_for_reads, engine_for_writes, is_sqlite, is_there

T = TypeVar("T")
RETRYABLE_STATES = frozenset({"40001", "40P01"})  # serialization failure, deadlock
# Of PostgreSQL's states: no connection, transaction undone, not enough of something, told to go, system.
PASSING_CLASSES = frozenset({"08", "40", "53", "57", "58"})
SQLITE_PASSING = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
)
TRIES = 8


class Store:
    """Runs one function per transaction, in a thread of its own."""

    def __init__(
        self,
        url: str,
        *,
        synchronous: str = "NORMAL",
        publish: Callable[[Sequence[str]], None] | None = None,
    ) -> None:
        """Open nothing yet: connections are made when first needed.

        Args:
            url: SQLAlchemy address, `sqlite:///…` or `postgresql+psycopg://…`.
            synchronous: SQLite only; NORMAL survives a killed process, FULL a power loss.
            publish: Told, from a thread, the hints of each transaction once it is committed.
        """
        self.url = url
        self.publish = publish
        self._to_write = engine_for_writes(url, synchronous=synchronous)
        self._to_read = engine_for_reads(url)
        # SQLite has one writer; queueing for it here is cheaper than meeting "database is locked".
        self._writers = ThreadPoolExecutor(1 if is_sqlite(url) else THREADS, "store-write")
        self._readers = ThreadPoolExecutor(THREADS, "store-read")

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a transaction that sees one state and cannot write."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, work)

    async def write(self, work: Callable[[Session], T]) -> T:
        """Commit if `work` returns, roll back if it raises.

        `work` is called again when the database reports a serialization failure or a deadlock, so it
        must touch nothing but its session. Cancelling the caller does not undo a write under way.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writers, self.write_now, work)

    async def schema_version(self, seconds: float) -> str | None:
        """Which migration the database is at, empty for none; None if it does not answer in time.

        A SQLite file that is gone does not answer, though connections to what it was are still open.
        """
        if not is_there(self.url):
            return None
        try:
            async with asyncio.timeout(seconds):
                return await self.read(_version_of)
        except (SQLAlchemyError, TimeoutError):
            return None

    def read_now(self, work: Callable[[Session], T]) -> T:
        """`read`, in the thread of the caller."""
        with Session(self._to_read, expire_on_commit=False) as session:
            return work(session)

    def write_now(self, work: Callable[[Session], T]) -> T:
        """`write`, in the thread of the caller."""
        for again in range(1, TRIES + 1):
            try:
                with Session(self._to_write, expire_on_commit=False) as session:
                    outcome = work(session)
                    session.commit()
                    hints = list(dict.fromkeys(session.info.get("hints", ())))
                break
            except DBAPIError as error:
                if again == TRIES or getattr(error.orig, "sqlstate", None) not in RETRYABLE_STATES:
                    raise
                time.sleep(random.uniform(0, 0.005 * 2**again))  # noqa: S311 - jitter needs no secrecy
        if hints and self.publish:
            self.publish(hints)
        return outcome

    @property
    def connections_in_use(self) -> int:
        """How many connections are with somebody; none while all wait."""
        pools = (self._to_write.pool, self._to_read.pool)
        return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))

    def close(self) -> None:
        """Wait for what is under way and give all connections back."""
        for pool in (self._writers, self._readers):
            pool.shutdown()
        self._to_write.dispose()
        self._to_read.dispose()


def _version_of(session: Session) -> str:
    from alembic.migration import MigrationContext  # noqa: PLC0415 - 0.07 s, which no child needs

    context = MigrationContext.configure(session.connection())
    return context.get_current_revision() or ""


def is_passing(error: BaseException) -> bool:
    """Whether an error only says that the database was away or overloaded for a moment."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout)
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode & 0xFF in SQLITE_PASSING
    state = getattr(error.orig, "sqlstate", None)
    return state[:2] in PASSING_CLASSES if state else isinstance(error, OperationalError)


def hint(session: Session, topic: str) -> None:
    """Tell listeners of `topic`, once this transaction is committed, that there is something new."""
    session.info.setdefault("hints", []).append(topic)
