"""What a worker process has at hand, opened once at start-up."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic_settings import BaseSettings

from db.artifacts import Folder
from db.hints import Hints
from db.store import Store
from jobs.children import Children
from jobs.pipeline import Pipelines
from jobs.queue import Queue
from jobs.scratch import Scratch
from jobs.settings import EmissionSettings, WorkSettings

LEASE = timedelta(seconds=6)  # how long a run stays with a worker that says nothing
HEARTBEAT_SECONDS = 2.0  # two may be lost before the lease is
TRIES = 3  # attempts that may die or fail in a way worth trying again, before the run fails


class Interruption(Enum):
    """Why an execution was ended from outside."""

    STOPPED = "somebody asked the run to stop"
    TIMED_OUT = "the run took longer than its timeout"
    LOST = "another attempt owns the run now"
    SHUT_DOWN = "the worker is shutting down"


@dataclass(slots=True, eq=False)
class Execution:
    """One attempt of a run in this process: its task, and why it was interrupted if it was."""

    attempt: int
    task: asyncio.Task[Any] | None = None
    interruption: Interruption | None = None

    def interrupt(self, why: Interruption) -> None:
        """End the pipeline at its next await; its child process is killed. The first reason counts."""
        if self.interruption is None:
            self.interruption = why
        if self.task is not None:
            self.task.cancel()


@dataclass(frozen=True, slots=True)
class Bench:
    """What a worker process has at hand."""

    worker: str  # unique among all workers that ever were
    store: Store
    queue: Queue
    hints: Hints
    artifacts: Folder
    scratch: Scratch
    children: Children
    pipelines: Pipelines
    settings: WorkSettings
    emission: EmissionSettings
    pipeline_settings: Mapping[str, BaseSettings]
    executions: dict[UUID, Execution] = field(default_factory=dict)  # what this process holds leases for
