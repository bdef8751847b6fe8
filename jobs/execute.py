"""Carry one run from claim to terminal status. Safe to call twice for the same run."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from db.hints import Bell
from db.models import Run, RunStatus
from db.runs import (
    admit_runs,
    claim_run,
    finish_run,
    is_stop_requested,
    params_of,
    requeue_run,
    stop_topic,
)
from db.session import Session
from db.store import is_passing
from jobs.bench import LEASE, TRIES, Bench, Execution, Interruption
from jobs.context import WorkContext
from jobs.engines.sql.errors import StatementFailed
from jobs.errors import (
    BadCatalog,
    DatabaseAway,
    HeadwaterError,
    LeaseLost,
    StopRequested,
    TimedOut,
    UnknownKind,
)
from jobs.pipeline import Pipeline, params_from, to_json
from jobs.queue import Entry

MAX_PROBLEMS = 100  # of a refused catalog that are kept; its message tells how many there are
BACKOFF_SECONDS = 2.0  # before the second try; doubled before the third

log = logging.getLogger(__name__)


async def execute_run(bench: Bench, pk: UUID) -> None:
    """Claim a run, run its pipeline and finish it; nothing happens if there is nothing to claim."""
    claimed = await _claim(bench, pk)
    if claimed is None:  # finished, stopped, or in another worker's hands
        return
    run, params = claimed
    earlier = bench.executions.get(pk)
    if earlier is not None:  # this very process had lost the run, does not know it yet, and got it again
        earlier.interrupt(Interruption.LOST)
    execution = bench.executions[pk] = Execution(run.attempt)
    with structlog.contextvars.bound_contextvars(run_id=run.run_id, attempt=run.attempt):
        try:
            await _carry(bench, run, params, execution)
        finally:
            if bench.executions.get(pk) is execution:
                del bench.executions[pk]


async def _claim(bench: Bench, pk: UUID) -> tuple[Run, dict[str, Any]] | None:
    claiming = asyncio.create_task(bench.store.write(partial(start, pk=pk, worker=bench.worker)))
    try:
        return await asyncio.shield(claiming)
    except asyncio.CancelledError:
        # The worker shuts down at this very moment: what was taken nevertheless goes back.
        claimed = await claiming
        if claimed is not None:
            await hand_back(bench, claimed[0])
        raise


async def _carry(bench: Bench, run: Run, params: dict[str, Any], execution: Execution) -> None:
    try:
        pipeline = _pipeline_of(bench, run)
        result = await _pipeline_in_reach(bench, run, partial(_run, bench, run, pipeline, params), execution)
        await _settle(bench, partial(complete, run=run, pipeline=pipeline, result=result, bench=bench))
    except HeadwaterError as error:
        await _end_with(bench, run, error)
    except Exception as error:
        # The boundary of the house: a pipeline's bug must end its run, not the worker.
        if is_passing(error):
            log.warning("database away", extra={"reason": type(error).__name__})
            await _end_with(bench, run, DatabaseAway())
            return
        incident = secrets.token_hex(4)
        log.exception("run crashed", extra={"kind": run.kind, "incident": incident})
        await finish(bench, run, RunStatus.FAILED, error=internal_error(incident))


def _pipeline_of(bench: Bench, run: Run) -> Pipeline[Any, Any, Any]:
    pipeline = bench.pipelines.get(run.kind)
    if pipeline is None:
        raise UnknownKind(f"The worker has no pipeline for runs of kind {run.kind}.")
    return pipeline


async def _run(bench: Bench, run: Run, pipeline: Pipeline[Any, Any, Any], params: dict[str, Any]) -> Any:
    context = WorkContext(bench, run, pipeline)
    try:
        return await pipeline.run(context, params_from(pipeline, params))
    finally:
        await context.close()


async def _pipeline_in_reach(
    bench: Bench, run: Run, pipeline: Callable[[], Coroutine[Any, Any, Any]], execution: Execution
) -> Any:
    """Run the pipeline where a stop, a timeout, a lost lease and a shut-down can reach it.

    Raises:
        StopRequested, TimedOut, LeaseLost: It was interrupted.
        asyncio.CancelledError: The worker is shutting down; the run was handed back.
    """
    async with bench.hints.listen(stop_topic(run.pk)) as bell:
        work = execution.task = asyncio.create_task(pipeline())
        ear = asyncio.create_task(_hear_of_stop(bench, run, execution, bell))
        try:
            await asyncio.wait({work}, timeout=run.timeout_seconds)
            if not work.done():
                execution.interrupt(Interruption.TIMED_OUT)
            return await work
        except asyncio.CancelledError:
            if execution.interruption is None and not being_cancelled():
                raise RuntimeError("the pipeline cancelled itself") from None
            if execution.interruption is None:
                execution.interrupt(Interruption.SHUT_DOWN)
            await asyncio.gather(work, return_exceptions=True)
            match execution.interruption:
                case Interruption.STOPPED:
                    raise StopRequested from None
                case Interruption.TIMED_OUT:
                    raise TimedOut(f"The run took longer than {run.timeout_seconds} s.") from None
                case Interruption.LOST:
                    raise LeaseLost from None
            await hand_back(bench, run)
            raise
        finally:
            ear.cancel()
            await asyncio.gather(ear, return_exceptions=True)


def being_cancelled() -> bool:
    """Whether the present task was cancelled, rather than something that it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _hear_of_stop(bench: Bench, run: Run, execution: Execution, bell: Bell) -> None:
    """Interrupt the run when somebody asked it to stop. A bell also rings when hints may have been lost.

    It is no loss if this fails: the heartbeat sees the same two seconds later.
    """
    while True:
        await bell.wait()
        if await bench.store.read(partial(is_stop_requested, pk=run.pk)):
            execution.interrupt(Interruption.STOPPED)


