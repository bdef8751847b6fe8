"""The worker process. arq is met here and in queue.py, nowhere else."""

import asyncio
import contextlib
import gc
import logging
import os
import secrets
import signal
import socket
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
import uvloop
from arq.worker import Worker, func
from pydantic_settings import BaseSettings
from redis.exceptions import RedisError

from db.artifacts import Folder
from db.hints import Bell, Hints
from db.settings import StateSettings, load_settings, secrets_of
from db.store import Store
from jobs.bench import Bench
from jobs.children import ChildLimits, Children
from jobs.execute import execute_run
from jobs.logs import LogSettings, log_folder, set_up_logs
from jobs.pipeline import Pipelines, load_pipelines
from jobs.queue import (
    ANSWER_SECONDS,
    ARQ_TIMEOUT_SECONDS,
    HEALTH_KEY,
    HEALTH_SECONDS,
    QUEUE_TOPIC,
    Queue,
    connect,
)
from jobs.scratch import Scratch
from jobs.settings import EmissionSettings, WorkSettings, redis_url, scratch_folder
from jobs.sweep import start_tasks

STEP_SECONDS = 0.01  # between two looks at a busy queue
POLL_SECONDS = 0.25  # between two looks at a silent one: how late a job can be when its hint is lost
READ_LIMIT = 10_000  # running jobs stay in arq's queue and would hide the rest
TRIES = 1_000  # of a job: taking it again does no harm, and how often a run is tried is not arq's affair
PRELOAD = ("jobs.pipelines.lineage.run",)  # what children import before their first work comes
WAIT_SECONDS = 1.0  # between two looks for a Redis that is not there yet
AWAY_SECONDS = 0.2  # between two looks for a Redis that is away

log = logging.getLogger(__name__)


async def run(ctx: dict[str, Any], pk: str) -> None:
    """Execute one run. It may be called twice; execute_run allows it."""
    bench: Bench = ctx["bench"]
    await execute_run(bench, UUID(pk))


