"""Workspaces, and who may do what in them."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry
from strawberry import relay

from db.access import Member as MemberRow
from db.access import (
    add_workspace,
    admins_of,
    drop_member,
    hide_workspace,
    members_after,
    put_member,
    shows_definitions,
    workspaces_after,
)
from db.models import MAIN_WORKSPACE
from db.models import Workspace as WorkspaceRow
from db.roles import EVERYBODY, Role
from db.session import Session
from graph.arguments import After, First, Workspace
from graph.context import Info
from graph.paging import decode_cursor, encode_cursor, page_of, page_size
from graph.refusals import ForbiddenRefusal, InvalidParamsRefusal, NotFoundRefusal, WorkspaceBusyRefusal
from jobs.clearing import clear_workspace
from jobs.errors import InvalidParams, UnknownMember, WorkspaceBusy

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}", re.ASCII)
MAX_PRINCIPAL_CHARACTERS = 200

Principal = Annotated[
    str,
    strawberry.argument(
        description="Whom: a name as they sign in with, `group:` and a group of theirs, or `*` for everybody."
    ),
]


@strawberry.type(name="Workspace", description="The wall between tenants: everything belongs to one.")
class WorkspaceInfo:
    name: str = strawberry.field(description="Its name.")
    created_at: datetime = strawberry.field(description="When it was made.")
    role: Role = strawberry.field(description="What you may do in it.")
    sees_definitions: bool = strawberry.field(description="Whether SQL text and expressions are shown to you.")

    @classmethod
    def of(cls, info: Info, row: WorkspaceRow) -> "WorkspaceInfo":
        rights = info.context.rights
        role = rights.role_in(row.name)
        return cls(
            name=row.name,
            created_at=row.created_at,
            role=role if role is not None else Role.VIEWER,
            sees_definitions=rights.sees_definitions(row.name),
        )


@strawberry.type(description="Somebody who may do something in a workspace.")
class Member:
    workspace: str = strawberry.field(description="Where.")
    principal: str = strawberry.field(description="Who: a name, `group:…`, or `*` for everybody who signs in.")
    role: Role = strawberry.field(description="What they may do.")
    sees_definitions: bool = strawberry.field(description="Whether SQL text and expressions are shown to them.")
    added_by: str = strawberry.field(description="Who last said so.")
    added_at: datetime = strawberry.field(description="When that was.")

    @classmethod
    def of(cls, row: MemberRow) -> "Member":
        return cls(
            workspace=row.workspace,
            principal=row.principal,
            role=Role(row.role),
            sees_definitions=row.sees_definitions,
            added_by=row.added_by,
            added_at=row.added_at,
        )


@strawberry.type(description="A workspace in a list.")
class WorkspaceEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: WorkspaceInfo = strawberry.field(description="The workspace.")


@strawberry.type(description="Workspaces by name.")
class WorkspaceConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[WorkspaceEdge] = strawberry.field(description="The workspaces of this page.")


@strawberry.type(description="A member in a list.")
class MemberEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Member = strawberry.field(description="The member.")


@strawberry.type(description="Members by name.")
class MemberConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[MemberEdge] = strawberry.field(description="The members of this page.")


@strawberry.type(description="A member is one no longer.")
class MemberRemoved:
    principal: str = strawberry.field(description="Who it was.")


@strawberry.type(description="A workspace is gone, with everything in it.")
class WorkspaceDeleted:
    workspace: str = strawberry.field(description="The name it had.")


WorkspaceCreation = Annotated[
    WorkspaceInfo | InvalidParamsRefusal | ForbiddenRefusal,
    strawberry.union("CreateWorkspaceResult", description="The new workspace, or why there is none."),
]
WorkspaceDeletion = Annotated[
    WorkspaceDeleted | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("DeleteWorkspaceResult", description="That it is gone, or why it is not."),
]
MemberSetting = Annotated[
    Member | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal,
    strawberry.union("SetMemberResult", description="The member as it is now, or why nothing was changed."),
]
MemberRemoval = Annotated[
    MemberRemoved | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal,
    strawberry.union("RemoveMemberResult", description="That it is gone, or why it is not."),
]


def name_behind(after: str | None) -> str:
    """The name in a cursor of a list by name; empty for the beginning."""
    return "" if after is None else decode_cursor(after, parts=1)[0]


def check_principal(principal: str) -> None:
    """Refuse what nobody can sign in as.

    Raises:
        InvalidParams: It is empty, too long, cannot be shown, or is a key's.
    """
    name = principal.removeprefix("group:")
    if not (name.strip() and len(principal) <= MAX_PRINCIPAL_CHARACTERS and principal.isprintable()):
        raise InvalidParams("principal", f"must be 1 to {MAX_PRINCIPAL_CHARACTERS} printable characters")
    if principal.startswith("key:"):
        raise InvalidParams("principal", "is a key, whose scopes say what it may do", hint="Make a new key.")


def keep_an_admin(session: Session, workspace: str, principal: str) -> None:
    """Refuse to take the last admin away from a workspace.

    Raises:
        InvalidParams: There would be none.
    """
    if list(admins_of(session, workspace)) == [principal]:
        raise InvalidParams("principal", "is the only admin there is", hint="Make somebody else admin first.")


@strawberry.type
class MemberQuery:
    @strawberry.field(description="The workspaces that you may look at, by name.")
    async def workspaces(self, info: Info, first: First = 50, after: After = None) -> WorkspaceConnection:
        rights, limit = info.context.rights, page_size(first) + 1
        mine = None if rights.operator or rights.everywhere is not None else frozenset(rights.roles)
        read = partial(workspaces_after, names=mine, after=name_behind(after), limit=limit)
        rows: Sequence[WorkspaceRow] = await info.context.desk.store.read(read)
        cursors = [encode_cursor(row.name) for row in rows]
        edges = [
            WorkspaceEdge(cursor=at, node=WorkspaceInfo.of(info, row))
            for at, row in zip(cursors, rows, strict=True)
        ]
        page = page_of(rows, first, after=after, cursors=cursors)
        return WorkspaceConnection(page_info=page, edges=edges[:first])

    @strawberry.field(description="The members of a workspace, by name: for its admins.")
    async def members(
        self, info: Info, first: First = 50, after: After = None, workspace: Workspace = MAIN_WORKSPACE
    ) -> MemberConnection:
        limit, behind = page_size(first) + 1, name_behind(after)
        read = partial(members_after, workspace=workspace, after=behind, limit=limit)
        rows = await info.context.desk.store.read(read)
        cursors = [encode_cursor(row.principal) for row in rows]
        edges = [MemberEdge(cursor=at, node=Member.of(row)) for at, row in zip(cursors, rows, strict=True)]
        page = page_of(rows, first, after=after, cursors=cursors)
        return MemberConnection(page_info=page, edges=edges[:first])


@strawberry.type
class MemberMutation:
    @strawberry.mutation(description="Make a workspace, whose first admin you are: for operators.")
    async def create_workspace(
        self,
        info: Info,
        name: Annotated[
            str,
            strawberry.argument(
                description="1 to 63 small letters, digits, dots, underscores and hyphens; it never changes."
            ),
        ],
    ) -> WorkspaceCreation:
        if not NAME.fullmatch(name):
            problem = (
                "must be 1 to 63 small letters, digits, dots, underscores or hyphens, a letter or digit first"
            )
            raise InvalidParams("name", problem)
        context = info.context

        def make(session: Session) -> WorkspaceRow:
            if not add_workspace(session, name, context.principal.name):
                raise InvalidParams("name", "is that of a workspace that there is", hint="Choose another.")
            return session.get_one(WorkspaceRow, name)

        made = await context.desk.store.write(make)
        context.sign_in.forget()
        return WorkspaceInfo.of(info, made)

    @strawberry.mutation(
        description="Delete a workspace with everything in it: for its admins. Refused while runs in it have "
        "not ended. There is no way back. The first workspace, `main`, can only be cleared."
    )
    async def delete_workspace(
        self,
        info: Info,
        workspace: Annotated[str, strawberry.argument(description="Which one.")],
        confirm: Annotated[str, strawberry.argument(description="Its name again.")],
    ) -> WorkspaceDeletion:
        if workspace == MAIN_WORKSPACE:
            raise InvalidParams("workspace", "is the first one, which stays", hint="Use clearWorkspace.")
        store = info.context.desk.store
        await clear_workspace(store, workspace, confirm)
        if not await store.write(partial(hide_workspace, name=workspace)):
            raise WorkspaceBusy("It was emptied, and then something came into it.", hint="Try again.")
        info.context.sign_in.forget()
        return WorkspaceDeleted(workspace=workspace)

    @strawberry.mutation(
        description="Say what somebody may do in a workspace, new there or not: for its admins. Roles add up: "
        "of a name, its groups and `*`, the highest counts. FORBIDDEN to admins who may not see definitions, "
        "where it would show them to somebody who may not see them so far."
    )
    async def set_member(
        self,
        info: Info,
        principal: Principal,
        role: Annotated[Role, strawberry.argument(description="What they may do.")],
        sees_definitions: Annotated[  # noqa: FBT002 - clients name their arguments
            bool, strawberry.argument(description="Whether SQL text and expressions are shown to them.")
        ] = True,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> MemberSetting:
        if principal != EVERYBODY:
            check_principal(principal)
        row = MemberRow(
            workspace=workspace,
            principal=principal,
            role=role,
            sees_definitions=sees_definitions,
            added_by=info.context.principal.name,
        )

        rights = info.context.rights

        def change(session: Session) -> None:
            if role is not Role.ADMIN:
                keep_an_admin(session, workspace, principal)
            if sees_definitions and not shows_definitions(session, workspace, principal):
                rights.demand_definitions(workspace)
            put_member(session, row.model_copy())

        await info.context.desk.store.write(change)
        info.context.sign_in.forget()
        return Member.of(row)

    @strawberry.mutation(description="Let somebody be no member of a workspace any more: for its admins.")
    async def remove_member(
        self, info: Info, principal: Principal, workspace: Workspace = MAIN_WORKSPACE
    ) -> MemberRemoval:
        def remove(session: Session) -> bool:
            keep_an_admin(session, workspace, principal)
            return drop_member(session, workspace, principal)

        if not await info.context.desk.store.write(remove):
            raise UnknownMember
        info.context.sign_in.forget()
        return MemberRemoved(principal=principal)
