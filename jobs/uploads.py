"""Announce uploads and take in their files: all of a file or nothing of it, and only what it was said to be."""

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from db.artifacts import CHUNK_BYTES, Draft, Folder, TooManyBytes
from db.clearing import hold_workspace
from db.models import Artifact, Upload, now
from db.session import Session, hold_count
from db.store import Store
from db.uploads import insert_upload, receive_upload, stored_bytes, waiting_bytes
from jobs.children import Children
from jobs.engines.files.detect import detect
from jobs.engines.files.roles import CATALOG, Role
from jobs.errors import (
    BadFile,
    BadGrant,
    ChildFailed,
    LimitReached,
    TooLarge,
    TooManyUploads,
    UnknownWorkspace,
    UploadReceived,
    WorkspaceBusy,
)

LIFE = timedelta(minutes=15)  # between the announcement of an upload and the last byte of it
MAX_WAITING = 1_000  # announced uploads of a workspace whose files have not arrived
MAX_NAME_CHARACTERS = 255
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
JOINERS = "\u200c\u200d"  # cannot be seen, and names in Persian, Hindi or emoji need them
MEDIA_TYPES = dict.fromkeys(CATALOG, "application/vnd.apache.parquet") | {
    Role.SQL: "application/sql",
    **dict.fromkeys(
        (Role.FRONTEND_JSON, Role.DBT_MANIFEST, Role.DBT_CATALOG, Role.OPENLINEAGE), "application/json"
    ),
}
AS_ANNOUNCED = "Send all of the announced file to the same address, or announce it anew if it has changed."
MAKE_ROOM = (
    "Delete ended runs with deleteRun, or all of it with clearWorkspace; the sweep then removes their files. "
    "Uploads that no run takes go by themselves after HEADWATER_UPLOAD_RETENTION_HOURS."
)
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A file that somebody is going to send: its plain name, its size and, if they tell, its SHA-256."""

    name: str
    size_bytes: int
    sha256: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= MAX_NAME_CHARACTERS:
            raise BadFile("name", f"must have 1 to {MAX_NAME_CHARACTERS} characters")
        if self.name in {".", ".."} or "/" in self.name or "\\" in self.name:
            raise BadFile("name", "must be the name of a file, without folders")
        if not all(map(is_showable, self.name)):
            raise BadFile("name", "holds characters that cannot be shown")
        if self.size_bytes < 1:
            raise BadFile("size", "must be at least 1: an empty file says nothing")
        if self.sha256 is not None and not DIGEST.fullmatch(self.sha256):
            raise BadFile("sha256", "must be 64 digits from 0 to f")


def is_showable(character: str) -> bool:
    """Whether a name may hold this: no control, nothing that reorders others, no half of a pair."""
    return character.isprintable() or character in JOINERS or unicodedata.category(character) == "Zs"


@dataclass(frozen=True, slots=True)
class Intake:
    """What taking in files takes, opened once a process."""

    store: Store
    folder: Folder
    children: Children
    max_bytes: int
    max_waiting_bytes: int = 0  # of one principal; 0: any number
    max_storage: int = 0  # bytes of one workspace; 0: any number


async def announce_upload(intake: Intake, created_by: str, workspace: str, announced: Announcement) -> Upload:
    """Note that a file will be sent, and return the row. Its bytes may be sent for 15 minutes.

    Raises:
        BadFile: It would be too large.
        UnknownWorkspace: There is no such workspace.
        TooManyUploads: Too many are announced that have not arrived.
        LimitReached: Its principal has too many bytes announced, or the workspace holds too many.
        WorkspaceBusy: It is being cleared.
    """
    if announced.size_bytes > intake.max_bytes:
        problem = f"is {announced.size_bytes:,}; at most {intake.max_bytes:,} bytes are taken"
        hint = "HEADWATER_MAX_UPLOAD_BYTES says how large a file may be."
        raise BadFile("size", problem, hint=hint)
    moment = now()
    upload = Upload(
        workspace=workspace,
        name=announced.name,
        size_bytes=announced.size_bytes,
        announced_digest=announced.sha256,
        created_by=created_by,
        created_at=moment,
        expires_at=moment + LIFE,
    )
    waiting = await intake.store.write(partial(_announce, upload=upload, intake=intake))
    if waiting is None:
        raise UnknownWorkspace(hint="Leave workspace out to use the first one.")
    if waiting >= MAX_WAITING:
        raise TooManyUploads(waiting, MAX_WAITING)
    return upload


def _announce(session: Session, upload: Upload, intake: Intake) -> int | None:
    if hold_workspace(session, upload.workspace):
        raise WorkspaceBusy("The workspace is being cleared.", hint="Try again in a moment.")
    if intake.max_waiting_bytes:
        hold_count(session, f"uploads:{upload.created_by}")
        check_waiting(session, upload, intake.max_waiting_bytes)
    if intake.max_storage:
        hold_count(session, f"storage:{upload.workspace}")
        check_storage(session, upload, intake.max_storage)
    return insert_upload(session, upload, MAX_WAITING)


def check_waiting(session: Session, upload: Upload, most: int) -> None:
    """Refuse an upload whose principal would have more bytes announced than that many.

    Raises:
        LimitReached: It would.
    """
    waiting = waiting_bytes(session, upload.created_by)
    if waiting + upload.size_bytes > most:
        message = (
            f"Uploads of one principal that have not arrived may have {most:,} bytes; yours have {waiting:,}."
        )
        hint = "Send their files, or wait until their addresses expire, 15 minutes after they were announced."
        raise LimitReached(message, limit="WAITING_BYTES", allowed=most, hint=hint)


def check_storage(session: Session, upload: Upload, most: int) -> None:
    """Refuse an upload with which its workspace would hold more bytes than that many.

    Raises:
        LimitReached: It would.
    """
    stored = stored_bytes(session, upload.workspace, besides=upload.pk)
    if stored + upload.size_bytes > most:
        message = f"Files in {upload.workspace} may have {most:,} bytes, and have {stored:,} without this one."
        raise LimitReached(message, limit="STORAGE", allowed=most, hint=MAKE_ROOM)


async def take_in(intake: Intake, upload: Upload, body: AsyncIterator[bytes]) -> Upload:
    """Store the file of an announced upload and return its row as it is then. Memory: some 2 MiB.

    Whatever goes wrong, nothing is kept of the bytes, and they may be sent again.

    Raises:
        TooLarge: More bytes come than were announced; the rest is not read.
        BadFile: Fewer come, or others than were announced, or they are not what the file's name claims.
        UploadReceived: Somebody else's arrived meanwhile.
        BadGrant: It has expired meanwhile, or is gone.
        LimitReached: The workspace has been filled by others meanwhile; nothing is read.
    """
    if intake.max_storage:
        await intake.store.read(partial(check_storage, upload=upload, most=intake.max_storage))
    draft = await asyncio.to_thread(intake.folder.draft)
    try:
        await _fill(draft, upload, body)
        digest = await asyncio.to_thread(draft.finish)
        if upload.announced_digest not in {None, digest}:
            problem = f"has SHA-256 {digest}; {upload.announced_digest} was announced"
            raise BadFile(upload.name, problem, hint=AS_ANNOUNCED)
        role = await _examine(intake, draft, upload.name)
        artifact = Artifact(
            digest=digest, size_bytes=draft.size, media_type=MEDIA_TYPES.get(role, BYTES), created_at=now()
        )
        settle = partial(_settle, draft=draft, upload=upload, artifact=artifact, role=role)
        return await intake.store.write(settle)
    finally:
        # Not to be interrupted: what is left in the folder would lie there for an hour.
        await asyncio.shield(asyncio.to_thread(draft.drop))


async def _fill(draft: Draft, upload: Upload, body: AsyncIterator[bytes]) -> None:
    pending = bytearray()
    try:
        async for chunk in body:
            pending += chunk
            if draft.size + len(pending) > upload.size_bytes:
                message = f"{upload.name} has more than the {upload.size_bytes:,} bytes announced."
                raise TooLarge(message, hint=AS_ANNOUNCED)
            if len(pending) >= CHUNK_BYTES:
                await asyncio.to_thread(draft.write, pending)
                pending = bytearray()
        await asyncio.to_thread(draft.write, pending)
    except TooManyBytes as error:  # the settings were changed since it was announced
        raise TooLarge(f"{upload.name} has {error}.") from error
    if draft.size < upload.size_bytes:
        problem = f"ended after {draft.size:,} of the {upload.size_bytes:,} bytes announced"
        raise BadFile(upload.name, problem, hint=AS_ANNOUNCED)


async def _examine(intake: Intake, draft: Draft, name: str) -> Role:
    try:
        return await intake.children.call(detect, draft.path, name)
    except ChildFailed as error:
        raise BadFile(name, "could not be examined", hint=str(error)) from error


def _settle(session: Session, *, draft: Draft, upload: Upload, artifact: Artifact, role: Role) -> Upload:
    """Make the file an artifact, and the upload received, together or not at all.

    The file moves while its row is locked; the sweep removes files under that lock, so it cannot come between.
    """
    if not receive_upload(session, upload.pk, artifact, role):
        row = session.get(Upload, upload.pk)
        if row is not None and row.received_at is not None:
            raise UploadReceived
        raise BadGrant("The address has expired.", hint="Announce the file again with createUpload.")
    draft.place()
    return session.get_one(Upload, upload.pk)
