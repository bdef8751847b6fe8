"""What a run that makes a table takes when it is accepted, and reads before it begins."""

from dataclasses import dataclass
from uuid import UUID

from db.session import Session
from db.uploads import take_uploads, uploads_of_run
from db.warehouse import TableView, tables_of
from jobs.engines.files.roles import Role
from jobs.engines.sql.files import FileFormat, format_of
from jobs.errors import ArtifactLost, BadFile, UnknownUpload, UploadNotReady
from jobs.pipelines.table.values import TableParams

__all__ = ["Given", "TableView", "accept", "given"]  # what db reads goes by this file, too


def accept(session: Session, workspace: str, run_pk: UUID, params: TableParams) -> None:
    """Let a run take its upload, or refuse it.

    Raises:
        UnknownUpload, UploadNotReady: It is not there.
        BadFile: It is nothing that rows are read from.
    """
    (upload,) = take_uploads(session, workspace, run_pk, [params.upload])
    if upload is None:
        raise UnknownUpload("upload", params.upload)
    if upload.role is None:
        raise UploadNotReady("upload", params.upload)
    if Role(upload.role) is Role.ARCHIVE:
        raise BadFile("upload", f"is {upload.name}, an archive", hint="Upload the files in it one by one.")
    if params.format is None and format_of(upload.name) is None:
        hint = "Say format: PARQUET, CSV or JSON."
        raise BadFile("upload", f"is {upload.name}, which does not say what it is written in", hint=hint)


@dataclass(frozen=True, slots=True)
class Given:
    """The file of a run, and the table that it is for, if there is one."""

    file_name: str
    digest: str
    form: FileFormat
    table: TableView | None


def given(session: Session, *, workspace: str, run_pk: UUID, params: TableParams) -> Given:
    """What a run was given.

    Raises:
        ArtifactLost: The upload is gone.
    """
    for upload in uploads_of_run(session, run_pk):
        form = params.format or format_of(upload.name)
        if upload.digest is not None and form is not None:
            table = next(iter(tables_of(session, workspace, [params.target])), None)
            return Given(upload.name, upload.digest, form, table)
    raise ArtifactLost("The uploaded file is gone.", hint="Upload it again.")
