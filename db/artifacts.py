"""Artifacts: bytes named by their SHA-256, kept as files, written whole or not at all."""

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from db.models import Artifact, Run, RunArtifact, Upload
from db.revisions import insert_rows
from db.session import Session, clock
from db.warehouse import of_tables

CHUNK_BYTES = 1 << 20
WRITING = ".writing-"  # what the names of drafts begin with
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
DRAFT_AGE = timedelta(hours=1)  # a draft is written to more often than that
STRAY_AGE = timedelta(days=1)  # files without a row that are younger may be on their way to one
ORPHAN_AGE = timedelta(hours=1)  # younger ones may belong to a transaction that is not committed yet


class TooManyBytes(Exception):
    """An artifact would be larger than is allowed; nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Artifacts as files `<first two digits>/<digest>` below a folder, each of at most `max_bytes`."""

    root: Path
    max_bytes: int | None = None

    def path(self, digest: str) -> Path:
        """Where an artifact of this digest is, if it is there."""
        return self.root / digest[:2] / digest

    def put(self, content: bytes | Path) -> tuple[str, int]:
        """Store bytes, or a copy of a file, and return digest and size.

        A reader sees the whole artifact or none: it is written beside its place, flushed, and moved there.

        Raises:
            TooManyBytes: They are more than are allowed.
        """
        draft = self.draft()
        try:
            for chunk in _chunks(content):
                draft.write(chunk)
            digest = draft.finish()
            draft.place()
        except BaseException:
            draft.drop()
            raise
        return digest, draft.size

    def draft(self) -> "Draft":
        """Begin an artifact whose bytes come bit by bit."""
        self.root.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=self.root, prefix=WRITING)
        return Draft(self, Path(beside), os.fdopen(handle, "wb"))

    def drop_leftovers(self, age: timedelta = DRAFT_AGE) -> int:
        """Delete drafts that nobody has written to for so long: their processes died. Returns how many."""
        oldest = time.time() - age.total_seconds()
        left = [path for path in self.root.glob(f"{WRITING}*") if _older(path, oldest)]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def old_files(self, shard: int, age: timedelta = STRAY_AGE, limit: int = 500) -> list[tuple[str, int]]:
        """Digests and sizes of artifacts that were written so long ago, of one shard of 256.

        Cost: one look at each file of the shard.
        """
        oldest = time.time() - age.total_seconds()
        files = self.root.glob(f"{shard:02x}/*")
        found = (path for path in files if DIGEST.fullmatch(path.name) and _older(path, oldest))
        return [(path.name, path.stat().st_size) for path in islice(found, limit)]

    def remove(self, digest: str) -> None:
        """Delete an artifact; one that is gone already is no mistake."""
        self.path(digest).unlink(missing_ok=True)


@dataclass(slots=True)
class Draft:
    """An artifact while it is written: a file beside the others, which nobody takes for one."""

    folder: Folder
    path: Path
    file: IO[bytes]
    size: int = 0
    digest: str = ""  # known once it is finished
    hashed: Any = field(default_factory=hashlib.sha256)

    def write(self, chunk: bytes | bytearray) -> None:
        """Append bytes.

        Raises:
            TooManyBytes: They are more than the folder takes of one artifact.
        """
        self.size += len(chunk)
        if self.folder.max_bytes is not None and self.size > self.folder.max_bytes:
            raise TooManyBytes(f"more than {self.folder.max_bytes:,} bytes")
        self.hashed.update(chunk)
        self.file.write(chunk)

    def finish(self) -> str:
        """Flush what was written to the disk, and return its digest."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self.digest = self.hashed.hexdigest()
        return self.digest

    def place(self) -> None:
        """Move what is finished to its place. Once more does no harm.

        Raises:
            FileNotFoundError: It was dropped meanwhile.
        """
        place = self.folder.path(self.digest)
        place.parent.mkdir(exist_ok=True)
        try:
            self.path.replace(place)
        except FileNotFoundError:
            if not place.is_file():
                raise

    def drop(self) -> None:
        """Leave nothing of it, unless it is in its place."""
        with suppress(OSError):  # a full disk is met once more where what is buffered is written
            self.file.close()
        self.path.unlink(missing_ok=True)


def _older(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _chunks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk


def touch_artifact(session: Session, artifact: Artifact) -> None:
    """Note that an artifact is there, as of now: the sweep then leaves it alone for a while.

    The row stays locked until the transaction ends, against a sweep that was about to take the file away.
    """
    made = (
        sqlite.insert(Artifact) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(Artifact)
    )
    values = artifact.model_dump() | {"created_at": clock(session)}
    again = made.values(values).on_conflict_do_update(
        index_elements=["digest"], set_={"created_at": values["created_at"]}
    )
    session.execute(again)


def link_artifact(session: Session, run_pk: UUID, name: str, artifact: Artifact) -> None:
    """Say that a run refers to an artifact; the same name again refers to the newer one."""
    touch_artifact(session, artifact)
    session.merge(RunArtifact(run_pk=run_pk, name=name, digest=artifact.digest))


def find_artifact(session: Session, workspace: str, digest: str) -> Artifact | None:
    """An artifact that a run of this workspace refers to, by its digest."""
    mine = (
        select(RunArtifact.digest)
        .join(Run, col(Run.pk) == col(RunArtifact.run_pk))
        .where(RunArtifact.digest == digest, Run.workspace == workspace)
    )
    return session.scalars(select(Artifact).where(Artifact.digest == digest, mine.exists())).one_or_none()


def adopt_strays(session: Session, files: Sequence[tuple[str, int]]) -> None:
    """Give old files that no row knows a row, as orphans: they then go as all orphans do, under its lock."""
    old = clock(session) - 2 * ORPHAN_AGE
    strays = [
        {"digest": digest, "size_bytes": size, "media_type": "", "created_at": old} for digest, size in files
    ]
    insert_rows(session, Artifact, strays)


def forget_orphans(session: Session, limit: int = 500) -> list[str]:
    """Delete the rows of artifacts that no run, upload or table refers to; their digests.

    Whoever calls removes the files before the transaction ends: until then nobody can refer to them anew.
    """
    of_runs = select(RunArtifact.digest).where(RunArtifact.digest == Artifact.digest).exists()
    of_uploads = select(Upload.digest).where(Upload.digest == Artifact.digest).exists()
    orphans = (
        select(Artifact.digest)
        .where(col(Artifact.created_at) < clock(session) - ORPHAN_AGE, ~of_runs, ~of_uploads, ~of_tables())
        .limit(limit)
    )
    gone = delete(Artifact).where(col(Artifact.digest).in_(orphans)).returning(col(Artifact.digest))
    return list(session.scalars(gone).all())
