"""Events of a run, as clients watch them."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Protocol

import strawberry

from db.events import follow_run
from db.models import MAIN_WORKSPACE, EventName
from db.models import RunEvent as EventRow
from graph.arguments import AfterSeq, RunId, Workspace
from graph.context import Info
from graph.enums import RunStatus
from jobs.errors import InvalidParams, UnknownRun

UNSEEN = "You may not see definitions."
"""In the place of words that may quote SQL."""
NO_QUOTES = frozenset(
    {
        *("TIMEOUT", "WORKER_LOST", "UNKNOWN_KIND", "DATABASE_AWAY", "CHILD_DIED", "OUT_OF_MEMORY"),
        *("ARTIFACT_TOO_LARGE", "ARTIFACT_MISSING", "SOURCE_SHRANK", "INTERNAL", "BUSY"),
    }
)
"""Errors of runs whose words are only ours, numbers, and names that lineage shows anyway."""


@strawberry.type(description="One way in which the files of a run are not what they should be.")
class RunProblem:
    code: str = strawberry.field(description="Stable; safe to compare against.")
    file: str = strawberry.field(description="The name of the file, or of the entry in an archive.")
    field: str = strawberry.field(description="The column or the path of a value; empty: the file as a whole.")
    message: str = strawberry.field(
        description="For people; may change. Hidden from those who may not see definitions."
    )
    row_count: int = strawberry.field(description="How many rows, entries or values are wrong in this way.")
    rows: list[str] = strawberry.field(
        description="The first of them, in words; none for those who may not see definitions."
    )

    @classmethod
    def of(cls, stored: dict[str, Any], *, shown: bool) -> "RunProblem":
        return cls(**(stored if shown else stored | {"message": UNSEEN, "rows": []}))


@strawberry.type(description="Why a run failed.")
class RunError:
    code: str = strawberry.field(description="Stable; safe to compare against.")
    message: str = strawberry.field(
        description="For people; may change. Hidden, if it may quote, from those who may not see definitions."
    )
    hint: str = strawberry.field(description="What to do next; may be empty.")
    line: int | None = strawberry.field(
        description="The line of the statement that is wrong, from 1; null if it is not known."
    )
    column: int | None = strawberry.field(description="The character of that line, from 1.")
    problems: list[RunProblem] = strawberry.field(
        description="What is wrong with the run's files, if that is why: the first 100."
    )

    @classmethod
    def of(cls, stored: dict[str, Any], *, shown: bool) -> "RunError":
        whole = shown or stored["code"] in NO_QUOTES
        return cls(
            code=stored["code"],
            message=stored["message"] if whole else UNSEEN,
            hint=stored.get("hint", "") if whole else "",
            line=stored.get("line"),
            column=stored.get("column"),
            problems=[RunProblem.of(each, shown=shown) for each in stored.get("problems", ())],
        )


@strawberry.interface(description="A fact about a run, never changed once written.")
class RunEvent:
    seq: int = strawberry.field(description="Counted from 1 for each run, without gaps. Pass it as `after`.")
    at: datetime = strawberry.field(description="When it was written.")
    attempt: int = strawberry.field(description="Which attempt of the run it belongs to; 0 before the first.")


@strawberry.type(description="The run was accepted and is queued.")
class RunAccepted(RunEvent):
    kind: str = strawberry.field(description="What kind of run it is.")


@strawberry.type(description="A worker has taken the run.")
class RunStarted(RunEvent):
    worker: str = strawberry.field(description="Which worker.")


@strawberry.type(description="A stage has begun.")
class StageStarted(RunEvent):
    stage: str = strawberry.field(description="Its name.")


@strawberry.type(description="How far a stage is; at most four a second.")
class StageProgress(RunEvent):
    stage: str = strawberry.field(description="Its name.")
    done: int = strawberry.field(description="What is done of `total`.")
    total: int = strawberry.field(description="What there is to do in this stage.")
    percent: float = strawberry.field(description="How far the whole run is, from 0 to 100.")


@strawberry.type(description="A stage has ended.")
class StageCompleted(RunEvent):
    stage: str = strawberry.field(description="Its name.")
    duration_ms: int = strawberry.field(description="How long it took, in milliseconds.")
    done: int = strawberry.field(description="What was done; 0 where the stage does not count.")
    total: int = strawberry.field(description="What there was to do; 0 where the stage does not count.")


@strawberry.type(description="Something worth knowing, in words.")
class RunNotice(RunEvent):
    message: str = strawberry.field(
        description="The words; hidden from those who may not see definitions, which they may quote."
    )


@strawberry.type(description="The run is back in the queue.")
class RunRequeued(RunEvent):
    reason: str = strawberry.field(
        description="Why; hidden from those who may not see definitions, which it may quote."
    )
    wait_seconds: float = strawberry.field(description="How long it backs off first.")


@strawberry.type(description="The run has ended; nothing follows.")
class RunFinished(RunEvent):
    status: RunStatus = strawberry.field(description="How it ended.")
    error: RunError | None = strawberry.field(description="Why it failed, if it did.")


def _plain(data: dict[str, Any], *, shown: bool) -> dict[str, Any]:
    """The fields of an event that quotes nothing."""
    del shown
    return data


def _worded(data: dict[str, Any], *, shown: bool) -> dict[str, Any]:
    """The fields of an event with words that may quote."""
    return data if shown else {name: UNSEEN if name in WORDS else value for name, value in data.items()}


def _finished(data: dict[str, Any], *, shown: bool) -> dict[str, Any]:
    error = data.get("error")
    told = RunError.of(error, shown=shown) if error else None
    return {"status": RunStatus(data["status"]), "error": told}


class Details(Protocol):
    """Makes of an event's stored data the fields of its type."""

    def __call__(self, data: dict[str, Any], *, shown: bool) -> dict[str, Any]: ...


WORDS = frozenset({"message", "reason"})
TYPES: dict[EventName, tuple[type[RunEvent], Details]] = {
    EventName.ACCEPTED: (RunAccepted, _plain),
    EventName.STARTED: (RunStarted, _plain),
    EventName.STAGE_STARTED: (StageStarted, _plain),
    EventName.STAGE_PROGRESS: (StageProgress, _plain),
    EventName.STAGE_COMPLETED: (StageCompleted, _plain),
    EventName.NOTICE: (RunNotice, _worded),
    EventName.REQUEUED: (RunRequeued, _worded),
    EventName.FINISHED: (RunFinished, _finished),
}
EVENT_TYPES = tuple(made for made, _ in TYPES.values())


def event_of(row: EventRow, *, shown: bool) -> RunEvent:
    """An event as somebody may see it who sees definitions, or does not."""
    into, details = TYPES[EventName(row.name)]
    return into(seq=row.seq, at=row.at, attempt=row.attempt, **details(row.data, shown=shown))


@strawberry.type
class RunSubscription:
    @strawberry.subscription(
        description="Past events of a run, then new ones as they are written, until the run has ended. "
        "To resume, pass the `seq` of the last event seen as `after`: none is missed or repeated."
    )
    async def run_events(
        self,
        info: Info,
        run_id: RunId,
        after: AfterSeq = 0,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> AsyncIterator[RunEvent]:
        if after < 0:
            raise InvalidParams("after", "must not be negative")
        context = info.context
        run = await context.loaders.runs_by_id.load((workspace, run_id))
        if run is None:
            raise UnknownRun
        shown = context.rights.sees_definitions(workspace)  # who loses that loses the socket: see graph.sockets
        async for row in follow_run(context.desk.store, context.hints, run.pk, after):
            yield event_of(row, shown=shown)
