"""Sources: who asserts the graph, how much of it, and how one is deleted."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from db.checkup import SourceState, source_states
from db.models import MAIN_WORKSPACE, now
from db.session import Session
from db.sources import Holdings, holdings
from graph.arguments import AsOfArgument, Workspace, revision_of
from graph.context import Info
from graph.refusals import ForbiddenRefusal, InvalidParamsRefusal, WorkspaceBusyRefusal
from graph.scalars import BigInt
from jobs.departing import delete_source

STALE_AFTER = timedelta(days=7)


@strawberry.type(description="How much a source asserts.")
class AssertedCounts:
    assets: BigInt = strawberry.field(description="Assets.")
    columns: BigInt = strawberry.field(description="Columns.")
    edges: BigInt = strawberry.field(description="Edges.")
    annotations: BigInt = strawberry.field(description="Owners, tags, descriptions and others.")

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "AssertedCounts":
        return cls(**{part: BigInt(count) for part, count in counts.items()})


@strawberry.type(description="Who asserts a part of the graph.")
class SourceInfo:
    name: str = strawberry.field(description="The name that runs give; `people` for what people say.")
    asserted: AssertedCounts = strawberry.field(description="All that it asserts.")
    alone: AssertedCounts = strawberry.field(description="What no other source asserts, and would go with it.")
    last_changed_at: datetime | None = strawberry.field(
        description="When the graph last changed by it; null if that is not known."
    )
    last_run_at: datetime | None = strawberry.field(
        description="When a run of it last completed within seven days; null if none did."
    )
    stale: bool = strawberry.field(description="Whether no run of it completed within seven days.")

    @classmethod
    def of(cls, held: Holdings, state: SourceState | None) -> "SourceInfo":
        return cls(
            name=held.name,
            asserted=AssertedCounts.of(held.every),
            alone=AssertedCounts.of(held.alone),
            last_changed_at=state.changed_at if state else None,
            last_run_at=state.run_at if state else None,
            stale=state is None or state.run_at is None,
        )


@strawberry.type(description="A source says nothing any more.")
class SourceDeleted:
    name: str = strawberry.field(description="The source.")
    revision: int = strawberry.field(description="The first revision without it; those before still show it.")
    gone: AssertedCounts = strawberry.field(description="What no other source asserts, and is gone.")


SourceDeletion = Annotated[
    SourceDeleted | InvalidParamsRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("DeleteSourceResult", description="What is gone, or why nothing was deleted."),
]


@strawberry.type
class SourceQuery:
    @strawberry.field(
        description="The sources that assert anything, by name, and how much. It counts all that is asserted."
    )
    async def sources(
        self, info: Info, workspace: Workspace = MAIN_WORKSPACE, as_of: AsOfArgument = None
    ) -> list[SourceInfo]:
        def read(session: Session) -> tuple[Sequence[Holdings], Sequence[SourceState]]:
            at = revision_of(session, workspace, as_of)
            states = source_states(session, workspace, at, since=now() - STALE_AFTER)
            return holdings(session, workspace, at), states

        every, states = await info.context.desk.store.read(read)
        by_name = {state.name: state for state in states}
        return [SourceInfo.of(held, by_name.get(held.name)) for held in every]


@strawberry.type
class SourceMutation:
    @strawberry.mutation(
        description="End all that a source asserts, in a revision of its own: for admins. Earlier revisions "
        "still show it, and a later run of it begins anew. Without the right `confirm` nothing is deleted, "
        "and the refusal's hint tells what would go. BUSY while a run of it has not ended."
    )
    async def delete_source(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Which source.")],
        confirm: Annotated[str, strawberry.argument(description="Its name again.")] = "",
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> SourceDeletion:
        held, revision = await delete_source(info.context.desk.store, workspace, name, confirm)
        return SourceDeleted(name=name, revision=revision, gone=AssertedCounts.of(held.alone))