class PatientWorker(Worker):
    """An arq worker that outlives its Redis: arq's own ends with the connection, and its runs with it."""

    bell = Bell()

    async def main(self) -> None:
        """Wait for Redis, then start up and look for jobs until this is cancelled."""
        bench: Bench = self.ctx["bench"]
        async with bench.hints.listen(QUEUE_TOPIC) as self.bell:
            while "tasks" not in self.ctx:
                try:
                    await super().main()
                except RedisError as error:
                    log.warning("waiting for redis", extra={"reason": str(error)})
                    await asyncio.sleep(WAIT_SECONDS)

    async def _poll_iteration(self) -> None:
        """Look when told that there are jobs, or after a while: arq's own polling costs 4 % of a core."""
        with contextlib.suppress(TimeoutError):
            # Not wait_for: it forgets a cancellation that comes with the bell, so that we would never end.
            async with asyncio.timeout(POLL_SECONDS):
                await self.bell.wait()
        try:
            await super()._poll_iteration()
        except (RedisError, OSError):
            await asyncio.sleep(AWAY_SECONDS)

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Start jobs one by one, because arq never gives the place back of one that Redis failed."""
        for job_id in job_ids:
            if self.job_counter >= self.max_jobs:
                return
            if job_id.decode() in self.tasks:
                continue
            try:
                await super().start_jobs([job_id])
            except (RedisError, OSError):
                self._release_sem_dec_counter_on_complete()
                raise

    def _release_sem_dec_counter_on_complete(self) -> None:
        super()._release_sem_dec_counter_on_complete()
        self.bell.ring()  # there may be a job that had no place before

    async def close(self) -> None:
        """Wait for what is being finished or handed back, then close everything, with Redis or without."""
        if not self._handle_signals:
            self.handle_sig(signal.SIGTERM)
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        if self.on_shutdown is not None:
            await self.on_shutdown(self.ctx)
        with contextlib.suppress(RedisError, OSError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self.pool.delete(self.health_check_key)
        await self.pool.aclose(close_connection_pool=True)


def settings_of_pipelines(pipelines: Pipelines) -> Mapping[str, type[BaseSettings]]:
    return {kind: pipeline.settings for kind, pipeline in pipelines.items()}


def open_bench(environ: Mapping[str, str] | None = None) -> Bench:
    """Open everything that executing runs takes. Nothing is connected yet.

    Raises:
        BadSettings: The environment holds settings that cannot be used.
    """
    loaded = load_settings((StateSettings, WorkSettings, EmissionSettings), environ)
    state, work = loaded[StateSettings], loaded[WorkSettings]
    pipelines = load_pipelines(work.pipeline_packages)
    kinds = settings_of_pipelines(pipelines)
    for_kinds = load_settings(tuple(kinds.values()), environ)
    redis = connect(redis_url(work, state))
    hints = Hints(redis)
    limits = ChildLimits(
        size=work.children,
        idle=work.children,
        memory_bytes=work.child_memory_mb * 1024 * 1024,
        timeout_seconds=work.child_timeout_seconds,
        preload=PRELOAD,
    )
    return Bench(
        worker=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}",
        store=Store(state.url, synchronous=state.sqlite_synchronous, publish=hints.publish),
        queue=Queue(redis),
        hints=hints,
        artifacts=Folder(state.data_dir.resolve() / "artifacts", state.max_artifact_bytes),
        scratch=Scratch(scratch_folder(work, state)),
        children=Children(limits),
        pipelines=pipelines,
        settings=work,
        emission=loaded[EmissionSettings],
        pipeline_settings={kind: for_kinds[settings] for kind, settings in kinds.items()},
    )


def spare_collector() -> None:
    """Keep what was imported out of garbage collection, whose full rounds would stop the loop for 100 ms."""
    gc.collect()
    gc.freeze()


async def start_up(ctx: dict[str, Any]) -> None:
    bench: Bench = ctx["bench"]
    await asyncio.to_thread(bench.scratch.open)
    await bench.children.warm()
    await bench.hints.start()
    ctx["tasks"] = start_tasks(bench)
    spare_collector()
    log.info("worker started", extra={"worker": bench.worker, "kinds": list(bench.pipelines)})


async def shut_down(ctx: dict[str, Any]) -> None:
    bench: Bench = ctx["bench"]
    for task in ctx.get("tasks", ()):
        task.cancel()
    await asyncio.gather(*ctx.get("tasks", ()), return_exceptions=True)
    await bench.children.close()
    await bench.hints.close()
    await asyncio.to_thread(bench.scratch.close)
    bench.store.close()
    log.info("worker ended", extra={"worker": bench.worker})


def arq_worker(bench: Bench, *, handle_signals: bool = True) -> PatientWorker:
    """The arq worker over a bench. It must be made where its event loop is."""
    return PatientWorker(
        # keep_result=0: arq refuses a job id whose result it still keeps.
        functions=[func(run, name="run", max_tries=TRIES, keep_result=0)],
        redis_pool=bench.queue.redis,
        ctx={"bench": bench},
        on_startup=start_up,
        on_shutdown=shut_down,
        max_jobs=bench.settings.worker_runs,
        job_timeout=ARQ_TIMEOUT_SECONDS,
        job_completion_wait=bench.settings.drain_seconds,
        poll_delay=STEP_SECONDS,
        queue_read_limit=READ_LIMIT,
        health_check_interval=HEALTH_SECONDS,
        health_check_key=f"{HEALTH_KEY}{bench.worker}",
        handle_signals=handle_signals,
        job_serializer=orjson.dumps,
        job_deserializer=orjson.loads,
    )


async def work(bench: Bench) -> None:
    """Execute runs until SIGTERM or SIGINT."""
    worker = arq_worker(bench)
    try:
        await worker.async_run()
    except asyncio.CancelledError:
        pass  # a signal: arq cancels its own main task
    finally:
        await worker.close()


def main() -> None:
    """Run a worker in this process, set up from the environment."""
    loaded = load_settings((LogSettings, StateSettings, WorkSettings, EmissionSettings))
    files = log_folder(loaded[StateSettings])
    set_up_logs(loaded[LogSettings], "worker", files=files, secrets=secrets_of(loaded))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(open_bench()))
