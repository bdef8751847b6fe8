"""The engine of query runs beside bare DuckDB: the same statements over the same files, in turns."""

import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from threading import Event

import duckdb

from bench.figures import Figure
from jobs.children import ChildLimits, Children
from jobs.engines.sql.duck import execute, run_query
from jobs.engines.sql.rows import read_page
from jobs.engines.sql.sample import TRIPS, write_trips
from jobs.engines.sql.values import Act, Column, Limits, Outcome, Progress, Query, Table
from jobs.errors import StopRequested

ROWS, LATE, PAGE, NEW = 10_000_000, 900_000, 100, 1_000
SMALL_ROUNDS, LARGE_ROUNDS = 50, 5
LIMITS = Limits(rows=ROWS, threads=2)
SMALL = "SELECT payment, count(*) AS trips, sum(total) AS income FROM trips GROUP BY payment ORDER BY payment"
ENDLESS = "SELECT count(*) FROM range(10_000_000) AS a, range(10_000_000) AS b"
LARGE = "SELECT id, id % 1000 AS k, label, amount FROM big"
COLUMNS = (Column("id", "BIGINT"), Column("label", "VARCHAR"), Column("amount", "DOUBLE"))


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        yield from asyncio.run(_small(scratch))
        big = _big(scratch)
        yield from _large(scratch, big)
        yield _late_page(scratch)
        yield _inserted(scratch, big)
        yield _stopped(scratch)


async def _small(scratch: Path) -> list[Figure]:
    """One question over the sample, asked of a warm child, and of a DuckDB that is open here."""
    trips = write_trips(scratch / "trips.parquet")
    ours, bare = [], []
    limits = ChildLimits(size=1, preload=(run_query.__module__,))
    with duckdb.connect(config={"threads": "2"}) as peer:
        peer.execute(f"CREATE VIEW trips AS FROM '{trips.files[0]}'")
        async with Children(limits) as children:
            for _ in range(SMALL_ROUNDS):
                query = Query(SMALL, _output(scratch), (trips,), limits=LIMITS)
                began = time.perf_counter()
                outcome = await children.call(run_query, query)
                ours.append(time.perf_counter() - began)
                began = time.perf_counter()
                found = peer.execute(SMALL).fetchall()
                bare.append(time.perf_counter() - began)
                if (outcome.row_count, TRIPS) != (len(found), sum(row[1] for row in found)):
                    raise RuntimeError("both must give the same rows")
    service, alone = 1_000 * statistics.median(ours[1:]), 1_000 * statistics.median(bare[1:])
    beside = f"{service:.1f} ms in a warm child, kept as Parquet; bare DuckDB {alone:.1f} ms, kept nowhere"
    return [Figure("query in a child, over bare DuckDB, p50", service - alone, "ms", "≤ 30", beside)]


def _large(scratch: Path, big: Table) -> Iterator[Figure]:
    """Ten million rows as a file, by us and by a bare COPY of DuckDB's own defaults, in turns."""
    ours, bare, same = [], [], []
    for _ in range(LARGE_ROUNDS):
        ours.append(_took(lambda: _asked(LARGE, scratch, big)))
        bare.append(_took(lambda: _copied(scratch, big, "")))
        same.append(_took(lambda: _copied(scratch, big, ", COMPRESSION zstd")))
    alone, service = statistics.median(bare), statistics.median(ours)
    beside = f"{service:.2f} s; bare COPY {alone:.2f} s, as zstd like ours {statistics.median(same):.2f} s"
    yield Figure("10 million rows as Parquet, over bare COPY", service / alone, "times", "≤ 1.3", beside)


def _late_page(scratch: Path) -> Figure:
    """A page of a result of a million rows, far behind its beginning."""
    sql = f"SELECT i AS id, i::VARCHAR AS label FROM range({10 * LATE // 9}) AS r(i)"
    query = Query(sql, _output(scratch), limits=LIMITS)
    run_query(query)
    took = []
    for _ in range(SMALL_ROUNDS):
        began = time.perf_counter()
        page = read_page(query.output, LATE, PAGE)
        took.append(time.perf_counter() - began)
        if page.rows[0] != (str(LATE), str(LATE)):
            raise RuntimeError("this is another page")
    first = statistics.median(_took(lambda: read_page(query.output, 0, PAGE)) for _ in range(SMALL_ROUNDS))
    late = 1_000 * statistics.median(took)
    beside = f"the first page {1_000 * first:.1f} ms"
    return Figure("page at row 900,000 of 1,000,000, p50", late, "ms", "≤ 30", beside)


def _inserted(scratch: Path, big: Table) -> Figure:
    """A thousand rows more for a table of ten million, which stays as it is."""
    sql = f"INSERT INTO big SELECT id, label, amount FROM big WHERE id < {NEW}"
    took = []
    for _ in range(SMALL_ROUNDS):
        began = time.perf_counter()
        outcome = _asked(sql, scratch, big)
        took.append(time.perf_counter() - began)
        if outcome.change is None or (outcome.change.act, outcome.change.row_count) != (Act.APPEND, NEW):
            raise RuntimeError("these are other rows")
    return Figure("INSERT of 1,000 rows into 10 million, p50", 1_000 * statistics.median(took), "ms", "≤ 300")


def _stopped(scratch: Path) -> Figure:
    """How long a cross join goes on once it was asked to stop."""
    took = []
    for _ in range(SMALL_ROUNDS // 5):
        stop, asked = Event(), 0.0

        def ask(done: Progress, stop: Event = stop) -> None:
            nonlocal asked
            del done
            if not stop.is_set():
                asked = time.perf_counter()
                stop.set()

        with contextlib.suppress(StopRequested):
            execute(Query(ENDLESS, _output(scratch), limits=LIMITS), stop=stop, report=ask)
        took.append(time.perf_counter() - asked)
    beside = f"at most {1_000 * max(took):.0f} ms"
    return Figure(
        "cross join, asked to stop → over, p50", 1_000 * statistics.median(took), "ms", "≤ 200", beside
    )


def _big(scratch: Path) -> Table:
    file = scratch / "big.parquet"
    source = f"SELECT i AS id, 'label ' || i % 5000 AS label, i / 7 AS amount FROM range({ROWS}) AS r(i)"
    with duckdb.connect() as peer:
        peer.execute(f"COPY ({source}) TO '{file}' (FORMAT parquet)")
    return Table("big", COLUMNS, (file,))


def _asked(sql: str, scratch: Path, table: Table) -> Outcome:
    output = _output(scratch)
    outcome = run_query(Query(sql, output, (table,), limits=LIMITS))
    output.unlink()
    return outcome


def _copied(scratch: Path, table: Table, form: str) -> None:
    output = _output(scratch)
    with duckdb.connect(config={"threads": "2"}) as peer:
        peer.execute(f"CREATE VIEW big AS FROM '{table.files[0]}'")
        peer.execute(f"COPY ({LARGE}) TO '{output}' (FORMAT parquet{form})")
    output.unlink()


def _took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


_NUMBERS = count()


def _output(scratch: Path) -> Path:
    """A file in a folder of its own, as each statement has one."""
    folder = scratch / f"statement {next(_NUMBERS)}"
    folder.mkdir()
    return folder / "rows.parquet"
