"""Who is asking, as they see themselves."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import strawberry

from db.models import MAIN_WORKSPACE
from db.roles import Role
from db.runs import unfinished_runs
from db.session import Session
from db.uploads import stored_bytes, waiting_bytes
from graph.arguments import Workspace
from graph.context import Context, Info
from graph.enums import LimitName, LimitScope
from graph.limits import NoNul
from graph.quotas import Limit, Use
from graph.scalars import BigInt


@strawberry.type(description="What you may do in a workspace.")
class ViewerGrant:
    workspace: str = strawberry.field(description="Where; `*` for every workspace.")
    role: Role = strawberry.field(description="What you may do there.")
    sees_definitions: bool = strawberry.field(description="Whether SQL text and expressions are shown to you.")


@strawberry.type(description="Something of which you may use so much.")
class ViewerLimit:
    name: LimitName = strawberry.field(description="What is limited.")
    scope: LimitScope = strawberry.field(description="Whose use counts together.")
    allowed: BigInt = strawberry.field(description="How much may be used, in `windowSeconds` or at once.")
    used: BigInt = strawberry.field(description="How much is used now; what was used a while ago fades.")
    window_seconds: int | None = strawberry.field(
        description="Over how many seconds it is counted; null for what counts as long as it is there."
    )
    renews_at: datetime | None = strawberry.field(
        description="When all of it is free again, if nothing more is used; null if all is, or if that is no "
        "matter of time."
    )

    @classmethod
    def of(cls, use: Use) -> "ViewerLimit":
        limit = use.limit
        return cls(
            name=limit.name,
            scope=limit.scope,
            allowed=BigInt(limit.most),
            used=BigInt(use.used),
            window_seconds=limit.seconds,
            renews_at=use.renews_at,
        )


@strawberry.type(description="Whoever asks.")
class Viewer:
    principal: str = strawberry.field(description="Whom you signed in as; `anybody` if you did not.")
    groups: list[str] = strawberry.field(description="What you belong to, as your sign-in says.")
    is_operator: bool = strawberry.field(description="Whether you may do everything everywhere.")
    grants: list[ViewerGrant] = strawberry.field(description="What you may do, and where.")
    expires_at: datetime | None = strawberry.field(description="When your sign-in ends; null if it does not.")

    @strawberry.field(
        description="What you may use, how much of it you have used, and when it is yours again; what is not "
        "limited is left out.",
        extensions=[NoNul()],
    )
    async def limits(self, info: Info, workspace: Workspace = MAIN_WORKSPACE) -> list[ViewerLimit]:
        context = info.context
        kept = await context.meter.uses(context.asker)
        is_theirs = context.rights.role_in(workspace) is not None
        most = stored_limits(context, workspace if is_theirs else None)
        read = partial(stored_uses, created_by=context.principal.name, workspace=workspace, limits=most)
        stored = await context.desk.store.read(read) if most else []
        return [ViewerLimit.of(use) for use in (*kept, *stored)]


def stored_limits(context: Context, workspace: str | None) -> list[Limit]:
    """The limits of what rows tell; of storage only where they may see it."""
    intake, principal = context.transfers.intake, LimitScope.PRINCIPAL
    found = [
        Limit(LimitName.RUNS, principal, context.desk.settings.max_unfinished_runs_per_principal),
        Limit(LimitName.WAITING_BYTES, principal, intake.max_waiting_bytes),
        Limit(LimitName.STORAGE, LimitScope.WORKSPACE, intake.max_storage if workspace else 0),
    ]
    return [limit for limit in found if limit.most]


def stored_uses(session: Session, *, created_by: str, workspace: str, limits: Sequence[Limit]) -> list[Use]:
    """How much of each is used, as rows tell."""
    count: Mapping[LimitName, Callable[[], int]] = {
        LimitName.RUNS: lambda: unfinished_runs(session, created_by),
        LimitName.WAITING_BYTES: lambda: waiting_bytes(session, created_by),
        LimitName.STORAGE: lambda: stored_bytes(session, workspace),
    }
    return [Use(limit, count[limit.name]()) for limit in limits]


@strawberry.type
class ViewerQuery:
    @strawberry.field(description="Who you are, and what you may do.")
    def viewer(self, info: Info) -> Viewer:
        principal, rights = info.context.principal, info.context.rights
        roles = dict(rights.roles)
        everywhere = Role.ADMIN if rights.operator else rights.everywhere
        if everywhere is not None:
            roles["*"] = everywhere
        return Viewer(
            principal=principal.name,
            groups=list(principal.groups),
            is_operator=rights.operator,
            grants=[
                ViewerGrant(workspace=name, role=role, sees_definitions=rights.sees_definitions(name))
                for name, role in sorted(roles.items())
            ],
            expires_at=principal.expires_at,
        )
