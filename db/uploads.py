"""Uploads: files that were announced, then sent, then named by runs. Callers own the transaction."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, true, tuple_, update
from sqlmodel import col, select

from db.artifacts import touch_artifact
from db.models import Artifact, Run, RunArtifact, RunUpload, Upload, Workspace
from db.revisions import insert_rows
from db.session import Session, clock

INPUT = "input/"  # what the names of a run's artifacts begin with that are files it was given
SWEPT = 500  # uploads that are deleted in one transaction


def insert_upload(session: Session, upload: Upload, allowed: int) -> int | None:
    """Announce an upload, unless as many of its workspace as are `allowed` have not arrived.

    Returns:
        How many have not arrived, without this one, or None if there is no such workspace. It was announced
        if that is less than `allowed`.
    """
    workspace = session.get(Workspace, upload.workspace)
    if workspace is None or workspace.deleted_at is not None:
        return None
    waiting = (
        select(func.count())
        .select_from(Upload)
        .where(
            Upload.workspace == upload.workspace,
            col(Upload.received_at).is_(None),
            col(Upload.expires_at) > clock(session),
        )
    )
    count = int(session.execute(waiting).scalar_one())
    if count < allowed:
        insert_rows(session, Upload, [upload.model_dump()])
    return count


def waiting_bytes(session: Session, created_by: str) -> int:
    """Bytes of a principal's uploads that were announced and have not arrived."""
    waiting = (col(Upload.received_at).is_(None), col(Upload.expires_at) > clock(session))
    found = select(func.sum(Upload.size_bytes)).where(Upload.created_by == created_by, *waiting)
    return int(session.execute(found).scalar_one() or 0)


def stored_bytes(session: Session, workspace: str, *, besides: UUID | None = None) -> int:
    """Bytes of the files that uploads and runs of a workspace refer to, and of those announced to it.

    Cost: reads each reference of a run of the workspace to a file; some 50 ms for 100,000 of them.
    """
    of_runs = (
        select(col(RunArtifact.digest))
        .join(Run, col(Run.pk) == col(RunArtifact.run_pk))
        .where(Run.workspace == workspace)
    )
    of_uploads = select(col(Upload.digest)).where(
        Upload.workspace == workspace, col(Upload.digest).is_not(None)
    )
    kept = select(func.sum(Artifact.size_bytes)).where(col(Artifact.digest).in_(of_runs.union(of_uploads)))
    announced = select(func.sum(Upload.size_bytes)).where(
        Upload.workspace == workspace,
        col(Upload.received_at).is_(None),
        col(Upload.expires_at) > clock(session),
        col(Upload.pk) != besides if besides is not None else true(),
    )
    return sum(int(session.execute(query).scalar_one() or 0) for query in (kept, announced))


def find_upload(session: Session, workspace: str, pk: UUID) -> Upload | None:
    """An upload of a workspace by its id."""
    return session.scalars(select(Upload).where(Upload.pk == pk, Upload.workspace == workspace)).one_or_none()


def uploads_by_pk(session: Session, pks: Collection[UUID]) -> Mapping[UUID, Upload]:
    """Uploads by their ids."""
    return {upload.pk: upload for upload in session.scalars(select(Upload).where(col(Upload.pk).in_(pks)))}


def list_uploads(
    session: Session, workspace: str, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Upload]:
    """Uploads of a workspace, newest first, from behind the one whose (created_at, pk) is `after`."""
    query = select(Upload).where(Upload.workspace == workspace)
    if after is not None:
        query = query.where(tuple_(col(Upload.created_at), col(Upload.pk)) < after)
    newest_first = (col(Upload.created_at).desc(), col(Upload.pk).desc())
    return session.scalars(query.order_by(*newest_first).limit(limit)).all()


def receive_upload(session: Session, pk: UUID, artifact: Artifact, role: str) -> bool:
    """Note that an upload arrived, as this artifact; False if it did before, or is gone, or too late.

    One statement decides, so of two that bring the same upload exactly one gets True.
    """
    moment = clock(session)
    waiting = (col(Upload.pk) == pk, col(Upload.received_at).is_(None), col(Upload.expires_at) > moment)
    # Its artifact must be there first; a loser's is taken back with its transaction, which it must roll back.
    touch_artifact(session, artifact)
    received = session.execute(
        update(Upload)
        .where(*waiting)
        .values(received_at=moment, digest=artifact.digest, role=role)
        .returning(col(Upload.pk))
        .execution_options(synchronize_session=False)
    )
    return received.one_or_none() is not None


def take_uploads(
    session: Session, workspace: str, run_pk: UUID, upload_ids: Sequence[str]
) -> list[Upload | None]:
    """Let a run refer to uploads and to their bytes, which are then kept as long as the run.

    Each becomes an artifact of the run, `input/<name>`; of uploads with one name, each but the first is
    `input/<number>/<name>`, where the number is its place in `upload_ids`, from 1.

    Args:
        session: Of the transaction that accepts the run.
        workspace: The run's; uploads of others are not found.
        run_pk: The run, whose row is there.
        upload_ids: As clients know them: UUIDs as text, without repeats.

    Returns:
        The uploads in the order of `upload_ids`; None for an id that names none. Nothing is linked unless all
        are there and have arrived (`received_at`): the caller then refuses, which rolls back.
    """
    wanted = [_uuid(upload_id) for upload_id in upload_ids]
    query = (
        select(Upload).where(col(Upload.pk).in_(wanted), Upload.workspace == workspace).order_by(col(Upload.pk))
    )
    # Held, so that the sweep cannot delete one between this look and the link to it.
    there = {upload.pk: upload for upload in session.scalars(query.with_for_update(read=True, key_share=True))}
    found = [there.get(pk) if pk else None for pk in wanted]
    uploads = [upload for upload in found if upload is not None and upload.received_at is not None]
    if len(uploads) < len(found):
        return found
    names: set[str] = set()
    links: list[dict[str, object]] = []
    for place, upload in enumerate(uploads, start=1):
        name = f"{INPUT}{upload.name}" if upload.name not in names else f"{INPUT}{place}/{upload.name}"
        names.add(upload.name)
        links.append({"run_pk": run_pk, "name": name, "digest": upload.digest})
    insert_rows(session, RunUpload, [{"run_pk": run_pk, "upload_pk": upload.pk} for upload in uploads])
    insert_rows(session, RunArtifact, links)
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def uploads_of_run(session: Session, run_pk: UUID) -> Sequence[Upload]:
    """The uploads that a run takes, in the order of their names and then ids."""
    query = (
        select(Upload)
        .join(RunUpload, col(RunUpload.upload_pk) == col(Upload.pk))
        .where(RunUpload.run_pk == run_pk)
        .order_by(col(Upload.name), col(Upload.pk))
    )
    return session.scalars(query).all()


def forget_uploads(session: Session, retention: timedelta, limit: int = SWEPT) -> int:
    """Delete uploads that never arrived and cannot any more, and those that no run refers to; how many."""
    moment = clock(session)
    missed = col(Upload.received_at).is_(None) & (col(Upload.expires_at) < moment)
    unused = col(Upload.received_at) < moment - retention
    referred = select(RunUpload.upload_pk).where(RunUpload.upload_pk == Upload.pk).exists()
    candidates = select(Upload.pk).where(missed | unused, ~referred).limit(limit)
    # Locked first and looked at again: a run may have taken one between the two statements.
    pks = session.scalars(candidates.with_for_update(skip_locked=True)).all()
    gone = session.execute(delete(Upload).where(col(Upload.pk).in_(pks), ~referred).returning(col(Upload.pk)))
    return len(gone.all())