async def _end_with(bench: Bench, run: Run, error: HeadwaterError) -> None:
    if isinstance(error, LeaseLost):
        log.warning("lease lost")
        return
    if isinstance(error, StopRequested):
        await finish(bench, run, RunStatus.STOPPED)
        return
    if error.retryable and run.faults + 1 < TRIES:
        wait = timedelta(seconds=BACKOFF_SECONDS * 2**run.faults)
        await _settle(
            bench,
            partial(again, run=run, bench=bench, reason=str(error), faulty=True, wait=wait),
        )
        return
    await finish(bench, run, RunStatus.FAILED, error=error_of(error))


async def hand_back(bench: Bench, run: Run) -> None:
    """Give a run back to the queue because this worker goes; it counts as no fault of the run."""
    reason = "The worker shut down."
    await _settle(bench, partial(again, run=run, bench=bench, reason=reason, faulty=False))


async def finish(bench: Bench, run: Run, status: RunStatus, **outcome: Any) -> None:
    await _settle(bench, partial(end, run=run, status=status, bench=bench, outcome=outcome))


async def _settle(bench: Bench, work: Callable[[Session], Sequence[Entry]]) -> None:
    """Commit what ends an attempt, then offer the runs that its slots let in. A shut-down waits for it."""
    settling = asyncio.create_task(_commit_and_offer(bench, work))
    try:
        await asyncio.shield(settling)
    except asyncio.CancelledError:
        await asyncio.wait({settling})
        raise


async def _commit_and_offer(bench: Bench, work: Callable[[Session], Sequence[Entry]]) -> None:
    await bench.queue.put(await bench.store.write(work))


def start(session: Session, pk: UUID, worker: str) -> tuple[Run, dict[str, Any]] | None:
    run = claim_run(session, pk, worker, LEASE)
    return None if run is None else (run, params_of(session, pk))


def complete(
    session: Session, run: Run, pipeline: Pipeline[Any, Any, Any], result: Any, bench: Bench
) -> Sequence[Entry]:
    """Everything a finished run leaves behind, or nothing: a late loser changes no row."""
    gaps = getattr(result, "gaps", ())
    status = RunStatus.COMPLETED_WITH_GAPS if gaps else RunStatus.COMPLETED
    if not finish_run(session, run.pk, run.attempt, status, result=to_json(result)):
        return ()
    if pipeline.save:
        pipeline.save(session, run.pk, run.attempt, result)
    return admit_runs(session, bench.settings.capacity)


def end(
    session: Session, run: Run, status: RunStatus, bench: Bench, outcome: dict[str, Any]
) -> Sequence[Entry]:
    if not finish_run(session, run.pk, run.attempt, status, **outcome):
        return ()
    return admit_runs(session, bench.settings.capacity)


def again(
    session: Session, run: Run, bench: Bench, reason: str, *, faulty: bool, wait: timedelta = timedelta()
) -> Sequence[Entry]:
    if not requeue_run(session, run.pk, run.attempt, reason, faulty=faulty, wait=wait):
        return ()
    return admit_runs(session, bench.settings.capacity)


def error_of(error: HeadwaterError) -> dict[str, Any]:
    """A failure as it is stored and shown."""
    stored: dict[str, Any] = {"code": error.code, "message": str(error), "hint": error.hint}
    if isinstance(error, StatementFailed) and error.line:
        stored |= {"line": error.line, "column": error.column}
    if isinstance(error, BadCatalog):
        stored["problems"] = [asdict(problem) for problem in error.problems[:MAX_PROBLEMS]]
    return stored


def internal_error(incident: str) -> dict[str, Any]:
    """What is shown of a bug: an id that finds the log line, and nothing else."""
    return {
        "code": "INTERNAL",
        "message": "Internal error.",
        "hint": f"The log has the details beside incident {incident}.",
    }
