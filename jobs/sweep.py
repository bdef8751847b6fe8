"""Put right what died: the tasks that every worker runs beside its runs."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from redis.exceptions import RedisError

from db.artifacts import adopt_strays, forget_orphans
from db.facets import forget_facets
from db.feeds import forget_rows, forget_strangers
from db.inbox import forget_events
from db.models import Run, RunStatus
from db.retention import forget_runs, forget_versions
from db.revisions import clear_dead_revision, stale_reservations
from db.runs import (
    Held,
    admit_runs,
    admitted_runs,
    claimed_runs,
    finish_run,
    is_work_waiting,
    lost_runs,
    renew_leases,
    requeue_run,
)
from db.session import Session
from db.uploads import forget_uploads
from jobs.bench import HEARTBEAT_SECONDS, LEASE, TRIES, Bench, Interruption
from jobs.clearing import finish_left
from jobs.emission import emit
from jobs.errors import WorkerLost
from jobs.execute import error_of
from jobs.news import tell_news
from jobs.queue import Entry, job_id

SWEEP_SECONDS = 0.5  # with the lease, how long a run is without a worker
TIDY_SECONDS = 60.0
SHARDS = 256  # of the artifacts, by the first two digits of their digests; one is looked through each time
ORPHAN_BATCH = 100  # files removed in one transaction
ORPHAN_BATCHES = 50  # in one round
CLEARING_SECONDS = 5.0
EMIT_SECONDS = 1.0  # how late an event can be that nothing holds up

log = logging.getLogger(__name__)


def start_tasks(bench: Bench) -> list[asyncio.Task[None]]:
    """The heartbeat, the sweep and the tidying, as tasks: arq's cron would queue behind busy slots."""
    rounds: list[tuple[Callable[[Bench], Awaitable[None]], float]] = [
        (heartbeat, HEARTBEAT_SECONDS),
        (sweep, SWEEP_SECONDS),
        (tidy_artifacts, TIDY_SECONDS),
        (tidy_runs, TIDY_SECONDS),
        (tidy_events, TIDY_SECONDS),
        (tidy_feeds, TIDY_SECONDS),
        (tidy_tables, TIDY_SECONDS),
        (tell_news, SWEEP_SECONDS),
        (tidy_scratch, TIDY_SECONDS),
        (finish_clearings, CLEARING_SECONDS),
    ]
    if bench.emission.url is not None:
        rounds.append((emit, EMIT_SECONDS))
    return [
        asyncio.create_task(_for_ever(work, bench, seconds), name=work.__name__) for work, seconds in rounds
    ]


async def _for_ever(work: Callable[[Bench], Awaitable[None]], bench: Bench, seconds: float) -> None:
    while True:
        try:
            await work(bench)
        except Exception:
            # The other boundary of the house: what puts things right must outlive a bad minute.
            log.exception("round failed", extra={"round": work.__name__})
        await asyncio.sleep(seconds)


async def heartbeat(bench: Bench) -> None:
    """Renew the leases of this process's runs; end those that were asked to stop or were lost."""
    mine = dict(bench.executions)
    if not mine:
        return
    renew = partial(renew_leases, worker=bench.worker, pks=tuple(mine), lease=LEASE)
    held: Held = await bench.store.write(renew)
    for pk, execution in mine.items():
        if bench.executions.get(pk) is not execution or execution.task is None or execution.task.done():
            continue
        if held.attempts.get(pk) != execution.attempt:
            execution.interrupt(Interruption.LOST)
        elif pk in held.to_stop:
            execution.interrupt(Interruption.STOPPED)


@dataclass(frozen=True, slots=True)
class Queued:
    """What the queue should hold: admitted runs to offer, and the jobs that workers are on."""

    to_offer: Sequence[Entry]
    at_work: Sequence[Entry]


async def sweep(bench: Bench) -> None:
    """Requeue lost runs, admit what fits, offer what the queue does not hold, clear abandoned revisions."""
    if await bench.store.read(is_work_waiting):
        await heartbeat(bench)  # a process that was held up must not take its own runs for lost
        await bench.store.write(partial(recover, bench=bench))
    try:
        await reconcile(bench)
    except (RedisError, OSError) as error:
        log.warning("queue away", extra={"reason": str(error)})
    for workspace, number in await bench.store.read(stale_reservations):
        await clear_dead_revision(bench.store, workspace, number)


