"""API keys: how programs sign in."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID, uuid4

import strawberry
from strawberry import relay

from db.access import ApiKey as KeyRow
from db.access import add_key, key_by_pk, keys_after, revoke_key
from db.models import now
from db.roles import EVERYWHERE, Role
from graph.arguments import After, First, in_utc
from graph.context import Info
from graph.paging import encode_cursor, page_of, page_size, time_key
from graph.refusals import ForbiddenRefusal, InvalidParamsRefusal, NotFoundRefusal
from graph.sign_in import new_secret, shown_key
from jobs.errors import InvalidParams, UnknownKey

MAX_NAME_CHARACTERS = 100
MAX_SCOPES = 100


@strawberry.input(description="What a key permits in a workspace.")
class KeyScopeInput:
    workspace: str = strawberry.field(description="Where; `*` for all, which only operators may give.")
    role: Role = strawberry.field(description="What may be done there with it: as much as you may at most.")
    sees_definitions: bool = strawberry.field(
        default=True, description="Whether SQL text and expressions are shown."
    )


@strawberry.type(description="What a key permits in a workspace.")
class KeyScope:
    workspace: str = strawberry.field(description="Where; `*` for every workspace.")
    role: Role = strawberry.field(description="What may be done there with it.")
    sees_definitions: bool = strawberry.field(description="Whether SQL text and expressions are shown.")


@strawberry.type(description="A key with which a program signs in; its secret is shown once, when it is made.")
class ApiKey:
    key_id: strawberry.ID = strawberry.field(description="What revokeApiKey names it by.")
    name: str = strawberry.field(description="What it is for, in words.")
    principal: str = strawberry.field(description="Whom it signs in as.")
    scopes: list[KeyScope] = strawberry.field(description="What it permits.")
    created_by: str = strawberry.field(description="Who made it.")
    created_at: datetime = strawberry.field(description="When.")
    expires_at: datetime | None = strawberry.field(description="Until when it is good; null: until revoked.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null if it was not.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")

    @classmethod
    def of(cls, row: KeyRow) -> "ApiKey":
        return cls(
            key_id=strawberry.ID(str(row.pk)),
            name=row.name,
            principal=f"key:{row.pk}",
            scopes=[
                KeyScope(
                    workspace=each["workspace"],
                    role=Role(each["role"]),
                    sees_definitions=each["sees_definitions"],
                )
                for each in row.scopes
            ],
            created_by=row.created_by,
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
        )


@strawberry.type(description="A key was made.")
class ApiKeyCreated:
    key: ApiKey = strawberry.field(description="The key.")
    secret: str = strawberry.field(
        description="What the program sends as `Authorization: Bearer …`. It is not kept, so it is shown once."
    )


@strawberry.type(description="A key in a list.")
class ApiKeyEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: ApiKey = strawberry.field(description="The key.")


@strawberry.type(description="Keys, newest first.")
class ApiKeyConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[ApiKeyEdge] = strawberry.field(description="The keys of this page.")


KeyCreation = Annotated[
    ApiKeyCreated | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal,
    strawberry.union("CreateApiKeyResult", description="The key with its secret, or why there is none."),
]
KeyRevocation = Annotated[
    ApiKey | NotFoundRefusal,
    strawberry.union("RevokeApiKeyResult", description="The key as it is now, or why nothing was changed."),
]


def check_scopes(info: Info, scopes: Sequence[KeyScopeInput]) -> None:
    """Refuse scopes beyond what whoever makes the key may do, so that no key is worth stealing for its maker.

    Raises:
        InvalidParams: There are none, too many, or one place twice.
        UnknownWorkspace, Forbidden: Who makes it is no admin there.
    """
    rights = info.context.rights
    if not 1 <= len(scopes) <= MAX_SCOPES:
        raise InvalidParams("scopes", f"must be 1 to {MAX_SCOPES}")
    for place, scope in enumerate(scopes):
        if scope.workspace in {each.workspace for each in scopes[:place]}:
            raise InvalidParams(f"scopes[{place}].workspace", "is named twice")
        if scope.workspace == EVERYWHERE:
            rights.demand_operator()
            continue
        rights.demand(Role.ADMIN, scope.workspace)
        if scope.sees_definitions:
            rights.demand_definitions(scope.workspace)


@strawberry.type
class KeyQuery:
    @strawberry.field(description="All keys, newest first: for operators.")
    async def api_keys(self, info: Info, first: First = 50, after: After = None) -> ApiKeyConnection:
        read = partial(keys_after, before=time_key(after), limit=page_size(first) + 1)
        rows = await info.context.desk.store.read(read)
        cursors = [encode_cursor(row.created_at.isoformat(), str(row.pk)) for row in rows]
        edges = [ApiKeyEdge(cursor=at, node=ApiKey.of(row)) for at, row in zip(cursors, rows, strict=True)]
        page = page_of(rows, first, after=after, cursors=cursors)
        return ApiKeyConnection(page_info=page, edges=edges[:first])


@strawberry.type
class KeyMutation:
    @strawberry.mutation(description="Make a key for a program: for admins of all workspaces that it is for.")
    async def create_api_key(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="What it is for: 1 to 100 characters.")],
        scopes: Annotated[list[KeyScopeInput], strawberry.argument(description="What it permits, and where.")],
        expires_at: Annotated[
            datetime | None, strawberry.argument(description="Until when it is good; left out: until revoked.")
        ] = None,
    ) -> KeyCreation:
        if not (name.strip() and len(name) <= MAX_NAME_CHARACTERS and name.isprintable()):
            raise InvalidParams("name", f"must be 1 to {MAX_NAME_CHARACTERS} printable characters")
        check_scopes(info, scopes)
        until = None if expires_at is None else in_utc("expiresAt", expires_at)
        if until is not None and until <= now():
            raise InvalidParams("expiresAt", "has passed")
        secret, digest = new_secret()
        row = KeyRow(
            pk=uuid4(),
            name=name,
            secret_digest=digest,
            scopes=[
                {
                    "workspace": each.workspace,
                    "role": each.role.value,
                    "sees_definitions": each.sees_definitions,
                }
                for each in scopes
            ],
            created_by=info.context.principal.name,
            expires_at=until,
        )
        await info.context.desk.store.write(lambda session: add_key(session, row.model_copy()))
        return ApiKeyCreated(key=ApiKey.of(row), secret=shown_key(row.pk, secret))

    @strawberry.mutation(
        description="End a key now, with every socket that was opened with it: for operators, for who made it, "
        "and for the admins of all workspaces that it is for."
    )
    async def revoke_api_key(
        self, info: Info, key_id: Annotated[strawberry.ID, strawberry.argument(description="Which key.")]
    ) -> KeyRevocation:
        context = info.context
        try:
            pk = UUID(key_id)
        except ValueError as error:
            raise UnknownKey from error
        found = await context.desk.store.read(partial(key_by_pk, pk=pk))
        if found is None or not may_revoke(info, found):
            raise UnknownKey
        revoked = await context.desk.store.write(partial(revoke_key, pk=pk))
        context.sign_in.forget()
        if revoked is None:
            raise UnknownKey
        return ApiKey.of(revoked)


def may_revoke(info: Info, key: KeyRow) -> bool:
    """Whether somebody may end a key."""
    context = info.context
    if context.rights.operator or key.created_by == context.principal.name:
        return True
    return all(context.rights.role_in(each["workspace"]) is Role.ADMIN for each in key.scopes)
