"""Runs, as clients see them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import relay

from db.history import ListedRun, RunFilter, count_runs, list_runs
from db.models import MAIN_WORKSPACE, now
from db.models import Run as RunRow
from graph.arguments import After, AfterSeq, First, RunId, Workspace, in_utc
from graph.artifacts import Artifact
from graph.context import Info
from graph.derive import RunResult, enum_of, to_result
from graph.enums import RunStatus
from graph.events import UNSEEN, RunError, RunEvent, event_of
from graph.paging import encode_cursor, page_of, page_size, time_key
from graph.scalars import Json
from jobs.engines.sql.values import Engine
from jobs.errors import InvalidParams, RunNotReady, UnknownRun
from jobs.pipeline import from_json

MAX_TEXT = 200  # characters that are looked for in statements

enum_of(Engine)


@strawberry.type(description="How far a run is.")
class Progress:
    percent: float = strawberry.field(description="From 0 to 100; never goes down, over all attempts.")
    stage: str | None = strawberry.field(description="The newest stage, or null before the first.")
    elapsed_seconds: float | None = strawberry.field(description="Since a worker first took the run.")
    estimated_remaining_seconds: float | None = strawberry.field(
        description="From what was done so far in what time; null while that says nothing."
    )


def progress_of(row: RunRow | ListedRun) -> Progress:
    elapsed = ((row.finished_at or now()) - row.started_at).total_seconds() if row.started_at else None
    remaining = None
    if RunStatus(row.status) is RunStatus.RUNNING and elapsed and row.progress > 0:
        remaining = round(elapsed * (100 - row.progress) / row.progress, 1)
    return Progress(
        percent=row.progress,
        stage=row.stage,
        elapsed_seconds=elapsed,
        estimated_remaining_seconds=remaining,
    )


@strawberry.type(description="One accepted request, from submission to a terminal status.")
class Run(relay.Node):
    pk: relay.NodeID[UUID]
    row: strawberry.Private[RunRow | ListedRun]
    workspace: str = strawberry.field(description="Whose run it is.")
    run_id: str = strawberry.field(description="Unique in its workspace; chosen by the client or made by us.")
    kind: str = strawberry.field(description="What kind of run it is.")
    status: RunStatus = strawberry.field(description="Where it is in its life.")
    created_by: str = strawberry.field(description="Who submitted it.")
    idempotency_key: str | None = strawberry.field(description="The key it was submitted with.")
    retry_of: str | None = strawberry.field(description="The run that this one tries again.")
    priority: int = strawberry.field(description="From 1 (first) to 5.")
    slots: int = strawberry.field(description="How many slots it takes.")
    timeout_seconds: int = strawberry.field(description="How long one attempt may take.")
    attempt: int = strawberry.field(description="How often a worker has taken it.")
    last_seq: int = strawberry.field(description="Number of its newest event.")
    submitted_at: datetime = strawberry.field(description="When it was accepted.")
    started_at: datetime | None = strawberry.field(description="When a worker first took it.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    stop_requested_at: datetime | None = strawberry.field(description="When somebody asked it to stop.")

    @strawberry.field(description="How far it is.")
    def progress(self) -> Progress:
        return progress_of(self.row)

    @strawberry.field(
        description="Why it ended: COMPLETED, COMPLETED_WITH_GAPS, STOPPED, or its error's code; null before."
    )
    def finish_reason(self) -> str | None:
        if self.finished_at is None:
            return None
        return str(self.row.error["code"]) if self.row.error else self.status.name

    @strawberry.field(description="Why it failed; null unless it did.")
    def error(self, info: Info) -> RunError | None:
        shown = info.context.rights.sees_definitions(self.workspace)
        return RunError.of(self.row.error, shown=shown) if self.row.error else None

    @strawberry.field(
        description="What it found or made; null if it failed or was stopped. RUN_NOT_READY before it ends."
    )
    def result(self, info: Info) -> RunResult | None:
        row, pipelines = self.row, info.context.desk.pipelines
        if row.finished_at is None:
            raise RunNotReady(row.run_id, self.status.name)
        if row.result is None or row.kind not in pipelines:
            return None
        pipeline = pipelines[row.kind]
        value = from_json(pipeline.result, row.result)
        if not info.context.rights.sees_definitions(row.workspace):
            value = without_words(value)
        more = {"run_pk": row.pk, "workspace": row.workspace} if pipeline.tabular else {}
        return to_result(pipeline, value, **more)

    @strawberry.field(description="The words it was labelled with, in order.")
    async def labels(self, info: Info) -> list[str]:
        return await info.context.loaders.labels.load(self.pk)

    @strawberry.field(
        description="What was submitted, by the names it is stored under; null for those who may not see "
        "definitions."
    )
    async def input(self, info: Info) -> Json | None:
        if not info.context.rights.sees_definitions(self.workspace):
            return None
        found = await info.context.loaders.inputs.load(self.pk)
        return None if found is None else Json(found)

    @strawberry.field(description="What it took or made, by name.")
    async def artifacts(self, info: Info) -> list[Artifact]:
        found = await info.context.loaders.artifacts.load(self.pk)
        return [Artifact.of(self.workspace, name, row) for name, row in found]

    @strawberry.field(description="Its place among queued runs, from 1; null unless it is queued.")
    async def queue_position(self, info: Info) -> int | None:
        if self.status is not RunStatus.QUEUED:
            return None
        return await info.context.loaders.queue_positions.load(self.pk)

    @strawberry.field(description="When it may start, going by how long runs took lately; null if unknown.")
    async def estimated_start(self, info: Info) -> datetime | None:
        loaders = info.context.loaders
        position = await loaders.queue_positions.load(self.pk) if self.status is RunStatus.QUEUED else None
        usual: timedelta | None = await loaders.usual_duration.load(None)
        if position is None or usual is None:
            return None
        turns = -(-position // info.context.desk.settings.max_concurrent_runs)
        return now() + usual * turns

    @strawberry.field(description="Its events by number: what runEvents delivers, for those who poll.")
    async def events(self, info: Info, after: AfterSeq = 0, first: First = 100) -> list[RunEvent]:
        if after < 0:
            raise InvalidParams("after", "must not be negative")
        rows = await info.context.loaders.events.load((self.pk, after, page_size(first)))
        shown = info.context.rights.sees_definitions(self.workspace)
        return [event_of(row, shown=shown) for row in rows]

    @classmethod
    def of(cls, row: RunRow | ListedRun) -> "Run":
        copied = dict(zip(COPIED, values_of(row), strict=True))
        return cls(pk=row.pk, row=row, status=RunStatus(row.status), **copied)

    @classmethod
    async def resolve_nodes(  # type: ignore[override]  # ours is always asynchronous
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list["Run | None"]:
        del required  # an unknown id gives null, or the error of a missing required node
        rows = await info.context.loaders.runs.load_many([uuid_of(node_id) for node_id in node_ids])
        role_in = info.context.rights.role_in
        return [cls.of(row) if row and role_in(row.workspace) is not None else None for row in rows]


def without_words(value: Any) -> Any:
    """A result without what may quote SQL: the messages of gaps, warnings, and plans."""
    hidden: dict[str, Any] = {}
    if gaps := getattr(value, "gaps", ()):
        hidden["gaps"] = tuple(
            UNSEEN if isinstance(gap, str) else replace(gap, message=UNSEEN, remedy="") for gap in gaps
        )
    if warnings := getattr(value, "warnings", ()):
        hidden["warnings"] = (UNSEEN,) * len(warnings)
    if getattr(value, "plan", ()):  # its filters quote the statement
        hidden["plan"] = ()
    return replace(value, **hidden)


COPIED = (
    "workspace",
    "run_id",
    "kind",
    "created_by",
    "idempotency_key",
    "retry_of",
    "priority",
    "slots",
    "timeout_seconds",
    "attempt",
    "last_seq",
    "submitted_at",
    "started_at",
    "finished_at",
    "stop_requested_at",
)
values_of = attrgetter(*COPIED)


def uuid_of(node_id: str) -> UUID:
    """The inner id in a global id.

    Raises:
        InvalidParams: It is none.
    """
    try:
        return UUID(node_id)
    except ValueError as error:
        raise InvalidParams("id", "is no global id of ours") from error


@strawberry.input(name="RunFilter", description="Which runs a list shows; what is left out does not narrow it.")
class RunFilterInput:
    kind: str | None = strawberry.field(default=None, description="Only runs of this kind.")
    status: list[RunStatus] | None = strawberry.field(default=None, description="Only runs in these.")
    label: str | None = strawberry.field(default=None, description="Only runs with this label.")
    created_by: str | None = strawberry.field(default=None, description="Only runs submitted by them.")
    submitted_after: datetime | None = strawberry.field(default=None, description="Only later runs.")
    submitted_before: datetime | None = strawberry.field(default=None, description="Only earlier runs.")
    engine: Engine | None = strawberry.field(default=None, description="Only queries of this engine.")
    text: str | None = strawberry.field(
        default=None,
        description="Only queries whose statement has this text, in any capitals of ASCII; 200 characters at "
        "most. For those who may see definitions.",
    )
    longer_than_seconds: float | None = strawberry.field(
        default=None, description="Only ended runs that took longer, from their first start."
    )
    shorter_than_seconds: float | None = strawberry.field(
        default=None, description="Only ended runs that took less, from their first start."
    )

    def value(self) -> RunFilter:
        """The filter.

        Raises:
            InvalidParams: The text is too long.
        """
        if len(self.text or "") > MAX_TEXT:
            raise InvalidParams("filter.text", f"has more than {MAX_TEXT} characters")
        return RunFilter(
            engine=self.engine and self.engine.value,
            text=self.text or None,
            longer_than=self.longer_than_seconds,
            shorter_than=self.shorter_than_seconds,
            kinds=(self.kind,) if self.kind is not None else (),
            statuses=tuple(dict.fromkeys(self.status or ())),
            label=self.label,
            created_by=self.created_by,
            submitted_after=self.submitted_after and in_utc("filter.submittedAfter", self.submitted_after),
            submitted_before=self.submitted_before and in_utc("filter.submittedBefore", self.submitted_before),
        )


@strawberry.type(description="Runs, newest first.")
class RunConnection(relay.Connection[Run]):
    workspace: strawberry.Private[str]
    wanted: strawberry.Private[RunFilter]

    @strawberry.field(description="How many runs fit the filter in all: counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        count = partial(count_runs, workspace=self.workspace, wanted=self.wanted)
        return await info.context.desk.store.read(count)


def run_connection(
    rows: Sequence[RunRow | ListedRun], first: int, after: str | None, workspace: str, wanted: RunFilter
) -> RunConnection:
    cursors = [encode_cursor(row.submitted_at.isoformat(), row.pk.hex) for row in rows]
    edges = [relay.Edge(cursor=at, node=Run.of(row)) for at, row in zip(cursors, rows, strict=True)]
    return RunConnection(
        page_info=page_of(rows, first, after=after, cursors=cursors),
        edges=edges[:first],
        workspace=workspace,
        wanted=wanted,
    )


@strawberry.type
class RunQuery:
    @strawberry.field(description="A run by its id. NOT_FOUND if there is none, or it is not yours.")
    async def run(self, info: Info, run_id: RunId, workspace: Workspace = MAIN_WORKSPACE) -> Run | None:
        row = await info.context.loaders.runs_by_id.load((workspace, run_id))
        if row is None:
            raise UnknownRun
        return Run.of(row)

    @strawberry.field(description="Runs by filter, newest first; pages stay put while runs are added.")
    async def runs(
        self,
        info: Info,
        filter: Annotated[  # noqa: A002 - the API's word
            RunFilterInput | None, strawberry.argument(description="Which runs.")
        ] = None,
        first: First = 50,
        after: After = None,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> RunConnection:
        wanted = filter.value() if filter else RunFilter()
        if wanted.text is not None:
            info.context.rights.demand_definitions(workspace)
        limit = page_size(first) + 1
        read = partial(list_runs, workspace=workspace, wanted=wanted, after=time_key(after), limit=limit)
        rows = await info.context.desk.store.read(read)
        return run_connection(rows, first, after, workspace, wanted)
