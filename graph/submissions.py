"""Submitting, stopping, retrying and deleting runs."""

from typing import Annotated, Any

import strawberry

from db.models import MAIN_WORKSPACE
from db.roles import Role
from graph.arguments import RunId, Workspace
from graph.audit import note
from graph.context import Context, Info
from graph.derive import chosen, run_input
from graph.journal import DONE
from graph.refusals import (
    BadFileRefusal,
    DuplicateRunIdRefusal,
    EngineUnavailableRefusal,
    ForbiddenRefusal,
    InvalidParamsRefusal,
    NotFoundRefusal,
    RunNotReadyRefusal,
    TooManyRunsRefusal,
    UploadNotReadyRefusal,
    WorkspaceBusyRefusal,
)
from graph.runs import Run
from jobs.errors import HeadwaterError, InvalidParams, Rejected
from jobs.pipeline import Pipelines
from jobs.submit import RunOptions, remove_run, retry_run, stop_run, submit_run

MAX_TOGETHER = 50  # runs submitted by one mutation

RunRetried = Annotated[
    Run
    | NotFoundRefusal
    | RunNotReadyRefusal
    | InvalidParamsRefusal
    | TooManyRunsRefusal
    | UploadNotReadyRefusal
    | BadFileRefusal
    | WorkspaceBusyRefusal
    | ForbiddenRefusal
    | EngineUnavailableRefusal,
    strawberry.union("RetryRunResult", description="The new run, or why there is none."),
]
RunStopped = Annotated[
    Run | NotFoundRefusal | ForbiddenRefusal,
    strawberry.union("StopRunResult", description="The run as it is now, or why it was not stopped."),
]


@strawberry.type(description="A run is gone.")
class RunDeleted:
    run_id: str = strawberry.field(description="The id it had.")


RunDeletion = Annotated[
    RunDeleted | NotFoundRefusal | RunNotReadyRefusal | ForbiddenRefusal,
    strawberry.union("DeleteRunResult", description="That the run is gone, or why it is not."),
]
RunSubmitted = Annotated[
    Run
    | InvalidParamsRefusal
    | TooManyRunsRefusal
    | DuplicateRunIdRefusal
    | NotFoundRefusal
    | UploadNotReadyRefusal
    | BadFileRefusal
    | WorkspaceBusyRefusal
    | ForbiddenRefusal
    | EngineUnavailableRefusal,
    strawberry.union("SubmitRunResult", description="The accepted run, or why none was accepted."),
]


@strawberry.input(name="RunOptions", description="How a run is accepted, whatever its kind.")
class RunOptionsInput:
    run_id: str | None = strawberry.field(
        default=None,
        description="Your own id: 1 to 64 letters, digits, dots, underscores or hyphens, unique in its "
        "workspace. The same id with the same input returns the same run; with another input it is refused.",
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="As `runId`, when the id itself is to be made by us."
    )
    workspace: str = strawberry.field(default=MAIN_WORKSPACE, description="Whose run it will be.")
    labels: list[str] = strawberry.field(default_factory=list, description="Words to find it by; 20 at most.")
    priority: int = strawberry.field(
        default=5, description="From 1 (first) to 5. A run is overtaken for 20 minutes at most."
    )
    slots: int = strawberry.field(default=1, description="How many slots it takes while it runs.")
    timeout_seconds: int | None = strawberry.field(
        default=None, description="How long one attempt may take: 1 second to a day."
    )

    def value(self) -> RunOptions:
        return RunOptions(
            run_id=self.run_id,
            idempotency_key=self.idempotency_key,
            workspace=self.workspace,
            labels=tuple(dict.fromkeys(self.labels)),
            priority=self.priority,
            slots=self.slots,
            timeout_seconds=self.timeout_seconds,
        )


