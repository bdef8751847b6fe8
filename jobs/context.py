"""What a pipeline may do to the world, done for real: every write is fenced by the attempt."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from db.artifacts import TooManyBytes, link_artifact
from db.models import Artifact, EventName, Run, now
from db.revisions import Reservation, clear_dead_revision, reserve_revision, revision_topic
from db.runs import owns_run, say_of_attempt
from db.session import Session
from jobs.bench import LEASE, Bench
from jobs.errors import ArtifactLost, ArtifactTooLarge, ChildFailed, LeaseLost, StopRequested
from jobs.pipeline import Pipeline

T = TypeVar("T")
V = TypeVar("V")

PROGRESS_SECONDS = 0.25  # events about progress are at least this far apart
BATCH_SECONDS = 0.05  # how long a transaction of `stream` aims to be
FIRST_BATCH = 200  # rows, and never fewer: under load each transaction costs more than its rows
RESERVATION_POLL_SECONDS = 1.0


class WorkContext:
    """A RunContext over the database, the artifact store and the child processes of a worker."""

    def __init__(self, bench: Bench, run: Run, pipeline: Pipeline[Any, Any, Any]) -> None:
        self._bench, self._run, self._pipeline = bench, run, pipeline
        self._scratch: Path | None = None
        self._stage = 0
        self._said_at = 0.0
        self._unsaid = (0, 0)
        self._revision: int | None = None

    @property
    def settings(self) -> Any:
        return self._bench.pipeline_settings[self._run.kind]

    @property
    def run_pk(self) -> UUID:
        return self._run.pk

    @property
    def workspace(self) -> str:
        return self._run.workspace

    @property
    def scratch(self) -> Path:
        if self._scratch is None:
            self._scratch = self._bench.scratch.folder()
        return self._scratch

    async def close(self) -> None:
        """Delete the scratch directory."""
        if self._scratch is not None:
            await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)

    async def _say(self, name: EventName, data: dict[str, Any], percent: float | None = None) -> None:
        said = await self._bench.store.write(
            partial(
                say_of_attempt,
                pk=self._run.pk,
                attempt=self._run.attempt,
                name=name,
                data=data,
                percent=percent,
                lease=LEASE,
            )
        )
        if said is None:
            raise LeaseLost
        if said.stop_requested:
            raise StopRequested

    @contextlib.asynccontextmanager
    async def stage(self, name: str) -> AsyncIterator[None]:
        self._stage = self._pipeline.stages.index(name)
        self._unsaid = (0, 0)
        await self._say(EventName.STAGE_STARTED, {"stage": name}, self._percent(0, 1))
        began = time.monotonic()
        yield
        data: dict[str, Any] = {"stage": name, "duration_ms": round((time.monotonic() - began) * 1000)}
        data["done"], data["total"] = self._unsaid
        await self._say(EventName.STAGE_COMPLETED, data, self._percent(1, 1))

    def _percent(self, done: int, total: int) -> float:
        """How far the run is: each stage is worth the same; the last percent is the finish itself."""
        within = min(done / total, 1.0) if total else 1.0
        return round(99.0 * (self._stage + within) / len(self._pipeline.stages), 2)

    async def progress(self, done: int, total: int) -> None:
        self._unsaid = (done, total)
        if time.monotonic() - self._said_at < PROGRESS_SECONDS:
            return
        self._said_at = time.monotonic()
        percent = self._percent(done, total)
        stage = self._pipeline.stages[self._stage]
        data = {"stage": stage, "done": done, "total": total, "percent": percent}
        await self._say(EventName.STAGE_PROGRESS, data, percent)

    async def notice(self, message: str) -> None:
        await self._say(EventName.NOTICE, {"message": message})

    async def read(self, work: Callable[[Session], V]) -> V:
        return await self._bench.store.read(work)

    async def reserve(self) -> int:
        if self._revision is not None:
            return self._revision
        workspace = self._run.workspace
        told = ""
        async with self._bench.hints.listen(revision_topic(workspace)) as bell:
            while True:
                held = await self._bench.store.write(self._reserve)
                if held.mine:
                    self._revision = held.number
                    return held.number
                if not held.alive:
                    await clear_dead_revision(self._bench.store, workspace, held.number)
                    continue
                if held.holder != told:
                    await self.notice(f"Waiting for run {held.holder}, which is changing the graph.")
                    told = held.holder
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(RESERVATION_POLL_SECONDS):
                        await bell.wait()

    def _reserve(self, session: Session) -> Reservation:
        if not owns_run(session, self._run.pk, self._run.attempt):
            raise LeaseLost
        return reserve_revision(session, self._run.workspace, self._run.pk, self._run.attempt)

    async def stream(self, write: Callable[[Session, Sequence[T]], None], rows: Sequence[T]) -> None:
        size, at = FIRST_BATCH, 0
        while at < len(rows):
            batch = rows[at : at + size]
            taken = max(await self._bench.store.write(partial(self._write_fenced, write, batch)), 0.001)
            at += len(batch)
            # Twice as large at most, so that one lucky batch makes no transaction of a second.
            size = max(FIRST_BATCH, min(2 * size, round(size * BATCH_SECONDS / taken)))
            await self.progress(at, len(rows))

    def _write_fenced(
        self, write: Callable[[Session, Sequence[T]], None], batch: Sequence[T], session: Session
    ) -> float:
        """Write a batch; the seconds it took, without the wait for its turn: that would make batches tiny."""
        began = time.monotonic()
        if not owns_run(session, self._run.pk, self._run.attempt):
            raise LeaseLost
        write(session, batch)
        return time.monotonic() - began

    async def keep(self, content: bytes | Path, name: str, media_type: str) -> str:
        try:
            digest, size = await asyncio.to_thread(self._bench.artifacts.put, content)
        except TooManyBytes as error:
            hint = "HEADWATER_MAX_ARTIFACT_BYTES says how large an artifact may be."
            raise ArtifactTooLarge(f"{name} has {error}.", hint=hint) from error
        artifact = Artifact(digest=digest, size_bytes=size, media_type=media_type, created_at=now())

        def link(session: Session, _batch: Sequence[None]) -> None:
            link_artifact(session, self._run.pk, name, artifact)

        await self._bench.store.write(partial(self._write_fenced, link, ()))
        # An orphan of the same bytes may have been removed between the two; from now on nobody removes it.
        if not await asyncio.to_thread(self._bench.artifacts.path(digest).is_file):
            await asyncio.to_thread(self._bench.artifacts.put, content)
        return digest

    async def fetch(self, digest: str) -> Path:
        path = self._bench.artifacts.path(digest)
        if not await asyncio.to_thread(path.is_file):
            raise ArtifactLost(f"Artifact {digest} is gone from the store.", hint="Upload its file again.")
        return path

    async def child(self, work: Callable[..., V], *args: object, seconds: float | None = None) -> V:
        return await self._bench.children.call(work, *args, timeout_seconds=seconds)

    async def map(self, work: Callable[[T], V], items: Sequence[T]) -> list[V | ChildFailed]:
        done = 0

        async def one(item: T) -> V | ChildFailed:
            nonlocal done
            try:
                outcome: V | ChildFailed = await self.child(work, item)
            except ChildFailed as failure:
                outcome = failure
            done += 1
            await self.progress(done, len(items))
            return outcome

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(item)) for item in items]
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None  # a stop is a stop, however many heard of it
        return [task.result() for task in tasks]