def recover(session: Session, bench: Bench) -> None:
    """Give every run whose worker went silent another try, or its end; then admit what fits."""
    for run in lost_runs(session):
        log.warning("run lost", extra={"run_id": run.run_id, "worker": run.worker})
        _recover_one(session, run)
    admit_runs(session, bench.settings.capacity)


def _recover_one(session: Session, run: Run) -> None:
    if run.stop_requested_at is not None:
        finish_run(session, run.pk, run.attempt, RunStatus.STOPPED)
    elif run.faults + 1 < TRIES:
        requeue_run(session, run.pk, run.attempt, "The worker was lost.", faulty=True)
    else:
        error = error_of(WorkerLost(hint="The run may need more memory than its worker has."))
        finish_run(session, run.pk, run.attempt, RunStatus.FAILED, error=error)


async def reconcile(bench: Bench) -> None:
    """Make the queue hold exactly the admitted runs and those at work.

    Reads the queue before the rows: a job put there in between is then already known to the rows.
    """
    in_queue = await bench.queue.job_ids()
    rows: Queued = await bench.store.read(queued)
    missing = await bench.queue.missing(rows.to_offer)
    await bench.queue.forget({job_id(entry) for entry in missing})
    await bench.queue.put(missing)
    expected = {job_id(entry) for entry in (*rows.to_offer, *rows.at_work)}
    await bench.queue.forget(in_queue - expected)


def queued(session: Session) -> Queued:
    return Queued(admitted_runs(session), claimed_runs(session))


async def tidy_runs(bench: Bench) -> None:
    """Forget runs that ended longer ago than they are to be kept."""
    days = bench.settings.run_retention_days
    if days is None:
        return
    while await bench.store.write(partial(forget_runs, kept_for=timedelta(days=days))):
        pass


async def tidy_tables(bench: Bench) -> None:
    """Forget versions of tables that were replaced longer ago than they are to be kept."""
    kept_for = timedelta(days=bench.settings.table_retention_days)
    while await bench.store.write(partial(forget_versions, kept_for=kept_for)):
        pass


async def tidy_events(bench: Bench) -> None:
    """Forget OpenLineage events that came longer ago than they are to be kept, and what they said."""
    kept_for = timedelta(days=bench.settings.event_retention_days)
    for forget in (forget_events, forget_facets):
        while await bench.store.write(partial(forget, kept_for=kept_for)):
            pass


async def tidy_feeds(bench: Bench) -> None:
    """Forget what feeds told longer ago than it is to be kept."""
    kept_for = timedelta(days=bench.settings.feed_retention_days)
    while await bench.store.write(partial(forget_rows, kept_for=kept_for)):
        pass
    while await bench.store.write(forget_strangers):
        pass


async def tidy_scratch(bench: Bench) -> None:
    """Remove what workers that were killed left on disk."""
    for name in await asyncio.to_thread(bench.scratch.remove_dead):
        log.info("scratch removed", extra={"folder": name})


async def finish_clearings(bench: Bench) -> None:
    """Finish the clearing of workspaces whose process died over it: a round of its own, as it may be long."""
    await finish_left(bench.store)


async def tidy_artifacts(bench: Bench) -> None:
    """Remove uploads and artifacts that nothing refers to any more, and what killed processes left."""
    retention = timedelta(hours=bench.settings.upload_retention_hours)
    await bench.store.write(partial(forget_uploads, retention=retention))
    await asyncio.to_thread(bench.artifacts.drop_leftovers)
    await tidy_shard(bench, int(time.time() / TIDY_SECONDS) % SHARDS)
    for _ in range(ORPHAN_BATCHES):
        if await bench.store.write(partial(_remove_orphans, bench=bench)) < ORPHAN_BATCH:
            break


async def tidy_shard(bench: Bench, shard: int) -> None:
    """Find files of a shard of the artifacts that no row knows: all have been looked at after four hours."""
    files = await asyncio.to_thread(bench.artifacts.old_files, shard)
    if files:
        await bench.store.write(partial(adopt_strays, files=files))


def _remove_orphans(session: Session, bench: Bench) -> int:
    """Remove a batch, rows and files under their locks: a file that is wanted again is then put there anew."""
    digests = forget_orphans(session, ORPHAN_BATCH)
    for digest in digests:
        bench.artifacts.remove(digest)
    return len(digests)
