"""Emptying a workspace."""

from typing import Annotated

import strawberry

from graph.context import Info
from graph.refusals import ForbiddenRefusal, InvalidParamsRefusal, NotFoundRefusal, WorkspaceBusyRefusal
from graph.scalars import BigInt
from jobs.clearing import clear_workspace


@strawberry.type(description="What there was of one sort.")
class Cleared:
    what: str = strawberry.field(
        description="`runs`, `events`, `uploads`, `artifacts` (that runs referred to), `sources`, `revisions`, "
        "`assets`, `columns`, `edges`, `definitions`, `search entries`, `gaps` or `assertions`."
    )
    count: BigInt = strawberry.field(description="How many were deleted; 0 if there were none.")


@strawberry.type(description="The workspace is empty.")
class WorkspaceCleared:
    workspace: str = strawberry.field(description="Its name; it is there still.")
    cleared: list[Cleared] = strawberry.field(description="What was deleted.")


WorkspaceClearing = Annotated[
    WorkspaceCleared | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("ClearWorkspaceResult", description="What was deleted, or why nothing was."),
]


@strawberry.type
class WorkspaceMutation:
    @strawberry.mutation(
        description="Delete everything in a workspace: its graph, runs, uploads and, some time later, bytes "
        "that no other workspace refers to. Refused while runs in it have not ended. There is no way back."
    )
    async def clear_workspace(
        self,
        info: Info,
        workspace: Annotated[str, strawberry.argument(description="Which one.")],
        confirm: Annotated[str, strawberry.argument(description="Its name again.")],
    ) -> WorkspaceClearing:
        counts = await clear_workspace(info.context.desk.store, workspace, confirm)
        return WorkspaceCleared(
            workspace=workspace,
            cleared=[Cleared(what=what, count=BigInt(count)) for what, count in counts.items()],
        )
