"""Misbehave on request."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from db.assertions import Change, ensure_source, write_changes
from db.lineage import Asset, AssetFact, identity
from db.revisions import commit_revision
from db.session import Session
from jobs.errors import RunFailed
from jobs.pipeline import RunContext
from tests.pipelines.chores.values import Chore, ChoreParams, ChoreResult

LOOK_SECONDS = 0.02
HOLD_SECONDS = 20.0  # a transaction that is held open for longer is let go


class TryAgain(RunFailed):
    """The first attempts fail."""

    code: ClassVar[str] = "TRY_AGAIN"
    retryable: ClassVar[bool] = True


def spin() -> int:
    """Hold the GIL in C for years."""
    return sum(range(10**14))


def write_batch(session: Session, changes: Sequence[Change], revision: int) -> None:
    write_changes(session, changes, revision)


def rows_to_write(context: RunContext[Any], source: UUID, size: int, revision: int) -> list[Change]:
    """`size` assets, then a fact about each: what is referred to comes first."""
    assets: list[Change] = []
    facts: list[Change] = []
    for number in range(size):
        name = f"chore.{context.run_pk.hex}.{number}"
        pk = identity(context.workspace, "chores", name)
        asset = {
            "pk": pk,
            "workspace": context.workspace,
            "namespace": "chores",
            "name_key": name,
            "name": name,
            "born": revision,
        }
        fact = {
            "pk": identity("assertion", name, str(revision)),
            "fact": identity(name),
            "workspace": context.workspace,
            "source_pk": source,
            "since": revision,
            "asset_pk": pk,
            "kind": "table",
            "columns_complete": True,
        }
        assets.append(Change(Asset, asset))
        facts.append(Change(AssetFact, fact))
    return assets + facts


async def appeared(path: str) -> None:
    while not (path and Path(path).exists()):  # noqa: ASYNC110, ASYNC240 - another process makes the file
        await asyncio.sleep(LOOK_SECONDS)  # sleeps: the run's own timeout is its deadline


async def run(context: RunContext[Any], params: ChoreParams) -> ChoreResult:
    async with context.stage("PREPARE"):
        if Path(params.path).is_absolute():  # others are names that no file has
            note_attempt(params.path)
    async with context.stage("WORK"):
        await work(context, params)
    async with context.stage("SAVE"):
        if params.pause_at_save:
            await appeared(params.path)
    return ChoreResult(
        attempts_at(params.path),
        gaps=("something",) if params.chore is Chore.GAPS else (),
        held_by=params.path if params.pause_in_save else "",
    )


def attempts_at(path: str) -> int:
    noted = Path(f"{path}.attempts")
    return len(noted.read_text().splitlines()) if path and noted.exists() else 0


def note_attempt(path: str) -> None:
    with Path(f"{path}.attempts").open("a") as noted:
        noted.write(f"{os.getpid()}\n")


async def work(context: RunContext[Any], params: ChoreParams) -> None:
    match params.chore:
        case Chore.WAIT:
            await appeared(params.path)
        case Chore.SPIN_IN_CHILD:
            await context.child(spin)
        case Chore.KILL_WORKER:
            os.kill(os.getpid(), signal.SIGKILL)
        case Chore.FAIL_RETRYABLY:
            if not (params.path and Path(params.path).exists()):  # noqa: ASYNC240 - a file of the test
                raise TryAgain
        case Chore.CANCEL_ITSELF:
            raise asyncio.CancelledError
        case Chore.COUNT:
            for step in range(params.size):
                await context.progress(step + 1, params.size)
        case Chore.WRITE_AHEAD:
            await write_ahead(context, params)
        case Chore.GAPS:
            await context.notice("Something was left undone.")


async def write_ahead(context: RunContext[Any], params: ChoreParams) -> None:
    revision = await context.reserve()
    source = identity("source", context.workspace, "chores")

    def make_source(session: Session, _rows: Sequence[int]) -> None:
        ensure_source(session, context.workspace, "chores")

    await context.stream(make_source, [0])
    rows = rows_to_write(context, source, params.size, revision)
    await context.stream(partial(write_batch, revision=revision), rows)


def save(session: Session, run_pk: UUID, attempt: int, result: ChoreResult) -> None:
    """Move the head, and hold the transaction open if asked to: a note tells the test that it is held."""
    commit_revision(session, run_pk, attempt)
    if result.held_by:
        Path(f"{result.held_by}.saving").touch()
        deadline = time.monotonic() + HOLD_SECONDS
        while not Path(result.held_by).exists() and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
