"""Uploads: files that are announced here, then sent to an address that this gives."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from db.models import MAIN_WORKSPACE, now
from db.models import Upload as UploadRow
from db.uploads import find_upload, list_uploads
from graph.arguments import After, First, Workspace
from graph.context import Info
from graph.enums import FileRole
from graph.grants import Purpose
from graph.paging import encode_cursor, page_of, page_size, time_key
from graph.quotas import LimitName
from graph.refusals import (
    BadFileRefusal,
    ForbiddenRefusal,
    InvalidParamsRefusal,
    NotFoundRefusal,
    RateLimitedRefusal,
    TooManyUploadsRefusal,
    WorkspaceBusyRefusal,
)
from graph.runs import uuid_of
from graph.scalars import BigInt
from jobs.errors import UnknownUpload
from jobs.uploads import Announcement, announce_upload

UploadId = Annotated[
    strawberry.ID, strawberry.argument(description="The upload's id, as createUpload gave it.")
]


@strawberry.type(description="A file that was announced, then sent, to be named in the input of runs.")
class Upload(relay.Node):
    pk: relay.NodeID[UUID]
    row: strawberry.Private[UploadRow]
    upload_id: strawberry.ID = strawberry.field(description="What the input of a run names it by.")
    workspace: str = strawberry.field(description="Whose it is.")
    name: str = strawberry.field(description="The file's name.")
    size: BigInt = strawberry.field(description="How many bytes were announced, and so arrive.")
    sha256: str | None = strawberry.field(
        description="SHA-256 of the bytes, in hexadecimal; before they arrived as announced, or null."
    )
    role: FileRole | None = strawberry.field(description="What the file brings; null before it arrived.")
    created_by: str = strawberry.field(description="Who announced it.")
    created_at: datetime = strawberry.field(description="When it was announced.")
    expires_at: datetime = strawberry.field(description="Until when its bytes may be sent.")
    received_at: datetime | None = strawberry.field(description="When they had arrived; null before.")

    @strawberry.field(
        description="Where to PUT the bytes, without any other header of ours: who has this address needs no "
        "token. Good once, until `expiresAt`; null from then on, or once they arrived."
    )
    async def put_url(self, info: Info) -> str | None:
        row, context = self.row, info.context
        grants = context.transfers.grants
        if row.received_at is not None or row.expires_at <= now():
            return None
        about, until = str(row.pk), row.expires_at
        grant = await grants.sign(Purpose.PUT_UPLOAD, about, row.workspace, until=until)
        return grants.address(context.request, f"/uploads/{grant}")

    @classmethod
    def of(cls, row: UploadRow) -> "Upload":
        return cls(
            pk=row.pk,
            row=row,
            upload_id=strawberry.ID(str(row.pk)),
            workspace=row.workspace,
            name=row.name,
            size=BigInt(row.size_bytes),
            sha256=row.digest or row.announced_digest,
            role=FileRole(row.role) if row.role else None,
            created_by=row.created_by,
            created_at=row.created_at,
            expires_at=row.expires_at,
            received_at=row.received_at,
        )

    @classmethod
    async def resolve_nodes(  # type: ignore[override]  # ours is always asynchronous
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list["Upload | None"]:
        del required  # an unknown id gives null, or the error of a missing required node
        rows = await info.context.loaders.uploads.load_many([uuid_of(node_id) for node_id in node_ids])
        role_in = info.context.rights.role_in
        return [cls.of(row) if row and role_in(row.workspace) is not None else None for row in rows]


@strawberry.type(description="Uploads, newest first.")
class UploadConnection(relay.Connection[Upload]):
    pass


UploadCreated = Annotated[
    Upload
    | BadFileRefusal
    | InvalidParamsRefusal
    | NotFoundRefusal
    | TooManyUploadsRefusal
    | RateLimitedRefusal
    | WorkspaceBusyRefusal
    | ForbiddenRefusal,
    strawberry.union("CreateUploadResult", description="The announced upload, or why it was not taken."),
]


@strawberry.type
class UploadMutation:
    @strawberry.mutation(
        description="Announce a file, to get an address to which its bytes are then sent by PUT. They are "
        "taken if they are as many as announced, have the announced SHA-256, and are what the name claims."
    )
    async def create_upload(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="The file's name, without folders.")],
        size: Annotated[BigInt, strawberry.argument(description="How many bytes it has: at least one.")],
        sha256: Annotated[
            str | None, strawberry.argument(description="SHA-256 of the bytes, in hexadecimal, to be held to.")
        ] = None,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> UploadCreated:
        context = info.context
        announced = Announcement(name, size, None if sha256 is None else sha256.lower())
        await context.meter.take(LimitName.UPLOADS, context.asker)
        return Upload.of(
            await announce_upload(context.transfers.intake, context.principal.name, workspace, announced)
        )


def upload_connection(rows: Sequence[UploadRow], first: int, after: str | None) -> UploadConnection:
    cursors = [encode_cursor(row.created_at.isoformat(), str(row.pk)) for row in rows]
    edges = [relay.Edge(cursor=at, node=Upload.of(row)) for at, row in zip(cursors, rows, strict=True)]
    return UploadConnection(page_info=page_of(rows, first, after=after, cursors=cursors), edges=edges[:first])


@strawberry.type
class UploadQuery:
    @strawberry.field(description="An upload by its id. NOT_FOUND if there is none, or it is not yours.")
    async def upload(
        self, info: Info, upload_id: UploadId, workspace: Workspace = MAIN_WORKSPACE
    ) -> Upload | None:
        try:
            pk = UUID(upload_id)
        except ValueError as error:
            raise UnknownUpload("uploadId", upload_id) from error
        row = await info.context.desk.store.read(partial(find_upload, workspace=workspace, pk=pk))
        if row is None:
            raise UnknownUpload("uploadId", upload_id)
        return Upload.of(row)

    @strawberry.field(description="Uploads, newest first; pages stay put while uploads are added.")
    async def uploads(
        self, info: Info, first: First = 50, after: After = None, workspace: Workspace = MAIN_WORKSPACE
    ) -> UploadConnection:
        limit = page_size(first) + 1
        read = partial(list_uploads, workspace=workspace, after=time_key(after), limit=limit)
        return upload_connection(await info.context.desk.store.read(read), first, after)
