"""Who is asking, as they see themselves."""

from datetime import datetime

import strawberry

from db.access import Role
from graph.context import Info


@strawberry.type(description="What you may do in a workspace.")
class ViewerGrant:
    workspace: str = strawberry.field(description="Where; `*` for every workspace.")
    role: Role = strawberry.field(description="What you may do there.")
    sees_definitions: bool = strawberry.field(description="Whether SQL text and expressions are shown to you.")


@strawberry.type(description="Whoever asks.")
class Viewer:
    principal: str = strawberry.field(description="Whom you signed in as; `anybody` if you did not.")
    groups: list[str] = strawberry.field(description="What you belong to, as your sign-in says.")
    is_operator: bool = strawberry.field(description="Whether you may do everything everywhere.")
    grants: list[ViewerGrant] = strawberry.field(description="What you may do, and where.")
    expires_at: datetime | None = strawberry.field(description="When your sign-in ends; null if it does not.")


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
