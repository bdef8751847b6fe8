"""Accept, stop, retry and delete runs: check, write row and event, enqueue after the commit."""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import orjson

from db.history import labels_of
from db.models import MAIN_WORKSPACE, TERMINAL, Run, RunStatus, now
from db.runs import (
    PRIORITIES,
    admit_runs,
    delete_run,
    find_run,
    find_run_by_key,
    hold_run,
    insert_run,
    params_of,
    place_for_run,
    rank_of,
    request_stop,
    stop_queued_run,
    unfinished_runs,
)
from db.session import Session, hold_count
from db.store import Store
from jobs.errors import (
    DuplicateRunId,
    InvalidParams,
    RunNotReady,
    TooManyRuns,
    UnknownRun,
    UnknownWorkspace,
    WorkspaceBusy,
)
from jobs.pipeline import Pipelines, params_from, to_json
from jobs.queue import Entry, Queue
from jobs.settings import MAX_TIMEOUT_SECONDS, WorkSettings

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
MAX_LABELS = 20
MAX_LABEL_CHARACTERS = 100
MAX_KEY_CHARACTERS = 200
UNDER_WAY = 500  # submissions that may be committed at the very same moment: databases take fewer connections


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run is accepted: everything about it that does not depend on its kind."""

    run_id: str | None = None
    idempotency_key: str | None = None
    workspace: str = MAIN_WORKSPACE
    labels: tuple[str, ...] = ()
    priority: int = PRIORITIES[-1]
    slots: int = 1
    timeout_seconds: int | None = None

    def __post_init__(self) -> None:
        if self.run_id is not None and not NAME.fullmatch(self.run_id):
            raise InvalidParams("runId", "must be 1 to 64 letters, digits, dots, underscores or hyphens")
        key = self.idempotency_key
        if key is not None and not (1 <= len(key) <= MAX_KEY_CHARACTERS and key.isprintable()):
            raise InvalidParams("idempotencyKey", f"must be 1 to {MAX_KEY_CHARACTERS} printable characters")
        if len(self.labels) > MAX_LABELS:
            raise InvalidParams("labels", f"are more than {MAX_LABELS}")
        if any(not 1 <= len(label) <= MAX_LABEL_CHARACTERS for label in self.labels):
            raise InvalidParams("labels", f"must each have 1 to {MAX_LABEL_CHARACTERS} characters")
        if not all(map(str.isprintable, self.labels)):
            raise InvalidParams("labels", "hold characters that cannot be shown")
        if self.priority not in PRIORITIES:
            raise InvalidParams("priority", "must be between 1 (first) and 5")
        if self.slots < 1:
            raise InvalidParams("slots", "must be at least 1")
        if self.timeout_seconds is not None and not 1 <= self.timeout_seconds <= MAX_TIMEOUT_SECONDS:
            raise InvalidParams("timeoutSeconds", f"must be between 1 and {MAX_TIMEOUT_SECONDS}")


@dataclass(frozen=True, slots=True)
class Desk:
    """What accepting runs takes, opened once a process."""

    store: Store
    queue: Queue
    pipelines: Pipelines
    settings: WorkSettings


async def submit_run(
    desk: Desk, created_by: str, kind: str, params: object, options: RunOptions, *, retry_of: str | None = None
) -> Run:
    """Accept a run and return its row; the same id or key with the same input returns the same run.

    Raises:
        InvalidParams, UnknownWorkspace, WorkspaceBusy, DuplicateRunId, TooManyRuns: Nothing was written.
        Rejected: What the kind itself refuses; nothing was written either.
    """
    if options.slots > desk.settings.slots:
        raise InvalidParams("slots", f"must be at most {desk.settings.slots}, all that the workers have")
    moment = now()
    stored = to_json(params)
    pipeline = desk.pipelines.get(kind)
    usual = (pipeline and pipeline.timeout_seconds) or desk.settings.run_timeout_seconds
    row = Run(
        workspace=options.workspace,
        run_id=options.run_id or made_up_id(moment),
        idempotency_key=options.idempotency_key,
        created_by=created_by,
        kind=kind,
        input_digest=digest_of(kind, stored),
        retry_of=retry_of,
        priority=options.priority,
        slots=options.slots,
        timeout_seconds=options.timeout_seconds or usual,
        rank=rank_of(moment, options.priority),
        submitted_at=moment,
    )
    check = _checking(pipeline.accept, params) if pipeline and pipeline.accept else None
    work = partial(_accept, row=row, params=stored, labels=options.labels, settings=desk.settings, check=check)
    accepted, admitted = await desk.store.write(work)
    await desk.queue.put(admitted)
    return accepted


def _accept(
    session: Session,
    row: Run,
    params: dict[str, Any],
    labels: tuple[str, ...],
    settings: WorkSettings,
    *,
    check: Callable[[Session, str, UUID], None] | None,
) -> tuple[Run, list[Entry]]:
    place = place_for_run(session, row.workspace)
    if place is None:
        raise UnknownWorkspace(hint="Leave workspace out to use the first one.")
    if place.being_cleared:
        raise WorkspaceBusy("The workspace is being cleared.", hint="Try again in a moment.")
    same = _earlier(session, row)
    if same is not None:
        return same, []
    if place.unfinished >= settings.max_unfinished_runs:
        raise TooManyRuns(place.unfinished, settings.max_unfinished_runs)
    _check_principal(session, row.created_by, place.unfinished, settings.max_unfinished_runs_per_principal)
    if not insert_run(session, row, params, labels):
        # Somebody else committed the same id between our look and our insert.
        winner = _earlier(session, row)
        if winner is None:
            raise DuplicateRunId("runId", row.run_id)
        return winner, []
    if check is not None:
        check(session, row.workspace, row.pk)
    return row, admit_runs(session, settings.capacity)


def _check_principal(session: Session, created_by: str, unfinished: int, most: int) -> None:
    """Refuse a run more than a principal may have unfinished; nobody counts where that cannot be met."""
    if not most or unfinished + UNDER_WAY < most:
        return
    hold_count(session, f"runs:{created_by}")  # ahead of the count, which then sees what others committed
    theirs = unfinished_runs(session, created_by)
    if theirs >= most:
        raise TooManyRuns(theirs, most, whose="runs of yours")


def _checking(
    accept: Callable[[Session, str, UUID, Any], None], params: object
) -> Callable[[Session, str, UUID], None]:
    return lambda session, workspace, pk: accept(session, workspace, pk, params)


def _earlier(session: Session, row: Run) -> Run | None:
    """The run that already has this row's id or key, if its input is the same.

    Raises:
        DuplicateRunId: It is another input.
    """
    by_id = find_run(session, row.workspace, row.run_id)
    if by_id is not None:
        if by_id.input_digest != row.input_digest:
            raise DuplicateRunId("runId", row.run_id)
        return by_id
    if row.idempotency_key is None:
        return None
    by_key = find_run_by_key(session, row.workspace, row.idempotency_key)
    if by_key is not None and by_key.input_digest != row.input_digest:
        raise DuplicateRunId("idempotencyKey", row.idempotency_key)
    return by_key


def made_up_id(moment: datetime) -> str:
    """A run id that sorts by time and is unique: 40 random bits beside the second."""
    return f"{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(5)}"


def digest_of(kind: str, params: Mapping[str, Any]) -> str:
    """What tells a repeated request from another one."""
    content = orjson.dumps([kind, params], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()


async def stop_run(desk: Desk, workspace: str, run_id: str) -> Run:
    """Ask a run to stop. A queued run is stopped at once, a running one soon, an ended one stays as it is.

    Raises:
        UnknownRun: There is no such run.
    """
    row, admitted = await desk.store.write(partial(_stop, workspace=workspace, run_id=run_id, desk=desk))
    await desk.queue.put(admitted)
    return row


def _stop(session: Session, workspace: str, run_id: str, desk: Desk) -> tuple[Run, list[Entry]]:
    row = find_run(session, workspace, run_id)
    if row is None:
        raise UnknownRun
    admitted: list[Entry] = []
    hold_run(session, row.pk)  # or it could change from queued to running, or back, between the two looks
    if stop_queued_run(session, row.pk):
        admitted = admit_runs(session, desk.settings.capacity)
    else:
        request_stop(session, row.pk)
    session.refresh(row)
    return row, admitted


async def retry_run(desk: Desk, created_by: str, workspace: str, run_id: str) -> Run:
    """Submit an ended run's input again, as a new run with the same labels and limits.

    Raises:
        UnknownRun: There is no such run.
        RunNotReady: It has not ended.
        InvalidParams: Its input is no longer acceptable.
    """
    read = partial(_ended_with_params, workspace=workspace, run_id=run_id)
    row, stored, labels = await desk.store.read(read)
    pipeline = desk.pipelines.get(row.kind)
    if pipeline is None:
        raise InvalidParams("runId", f"names a run of kind {row.kind}, which this service no longer has")
    options = RunOptions(
        workspace=workspace,
        labels=labels,
        priority=row.priority,
        slots=row.slots,
        timeout_seconds=row.timeout_seconds,
    )
    params = params_from(pipeline, stored)
    return await submit_run(desk, created_by, row.kind, params, options, retry_of=run_id)


def _ended_with_params(
    session: Session, workspace: str, run_id: str
) -> tuple[Run, dict[str, Any], tuple[str, ...]]:
    row = find_run(session, workspace, run_id)
    if row is None:
        raise UnknownRun
    if row.status not in TERMINAL:
        raise RunNotReady(run_id, RunStatus(row.status).name)
    return row, params_of(session, row.pk), tuple(labels_of(session, [row.pk])[row.pk])


async def remove_run(desk: Desk, workspace: str, run_id: str) -> None:
    """Delete an ended run with its events. What it wrote into the graph stays: that belongs to its source.

    Raises:
        UnknownRun: There is no such run.
        RunNotReady: It has not ended.
    """

    def work(session: Session) -> None:
        row = find_run(session, workspace, run_id)
        if row is None:
            raise UnknownRun
        if not delete_run(session, row.pk):
            raise RunNotReady(run_id, RunStatus(row.status).name)

    await desk.store.write(work)
