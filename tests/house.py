"""The whole house in one process: a migrated database, a real Valkey, and the real code that runs runs."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, update
from sqlmodel import col, select

from db.artifacts import Folder
from db.events import events_after, newest_events
from db.hints import Hints
from db.models import Artifact, Run, RunEvent, now
from db.revisions import head_of
from db.runs import find_run
from db.session import Session
from db.store import Store
from jobs.bench import Bench
from jobs.children import ChildLimits, Children
from jobs.context import WorkContext
from jobs.execute import execute_run, start
from jobs.pipeline import Pipelines, from_json, load_pipelines
from jobs.queue import Queue, connect
from jobs.scratch import Scratch
from jobs.settings import EmissionSettings, WorkSettings
from jobs.submit import Desk, RunOptions, submit_run
from jobs.worker import PatientWorker, arq_worker, open_bench

PACKAGES = ("jobs.pipelines", "tests.pipelines")
DEADLINE_SECONDS = 20.0


class House:
    """One process that both accepts and executes runs."""

    def __init__(
        self, url: str, redis_url: str, folder: Path, *, settings: WorkSettings, children: Children
    ) -> None:
        self.environ = {
            "HEADWATER_DATABASE_URL": url,
            "HEADWATER_REDIS_URL": redis_url,
            "HEADWATER_DATA_DIR": str(folder),
            "HEADWATER_PIPELINE_PACKAGES": json.dumps(PACKAGES),
            "HEADWATER_CHILDREN": "1",
        }
        self.redis = connect(redis_url)
        self.hints = Hints(self.redis, self.look)
        self.store = Store(url, publish=self.hints.publish)
        self.queue = Queue(self.redis)
        self.settings = settings
        self.emission = EmissionSettings()
        self.pipelines: Pipelines = load_pipelines(PACKAGES)
        self.artifacts = Folder(folder / "artifacts")
        self.scratch = Scratch(folder / "scratch")
        self.children = children
        self.bench = self.another_bench("worker-1")
        self.desk = Desk(self.store, self.queue, self.pipelines, settings)

    async def look(self, topics: Any) -> dict[str, int]:
        """The polling floor."""
        return await self.store.read(partial(newest_events, topics=topics))

    def another_bench(self, worker: str, redis_url: str | None = None) -> Bench:
        """What a second worker on the same database would have, perhaps with another Redis."""
        return Bench(
            worker=worker,
            store=self.store,
            queue=Queue(connect(redis_url)) if redis_url else self.queue,
            hints=self.hints,
            artifacts=self.artifacts,
            scratch=self.scratch,
            children=self.children,
            pipelines=self.pipelines,
            settings=self.settings,
            emission=self.emission,
            pipeline_settings={kind: each.settings() for kind, each in self.pipelines.items()},
        )

    async def submitted(self, kind: str, options: RunOptions | None = None, **params: Any) -> Run:
        """A run of this kind, accepted."""
        value = from_json(self.pipelines[kind].params, params)
        return await submit_run(self.desk, "somebody", kind, value, options or RunOptions())

    async def execute(self, run: Run, bench: Bench | None = None) -> None:
        await execute_run(bench or self.bench, run.pk)

    async def row(self, run: Run) -> Run:
        """The run as it is now."""
        found = await self.store.read(lambda session: session.get(Run, run.pk))
        if found is None:
            raise LookupError(run.run_id)
        return found

    async def by_id(self, run_id: str) -> Run | None:
        return await self.store.read(partial(find_run, workspace="main", run_id=run_id))

    async def events(self, run: Run) -> list[RunEvent]:
        return list(await self.store.read(partial(events_after, run_pk=run.pk, seq=0, limit=10_000)))

    async def event_names(self, run: Run) -> list[str]:
        return [str(event.name) for event in await self.events(run)]

    async def said(self, word: str) -> int:
        """How often the effect of an echo landed."""
        count = select(func.count()).where(col(Artifact.digest).startswith(f"{word}:"))
        return int(await self.store.read(lambda session: session.execute(count).scalar_one()))

    async def head(self, workspace: str = "main") -> int:
        return await self.store.read(partial(head_of, workspace=workspace))

    async def write(self, work: Callable[[Session], Any]) -> Any:
        return await self.store.write(work)

    async def running(self, run: Run) -> asyncio.Task[None]:
        """A task that executes a chore, once its pipeline is at work."""
        task = asyncio.create_task(self.execute(run))

        async def at_work() -> bool:
            return (await self.row(run)).stage in {"WORK", "SAVE"}

        await self.until(at_work)
        return task

    async def columns(self, run: Run) -> dict[str, Any]:
        """Everything that the run's row holds."""
        row = await self.row(run)
        return {name: getattr(row, name) for name in Run.model_fields}

    async def status(self, run: Run) -> str:
        return str((await self.row(run)).status)

    async def error(self, run: Run) -> dict[str, Any]:
        """Why the run failed."""
        return (await self.row(run)).error or {}

    async def ended(self, run: Run, seconds: float = DEADLINE_SECONDS) -> Run:
        """The run, once it has ended."""

        async def has_ended() -> bool:
            return (await self.row(run)).finished_at is not None

        await self.until(has_ended, seconds)
        return await self.row(run)

    async def claimed(self, run: Run, worker: str = "worker-1") -> Run:
        """The run, taken by a worker that then does nothing about it."""
        taken = await self.store.write(partial(start, pk=run.pk, worker=worker))
        if taken is None:
            raise LookupError(run.run_id)
        return taken[0]

    async def change(self, run: Run, **values: Any) -> None:
        """Change a run's row behind everybody's back."""
        statement = update(Run).where(col(Run.pk) == run.pk).values(**values)
        await self.store.write(lambda session: session.execute(statement))

    async def orphaned(self, run: Run) -> None:
        """Make the lease of a running run end now, as if its worker had died some seconds ago."""
        await self.change(run, lease_until=now() - timedelta(seconds=1))

    def context(self, run: Run) -> WorkContext:
        """What the pipeline of a claimed run may do."""
        return WorkContext(self.bench, run, self.pipelines[run.kind])

    async def until(self, condition: Callable[[], Any], seconds: float = DEADLINE_SECONDS) -> None:
        """Return once a condition, asked again and again, holds; fail if it does not in time."""
        async with asyncio.timeout(seconds):
            while not await condition():  # noqa: ASYNC110 - what is waited for may be in another process
                await asyncio.sleep(0.01)


@asynccontextmanager
async def open_house(
    url: str,
    redis_url: str,
    folder: Path,
    settings: WorkSettings | None = None,
    *,
    children: Children | None = None,
) -> AsyncIterator[House]:
    """A house; without children that outlive it, it has some of its own."""
    children = children or Children(ChildLimits(memory_bytes=1 << 30, timeout_seconds=60))
    house = House(url, redis_url, folder, settings=settings or WorkSettings(), children=children)
    await house.hints.start()
    try:
        yield house
    finally:
        await house.children.close()
        await house.hints.close()
        house.scratch.close()
        house.store.close()
        await house.redis.aclose(close_connection_pool=True)


@asynccontextmanager
async def working(environ: Mapping[str, str]) -> AsyncIterator[PatientWorker]:
    """A whole worker in this process, set up from an environment."""
    worker = arq_worker(open_bench(environ), handle_signals=False)
    task = asyncio.create_task(worker.async_run())
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while "tasks" not in worker.ctx and not task.done():  # noqa: ASYNC110 - arq tells nobody
                await asyncio.sleep(0.01)
        yield worker
    finally:
        await worker.close()
        with suppress(asyncio.CancelledError):
            await task
