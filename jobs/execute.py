"""Carry one run from claim to terminal status. Safe to call twice for the same run."""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from db.models import Run, RunStatus
from db.runs import admit_runs, claim_run, finish_run, params_of, requeue_run, stop_topic
from db.session import Session
from jobs.bench import LEASE, TRIES, Bench, Execution, Interruption
from jobs.context import WorkContext
from jobs.errors import HeadwaterError, LeaseLost, StopRequested, TimedOut
from jobs.pipeline import Pipeline, from_json, to_json
from jobs.queue import Entry

BACKOFF_SECONDS = 2.0  # before the second try; doubled before the third

log = logging.getLogger(__name__)


async def execute_run(bench: Bench, pk: UUID) -> None:
    """Claim a run, run its pipeline and finish it; nothing happens if there is nothing to claim."""
    claimed = await bench.store.write(partial(start, pk=pk, worker=bench.worker))
    if claimed is None:  # finished, stopped, or in another worker's hands
        return
    run, params = claimed
    execution = bench.executions[pk] = Execution(run.attempt)
    context = WorkContext(bench, run, bench.pipelines[run.kind])
    with structlog.contextvars.bound_contextvars(run_id=run.run_id, attempt=run.attempt):
        try:
            await _carry(bench, run, params, context, execution)
        finally:
            del bench.executions[pk]
            await asyncio.to_thread(context.close)


async def _carry(
    bench: Bench, run: Run, params: dict[str, Any], context: WorkContext, execution: Execution
) -> None:
    pipeline = bench.pipelines[run.kind]
    try:
        result = await _pipeline_in_reach(bench, run, params, context, execution)
    except (StopRequested, HeadwaterError) as error:
        await _end_with(bench, run, error)
    except Exception:
        # The boundary of the house: a pipeline's bug must end its run, not the worker.
        incident = secrets.token_hex(4)
        log.exception("run crashed", extra={"kind": run.kind, "incident": incident})
        await finish(bench, run, RunStatus.FAILED, error=internal_error(incident))
    else:
        await _settle(bench, partial(complete, run=run, pipeline=pipeline, result=result, bench=bench))


async def _pipeline_in_reach(
    bench: Bench, run: Run, params: dict[str, Any], context: WorkContext, execution: Execution
) -> Any:
    """Run the pipeline where a stop, a timeout, a lost lease and a shut-down can reach it.

    Raises:
        StopRequested, TimedOut, LeaseLost: It was interrupted.
        asyncio.CancelledError: The worker is shutting down; the run was handed back.
    """
    pipeline = bench.pipelines[run.kind]
    async with bench.hints.listen(stop_topic(run.pk)) as bell:
        work = execution.task = asyncio.create_task(_run_pipeline(pipeline, context, params))
        ring = asyncio.create_task(bell.wait())
        try:
            await asyncio.wait({work, ring}, timeout=run.timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                execution.interrupt(Interruption.STOPPED if ring.done() else Interruption.TIMED_OUT)
            return await work
        except asyncio.CancelledError:
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
            ring.cancel()


async def _run_pipeline(pipeline: Pipeline[Any, Any, Any], context: WorkContext, params: dict[str, Any]) -> Any:
    return await pipeline.run(context, from_json(pipeline.params, params))


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
    await asyncio.shield(_settle(bench, partial(again, run=run, bench=bench, reason=reason, faulty=False)))


async def finish(bench: Bench, run: Run, status: RunStatus, **outcome: Any) -> None:
    await _settle(bench, partial(end, run=run, status=status, bench=bench, outcome=outcome))


async def _settle(bench: Bench, work: partial[Sequence[Entry]]) -> None:
    """Commit what ends an attempt, then offer the runs that its slots let in."""
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
    return {"code": error.code, "message": str(error), "hint": error.hint}


def internal_error(incident: str) -> dict[str, Any]:
    """What is shown of a bug: an id that finds the log line, and nothing else."""
    return {
        "code": "INTERNAL",
        "message": "Internal error.",
        "hint": f"The log has the details beside incident {incident}.",
    }