@strawberry.type
class RunMutation:
    @strawberry.mutation(
        description="Ask a run to stop: a queued one stops at once, a running one soon, an ended one stays "
        "as it is. Asking twice does no harm."
    )
    async def stop_run(self, info: Info, run_id: RunId, workspace: Workspace = MAIN_WORKSPACE) -> RunStopped:
        return Run.of(await stop_run(info.context.desk, workspace, run_id))

    @strawberry.mutation(description="Submit the input of an ended run again, as a new run.")
    async def retry_run(self, info: Info, run_id: RunId, workspace: Workspace = MAIN_WORKSPACE) -> RunRetried:
        context = info.context
        return Run.of(await retry_run(context.desk, context.principal.name, workspace, run_id))

    @strawberry.mutation(
        description="Delete an ended run with its events. What it wrote into the graph stays: that is its "
        "source's."
    )
    async def delete_run(self, info: Info, run_id: RunId, workspace: Workspace = MAIN_WORKSPACE) -> RunDeletion:
        await remove_run(info.context.desk, workspace, run_id)
        return RunDeleted(run_id=run_id)


@strawberry.type(description="What became of one of several runs that were submitted together.")
class RunSubmission:
    outcome: strawberry.Private[Run | HeadwaterError]

    @strawberry.field(description="The accepted run, or why it was not accepted.")
    def result(self) -> RunSubmitted:
        if isinstance(self.outcome, HeadwaterError):
            raise self.outcome
        return self.outcome


def together_input(run_input_type: Any) -> Any:
    """The input of one run among several."""
    members = {
        "__annotations__": {"run": run_input_type, "options": RunOptionsInput | None},
        "run": strawberry.field(description="What to run: one kind."),
        "options": strawberry.field(default=None, description="How to accept it."),
    }
    made = type("RunSubmissionInput", (), members)
    return strawberry.input(made, description="A run to submit together with others.")


def submission_of(pipelines: Pipelines) -> type[Any]:
    """The mutation type with `submitRun` and `submitRuns`, whose input has one member a kind."""
    run_input_type = run_input(pipelines)

    async def accept(context: Context, run: Any, options: Any) -> Run:
        context.rights.demand(Role.RUNNER, options.workspace if options else MAIN_WORKSPACE)
        pipeline, params = chosen(pipelines, run)
        wanted = options.value() if options else RunOptions()
        return Run.of(await submit_run(context.desk, context.principal.name, pipeline.kind, params, wanted))

    async def submit(self: Any, info: Info, run: Any, options: Any = None) -> Any:
        del self
        return await accept(info.context, run, options)

    async def submit_several(self: Any, info: Info, runs: Any) -> Any:
        del self
        if not 1 <= len(runs) <= MAX_TOGETHER:
            raise InvalidParams("runs", f"must be 1 to {MAX_TOGETHER}")
        found = []
        for each in runs:
            outcome: Run | HeadwaterError
            try:
                outcome = await accept(info.context, each.run, each.options)
            except Rejected as refusal:
                outcome = refusal
            code = outcome.code if isinstance(outcome, HeadwaterError) else DONE
            await note(info.context, "submitRun", code, {"options": each.options}, outcome)
            found.append(RunSubmission(outcome=outcome))
        return found

    submit.__annotations__ = {
        "info": Info,
        "run": Annotated[run_input_type, strawberry.argument(description="What to run: one kind.")],
        "options": Annotated[RunOptionsInput | None, strawberry.argument(description="How to accept it.")],
        "return": RunSubmitted,
    }
    together = together_input(run_input_type)
    words = f"The runs, 1 to {MAX_TOGETHER}, in the order in which they are accepted."
    submit_several.__annotations__ = {
        "info": Info,
        "runs": Annotated[list[together], strawberry.argument(description=words)],  # type: ignore[valid-type]  # made above
        "return": list[RunSubmission],
    }
    one = strawberry.mutation(
        submit, name="submitRun", description="Accept a run and return at once. The work happens later."
    )
    several = strawberry.mutation(
        submit_several,
        name="submitRuns",
        description="Accept several runs, each for itself: one that is refused costs no other. What "
        "comes back is in the order of `runs`.",
    )
    return strawberry.type(type("Submission", (), {"submit_run": one, "submit_runs": several}))
