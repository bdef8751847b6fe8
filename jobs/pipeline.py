"""What a run kind is, and what it may do to the world."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Generic, Protocol, TypeVar
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic_settings import BaseSettings

from jobs.errors import ChildFailed, InvalidParams

if TYPE_CHECKING:  # only the type is named here; pipelines themselves must not reach db
    from db.session import Session

P = TypeVar("P")
R = TypeVar("R")
S = TypeVar("S", bound=BaseSettings)
S_co = TypeVar("S_co", bound=BaseSettings, covariant=True)
T = TypeVar("T")
V = TypeVar("V")

WIDE = "64 bits"
Long = Annotated[int, WIDE]
"""A number in a result that may need 64 bits."""


class RunContext(Protocol[S_co]):
    """Everything a pipeline may do besides computing. Tests pass their own."""

    @property
    def settings(self) -> S_co: ...

    @property
    def run_pk(self) -> UUID:
        """The run's inner id, for `read.py` and `save.py`."""
        ...

    @property
    def workspace(self) -> str: ...

    @property
    def scratch(self) -> Path:
        """An empty directory, deleted when the run ends."""
        ...

    def stage(self, name: str) -> AbstractAsyncContextManager[None]:
        """Emit STAGE_STARTED and STAGE_COMPLETED around a block, renew the lease, stop if asked to."""
        ...

    async def progress(self, done: int, total: int) -> None:
        """Say how far the present stage is; costs nothing more often than four times a second."""
        ...

    async def notice(self, message: str) -> None:
        """Tell those who watch something in words."""
        ...

    async def read(self, work: Callable[[Session], V]) -> V:
        """Run a function of this pipeline's `read.py` over a read-only session."""
        ...

    async def reserve(self) -> int:
        """Reserve the workspace's next revision, waiting while another run holds it; its number."""
        ...

    async def stream(self, write: Callable[[Session, Sequence[T]], None], rows: Sequence[T]) -> None:
        """Write rows ahead, unseen, in transactions of some 50 ms, each fenced by this attempt."""
        ...

    async def keep(self, content: bytes | Path, name: str, media_type: str) -> str:
        """Store bytes or a file as an artifact of this run and return its SHA-256 in hexadecimal."""
        ...

    async def fetch(self, digest: str) -> Path:
        """A file with an artifact's bytes, to be read and not changed.

        Raises:
            ArtifactLost: It is gone from the store.
        """
        ...

    async def child(self, work: Callable[..., V], *args: object, seconds: float | None = None) -> V:
        """Call a module-level function in a child process with limits, which a stop or a timeout kills.

        `seconds` is how long it may take, where that is not what children are given.
        """
        ...

    async def map(self, work: Callable[[T], V], items: Sequence[T]) -> list[V | ChildFailed]:
        """Call a function on each item in child processes; a failure stands in its item's place."""
        ...


LOOK_SECONDS = 0.25  # between two looks at how far a child is
STEPS = 1_000  # that its progress is told in


async def followed(
    context: RunContext[Any], work: Coroutine[Any, Any, V], how_far: Callable[[], float | None]
) -> V:
    """Wait for a child, telling as progress of the stage what it says: a fraction, or None while it cannot.

    A stop is heard here: it ends the child, which is waited for.
    """
    task = asyncio.create_task(work)
    try:
        while not (await asyncio.wait({task}, timeout=LOOK_SECONDS))[0]:
            if (done := await asyncio.to_thread(how_far)) is not None:
                await context.progress(round(done * STEPS), STEPS)
        return task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class NoSettings(BaseSettings):
    """A kind that leaves nothing to tune."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline(Generic[P, R, S]):
    """One run kind.

    `accept` runs inside the transaction that accepts the run, once its row is there: it refuses params that do
    not fit what is stored, and links what the run will need. `save` runs inside the transaction that marks the
    run completed. A result whose `gaps` is not empty ends the run as COMPLETED_WITH_GAPS. `timeout_seconds` is
    how long one attempt may take when its submission does not say. The `artifact` of a `tabular` kind's result,
    unless it is None, is a Parquet file whose rows are shown in pages.
    """

    kind: str
    description: str
    params: type[P]
    result: type[R]
    settings: type[S]
    stages: tuple[str, ...]
    run: Callable[[RunContext[S], P], Awaitable[R]]
    save: Callable[[Session, UUID, int, R], None] | None = None
    accept: Callable[[Session, str, UUID, P], None] | None = None
    timeout_seconds: int | None = None
    tabular: bool = False


Pipelines = Mapping[str, Pipeline[Any, Any, Any]]


def load_pipelines(packages: Iterable[str]) -> Pipelines:
    """The run kinds found as folders of these packages, by name."""
    found: dict[str, Pipeline[Any, Any, Any]] = {}
    for package in packages:
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
            if module.ispkg:
                pipeline = importlib.import_module(f"{package}.{module.name}").PIPELINE
                found[pipeline.kind] = pipeline
    return dict(sorted(found.items()))


@cache
def _adapter(of: Any) -> TypeAdapter[Any]:
    return TypeAdapter(of)


def to_json(value: object) -> dict[str, Any]:
    """A params or result value as it is stored. `from_json` gives back an equal value."""
    kind: Any = type(value)
    stored: dict[str, Any] = _adapter(kind).dump_python(value, mode="json")
    return stored


def from_json(into: type[P], stored: dict[str, Any]) -> P:
    """A params or result value from what `to_json` made of an equal one."""
    kind: Any = into
    value: P = _adapter(kind).validate_python(stored)
    return value


def params_from(pipeline: Pipeline[P, R, S], stored: dict[str, Any]) -> P:
    """The params of a run that was accepted earlier, perhaps by an older version of its kind.

    Raises:
        InvalidParams: The kind no longer takes them.
    """
    try:
        return from_json(pipeline.params, stored)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "params"
        problem = f"is not what runs of kind {pipeline.kind} take any more"
        raise InvalidParams(where, problem, hint="Submit it anew, as a run of today.") from error
