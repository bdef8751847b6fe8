"""The doors for bytes: what is uploaded and what is downloaded, for those who have a grant."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from db.artifacts import find_artifact
from db.models import Upload, now
from db.uploads import find_upload
from graph.artifacts import about_artifact
from graph.grants import ASK_ANEW, Grant, Purpose, Transfers
from graph.http import error_response
from graph.journal import DONE, Journal, Note, refused_at
from jobs.engines.files.roles import Role
from jobs.errors import (
    ArtifactMissing,
    BadFile,
    BadGrant,
    HeadwaterError,
    LimitReached,
    Rejected,
    TooLarge,
    UploadReceived,
)
from jobs.uploads import AS_ANNOUNCED, take_in

IDLE_SECONDS = 60.0  # between two pieces of an upload, before its sender is taken for gone
PARTING_SECONDS, PARTING_BYTES = 1.0, 1 << 22
STATUSES: Mapping[type[HeadwaterError], int] = {
    BadGrant: 403,
    UploadReceived: 409,
    ArtifactMissing: 410,
    TooLarge: 413,
    BadFile: 422,
    LimitReached: 429,
}
DOWNLOAD = {
    "Cache-Control": "private",
    "Content-Security-Policy": "sandbox; default-src 'none'",  # a stored page is hostile on our own origin
    "Referrer-Policy": "no-referrer",  # the address is a permission
    "X-Content-Type-Options": "nosniff",
}


class BadEncoding(Rejected):
    """A file is sent as it is, without Content-Encoding."""


class Files:
    """Takes uploads in and gives artifacts out."""

    def __init__(self, transfers: Transfers, journal: Journal) -> None:
        self._intake, self._grants, self._journal = transfers.intake, transfers.grants, journal

    async def put(self, request: Request) -> Response:
        """Take the file of an upload: 201, or a coded error after which nothing is kept of it."""
        ended = asyncio.Event()
        upload: Upload | None = None
        try:
            grant = await self._grants.check(request.path_params["grant"], Purpose.PUT_UPLOAD)
            upload = await self._announced(grant)
            check_headers(request, upload)
            body = pieces(request.stream(), grant.expires_at, ended=ended)
            upload = await take_in(self._intake, upload, body)
        except HeadwaterError as error:
            self._note(request, upload, error)
            return refused(error) if ended.is_set() else Parting(refused(error))
        except ClientDisconnect:
            return Response(status_code=499)
        self._note(request, upload, None)
        shown = {
            "uploadId": str(upload.pk),
            "name": upload.name,
            "size": upload.size_bytes,
            "sha256": upload.digest,
            "role": Role(upload.role or Role.OTHER).name,
        }
        return JSONResponse(shown, 201, {"ETag": f'"{upload.digest}"', "Cache-Control": "no-store"})

    async def get(self, request: Request) -> Response:
        """Give an artifact out, whole or in ranges, always as an attachment."""
        try:
            grant = await self._grants.check(request.path_params["grant"], Purpose.GET_ARTIFACT)
            return await self._download(grant, request)
        except HeadwaterError as error:
            self._journal.tell(*refused_at("download", error, request))
            return refused(error)

    def _note(self, request: Request, upload: Upload | None, error: HeadwaterError | None) -> None:
        """Have written down what came of a PUT: by whom it was announced, if its address was good."""
        if upload is None:
            if error is not None:
                self._journal.tell(*refused_at("upload", error, request))
            return
        outcome, reason = (DONE, "") if error is None else (error.code, str(error))
        about = Note("upload", outcome, upload.created_by, upload.workspace, str(upload.pk), reason)
        self._journal.tell(about, request, str(upload.pk))

    async def _announced(self, grant: Grant) -> Upload:
        find = partial(find_upload, workspace=grant.workspace, pk=UUID(grant.about))
        upload = await self._intake.store.read(find)
        if upload is None or upload.expires_at <= now():
            raise BadGrant(hint=ASK_ANEW)
        if upload.received_at is not None:
            raise UploadReceived(hint="Nothing is left to do: name it in the input of a run.")
        return upload

    async def _download(self, grant: Grant, request: Request) -> Response:
        digest, name = grant.about.partition("/")[0], request.path_params["name"]
        if grant.about != about_artifact(digest, name):
            raise BadGrant(hint=ASK_ANEW)
        find = partial(find_artifact, workspace=grant.workspace, digest=digest)
        artifact = await self._intake.store.read(find)
        if artifact is None:
            raise ArtifactMissing(f"Artifact {name} ({digest}) is gone: its run was deleted.")
        path = self._intake.folder.path(digest)
        try:
            found = await asyncio.to_thread(path.stat)
        except FileNotFoundError as error:
            hint = "Whoever runs the service may have it in a backup of the data folder."
            raise ArtifactMissing(f"Artifact {name} ({digest}) is gone from the store.", hint=hint) from error
        headers = DOWNLOAD | {"ETag": f'"{digest}"'}
        if is_known(request, digest):
            return Response(status_code=304, headers=headers)
        return FileResponse(
            path, headers=headers, media_type=artifact.media_type, filename=name, stat_result=found
        )


def check_headers(request: Request, upload: Upload) -> None:
    """Refuse, before a byte is read, what its headers already show to be wrong.

    Raises:
        BadEncoding: It is compressed on the way.
        TooLarge, BadFile: It has another length than was announced.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in {"identity", ""}:
        raise BadEncoding(hint="Send the bytes that were announced.")
    length = request.headers.get("content-length")
    if length is None or not length.isdigit():
        return
    if int(length) > upload.size_bytes:
        message = f"{upload.name} has {int(length):,} bytes; {upload.size_bytes:,} were announced."
        raise TooLarge(message, hint=AS_ANNOUNCED)
    if int(length) < upload.size_bytes:
        problem = f"has {int(length):,} bytes; {upload.size_bytes:,} were announced"
        raise BadFile(upload.name, problem, hint=AS_ANNOUNCED)


async def pieces(
    body: AsyncIterator[bytes],
    expires_at: datetime,
    *,
    ended: asyncio.Event,
    idle_seconds: float = IDLE_SECONDS,
) -> AsyncIterator[bytes]:
    """The body, as it comes; `ended` is set at its end.

    Raises:
        BadGrant: It does not come to its end before the grant does.
        BadFile: Nothing comes for a while.
    """
    while True:
        left = (expires_at - now()).total_seconds()
        try:
            async with asyncio.timeout(min(idle_seconds, left)):
                piece = await anext(body, None)
        except TimeoutError as error:
            if left <= idle_seconds:
                raise BadGrant("The address has expired.", hint=ASK_ANEW) from error
            problem = f"did not go on for {idle_seconds:g} s"
            raise BadFile("The body", problem, hint="Send it again from its beginning.") from error
        if piece is None:
            ended.set()
            return
        yield piece


def is_known(request: Request, digest: str) -> bool:
    """Whether the client says that it has these bytes."""
    told = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in told.split(",")}
    return bool(tags & {"*", f'"{digest}"'})


def refused(error: HeadwaterError) -> Response:
    """A coded error, after which the connection ends."""
    status = 415 if isinstance(error, BadEncoding) else STATUSES.get(type(error), 400)
    response = error_response(error, status)
    response.headers["Connection"] = "close"
    response.headers["Cache-Control"] = "no-store"
    return response


class Parting(Response):
    """An answer to a request whose body was not read to its end.

    Were the connection closed at once, the sender would be told of a reset and might never see the answer: so a
    little more of the body is read, and thrown away, for a moment.
    """

    def __init__(self, answer: Response) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def keep_open(message: Message) -> None:
            last = message["type"] == "http.response.body"
            await send({**message, "more_body": True} if last else message)

        await self._answer(scope, receive, keep_open)
        read = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(PARTING_SECONDS):
                message = await receive()
                while message.get("more_body") and read < PARTING_BYTES:
                    read += len(message["body"])
                    message = await receive()
        await send({"type": "http.response.body", "body": b""})
